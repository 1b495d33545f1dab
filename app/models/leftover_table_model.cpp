#include "app/models/leftover_table_model.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <QDateTime>
#include <QLocale>

#include "app/provisioning/leftover_reader.h"

namespace ty::app {

namespace {

using cloud::Leftover;
using cloud::LeftoverKind;

QString kindText(const Leftover& leftover)
{
    switch (leftover.kind) {
    case LeftoverKind::Machine: return LeftoverTableModel::tr("Machine");
    case LeftoverKind::NetworkCard: return LeftoverTableModel::tr("Network card");
    case LeftoverKind::Disk: return leftover.holdsData ? LeftoverTableModel::tr("Data disk") : LeftoverTableModel::tr("System disk");
    case LeftoverKind::PublicAddress: return LeftoverTableModel::tr("Public address");
    case LeftoverKind::Network: return LeftoverTableModel::tr("Network");
    case LeftoverKind::Firewall: return LeftoverTableModel::tr("Firewall");
    case LeftoverKind::Image: return LeftoverTableModel::tr("Image");
    }
    return {};
}

QString sizeText(const Leftover& leftover)
{
    if (leftover.sizeGiB) {
        return LeftoverTableModel::tr("%1 GiB").arg(QLocale().toString(static_cast<qlonglong>(*leftover.sizeGiB)));
    }
    return leftover.kind == LeftoverKind::Machine ? QString::fromStdString(leftover.type) : QStringLiteral("–");
}

QString priceText(const std::optional<double>& perMonth, const QString& currency)
{
    if (!perMonth) {
        return LeftoverTableModel::tr("unknown");
    }
    return *perMonth == 0.0 ? LeftoverTableModel::tr("free")
                            : QStringLiteral("%1 %2").arg(QLocale().toString(*perMonth, 'f', 2), currency);
}

QDateTime timeOf(const std::string& utc)
{
    return QDateTime::fromString(QString::fromStdString(utc), Qt::ISODateWithMs).toLocalTime();
}

QString lastUsedText(const Leftover& leftover)
{
    const QDateTime time = timeOf(leftover.lastUsed);
    return time.isValid() ? QLocale().toString(time, QLocale::ShortFormat) : LeftoverTableModel::tr("unknown");
}

QString textOf(const Leftover& leftover, int column, const QString& currency)
{
    switch (column) {
    case LeftoverTableModel::Name: return QString::fromStdString(leftover.name);
    case LeftoverTableModel::Kind: return kindText(leftover);
    case LeftoverTableModel::Size: return sizeText(leftover);
    case LeftoverTableModel::Region: return QString::fromStdString(leftover.region);
    case LeftoverTableModel::LastUsed: return lastUsedText(leftover);
    case LeftoverTableModel::PerMonth: return priceText(leftover.perMonth, currency);
    case LeftoverTableModel::Why: return QString::fromStdString(leftover.reason);
    default: return {};
    }
}

QVariant sortValueOf(const Leftover& leftover, int column)
{
    switch (column) {
    case LeftoverTableModel::Size: return static_cast<qlonglong>(leftover.sizeGiB.value_or(-1));
    case LeftoverTableModel::LastUsed: return timeOf(leftover.lastUsed);
    case LeftoverTableModel::PerMonth: return leftover.perMonth.value_or(-1.0);
    default: return textOf(leftover, column, {});
    }
}

} // namespace

void LeftoverTableModel::setLeftovers(std::vector<Leftover> leftovers, const QString& currency)
{
    beginResetModel();
    m_leftovers = std::move(leftovers);
    m_currency = currency;
    std::set<std::string> ticked;
    for (const Leftover& leftover : m_leftovers) {
        const bool isNew = m_known.insert(leftover.id).second;
        if (isNew ? !leftover.holdsData : m_ticked.contains(leftover.id)) {
            ticked.insert(leftover.id);
        }
    }
    m_ticked = std::move(ticked);
    endResetModel();
    emit ticksChanged();
}

std::vector<Leftover> LeftoverTableModel::ticked() const
{
    std::vector<Leftover> chosen;
    std::copy_if(m_leftovers.begin(), m_leftovers.end(), std::back_inserter(chosen), [this](const Leftover& leftover) {
        return m_ticked.contains(leftover.id);
    });
    return chosen;
}

void LeftoverTableModel::tickAll(bool isTicked)
{
    m_ticked.clear();
    for (const Leftover& leftover : m_leftovers) {
        if (isTicked && !leftover.holdsData) {
            m_ticked.insert(leftover.id);
        }
    }
    if (rowCount() > 0) {
        emit dataChanged(index(0, Name), index(rowCount() - 1, Name), {Qt::CheckStateRole});
    }
    emit ticksChanged();
}

int LeftoverTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_leftovers.size());
}

int LeftoverTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant LeftoverTableModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const Leftover& leftover = m_leftovers[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole: return textOf(leftover, index.column(), m_currency);
    case kSortRole: return sortValueOf(leftover, index.column());
    case Qt::ToolTipRole:
        return index.column() == Name ? QString::fromStdString(leftover.id) : textOf(leftover, index.column(), m_currency);
    case Qt::CheckStateRole:
        return index.column() == Name
            ? QVariant(m_ticked.contains(leftover.id) ? Qt::Checked : Qt::Unchecked)
            : QVariant();
    case Qt::TextAlignmentRole:
        return index.column() == PerMonth || index.column() == Size ? QVariant(int(Qt::AlignRight | Qt::AlignVCenter))
                                                                    : QVariant();
    default: return {};
    }
}

bool LeftoverTableModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    if (role != Qt::CheckStateRole || index.column() != Name || !checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return false;
    }
    const std::string& id = m_leftovers[static_cast<std::size_t>(index.row())].id;
    if (value.toInt() == Qt::Checked) {
        m_ticked.insert(id);
    } else {
        m_ticked.erase(id);
    }
    emit dataChanged(index, index, {Qt::CheckStateRole});
    emit ticksChanged();
    return true;
}

Qt::ItemFlags LeftoverTableModel::flags(const QModelIndex& index) const
{
    const Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    return index.column() == Name ? flags | Qt::ItemIsUserCheckable : flags;
}

QVariant LeftoverTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole && (section == PerMonth || section == Size)) {
        return int(Qt::AlignRight | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Name: return tr("Resource");
    case Kind: return tr("Kind");
    case Size: return tr("Size");
    case Region: return tr("Region");
    case LastUsed: return tr("Last used");
    case PerMonth: return tr("Per month");
    case Why: return tr("Why it is here");
    default: return {};
    }
}

QString leftoverSumText(const std::vector<Leftover>& leftovers, const QString& currency)
{
    const LeftoverCost cost = costOf(leftovers);
    const QString known = QStringLiteral("%1 %2").arg(QLocale().toString(cost.perMonth, 'f', 2), currency);
    if (cost.unknown == 0) {
        return known;
    }
    return cost.perMonth > 0 ? LeftoverTableModel::tr("%1 + %n unknown", nullptr, cost.unknown).arg(known)
                             : LeftoverTableModel::tr("unknown");
}

} // namespace ty::app
