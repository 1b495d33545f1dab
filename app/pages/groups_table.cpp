#include "app/pages/groups_table.h"

#include <cmath>

#include <QHeaderView>
#include <QStandardItemModel>

#include "app/models/metric_words.h"
#include "app/models/run_format.h"
#include "app/pages/table_header.h"
#include "widgets/table_look.h"

namespace ty::app {

namespace {

QStandardItem* cellOf(const QString& text)
{
    auto* item = new QStandardItem(text);
    item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    return item;
}

/// A mean, a date, or a category with its share.
QString usualText(const Json& value)
{
    if (value.is_number()) {
        return QLocale().toString(value.get<double>(), 'g', 4);
    }
    if (value.is_string()) {
        return QString::fromStdString(value.get<std::string>());
    }
    const double share = numberIn(value, "share");
    return std::isfinite(share) ? GroupsTable::tr("%1 (%2)").arg(textIn(value, "value"), percentText(share, 0)) : QStringLiteral("–");
}

} // namespace

GroupsTable::GroupsTable(QWidget* parent) : QTableView(parent), m_cells(new QStandardItemModel(this))
{
    setModel(m_cells);
    widgets::setUpRows(*this, tr("Groups"));
    setToolTip(tr("Means of numbers, most frequent categories. Double-click a group to see its rows."));
    connect(this, &QTableView::doubleClicked, this, [this](const QModelIndex& cell) {
        if (const QString group = groupAt(cell.column()); !group.isEmpty()) {
            emit groupChosen(group);
        }
    });
}

QString GroupsTable::groupAt(int column) const
{
    const auto* heading = m_cells->horizontalHeaderItem(column);
    return heading == nullptr ? QString() : heading->data(Qt::UserRole).toString();
}

void GroupsTable::setReport(const Json& report)
{
    m_cells->clear();
    const Json none = Json::array();
    const auto groups = report.find("groups");
    const auto profile = report.find("profile");
    if (groups == report.end() || !groups->is_array()) {
        return;
    }
    QList<QStandardItem*> sizes{new QStandardItem(tr("Rows"))};
    QStringList titles{tr("Column")};
    for (const Json& group : *groups) {
        titles << textIn(group, "name");
        sizes << cellOf(tr("%1 (%2)").arg(countText(static_cast<std::int64_t>(numberIn(group, "samples"))), percentText(numberIn(group, "share"), 0)));
    }
    titles << tr("all rows");
    sizes << cellOf(countText(report.value("samples", std::int64_t{0})));
    QFont strong = font();
    strong.setBold(true);
    for (QStandardItem* item : std::as_const(sizes)) {
        item->setFont(strong);
    }
    m_cells->appendRow(sizes);
    for (const Json& column : profile != report.end() && profile->is_array() ? *profile : none) {
        auto* name = new QStandardItem(textIn(column, "column"));
        const double difference = numberIn(column, "difference");
        name->setToolTip(tr("The groups account for %1 of what differs between rows here.").arg(percentText(difference, 0)));
        QList<QStandardItem*> row{name};
        for (const Json& value : column.value("groups", none)) {
            row << cellOf(usualText(value));
        }
        row << cellOf(usualText(column.value("all", Json())));
        m_cells->appendRow(row);
    }
    m_cells->setHorizontalHeaderLabels(titles);
    for (int column = 1; column + 1 < titles.size(); ++column) {
        m_cells->horizontalHeaderItem(column)->setData(titles[column], Qt::UserRole);
    }
    alignHeader(*m_cells);
    resizeColumnsToContents();
}

} // namespace ty::app
