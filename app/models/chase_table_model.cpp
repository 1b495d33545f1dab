#include "app/models/chase_table_model.h"

#include <QGuiApplication>
#include <QLocale>
#include <QPalette>

#include "app/models/chase_text.h"

namespace ty::app {

namespace {

bool looksSame(const cloud::ChasePlace& a, const cloud::ChasePlace& b)
{
    return a.outcome == b.outcome && a.reason == b.reason && a.seconds == b.seconds && a.usdPerHour == b.usdPerHour
        && a.isKept == b.isKept && a.isOffered == b.isOffered && a.quotaLeft == b.quotaLeft && a.key() == b.key();
}

bool isNumber(int column)
{
    return column == ChaseTableModel::Seconds || column == ChaseTableModel::Price || column == ChaseTableModel::QuotaLeft
        || column == ChaseTableModel::Distance;
}

QString numberOr(const std::optional<double>& value, int decimals, const QString& otherwise)
{
    return value ? QLocale().toString(*value, 'f', decimals) : otherwise;
}

} // namespace

void ChaseTableModel::setPlaces(const std::vector<cloud::ChasePlace>& places)
{
    if (places.size() != m_places.size()) {
        beginResetModel();
        m_places = places;
        endResetModel();
        return;
    }
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (!looksSame(places[i], m_places[i])) {
            m_places[i] = places[i];
            const int row = static_cast<int>(i);
            emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
        }
    }
}

int ChaseTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_places.size());
}

int ChaseTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ChaseTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount()) {
        return {};
    }
    const cloud::ChasePlace& place = m_places[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole: return text(place, index.column());
    case SortRole: return sortValue(place, index.column());
    case Qt::TextAlignmentRole:
        return isNumber(index.column()) ? QVariant(int(Qt::AlignRight | Qt::AlignVCenter)) : QVariant();
    case Qt::ToolTipRole:
        return index.column() == Reason ? QString::fromStdString(place.reason) : QVariant();
    case Qt::ForegroundRole:
        return place.result() == cloud::ChaseOutcome::NotOffered
            ? QVariant(QGuiApplication::palette().brush(QPalette::Disabled, QPalette::Text))
            : QVariant();
    default: return {};
    }
}

QVariant ChaseTableModel::text(const cloud::ChasePlace& place, int column) const
{
    const QString none = QStringLiteral("–");
    switch (column) {
    case Place: return QString::fromStdString(place.name());
    case Gpu: return place.gpu.empty() ? none : QString::fromStdString(place.gpu);
    case Offered: return !place.isOffered ? tr("unknown") : *place.isOffered ? tr("yes") : tr("no");
    case Outcome: return chaseOutcomeSign(place.result()) + QStringLiteral(" ") + chaseOutcomeText(place);
    case Reason: return QString::fromStdString(place.reason).simplified();
    case Seconds: return numberOr(place.seconds, 1, none);
    case Price: return place.size.empty() ? none : numberOr(place.usdPerHour, 3, tr("unknown"));
    case QuotaLeft:
        return place.quotaLeft ? tr("%1 %2").arg(
                                     QLocale().toString(*place.quotaLeft, 'f', 0), QString::fromStdString(place.quotaUnit))
                               : place.size.empty() ? none : tr("unknown");
    case Distance: return numberOr(place.kilometres, 0, none);
    case Account: return QString::fromStdString(place.account);
    default: return {};
    }
}

QVariant ChaseTableModel::sortValue(const cloud::ChasePlace& place, int column) const
{
    constexpr double kLast = 1e12;
    switch (column) {
    case Seconds: return place.seconds.value_or(kLast);
    case Price: return place.usdPerHour.value_or(kLast);
    case QuotaLeft: return place.quotaLeft.value_or(-1);
    case Distance: return place.kilometres.value_or(kLast);
    case Outcome: return chaseOutcomeText(place);
    default: return text(place, column);
    }
}

QVariant ChaseTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return isNumber(section) ? QVariant(int(Qt::AlignRight | Qt::AlignVCenter)) : QVariant();
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Place: return tr("Zone");
    case Gpu: return tr("GPU");
    case Offered: return tr("Offered");
    case Outcome: return tr("Allocated");
    case Reason: return tr("Reason");
    case Seconds: return tr("Time s");
    case Price: return tr("USD/h");
    case QuotaLeft: return tr("Quota left");
    case Distance: return tr("km");
    case Account: return tr("Account");
    default: return {};
    }
}

} // namespace ty::app
