#include "app/pages/datasets_view.h"

#include <memory>

#include <QAction>
#include <QHeaderView>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "app/catalog/catalog.h"
#include "app/models/dataset_table_model.h"
#include "app/pages/data_export_dialog.h"
#include "app/services/all_services.h"
#include "widgets/empty_state.h"
#include "widgets/filter_line.h"
#include "widgets/table_look.h"

namespace ty::app {

namespace {
constexpr auto kHeaderKey = "data/datasetsHeader";
}

DatasetsView::DatasetsView(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_model(new DatasetTableModel(this))
    , m_proxy(new QSortFilterProxyModel(this))
    , m_stack(new QStackedWidget(this))
    , m_table(new QTableView(this))
    , m_filter(new widgets::FilterLine(tr("Filter datasets"), this))
    , m_empty(new widgets::EmptyState(
          context.theme.icon(QStringLiteral("data")),
          tr("Drop a folder of pictures, a CSV or another table here, or browse for it."), this))
{
    m_filter->setAccessibleName(tr("Filter datasets"));
    m_proxy->setSourceModel(m_model);
    m_proxy->setSortRole(DatasetTableModel::SortRole);
    m_proxy->setSortLocaleAware(true);
    m_proxy->setSortCaseSensitivity(Qt::CaseInsensitive);
    m_proxy->setFilterKeyColumn(-1);
    m_proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);
    connect(m_filter, &widgets::FilterLine::filterChanged, m_proxy, &QSortFilterProxyModel::setFilterFixedString);

    m_table->setObjectName(QStringLiteral("datasetTable"));
    widgets::setUpRows(*m_table, tr("Datasets"));
    m_table->setModel(m_proxy);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setDragEnabled(true);
    m_table->setDragDropMode(QAbstractItemView::DragOnly);
    m_table->setTextElideMode(Qt::ElideMiddle);
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
    auto* header = m_table->horizontalHeader();
    header->setSectionsMovable(true);
    const int widths[] = {34, 160, 70, 70, 64, 92, 90, 80, 142, 110, 84, 78, 72, 112};
    for (int column = 0; column < DatasetTableModel::ColumnCount; ++column) {
        m_table->setColumnWidth(column, widths[column]);
    }
    const auto standard = header->saveState();
    header->restoreState(m_context.settings.layout(kHeaderKey));
    header->setSortIndicator(DatasetTableModel::Created, Qt::DescendingOrder);
    m_table->setSortingEnabled(true);
    connect(&m_context.settings, &SettingsService::layoutReset, header, [header, standard] {
        header->restoreState(standard);
    });
    const auto save = [this, header] { m_context.settings.setLayout(kHeaderKey, header->saveState()); };
    connect(header, &QHeaderView::sectionResized, this, save);
    connect(header, &QHeaderView::sectionMoved, this, save);

    auto* browse = m_empty->addButton(tr("Browse…"), widgets::EmptyState::Emphasis::Plain);
    auto* sample = m_empty->addButton(tr("Use a sample"), widgets::EmptyState::Emphasis::Primary);
    connect(browse, &QPushButton::clicked, this, &DatasetsView::browseRequested);
    connect(sample, &QPushButton::clicked, this, &DatasetsView::sampleRequested);
    connect(&m_context.theme, &ThemeService::themeChanged, m_empty, [this] {
        m_empty->setIcon(m_context.theme.icon(QStringLiteral("data")));
    });
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_empty);

    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_filter);
    layout->addWidget(m_stack, 1);

    buildActions();
    connect(m_table, &QTableView::activated, this, [this](const QModelIndex& index) {
        if (index.column() != DatasetTableModel::Star) {
            emit openRequested(index.data(DatasetTableModel::IdRole).toLongLong());
        }
    });
    connect(m_table, &QTableView::clicked, this, [this](const QModelIndex& index) {
        if (index.column() == DatasetTableModel::Star) {
            const auto source = m_proxy->mapToSource(index);
            star(source.data(DatasetTableModel::IdRole).toLongLong(),
                 !m_model->rows()[static_cast<std::size_t>(source.row())].isStarred);
        }
    });
    connect(m_model, &DatasetTableModel::renameRequested, this, &DatasetsView::rename);
    connect(m_model, &DatasetTableModel::starRequested, this, &DatasetsView::star);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this, &DatasetsView::refreshActions);
    connect(m_proxy, &QAbstractItemModel::modelReset, this, &DatasetsView::refreshActions);
    connect(&m_context.catalog, &CatalogService::datasetsChanged, this, &DatasetsView::reload);
    connect(&m_context.digest, &RunDigestService::changed, this, [this](const RunDigest& digest) {
        if (digest.total != m_runsSeen) { // "used by"
            m_runsSeen = digest.total;
            reload();
        }
    });
    refreshActions();
    reload();
}

void DatasetsView::focusFilter()
{
    m_filter->setFocus();
    m_filter->selectAll();
}

void DatasetsView::reload()
{
    if (m_isLoading) {
        m_isStale = true;
        return;
    }
    m_isLoading = true;
    m_isStale = false;
    m_context.catalog.call(this, readDatasetRows, [this](Result<std::vector<DatasetRow>> rows) {
        m_isLoading = false;
        if (rows) {
            const auto id = currentId();
            m_stack->setCurrentWidget(rows->empty() ? static_cast<QWidget*>(m_empty) : m_table);
            m_filter->setVisible(!rows->empty());
            m_model->setRows(std::move(rows).value());
            const auto found = m_proxy->match(m_proxy->index(0, 0), DatasetTableModel::IdRole, id, 1, Qt::MatchExactly);
            if (!found.isEmpty()) {
                m_table->setCurrentIndex(found.front());
            }
        }
        if (m_isStale) {
            reload();
        }
    });
}

qint64 DatasetsView::currentId() const
{
    return m_table->currentIndex().data(DatasetTableModel::IdRole).toLongLong();
}

void DatasetsView::buildActions()
{
    const auto make = [this](const QString& text, const QKeySequence& keys, auto slot) {
        auto* action = new QAction(text, this);
        action->setShortcut(keys);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(action, &QAction::triggered, this, slot);
        m_table->addAction(action);
        m_actions << action;
    };
    make(tr("Open"), {}, [this] { emit openRequested(currentId()); });
    make(tr("Train with this"), {}, [this] { emit trainRequested(currentId()); });
    make(tr("Export…"), {}, [this] { DataExportDialog::open(m_context, currentId(), this); });
    make(tr("Rename"), QKeySequence(Qt::Key_F2), [this] {
        m_table->edit(m_table->currentIndex().siblingAtColumn(DatasetTableModel::Name));
    });
    make(tr("Star"), {}, [this] {
        const auto row = m_proxy->mapToSource(m_table->currentIndex()).row();
        star(currentId(), !m_model->rows()[static_cast<std::size_t>(row)].isStarred);
    });
    make(tr("Move to Trash"), QKeySequence(Qt::Key_Delete), [this] { deleteCurrent(); });
}

void DatasetsView::refreshActions()
{
    const bool isSelected = m_table->currentIndex().isValid();
    for (auto* action : m_actions) {
        action->setEnabled(isSelected);
    }
}

void DatasetsView::rename(qint64 id, const QString& name)
{
    QString before;
    for (const auto& row : m_model->rows()) {
        before = row.id == id ? row.name : before;
    }
    const auto change = [this, id](const QString& to) {
        m_context.catalog.change(
            CatalogService::Datasets, this,
            [id, to = to.toStdString()](catalog::Catalog& catalog) { return catalog.renameDataset(id, to); },
            [this](Result<void> done) {
                if (!done) {
                    m_context.notices.error(tr("The dataset could not be renamed."), done.error());
                }
            });
    };
    m_context.notices.doUndoable(
        tr("%1 is now called %2.").arg(before, name), [change, name] { change(name); },
        [change, before] { change(before); });
}

void DatasetsView::star(qint64 id, bool isStarred)
{
    m_context.catalog.change(
        CatalogService::Datasets, this,
        [id, isStarred](catalog::Catalog& catalog) { return catalog.setDatasetStarred(id, isStarred); },
        [this](Result<void> done) {
            if (!done) {
                m_context.notices.error(tr("The star could not be changed."), done.error());
            }
        });
}

void DatasetsView::deleteCurrent()
{
    const auto id = currentId();
    const auto name = m_table->currentIndex().siblingAtColumn(DatasetTableModel::Name).data().toString();
    // Known once the catalog has answered; undo comes later than that.
    auto trashId = std::make_shared<std::int64_t>(0);
    const auto report = [this](const Error& error) {
        m_context.notices.error(tr("The Trash did not take it."), error);
    };
    m_context.notices.doUndoable(
        tr("%1 is in the Trash. The data itself was not touched.").arg(name),
        [this, id, trashId, report] {
            m_context.catalog.change(
                CatalogService::Datasets | CatalogService::Trash, this,
                [id](catalog::Catalog& catalog) { return catalog.deleteDataset(id); },
                [trashId, report](Result<catalog::TrashItem> item) {
                    item ? static_cast<void>(*trashId = item->id) : report(item.error());
                });
        },
        [this, trashId, report] {
            m_context.catalog.change(
                CatalogService::Datasets | CatalogService::Trash, this,
                [trashId](catalog::Catalog& catalog) { return catalog.restore(*trashId); },
                [report](Result<void> done) {
                    if (!done) {
                        report(done.error());
                    }
                });
        });
}

} // namespace ty::app
