#include "app/pages/run_checkpoints.h"

#include <cmath>
#include <utility>

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QStandardItemModel>
#include <QTableView>
#include <QVBoxLayout>

#include "app/catalog/catalog.h"
#include "app/models/live_run.h"
#include "app/models/run_format.h"
#include "app/pages/export_dialog.h"
#include "app/models/stage_words.h"
#include "app/pages/run_again.h"
#include "app/pages/table_header.h"
#include "app/services/all_services.h"
#include "widgets/table_look.h"
#include "widgets/theme/roles.h"

namespace ty::app {

/// What is read off the GUI thread.
struct RunCheckpoints::Found {
    catalog::RunRecord run;
    std::vector<CheckpointRow> rows;
    catalog::MetricSeries metric; ///< of the run
};

namespace {

QStandardItem* numberCell(const QString& text)
{
    auto* cell = new QStandardItem(text);
    cell->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    return cell;
}

QString reasonText(const std::string& reason)
{
    if (reason == "epoch") {
        return RunCheckpoints::tr("end of an epoch");
    }
    if (reason == "snapshot") {
        return RunCheckpoints::tr("snapshot");
    }
    if (reason == "pause") {
        return RunCheckpoints::tr("pause");
    }
    if (reason == "stop") {
        return RunCheckpoints::tr("stop");
    }
    return reason == "interval" ? RunCheckpoints::tr("time passed") : QString::fromStdString(reason);
}

/// The metric's value at the end of that epoch; NaN if it is not known.
double valueAt(const catalog::MetricSeries& series, int epoch)
{
    double value = std::nan("");
    for (std::size_t i = 0; i < series.value.size(); ++i) {
        if (std::abs(series.epoch[i] - epoch) < 0.5) {
            value = series.value[i]; // the last session's counts
        }
    }
    return value;
}

} // namespace

RunCheckpoints::RunCheckpoints(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_model(new QStandardItemModel(this))
    , m_table(new QTableView(this))
    , m_hint(new QLabel(this))
    , m_resume(new QPushButton(tr("Resume"), this))
    , m_branch(new QPushButton(tr("Branch…"), this))
    , m_export(new QPushButton(tr("Export…"), this))
{
    m_table->setModel(m_model);
    widgets::setUpRows(*m_table, tr("Checkpoints"));
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->horizontalHeader()->setDefaultSectionSize(130);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_hint->setWordWrap(true);
    widgets::setTextRole(*m_hint, widgets::TextRole::Muted);
    m_branch->setToolTip(tr("A new run that begins with these weights, with other settings"));
    m_export->setToolTip(tr("Write the model with these weights as ONNX or safetensors"));
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_resume);
    buttons->addWidget(m_branch);
    buttons->addWidget(m_export);
    buttons->addStretch(1);
    auto* column = new QVBoxLayout(this);
    column->addWidget(m_table, 1);
    column->addWidget(m_hint);
    column->addLayout(buttons);

    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &RunCheckpoints::refreshButtons);
    connect(m_resume, &QPushButton::clicked, this, [this] { m_context.runs.resume(m_run.id); });
    connect(m_branch, &QPushButton::clicked, this, [this] {
        if (const CheckpointRow* row = chosen()) {
            askToBranch(m_context, m_run, *row, this);
        }
    });
    connect(m_export, &QPushButton::clicked, this, &RunCheckpoints::exportChosen);
    refreshButtons();
}

void RunCheckpoints::showRun(const catalog::RunRecord& run)
{
    m_run = run;
    reload();
}

void RunCheckpoints::reload()
{
    m_context.catalog.call(
        this,
        [runId = m_run.id](catalog::Catalog& catalog) -> Result<Found> {
            Found found;
            TY_TRY(found.run, catalog.run(runId));
            TY_TRY(found.rows, checkpointsOf(catalog, runId));
            if (!found.run.metric.empty()) {
                TY_TRY(found.metric, catalog.series(runId, found.run.metric));
            }
            return found;
        },
        [this](Result<Found> found) {
            if (found && found->run.id == m_run.id) {
                fill(found.value());
            }
        });
}

void RunCheckpoints::fill(const Found& found)
{
    const std::string before = chosen() != nullptr ? chosen()->file : std::string();
    m_run = found.run;
    m_rows = found.rows;
    m_model->clear();
    m_model->setHorizontalHeaderLabels(
        {tr("Epoch"), tr("Step"), metricName(QString::fromStdString(m_run.metric)), tr("Size"), tr("Best"), tr("Why"),
         tr("File")});
    int wanted = 0;
    for (const CheckpointRow& row : m_rows) {
        const double value = valueAt(found.metric, row.epoch);
        auto* best = new QStandardItem(row.isBest ? QStringLiteral("★") : QString());
        best->setData(row.isBest ? tr("best epoch") : QString(), Qt::AccessibleTextRole);
        if (row.file == before) {
            wanted = m_model->rowCount();
        }
        m_model->appendRow(
            {numberCell(countText(row.epoch)), numberCell(countText(static_cast<std::int64_t>(row.step))),
             numberCell(metricText(value)), numberCell(bytesText(row.bytes)), best, new QStandardItem(reasonText(row.reason)),
             new QStandardItem(QString::fromStdString(row.file))});
    }
    alignHeader(*m_model);
    m_table->resizeColumnsToContents();
    if (!m_rows.empty()) {
        m_table->selectRow(wanted);
    }
    refreshButtons();
}

const CheckpointRow* RunCheckpoints::chosen() const
{
    const QModelIndexList rows = m_table->selectionModel()->selectedRows();
    const auto row = rows.isEmpty() ? m_rows.size() : static_cast<std::size_t>(rows.front().row());
    return row < m_rows.size() ? &m_rows[row] : nullptr;
}

void RunCheckpoints::refreshButtons()
{
    const CheckpointRow* row = chosen();
    const LiveRun* live = m_context.runs.live(m_run.id);
    const bool isActive = live != nullptr && live->isActive();
    const bool isNewest = row != nullptr && row == &m_rows.front();
    m_resume->setEnabled(isNewest && !isActive && m_run.state != catalog::RunState::Finished);
    m_branch->setEnabled(row != nullptr && stageUnit(m_run.learner).empty()); // only networks begin with weights
    m_export->setEnabled(row != nullptr && m_run.hasModel);
    QString hint;
    if (m_rows.empty()) {
        hint = tr("No checkpoint is kept.");
    } else if (isActive) {
        hint = tr("The run is training. A branch can be made now; it waits for its turn.");
    } else if (row != nullptr && !isNewest) {
        hint = tr("A run resumes from its newest checkpoint. To go on from this one, branch.");
    } else if (m_run.state == catalog::RunState::Finished) {
        hint = tr("This run is finished. Extend it for more epochs, or branch with other settings.");
    }
    if (row != nullptr && !m_run.hasModel) {
        hint += (hint.isEmpty() ? QString() : QStringLiteral(" ")) + tr("It can be exported once the run has ended.");
    }
    m_hint->setText(hint);
    m_resume->setToolTip(
        m_resume->isEnabled() ? tr("Go on exactly where the run was") : hint);
}

void RunCheckpoints::exportChosen()
{
    const CheckpointRow* row = chosen();
    if (row == nullptr) {
        return;
    }
    m_context.catalog.call(
        this,
        [runId = m_run.id](catalog::Catalog& catalog) { return catalog.registerModelOfRun(runId); },
        [this, row = *row](Result<catalog::ModelRecord> model) {
            if (!model) {
                m_context.notices.error(tr("The checkpoint cannot be exported."), model.error());
                return;
            }
            auto* dialog = new ExportDialog(m_context, model.value(), this);
            dialog->setCheckpoint(QString::fromStdString(m_run.folder + "/" + row.file), row.epoch);
            dialog->setAttribute(Qt::WA_DeleteOnClose);
            dialog->QDialog::open();
        });
}

} // namespace ty::app
