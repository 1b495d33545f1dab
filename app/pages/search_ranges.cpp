#include "app/pages/search_ranges.h"

#include <algorithm>

#include <QHeaderView>
#include <QSignalBlocker>

#include "widgets/table_look.h"

namespace ty::app {

namespace {

constexpr int kName = 0;
constexpr int kLow = 1;
constexpr int kHigh = 2;
constexpr int kParameterRole = Qt::UserRole;
constexpr int kLogarithmicRole = Qt::UserRole + 1;

QString numberWords(double value)
{
    return QString::number(value, 'g', 6);
}

} // namespace

SearchRanges::SearchRanges(QWidget* parent)
    : QTableWidget(0, 3, parent)
{
    setHorizontalHeaderLabels({tr("Setting"), tr("From"), tr("To")});
    widgets::setUpRows(*this, tr("Settings to search"));
    setEditTriggers(QAbstractItemView::AllEditTriggers);
    setSelectionMode(QAbstractItemView::SingleSelection);
    horizontalHeader()->setSectionResizeMode(kName, QHeaderView::Stretch);
    connect(this, &QTableWidget::itemChanged, this, &SearchRanges::changed);
}

void SearchRanges::setParameters(const ParameterTable& table)
{
    const QSignalBlocker quiet(this);
    setRowCount(0);
    // Those with a range of their own first.
    for (const bool isSearched : {true, false}) {
        for (const Parameter& row : table.rows()) {
            const bool hasRange = row.searchLow && row.searchHigh;
            if (hasRange != isSearched || row.type == ParameterType::Text || row.unit == "seconds") {
                continue; // a time, such as that between checkpoints, changes no score
            }
            const int line = rowCount();
            insertRow(line);
            auto* name = new QTableWidgetItem(QString::fromStdString(row.label));
            name->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
            name->setCheckState(isSearched ? Qt::Checked : Qt::Unchecked);
            name->setToolTip(QString::fromStdString(row.help));
            name->setData(kParameterRole, QString::fromStdString(row.name));
            name->setData(kLogarithmicRole, row.isSearchLogarithmic);
            setItem(line, kName, name);
            if (row.type == ParameterType::Integer || row.type == ParameterType::Real) {
                setItem(line, kLow, new QTableWidgetItem(numberWords(row.searchLow.value_or(row.minimum.value_or(0)))));
                setItem(line, kHigh, new QTableWidgetItem(numberWords(row.searchHigh.value_or(row.maximum.value_or(1)))));
                continue;
            }
            QStringList words;
            for (const std::string& choice : row.choices) {
                words << QString::fromStdString(choice);
            }
            auto* values = new QTableWidgetItem(row.type == ParameterType::Boolean ? QStringLiteral("false,true") : words.join(QLatin1Char(',')));
            values->setToolTip(tr("Values to try, separated by commas"));
            setItem(line, kLow, values);
            setSpan(line, kLow, 1, 2);
        }
    }
}

QStringList SearchRanges::ranges() const
{
    QStringList made;
    for (int line = 0; line < rowCount(); ++line) {
        if (item(line, kName)->checkState() != Qt::Checked) {
            continue;
        }
        const QString low = item(line, kLow)->text().trimmed();
        const QString range = item(line, kHigh) == nullptr ? low : low + QStringLiteral("..") + item(line, kHigh)->text().trimmed();
        const bool isLogarithmic = item(line, kHigh) != nullptr && item(line, kName)->data(kLogarithmicRole).toBool() && low.toDouble() > 0;
        made << item(line, kName)->data(kParameterRole).toString() + QLatin1Char('=') + range + (isLogarithmic ? QStringLiteral(":log") : QString());
    }
    return made;
}

void SearchRanges::setRanges(const QStringList& ranges)
{
    const QSignalBlocker quiet(this);
    for (int line = 0; line < rowCount(); ++line) {
        const QString begin = item(line, kName)->data(kParameterRole).toString() + QLatin1Char('=');
        const auto known = std::find_if(ranges.begin(), ranges.end(), [&begin](const QString& one) { return one.startsWith(begin); });
        item(line, kName)->setCheckState(known == ranges.end() ? Qt::Unchecked : Qt::Checked);
        if (known == ranges.end()) {
            continue;
        }
        const QString values = known->mid(begin.size()).section(QLatin1Char(':'), 0, 0);
        const bool hasEnds = item(line, kHigh) != nullptr;
        item(line, kLow)->setText(hasEnds ? values.section(QStringLiteral(".."), 0, 0) : values);
        if (hasEnds) {
            item(line, kHigh)->setText(values.section(QStringLiteral(".."), 1, 1));
        }
    }
}

QStringList SearchRanges::names() const
{
    QStringList made;
    for (const QString& range : ranges()) {
        made << range.section(QLatin1Char('='), 0, 0);
    }
    return made;
}

QStringList SearchRanges::labels() const
{
    QStringList made;
    for (int line = 0; line < rowCount(); ++line) {
        if (item(line, kName)->checkState() == Qt::Checked) {
            made << item(line, kName)->text();
        }
    }
    return made;
}

} // namespace ty::app
