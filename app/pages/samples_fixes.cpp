// Corrections in the Samples tab: keys, steps back, and the run that is trained with them.
#include <algorithm>
#include <utility>

#include <QAbstractItemView>
#include <QComboBox>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>

#include "app/catalog/catalog.h"
#include "app/models/run_paper.h"
#include "app/pages/correction_bar.h"
#include "app/pages/samples_view.h"
#include "app/services/all_services.h"
#include "engine/base/run_spec.h"
#include "widgets/image_grid.h"

namespace ty::app {

namespace {

std::string settingKey(qint64 runId)
{
    return "sampleFixes/" + std::to_string(runId);
}

} // namespace

QWidget* SamplesView::buildFixBar()
{
    m_retrain->setObjectName(QStringLiteral("retrainWithFixes"));
    m_retrain->setToolTip(tr("A new run with the same settings and the corrected samples; the files stay as they are"));
    m_bar->addButton(m_retrain);
    m_bar->watch(*m_grid);
    m_bar->watch(*m_table);
    connect(m_bar, &CorrectionBar::labelChosen, this, &SamplesView::correct);
    connect(m_bar, &CorrectionBar::undoRequested, this, &SamplesView::undoFix);
    connect(m_bar, &CorrectionBar::forgetRequested, this, [this] {
        const auto& fixes = m_fixes.fixesOf(fileOfPart());
        auto ids = selectedIds();
        std::erase_if(ids, [&](const std::string& id) { return !fixes.labels.contains(id) && !fixes.excluded.contains(id); });
        if (!ids.empty()) {
            m_fixes.forget(fileOfPart(), ids);
            onFixesChanged();
        }
    });
    connect(m_retrain, &QPushButton::clicked, this, &SamplesView::retrain);
    showFixes();
    return m_bar;
}

QAbstractItemView* SamplesView::view() const
{
    return m_stack->currentWidget() == m_grid ? static_cast<QAbstractItemView*>(m_grid) : m_table;
}

void SamplesView::setRun(const catalog::RunRecord& run)
{
    const bool isOther = run.id != m_run.id;
    m_run = run;
    if (!isOther) {
        return;
    }
    m_fixes.clear();
    showFixes();
    m_context.catalog.call(
        this, [key = settingKey(run.id)](catalog::Catalog& catalog) { return catalog.setting(key); },
        [this, id = run.id](Result<Json> kept) {
            if (kept && id == m_run.id && m_fixes.count() == 0) {
                m_fixes = FixBook::fromJson(kept.value());
                showFixes();
            }
        });
}

bool SamplesView::isGrouping() const
{
    const Json& report = m_paper->part(m_part->currentData().toString()).report;
    return report.is_object() && report.value("task", std::string()) == "grouping";
}

QStringList SamplesView::classNames() const
{
    QStringList names;
    if (m_paper != nullptr && m_paper->facts.is_object() && !isGrouping()) {
        if (const auto classes = m_paper->facts.find("classes"); classes != m_paper->facts.end() && classes->is_array()) {
            for (const Json& name : *classes) {
                names << QString::fromStdString(name.is_string() ? name.get<std::string>() : toJsonLine(name));
            }
        }
    }
    return names;
}

std::string SamplesView::fileOfPart() const
{
    const auto part = m_part->currentData().toString().toStdString();
    if (m_paper != nullptr && m_paper->spec.is_object() && m_paper->spec.contains("data")) {
        const Json& source = m_paper->spec["data"];
        if (source.is_object() && source.value(part, std::string()) != "") {
            return part; // a file of its own
        }
    }
    return "training";
}

std::vector<std::string> SamplesView::selectedIds() const
{
    std::vector<std::string> ids;
    const QModelIndexList selected = view()->selectionModel()->selectedIndexes();
    for (const QModelIndex& index : selected) {
        const SampleRow* row = m_model->rowAt(index.row());
        const bool isFirst = row != nullptr && std::find(ids.begin(), ids.end(), row->id.toStdString()) == ids.end();
        if (isFirst) {
            ids.push_back(row->id.toStdString());
        }
    }
    return ids;
}

void SamplesView::correct(const QString& label)
{
    const std::vector<std::string> ids = selectedIds();
    if (ids.empty()) {
        return;
    }
    label.isEmpty() ? m_fixes.exclude(fileOfPart(), ids) : m_fixes.relabel(fileOfPart(), ids, label.toStdString());
    onFixesChanged();
}

void SamplesView::undoFix()
{
    if (m_fixes.undo()) {
        onFixesChanged();
    }
}

void SamplesView::showFixes()
{
    m_model->setFixes(m_fixes.fixesOf(fileOfPart()));
    const auto count = static_cast<int>(m_fixes.count());
    m_retrain->setText(tr("Retrain with %Ln fix(es)", nullptr, count));
    m_retrain->setEnabled(count > 0 && m_run.id != 0);
    m_bar->setActive(m_paper != nullptr);
    m_bar->setUndoEnabled(m_fixes.canUndo());
    m_bar->setClasses(classNames());
}

void SamplesView::onFixesChanged()
{
    showFixes();
    m_context.catalog.call(
        this,
        [key = settingKey(m_run.id), json = m_fixes.toJson()](catalog::Catalog& catalog) {
            return catalog.setSetting(key, json);
        },
        [](Result<void>) {}); // kept for the next start; a full disk takes nothing from the screen
}

void SamplesView::retrain()
{
    struct Plan {
        RunSpec spec;
        qint64 datasetId = 0;
    };
    m_retrain->setEnabled(false); // until it is told: a second click makes no second run
    m_context.catalog.call(
        this,
        [runId = m_run.id, fixes = m_fixes](catalog::Catalog& catalog) -> Result<Plan> {
            Plan plan;
            TY_TRY(plan.spec, catalog.runSpec(runId));
            TY_TRY(const catalog::RunRecord run, catalog.run(runId));
            fixes.mergeInto(plan.spec.data.fixes);
            plan.spec.name.clear();
            plan.spec.start = StartSpec{{}, run.name, 0}; // linked, but from the beginning: the old weights know the old labels
            plan.datasetId = run.datasetId;
            return plan;
        },
        [this](Result<Plan> plan) {
            if (!plan) {
                m_retrain->setEnabled(true);
                m_context.notices.error(tr("The run could not be started."), plan.error());
                return;
            }
            m_context.runs.start(plan->spec, plan->datasetId, this, [this](Result<catalog::RunRecord> run) {
                m_retrain->setEnabled(true);
                if (!run) {
                    m_context.notices.error(tr("The run could not be started."), run.error());
                    return;
                }
                emit m_context.navigation.liveRunRequested(run->id);
                m_context.notices.toast(tr("%1 trains with the corrected samples of %2.")
                                            .arg(QString::fromStdString(run->name), QString::fromStdString(m_run.name)));
            });
        });
}

} // namespace ty::app
