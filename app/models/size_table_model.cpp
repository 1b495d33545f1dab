#include "app/models/size_table_model.h"

#include <utility>

#include <QGuiApplication>
#include <QLocale>
#include <QPalette>

#include "app/models/machine_text.h"

namespace ty::app {

namespace {

constexpr double kUnknownPrice = 1e9; // comes after all that are known

QString numberText(const std::optional<double>& value)
{
    return value ? QLocale().toString(*value, 'g', 6) : QStringLiteral("–");
}

bool isNumber(int column)
{
    return column == SizeTableModel::Processors || column == SizeTableModel::Memory || column == SizeTableModel::Price
        || column == SizeTableModel::SpotPrice || column == SizeTableModel::QuotaLeft;
}

QString gpuText(const cloud::azure::VmSize& size)
{
    if (size.gpus <= 0) {
        return QStringLiteral("–");
    }
    const QString name = size.gpu.empty() ? SizeTableModel::tr("GPU") : QString::fromStdString(size.gpu);
    const QString count = QLocale().toString(size.gpus, 'g', 3);
    return size.gpuMemoryGiB ? SizeTableModel::tr("%1 × %2, %3 GiB").arg(count, name, numberText(size.gpuMemoryGiB))
                             : SizeTableModel::tr("%1 × %2").arg(count, name);
}

QString availableText(const OfferedSize& size)
{
    const std::string obstacle = size.obstacle();
    if (!obstacle.empty()) {
        return QStringLiteral("✖ ") + QString::fromStdString(obstacle);
    }
    QStringList zones;
    for (const std::string& zone : size.offer.zones) {
        zones << QString::fromStdString(zone);
    }
    return zones.isEmpty() ? SizeTableModel::tr("✔ yes")
                           : SizeTableModel::tr("✔ zones %1").arg(zones.join(QStringLiteral(", ")));
}

} // namespace

void SizeTableModel::setSizes(std::vector<OfferedSize> sizes)
{
    beginResetModel();
    m_sizes = std::move(sizes);
    m_prices.clear();
    m_arePricesRead = false;
    endResetModel();
}

void SizeTableModel::setPrices(std::map<std::string, cloud::azure::VmPrice> prices)
{
    m_prices = std::move(prices);
    m_arePricesRead = true;
    if (rowCount() > 0) {
        emit dataChanged(index(0, Price), index(rowCount() - 1, SpotPrice));
    }
}

std::optional<double> SizeTableModel::price(int row, bool isSpot) const
{
    const OfferedSize* offered = sizeAt(row);
    const auto found = offered == nullptr
        ? m_prices.end()
        : m_prices.find(QString::fromStdString(offered->size.name).toLower().toStdString());
    if (found == m_prices.end()) {
        return {};
    }
    return isSpot ? found->second.spotPerHour : found->second.perHour;
}

QString SizeTableModel::priceText(int row, bool isSpot) const
{
    constexpr int kUnitLetters = 4; // " USD", which the title says
    if (!m_arePricesRead) {
        return QStringLiteral("…");
    }
    const auto amount = price(row, isSpot);
    return amount ? moneyText(amount, "USD").chopped(kUnitLetters) : moneyText(amount, {});
}

const OfferedSize* SizeTableModel::sizeAt(int row) const
{
    return row >= 0 && row < rowCount() ? &m_sizes[static_cast<std::size_t>(row)] : nullptr;
}

int SizeTableModel::rowOf(const QString& name) const
{
    for (int row = 0; row < rowCount(); ++row) {
        if (QString::fromStdString(sizeAt(row)->size.name).compare(name, Qt::CaseInsensitive) == 0) {
            return row;
        }
    }
    return -1;
}

int SizeTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_sizes.size());
}

int SizeTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant SizeTableModel::data(const QModelIndex& index, int role) const
{
    const OfferedSize* offered = index.isValid() ? sizeAt(index.row()) : nullptr;
    if (offered == nullptr) {
        return {};
    }
    const cloud::azure::VmSize& size = offered->size;
    if (role == Qt::TextAlignmentRole) {
        return isNumber(index.column()) ? QVariant(int(Qt::AlignRight | Qt::AlignVCenter)) : QVariant();
    }
    if (role == Qt::ForegroundRole) {
        return offered->obstacle().empty()
            ? QVariant()
            : QVariant(QGuiApplication::palette().brush(QPalette::Disabled, QPalette::Text));
    }
    if (role == Qt::ToolTipRole && index.column() == Available) {
        return availableText(*offered);
    }
    if (role == SortRole) {
        switch (index.column()) {
        case Processors: return size.vCpus.value_or(-1);
        case Memory: return size.memoryGiB.value_or(-1);
        case Gpu: return size.gpus;
        case Price: return price(index.row(), false).value_or(kUnknownPrice);
        case SpotPrice: return price(index.row(), true).value_or(kUnknownPrice);
        case Available: return !offered->obstacle().empty();
        case QuotaLeft: return static_cast<qlonglong>(offered->coresLeft.value_or(-1));
        default: role = Qt::DisplayRole;
        }
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (index.column()) {
    case Name: return QString::fromStdString(size.name);
    case Processors: return numberText(size.vCpus);
    case Memory: return numberText(size.memoryGiB);
    case Gpu: return gpuText(size);
    case Price: return priceText(index.row(), false);
    case SpotPrice: return priceText(index.row(), true);
    case Available: return availableText(*offered);
    case QuotaLeft:
        return offered->coresLeft ? QLocale().toString(static_cast<qlonglong>(*offered->coresLeft)) : tr("unknown");
    default: return {};
    }
}

QVariant SizeTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return isNumber(section) ? QVariant(int(Qt::AlignRight | Qt::AlignVCenter)) : QVariant();
    }
    if (role == Qt::ToolTipRole && section == QuotaLeft) {
        return tr("How many vCPU of its family the subscription may still start in this region");
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Name: return tr("Size");
    case Processors: return tr("vCPU");
    case Memory: return tr("RAM GiB");
    case Gpu: return tr("GPU");
    case Price: return tr("USD / h");
    case SpotPrice: return tr("Spot / h");
    case Available: return tr("Available");
    case QuotaLeft: return tr("Quota left");
    default: return {};
    }
}

} // namespace ty::app
