#include "app/pages/samples_view.h"

#include <algorithm>
#include <cmath>
#include <array>
#include <utility>

#include <QButtonGroup>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "app/models/run_paper.h"
#include "app/pages/correction_bar.h"
#include "app/services/all_services.h"
#include "widgets/empty_state.h"
#include "widgets/flow_layout.h"
#include "widgets/image_grid.h"
#include "widgets/theme/roles.h"

namespace ty::app {

using Show = RunSampleModel::Show;

SamplesView::SamplesView(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_model(new RunSampleModel(context.datasets, this))
    , m_part(new QComboBox(this))
    , m_show(new QButtonGroup(this))
    , m_cell(new QPushButton(this))
    , m_count(new QLabel(this))
    , m_stack(new QStackedWidget(this))
    , m_grid(new widgets::ImageGrid(this))
    , m_table(new QTableView(this))
    , m_bar(new CorrectionBar(this))
    , m_retrain(new QPushButton(this))
{
    auto* bar = new QWidget(this);
    auto* row = new widgets::FlowLayout(bar, 6);
    row->setContentsMargins(0, 0, 0, 0);
    m_part->setAccessibleName(tr("Part"));
    row->addWidget(m_part);
    const std::array filters{
        std::pair{tr("Wrong"), Show::Wrong}, std::pair{tr("Least sure"), Show::LeastSure},
        std::pair{tr("Sure but wrong"), Show::SureButWrong}, std::pair{tr("Duplicates"), Show::Duplicates},
        std::pair{tr("All"), Show::All}};
    for (const auto& [text, show] : filters) {
        auto* button = new QPushButton(text, bar);
        button->setCheckable(true);
        m_show->addButton(button, static_cast<int>(show));
        row->addWidget(button);
    }
    m_show->setExclusive(true);
    m_show->button(static_cast<int>(Show::Wrong))->setChecked(true);
    m_cell->hide();
    m_cell->setToolTip(tr("Show every class again"));
    row->addWidget(m_cell);
    widgets::setTextRole(*m_count, widgets::TextRole::Muted);

    m_grid->setModel(m_model);
    m_grid->setAccessibleName(tr("Samples"));
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Samples"));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setAlternatingRowColors(true);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->horizontalHeader()->resizeSection(0, 220);
    m_stack->addWidget(new widgets::EmptyState({}, tr("Samples appear when the run has been evaluated.")));
    m_stack->addWidget(m_grid);
    m_stack->addWidget(m_table);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 10, 12, 12);
    column->addWidget(bar);
    column->addWidget(m_count);
    column->addWidget(m_stack, 1);
    column->addWidget(buildFixBar());
    m_grid->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);

    connect(m_part, &QComboBox::currentIndexChanged, this, &SamplesView::onPart);
    connect(m_show, &QButtonGroup::idClicked, this, [this](int id) {
        m_model->setShow(static_cast<Show>(id));
        refreshCount();
    });
    connect(m_cell, &QPushButton::clicked, this, [this] {
        m_cell->hide();
        m_model->setCell({}, {});
        m_model->setBrush({});
        refreshCount();
    });
    connect(m_model, &QAbstractItemModel::modelReset, this, &SamplesView::refreshCount);
}

void SamplesView::setPaper(const RunPaper* paper)
{
    m_paper = paper;
    m_cell->hide();
    m_model->setCell({}, {});
    {
        const QSignalBlocker quiet(m_part);
        m_part->clear();
        if (paper != nullptr && paper->training.isThere()) {
            m_part->addItem(tr("Training"), QStringLiteral("training"));
        }
        if (paper != nullptr && paper->test.isThere()) {
            m_part->addItem(tr("Test"), QStringLiteral("test"));
        }
        if (paper != nullptr && paper->validation.isThere()) {
            m_part->addItem(tr("Validation"), QStringLiteral("validation"));
        }
    }
    onPart();
}

void SamplesView::onPart()
{
    const PartPaper* part = m_paper == nullptr || m_part->count() == 0 ? nullptr : &m_paper->part(m_part->currentData().toString());
    m_model->setPart(part);
    showFixes();
    m_model->setShow(static_cast<Show>(m_show->checkedId()));
    refreshCount();
    if (part == nullptr) {
        m_stack->setCurrentIndex(0);
        return;
    }
    const bool isJudged = !isGrouping();
    for (const Show show : {Show::Wrong, Show::SureButWrong}) {
        m_show->button(static_cast<int>(show))->setVisible(isJudged);
    }
    m_table->setColumnHidden(RunSampleModel::True, !isJudged);
    m_table->setColumnHidden(RunSampleModel::Loss, !isJudged);
    const bool isAnySure = isJudged || std::any_of(part->samples.begin(), part->samples.end(), [](const SampleRow& row) { return std::isfinite(row.confidence); });
    m_table->setColumnHidden(RunSampleModel::Confidence, !isAnySure); // a row is in a group of k-means, or it is not
    m_show->button(static_cast<int>(Show::LeastSure))->setVisible(isAnySure);
    if (!isJudged && !m_show->button(m_show->checkedId())->isVisibleTo(this)) {
        m_show->button(static_cast<int>(Show::All))->setChecked(true);
        m_model->setShow(Show::All);
        refreshCount();
    }
    const bool isImage = m_paper->facts.is_object() && m_paper->facts.contains("inputShape")
        && m_paper->facts["inputShape"].is_array() && m_paper->facts["inputShape"].size() == 3;
    m_model->setPictured(isImage);
    m_stack->setCurrentIndex(isImage ? 1 : 2);
    DataSpec source;
    source.training = part->data.toStdString();
    // What the run left out has no number.
    if (const auto spec = RunSpec::fromJson(m_paper->spec, "run.json"); spec && spec->data.training == source.training) {
        source.repairs = spec->data.repairs;
    }
    if (const auto spec = RunSpec::fromJson(m_paper->spec, "run.json")) {
        if (const auto fixes = spec->data.fixes.find(fileOfPart()); fixes != spec->data.fixes.end()) {
            source.fixes["training"] = fixes->second; // the file that is opened
        }
    }
    m_context.datasets.open(source, DatasetService::Opening::Whole, this, [this, part](Result<DatasetHandle> dataset) {
        const bool isStillShown = m_paper != nullptr && part == &m_paper->part(m_part->currentData().toString());
        if (dataset && isStillShown) {
            m_model->setDataset(dataset.value());
        }
    });
}

void SamplesView::showCell(const QString& part, const QString& truth, const QString& predicted)
{
    m_part->setCurrentIndex(std::max(0, m_part->findData(part)));
    m_show->button(static_cast<int>(Show::All))->setChecked(true);
    m_model->setShow(Show::All);
    m_model->setCell(truth, predicted);
    m_cell->setText(
        predicted.isEmpty() ? tr("%1  ✕").arg(truth) : truth.isEmpty() ? tr("%1  ✕").arg(predicted) : tr("%1 taken for %2  ✕").arg(truth, predicted));
    m_cell->setVisible(!truth.isEmpty() || !predicted.isEmpty());
    refreshCount();
}

void SamplesView::showWrong()
{
    m_show->button(static_cast<int>(Show::Wrong))->setChecked(true);
    m_cell->hide();
    m_model->setCell({}, {});
    m_model->setShow(Show::Wrong);
    refreshCount();
}

void SamplesView::showPlaces(const QString& part, const QList<int>& places)
{
    m_part->setCurrentIndex(std::max(0, m_part->findData(part)));
    m_show->button(static_cast<int>(Show::All))->setChecked(true);
    m_model->setShow(Show::All);
    m_model->setBrush({places.begin(), places.end()});
    m_cell->setText(tr("chosen in the plot  ✕"));
    m_cell->setVisible(!places.isEmpty());
    refreshCount();
}

void SamplesView::refreshCount()
{
    m_count->setText(tr("%Ln sample(s)", nullptr, m_model->rowCount()));
}

} // namespace ty::app
