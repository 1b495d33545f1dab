#include "app/pages/machines_table.h"

#include <algorithm>
#include <array>
#include <utility>

#include <QAction>
#include <QHeaderView>
#include <QMenu>
#include <QSortFilterProxyModel>

#include "app/models/machine_table_model.h"
#include "app/services/settings_service.h"
#include "widgets/chart/spark_line.h"

namespace ty::app {

namespace {

constexpr auto kHeaderKey = "compute/machineTable";

} // namespace

MachinesTable::MachinesTable(SettingsService& settings, QWidget* parent)
    : QTableView(parent), m_settings(settings), m_model(new MachineTableModel(this)), m_sorted(new QSortFilterProxyModel(this))
{
    m_sorted->setSourceModel(m_model);
    m_sorted->setSortRole(MachineTableModel::SortRole);
    m_sorted->setSortLocaleAware(true);
    m_sorted->setFilterKeyColumn(-1);
    m_sorted->setFilterCaseSensitivity(Qt::CaseInsensitive);
    setModel(m_sorted);
    setAccessibleName(tr("Machines"));
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setSortingEnabled(true);
    setAlternatingRowColors(true);
    setShowGrid(false);
    setWordWrap(false);
    setTabKeyNavigation(false);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setDefaultSectionSize(fontMetrics().lineSpacing() + 12);
    auto* cpuLine = new widgets::SparkLineDelegate(MachineTableModel::ValuesRole, this);
    cpuLine->setRange({0, 100});
    setItemDelegateForColumn(MachineTableModel::Cpu, cpuLine);
    setUpHeader();
    connect(this, &QTableView::clicked, this, [this](const QModelIndex& index) {
        if (index.column() == MachineTableModel::Address) {
            emit addressClicked();
        }
    });
    connect(m_model, &QAbstractItemModel::dataChanged, this, [this](const QModelIndex& first, const QModelIndex& last) {
        for (const QModelIndex& index : selectionModel()->selectedRows()) {
            const int row = m_sorted->mapToSource(index).row();
            if (row >= first.row() && row <= last.row()) {
                emit selectionIsOther();
                return;
            }
        }
    });
}

void MachinesTable::setUpHeader()
{
    auto* header = horizontalHeader();
    header->setSectionsMovable(true);
    header->setHighlightSections(false);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    const int em = fontMetrics().averageCharWidth();
    for (int column = 0; column < MachineTableModel::ColumnCount; ++column) {
        header->resizeSection(column, MachineTableModel::standardWidth(column) * em + 12);
        header->setSectionHidden(column, !MachineTableModel::isShownAtFirst(column));
    }
    const auto standard = header->saveState();
    header->restoreState(m_settings.layout(QLatin1String(kHeaderKey)));
    connect(&m_settings, &SettingsService::layoutReset, header, [header, standard] { header->restoreState(standard); });
    const auto save = [this, header] { m_settings.setLayout(QLatin1String(kHeaderKey), header->saveState()); };
    connect(header, &QHeaderView::sectionResized, this, save);
    connect(header, &QHeaderView::sectionMoved, this, save);
    connect(header, &QHeaderView::sortIndicatorChanged, this, save);
    if (m_settings.layout(QLatin1String(kHeaderKey)).isEmpty()) {
        sortByColumn(MachineTableModel::Name, Qt::AscendingOrder);
    }
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(header, &QHeaderView::customContextMenuRequested, this, [this, header](const QPoint& at) {
        auto* menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        fillColumnMenu(*menu);
        menu->popup(header->mapToGlobal(at));
    });
}

void MachinesTable::fillColumnMenu(QMenu& menu)
{
    auto* header = horizontalHeader();
    for (int column = MachineTableModel::Name + 1; column < MachineTableModel::ColumnCount; ++column) {
        auto* action = menu.addAction(m_model->headerData(column, Qt::Horizontal).toString());
        action->setCheckable(true);
        action->setChecked(!header->isSectionHidden(column));
        connect(action, &QAction::toggled, this, [this, header, column](bool isShown) {
            header->setSectionHidden(column, !isShown);
            if (isShown && header->sectionSize(column) == 0) {
                header->resizeSection(column, header->defaultSectionSize());
            }
            m_settings.setLayout(QLatin1String(kHeaderKey), header->saveState());
        });
    }
}

void MachinesTable::setRows(std::vector<MachineRow> rows)
{
    m_model->setRows(std::move(rows));
    if (!currentIndex().isValid() && m_sorted->rowCount() > 0) {
        setCurrentIndex(m_sorted->index(0, MachineTableModel::Name));
    }
}

void MachinesTable::setFilter(const QString& text)
{
    m_sorted->setFilterFixedString(text);
}

std::optional<MachineRow> MachinesTable::currentMachine() const
{
    const MachineRow* row
        = currentIndex().isValid() ? m_model->rowAt(m_sorted->mapToSource(currentIndex()).row()) : nullptr;
    return row != nullptr ? std::optional<MachineRow>(*row) : std::nullopt;
}

std::vector<MachineRow> MachinesTable::selectedMachines() const
{
    QModelIndexList indexes = selectionModel()->selectedRows();
    std::sort(indexes.begin(), indexes.end(), [](const QModelIndex& a, const QModelIndex& b) { return a.row() < b.row(); });
    std::vector<MachineRow> machines;
    machines.reserve(static_cast<std::size_t>(indexes.size()));
    for (const QModelIndex& index : std::as_const(indexes)) {
        if (const MachineRow* row = m_model->rowAt(m_sorted->mapToSource(index).row())) {
            machines.push_back(*row);
        }
    }
    return machines;
}

std::vector<MachineRow> MachinesTable::shownMachines() const
{
    std::vector<MachineRow> shown;
    const int first = rowAt(0);
    if (first < 0 || !isVisible()) {
        return shown;
    }
    const int last = rowAt(viewport()->height() - 1);
    for (int row = first; row <= (last < 0 ? m_sorted->rowCount() - 1 : last); ++row) {
        if (const MachineRow* machine = m_model->rowAt(m_sorted->mapToSource(m_sorted->index(row, 0)).row())) {
            shown.push_back(*machine);
        }
    }
    return shown;
}

bool MachinesTable::choose(const QString& key)
{
    const QModelIndex index = m_sorted->mapFromSource(m_model->index(m_model->rowOf(key), MachineTableModel::Name));
    if (!index.isValid()) {
        return false;
    }
    setCurrentIndex(index);
    scrollTo(index);
    return true;
}

void MachinesTable::selectionChanged(const QItemSelection& selected, const QItemSelection& deselected)
{
    QTableView::selectionChanged(selected, deselected);
    emit selectionIsOther();
}

void MachinesTable::currentChanged(const QModelIndex& current, const QModelIndex& previous)
{
    QTableView::currentChanged(current, previous);
    emit selectionIsOther();
}

} // namespace ty::app
