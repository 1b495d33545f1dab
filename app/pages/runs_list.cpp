#include "app/pages/runs_list.h"

#include <algorithm>
#include <utility>

#include <QAction>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QTabWidget>
#include <QTableView>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/catalog/catalog.h"
#include "app/models/run_format.h"
#include "app/pages/catalog_actions.h"
#include "app/pages/run_again.h"
#include "app/pages/run_charts.h"
#include "app/pages/run_columns_dialog.h"
#include "app/pages/run_compare.h"
#include "app/pages/run_groups_view.h"
#include "app/pages/trash_dialog.h"
#include "app/services/all_services.h"
#include "widgets/empty_state.h"
#include "widgets/filter_line.h"
#include "widgets/splitters.h"
#include "widgets/table_look.h"
#include "widgets/theme/roles.h"

namespace ty::app {

using catalog::RunRecord;

namespace {

constexpr int kReloadMilliseconds = 700;
constexpr int kSelectionMilliseconds = 120;
constexpr std::size_t kMostSelected = 50;
constexpr auto kSplitterKey = "runs/splitter";

enum StackPlace { EmptyPlace, TablePlace };

} // namespace

RunsList::RunsList(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_model(new RunTableModel(this))
    , m_table(new QTableView(this))
    , m_views(new QTabBar(this))
    , m_filter(new widgets::FilterLine(tr("acc>0.97 lr<0.01 tag:paper dataset:digits"), this))
    , m_count(new QLabel(this))
    , m_stack(new QStackedWidget(this))
    , m_lower(new QStackedWidget(this))
    , m_charts(new RunCharts(context, this))
    , m_compare(new RunCompare(context, this))
    , m_groups(new RunGroupsView(context, this))
    , m_tabs(new QTabWidget(this))
    , m_reloadTimer(new QTimer(this))
    , m_selectionTimer(new QTimer(this))
{
    auto* empty = new widgets::EmptyState(
        context.theme.icon(QStringLiteral("runs")), tr("No runs yet - train a sample in 60 seconds."));
    connect(&context.theme, &ThemeService::themeChanged, empty, [this, empty] {
        empty->setIcon(m_context.theme.icon(QStringLiteral("runs")));
    });
    connect(empty->addButton(tr("Train a sample"), widgets::EmptyState::Emphasis::Primary), &QPushButton::clicked, this, [this] {
        emit m_context.navigation.pageRequested(PageId::Home);
    });
    m_stack->addWidget(empty);
    m_stack->addWidget(buildTable());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 10, 12, 12);
    layout->setSpacing(6);
    layout->addWidget(buildTop());
    layout->addWidget(m_stack, 1);
    buildActions();

    m_reloadTimer->setSingleShot(true);
    m_reloadTimer->setInterval(kReloadMilliseconds);
    connect(m_reloadTimer, &QTimer::timeout, this, [this] {
        if (std::exchange(m_isStale, false)) {
            reloadSoon();
        }
    });
    m_selectionTimer->setSingleShot(true);
    m_selectionTimer->setInterval(kSelectionMilliseconds);
    connect(m_selectionTimer, &QTimer::timeout, this, &RunsList::onSelection);
    connect(&context.catalog, &CatalogService::runsChanged, this, &RunsList::reloadSoon);
    connect(&context.catalog, &CatalogService::opened, this, [this] {
        reload();
        loadViews();
    });
    connect(&context.theme, &ThemeService::themeChanged, this, &RunsList::onSelection);
    connect(m_model, &RunTableModel::renameRequested, this, [this](qint64 runId, const QString& name) {
        const RunRecord* run = m_model->runAt(m_model->indexOf(runId));
        renameRun(m_context, runId, run != nullptr ? QString::fromStdString(run->name) : QString(), name);
    });
    connect(m_model, &RunTableModel::tagsRequested, this, [this](qint64 runId, const QStringList& tags) {
        setRunTags(m_context, runId, tags);
    });
    reload();
    loadViews();
}

RunsList::~RunsList() = default;

QWidget* RunsList::buildTop()
{
    auto* top = new QWidget(this);
    auto* column = new QVBoxLayout(top);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    auto* viewRow = new QHBoxLayout;
    m_views->addTab(tr("All runs"));
    m_views->setDocumentMode(true);
    m_views->setDrawBase(false);
    m_views->setExpanding(false);
    m_views->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    m_views->setAccessibleName(tr("Saved views"));
    m_views->setContextMenuPolicy(Qt::CustomContextMenu);
    auto* save = new QToolButton(top);
    save->setText(QStringLiteral("+"));
    save->setToolTip(tr("Keep filter, columns and order as a view"));
    save->setAccessibleName(save->toolTip());
    save->setFocusPolicy(Qt::StrongFocus);
    viewRow->addWidget(m_views);
    viewRow->addWidget(save);
    viewRow->addStretch(1);
    column->addLayout(viewRow);

    auto* row = new QHBoxLayout;
    m_filter->setAccessibleName(tr("Filter runs"));
    m_filter->setClearButtonEnabled(true);
    widgets::setTextRole(*m_count, widgets::TextRole::Muted);
    auto* columns = new QPushButton(tr("Columns…"), top);
    auto* trash = new QPushButton(tr("Trash…"), top);
    row->addWidget(m_filter, 1);
    row->addWidget(m_count);
    row->addWidget(columns);
    row->addWidget(trash);
    column->addLayout(row);

    connect(m_filter, &widgets::FilterLine::filterChanged, this, &RunsList::applyFilter);
    connect(columns, &QPushButton::clicked, this, &RunsList::chooseColumns);
    connect(trash, &QPushButton::clicked, this, [this] {
        auto* dialog = new TrashDialog(m_context, this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    });
    connect(save, &QToolButton::clicked, this, &RunsList::saveView);
    connect(m_views, &QTabBar::currentChanged, this, &RunsList::applyView);
    connect(m_views, &QTabBar::customContextMenuRequested, this, [this](const QPoint& at) {
        const int tab = m_views->tabAt(at);
        if (tab < 1 || tab > static_cast<int>(m_savedViews.size())) {
            return;
        }
        const auto view = m_savedViews[static_cast<std::size_t>(tab - 1)];
        auto* menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        connect(menu->addAction(tr("Delete view")), &QAction::triggered, this, [this, view] {
            deleteView(m_context, view.id, QString::fromStdString(view.name));
        });
        menu->popup(m_views->mapToGlobal(at));
    });
    connect(&m_context.catalog, &CatalogService::trashChanged, this, &RunsList::loadViews);
    return top;
}

QWidget* RunsList::buildTable()
{
    m_table->setModel(m_model);
    widgets::setUpRows(*m_table, tr("Runs"));
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setEditTriggers(QAbstractItemView::EditKeyPressed);
    m_table->setSortingEnabled(true);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    auto* header = m_table->horizontalHeader();
    header->setSectionsMovable(true);
    header->setMinimumSectionSize(28);
    header->setSortIndicator(RunTableModel::Started, Qt::DescendingOrder);
    const int em = m_table->fontMetrics().averageCharWidth();
    const std::vector<std::pair<int, int>> widths{
        {RunTableModel::Color, 4},     {RunTableModel::Star, 4},      {RunTableModel::Name, 22},
        {RunTableModel::State, 14},    {RunTableModel::Dataset, 16},  {RunTableModel::Preset, 12},
        {RunTableModel::Best, 16},     {RunTableModel::Last, 11},     {RunTableModel::Gap, 14},
        {RunTableModel::Epochs, 11},   {RunTableModel::Duration, 13}, {RunTableModel::QueueWait, 13},
        {RunTableModel::Where, 16},    {RunTableModel::Cost, 9},      {RunTableModel::Size, 14},
        {RunTableModel::Tags, 18},     {RunTableModel::Started, 17},  {RunTableModel::Learner, 12},
        {RunTableModel::Parameters, 14}, {RunTableModel::Seed, 8}};
    for (const auto& [column, letters] : widths) {
        header->resizeSection(column, letters * em + 12);
    }
    for (const int column : {RunTableModel::Learner, RunTableModel::Parameters, RunTableModel::Seed}) {
        header->hideSection(column);
    }
    m_table->installEventFilter(this);

    m_tabs->setDocumentMode(true);
    auto* unselected = new widgets::EmptyState(
        m_context.theme.icon(QStringLiteral("chart")), tr("Select runs to see their curves on top of each other."));
    connect(&m_context.theme, &ThemeService::themeChanged, unselected, [this, unselected] {
        unselected->setIcon(m_context.theme.icon(QStringLiteral("chart")));
    });
    m_lower->addWidget(unselected);
    m_lower->addWidget(m_charts);
    m_tabs->addTab(m_lower, tr("Charts"));
    m_tabs->addTab(m_compare, tr("Differences"));
    m_tabs->addTab(m_groups, tr("Groups"));
    connect(m_groups, &RunGroupsView::groupChosen, this, &RunsList::selectRuns);
    auto* splitter = widgets::makeSplitter(Qt::Vertical, {m_table, m_tabs}, {3, 4}, this);
    const QByteArray kept = m_context.settings.layout(QLatin1String(kSplitterKey));
    if (!kept.isEmpty()) {
        splitter->restoreState(kept);
    }
    connect(splitter, &QSplitter::splitterMoved, this, [this, splitter] {
        m_context.settings.setLayout(QLatin1String(kSplitterKey), splitter->saveState());
    });
    connect(&m_context.settings, &SettingsService::layoutReset, this, [splitter] {
        splitter->setSizes({300, 400});
    });
    connect(m_table, &QTableView::doubleClicked, this, [this](const QModelIndex& index) {
        if (const RunRecord* run = m_model->runAt(index); run != nullptr && index.column() != RunTableModel::Star) {
            emit openRequested(run->id);
        }
    });
    connect(m_table, &QTableView::clicked, this, [this](const QModelIndex& index) {
        if (const RunRecord* run = m_model->runAt(index); run != nullptr && index.column() == RunTableModel::Star) {
            setRunStarred(m_context, run->id, !run->isStarred);
        }
    });
    connect(m_table, &QTableView::customContextMenuRequested, this, &RunsList::showContextMenu);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        m_selectionTimer->start();
    });
    connect(m_charts, &RunCharts::baselineChanged, m_compare, &RunCompare::setBaseline);
    connect(m_charts, &RunCharts::runClicked, this, [this](qint64 runId) {
        // The row is shown, the selection stays: it is what the charts compare.
        const QModelIndex row = m_model->indexOf(runId);
        m_table->selectionModel()->setCurrentIndex(row, QItemSelectionModel::NoUpdate);
        m_table->scrollTo(row);
    });
    return splitter;
}

void RunsList::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

void RunsList::reloadSoon()
{
    if (m_reloadTimer->isActive()) {
        m_isStale = true; // a training run changes the catalog several times a second
        return;
    }
    m_reloadTimer->start();
    reload();
}

void RunsList::reload()
{
    m_context.catalog.call(
        this,
        [](catalog::Catalog& catalog) -> Result<std::pair<std::vector<RunRecord>, std::vector<std::string>>> {
            TY_TRY(auto runs, catalog.runs());
            TY_TRY(const std::int64_t project, catalog.currentProject());
            std::erase_if(runs, [project](const RunRecord& run) { return project != 0 && run.projectId != project; });
            TY_TRY(auto settings, catalog.settingNames());
            return std::pair{std::move(runs), std::move(settings)};
        },
        [this](Result<std::pair<std::vector<RunRecord>, std::vector<std::string>>> found) {
            if (!found) {
                return;
            }
            m_settingNames.clear();
            for (const std::string& name : found->second) {
                m_settingNames << QString::fromStdString(name);
            }
            keepSelection([&] { m_model->setRuns(std::move(found->first)); });
            loadFacts();
        });
}

void RunsList::keepSelection(const std::function<void()>& change)
{
    std::vector<qint64> selected;
    for (const RunRecord& run : selectedRuns()) {
        selected.push_back(run.id);
    }
    const qint64 current = currentRun() != nullptr ? currentRun()->id : 0;
    bool isReset = false;
    const auto watch = connect(m_model, &QAbstractItemModel::modelReset, this, [&isReset] { isReset = true; });
    change();
    disconnect(watch);
    if (isReset && !selected.empty()) {
        QItemSelection selection;
        for (const qint64 id : selected) {
            const QModelIndex index = m_model->indexOf(id);
            if (index.isValid()) {
                selection.select(index, index);
            }
        }
        m_table->selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        m_table->selectionModel()->setCurrentIndex(m_model->indexOf(current), QItemSelectionModel::NoUpdate);
    }
    const int shown = m_model->rowCount();
    const int total = m_model->totalCount();
    m_count->setText(shown == total ? tr("%Ln run(s)", nullptr, total) : tr("%1 of %2 runs").arg(countText(shown), countText(total)));
    m_stack->setCurrentIndex(total == 0 ? EmptyPlace : TablePlace);
    m_groups->setRuns(m_model->shownRuns(), m_settingNames);
}

void RunsList::selectRuns(const std::vector<qint64>& runs)
{
    QItemSelection selection;
    for (const qint64 id : runs) {
        const QModelIndex index = m_model->indexOf(id);
        if (index.isValid()) {
            selection.select(index, index);
        }
    }
    m_table->selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    if (!runs.empty()) {
        m_table->scrollTo(m_model->indexOf(runs.front()));
    }
}

void RunsList::applyFilter(const QString& text)
{
    auto filter = RunFilter::parse(text, m_settingNames);
    if (!filter) {
        m_filter->setProblem(QString::fromStdString(filter.error().message + "\n" + filter.error().advice));
        return;
    }
    m_filter->setProblem({});
    keepSelection([&] { m_model->setFilter(std::move(filter).value()); });
    loadFacts();
}

void RunsList::loadFacts()
{
    std::vector<std::string> settings = m_model->filter().neededSettings();
    std::vector<std::string> metrics = m_model->filter().neededMetrics();
    for (const auto& column : m_model->extraColumns()) {
        (column.kind == RunTableModel::ExtraColumn::Kind::Setting ? settings : metrics).push_back(column.name);
    }
    if (settings.empty() && metrics.empty()) {
        return;
    }
    m_context.catalog.call(
        this,
        [settings, metrics](catalog::Catalog& catalog) -> Result<RunFacts> {
            RunFacts facts;
            for (const std::string& name : settings) {
                TY_TRY(facts.settings[name], catalog.settingOfRuns(name));
            }
            for (const std::string& name : metrics) {
                TY_TRY(facts.metrics[name], catalog.metricOfRuns(name));
            }
            return facts;
        },
        [this](Result<RunFacts> facts) {
            if (facts) {
                keepSelection([&] { m_model->setFacts(std::move(facts).value()); });
            }
        });
}

const RunRecord* RunsList::currentRun() const
{
    return m_model->runAt(m_table->currentIndex());
}

std::vector<RunRecord> RunsList::selectedRuns() const
{
    std::vector<RunRecord> runs;
    QModelIndexList rows = m_table->selectionModel()->selectedRows();
    std::sort(rows.begin(), rows.end());
    for (const QModelIndex& index : std::as_const(rows)) {
        if (const RunRecord* run = m_model->runAt(index)) {
            runs.push_back(*run);
        }
    }
    return runs;
}

void RunsList::onSelection()
{
    std::vector<RunRecord> runs = selectedRuns();
    m_compare->setRuns(runs);
    runs.resize(std::min(runs.size(), kMostSelected));
    QList<RunCharts::Run> shown;
    for (const RunRecord& run : runs) {
        shown.append({run.id, QString::fromStdString(run.name)});
    }
    m_lower->setCurrentIndex(shown.isEmpty() ? 0 : 1);
    if (shown.size() == 1) {
        if (m_charts->runs() != shown) {
            m_charts->showRun(shown.first());
        }
    } else if (m_charts->runs() != shown) {
        m_charts->showRuns(shown);
    }
    QHash<qint64, QColor> colors;
    const auto& series = m_context.theme.colors().series;
    for (const RunCharts::Run& run : std::as_const(shown)) {
        const int style = m_charts->styleOf(run.id);
        if (style >= 0 && shown.size() > 1) {
            colors.insert(run.id, series.at(static_cast<std::size_t>(style) % series.size()));
        }
    }
    m_model->setColors(colors);
}

void RunsList::chooseColumns()
{
    QSet<int> hidden;
    for (int column = 0; column < RunTableModel::FixedColumns; ++column) {
        if (m_table->isColumnHidden(column)) {
            hidden.insert(column);
        }
    }
    static const QStringList kMetrics{
        QStringLiteral("validation/accuracy"), QStringLiteral("validation/loss"), QStringLiteral("training/accuracy"),
        QStringLiteral("training/loss"),       QStringLiteral("validation/mae"),  QStringLiteral("validation/r2"),
        QStringLiteral("final/test/accuracy"), QStringLiteral("final/test/mae"),  QStringLiteral("final/test/r2"),
        QStringLiteral("epoch/samplesPerSecond")};
    auto* dialog = new RunColumnsDialog(hidden, m_model->extraColumns(), m_settingNames, kMetrics, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        const QSet<int> wanted = dialog->hidden();
        keepSelection([&] { m_model->setExtraColumns(dialog->extra()); });
        for (int column = 0; column < RunTableModel::FixedColumns; ++column) {
            m_table->setColumnHidden(column, wanted.contains(column));
        }
        loadFacts();
    });
    dialog->open();
}

} // namespace ty::app
