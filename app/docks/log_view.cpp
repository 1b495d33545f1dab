#include "app/docks/log_view.h"

#include <algorithm>

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QScrollBar>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QVBoxLayout>

#include "app/services/log_service.h"
#include "widgets/filter_line.h"
#include "widgets/table_look.h"

namespace ty::app {

namespace {
void copyLines(const QTableView& table)
{
    auto rows = table.selectionModel()->selectedRows();
    std::sort(rows.begin(), rows.end());
    QStringList lines;
    for (const auto& row : rows) {
        QStringList cells;
        for (int column = 0; column < LogService::ColumnCount; ++column) {
            cells << row.siblingAtColumn(column).data().toString();
        }
        lines << cells.join(u'\t');
    }
    QGuiApplication::clipboard()->setText(lines.join(u'\n'));
}
} // namespace

LogView::LogView(LogService& log, QWidget* parent) : QWidget(parent)
{
    auto* proxy = new QSortFilterProxyModel(this);
    proxy->setSourceModel(&log);
    proxy->setFilterKeyColumn(-1);
    proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);
    auto* filter = new widgets::FilterLine(tr("Filter the log"), this);
    filter->setAccessibleName(tr("Filter the log"));
    auto* table = new QTableView(this);
    table->setObjectName(QStringLiteral("logTable"));
    widgets::setUpRows(*table, tr("Log"));
    table->setModel(proxy);
    table->horizontalHeader()->setStretchLastSection(true);
    auto* copy = new QAction(tr("Copy lines"), table);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    table->addAction(copy);
    table->setContextMenuPolicy(Qt::ActionsContextMenu);
    connect(copy, &QAction::triggered, table, [table] { copyLines(*table); });
    connect(filter, &widgets::FilterLine::filterChanged, proxy, &QSortFilterProxyModel::setFilterFixedString);
    // Follows the newest line only while the person looks at the newest.
    connect(proxy, &QAbstractItemModel::rowsAboutToBeInserted, table, [table] {
        const auto* bar = table->verticalScrollBar();
        table->setProperty("isAtEnd", bar->value() >= bar->maximum());
    });
    connect(
        proxy, &QAbstractItemModel::rowsInserted, table,
        [table] {
            if (table->property("isAtEnd").toBool()) {
                table->scrollToBottom();
            }
        },
        Qt::QueuedConnection);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->addWidget(filter);
    layout->addWidget(table);
}

} // namespace ty::app
