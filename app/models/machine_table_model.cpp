#include "app/models/machine_table_model.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include <QDateTime>
#include <QLocale>

#include "app/models/machine_text.h"
#include "app/models/run_format.h"
#include "cloud/provision/azure_plan.h"

namespace ty::app {

namespace {

constexpr auto kOwnerTag = "owner";
/// Whether the machine was seen to stop by itself, in a play of it.
QString proofSign(const MachineRow& row)
{
    return !row.autoStopProof                ? QString()
        : row.autoStopProof->isProven() ? QStringLiteral(" ✔")
                                             : MachineTableModel::tr(" – not proven");
}

/// Until it stops for idleness; nothing: it does not in the next minutes.
std::optional<qint64> minutesLeft(const MachineRow& row)
{
    constexpr qint64 kMinute = 60;
    const qint64 left = row.stopsAt.value_or(0) - QDateTime::currentSecsSinceEpoch();
    return left > 0 ? std::optional((left + kMinute - 1) / kMinute) : std::nullopt;
}

bool isUp(const MachineRow& row)
{
    return row.info.state == cloud::MachineState::Running || row.info.state == cloud::MachineState::Idle;
}

/// "Standard_NC4as_T4_v3 (4 / 28 / 1)": processors, memory in GiB, GPUs.
QString sizeText(const MachineRow& row)
{
    QString text = QString::fromStdString(row.info.size);
    const auto& facts = row.sizeFacts;
    if (facts && facts->processors && facts->memoryGiB) {
        text = MachineTableModel::tr("%1 (%2 / %3 / %4)", "size, vCPU, RAM GiB, GPU")
                   .arg(text, QLocale().toString(*facts->processors, 'g', 4), QLocale().toString(*facts->memoryGiB, 'g', 5),
                        facts->gpus > 0 ? QLocale().toString(facts->gpus, 'g', 3) : QStringLiteral("–"));
    }
    return row.info.isSpot ? MachineTableModel::tr("%1 spot").arg(text) : text;
}

bool hasNoGpu(const MachineRow& row)
{
    return row.sizeFacts && row.sizeFacts->gpus <= 0;
}

QString gpuText(const MachineRow& row)
{
    return !isUp(row) || hasNoGpu(row)            ? QStringLiteral("–")
        : row.gpuUse && row.gpuUse->percent ? MachineTableModel::tr("%1 %").arg(QLocale().toString(*row.gpuUse->percent, 'f', 0))
                                            : MachineTableModel::tr("unknown");
}

QString gpuTip(const MachineRow& row)
{
    if (hasNoGpu(row)) {
        return MachineTableModel::tr("This size has no GPU");
    }
    if (!isUp(row)) {
        return MachineTableModel::tr("It does not run");
    }
    if (!row.gpuUse) {
        return row.isOurs() ? MachineTableModel::tr("No cloud sees it from outside; the machine itself is asked every minute, and has not answered yet")
                            : MachineTableModel::tr("No cloud sees it from outside, and Trainyard has no key to a machine that it did not make");
    }
    return row.gpuUse->percent
        ? MachineTableModel::tr("Its busiest GPU, as nvidia-smi on the machine told at %1")
              .arg(QLocale().toString(QDateTime::fromSecsSinceEpoch(row.gpuUse->at).time(), QLocale::ShortFormat))
        : MachineTableModel::tr("Not known: %1").arg(QString::fromStdString(row.gpuUse->why));
}

QString textOf(const MachineRow& row, int column)
{
    const cloud::MachineInfo& info = row.info;
    switch (column) {
    case MachineTableModel::Name: return QString::fromStdString(info.name);
    case MachineTableModel::State:
        return row.work.isEmpty() ? machineStateText(info.state) : QStringLiteral("◌ ") + row.work;
    case MachineTableModel::Cloud:
        return MachineTableModel::tr("%1 · %2", "cloud and account")
            .arg(info.provider == "google" ? QStringLiteral("Google") : QStringLiteral("Azure"), row.account);
    case MachineTableModel::Size: return sizeText(row);
    case MachineTableModel::Place: return placeText(info.region, info.zone);
    case MachineTableModel::Address:
        return info.publicAddress.empty() ? QStringLiteral("-") : QString::fromStdString(info.publicAddress);
    case MachineTableModel::AutoStop:
        if (const auto minutes = minutesLeft(row)) {
            return MachineTableModel::tr("in %1 min").arg(*minutes);
        }
        return row.request ? autoStopText(row.request->idleMinutes, row.request->hardLimitHours) + proofSign(row)
            : row.isOurs() ? MachineTableModel::tr("unknown")
                           : QStringLiteral("-");
    case MachineTableModel::Gpu: return gpuText(row);
    case MachineTableModel::Price: return moneyText(row.usdPerHour, "USD");
    case MachineTableModel::Owner: {
        const auto owner = info.tags.find(kOwnerTag);
        return owner == info.tags.end() ? QStringLiteral("-") : QString::fromStdString(owner->second);
    }
    case MachineTableModel::Created: return whenText(info.created);
    default: return {};
    }
}

QString rateText(const std::optional<double>& bytesPerSecond)
{
    constexpr double kMega = 1e6;
    return bytesPerSecond ? QLocale().toString(*bytesPerSecond / kMega, 'f', 2) : QStringLiteral("–");
}

MachineSpending spendingOf(const std::map<std::string, MachineSpending>& all, const MachineRow& row)
{
    const auto mark = row.info.tags.find(cloud::kOperationTag);
    const auto found = mark == row.info.tags.end() ? all.end() : all.find(mark->second);
    return found == all.end() ? MachineSpending() : found->second;
}

QVariant sortValueOf(const MachineRow& row, int column)
{
    switch (column) {
    case MachineTableModel::State: return static_cast<int>(row.info.state);
    case MachineTableModel::Gpu: return row.gpuUse ? row.gpuUse->percent.value_or(-1) : -1.0;
    case MachineTableModel::Price: return row.usdPerHour.value_or(-1.0);
    case MachineTableModel::Created: return QString::fromStdString(row.info.created);
    default: return textOf(row, column);
    }
}

QVariant tipOf(const MachineRow& row, int column)
{
    if (column == MachineTableModel::State && !row.info.problem.empty()) {
        return QString::fromStdString(row.info.problem);
    }
    if (column == MachineTableModel::State && row.info.state == cloud::MachineState::StoppedBilled) {
        return MachineTableModel::tr("Its processors are still reserved for you and cost as much as before. Stop gives them back.");
    }
    if (column == MachineTableModel::Gpu) {
        return gpuTip(row);
    }
    if (column == MachineTableModel::Size && row.sizeFacts && !row.sizeFacts->gpu.empty()) {
        return MachineTableModel::tr("%1 × %2").arg(
            QLocale().toString(row.sizeFacts->gpus, 'g', 3), QString::fromStdString(row.sizeFacts->gpu));
    }
    if (column == MachineTableModel::AutoStop && row.autoStopProof) {
        return QString::fromStdString(proofText(*row.autoStopProof));
    }
    if (column == MachineTableModel::Address && !row.info.publicAddress.empty()) {
        return MachineTableModel::tr("Click to copy");
    }
    if (column == MachineTableModel::Owner) {
        return MachineTableModel::tr("The tag \"owner\" of the machine");
    }
    if (column == MachineTableModel::Price) {
        return row.usdPerHour ? MachineTableModel::tr("List price before tax while it is on; disks and address come on top")
                              : MachineTableModel::tr("The provider's price list does not tell");
    }
    return {};
}

bool isSame(const MachineRow& a, const MachineRow& b)
{
    const auto values = [](const MachineRow& row) {
        const cloud::MachineInfo& info = row.info;
        return std::tie(
            row.work, row.isComing, row.usdPerHour, row.sizeFacts, row.gpuUse, row.stopsAt, info.id, info.state, info.size, info.region, info.zone,
            info.publicAddress, info.isSpot, info.osDisk, info.dataDisks, info.created, info.tags, info.problem);
    };
    const auto provenAt = [](const MachineRow& row) { return row.autoStopProof ? row.autoStopProof->time : std::string(); };
    return a.request.has_value() == b.request.has_value() && provenAt(a) == provenAt(b) && values(a) == values(b);
}

} // namespace

void MachineTableModel::setRows(std::vector<MachineRow> rows)
{
    std::vector<Kept> wanted;
    wanted.reserve(rows.size());
    for (MachineRow& row : rows) {
        QString key = row.key();
        wanted.push_back({std::move(key), std::move(row), {}, {}});
    }
    std::sort(wanted.begin(), wanted.end(), [](const Kept& a, const Kept& b) { return a.key < b.key; });
    if (m_rows.empty()) {
        for (Kept& kept : wanted) {
            kept.spending = spendingOf(m_spending, kept.row);
        }
        beginResetModel();
        m_rows = std::move(wanted);
        endResetModel();
        return;
    }
    std::size_t at = 0;
    for (Kept& kept : wanted) {
        std::size_t next = at;
        while (next < m_rows.size() && m_rows[next].key < kept.key) {
            ++next;
        }
        removeBetween(at, next);
        const int place = static_cast<int>(at);
        if (at < m_rows.size() && m_rows[at].key == kept.key) {
            const bool isChanged = !isSame(m_rows[at].row, kept.row);
            kept.spending = m_rows[at].spending;
            kept.vitals = isUp(kept.row) ? std::move(m_rows[at].vitals) : std::nullopt;
            m_rows[at] = std::move(kept);
            if (isChanged) {
                emit dataChanged(index(place, 0), index(place, ColumnCount - 1));
            }
        } else {
            kept.spending = spendingOf(m_spending, kept.row);
            beginInsertRows({}, place, place);
            m_rows.insert(m_rows.begin() + place, std::move(kept));
            endInsertRows();
        }
        ++at;
    }
    removeBetween(at, m_rows.size());
}

void MachineTableModel::removeBetween(std::size_t begin, std::size_t end)
{
    if (begin == end) {
        return;
    }
    beginRemoveRows({}, static_cast<int>(begin), static_cast<int>(end) - 1);
    m_rows.erase(
        m_rows.begin() + static_cast<std::ptrdiff_t>(begin), m_rows.begin() + static_cast<std::ptrdiff_t>(end));
    endRemoveRows();
}

const MachineRow* MachineTableModel::rowAt(int row) const
{
    return row >= 0 && row < rowCount() ? &m_rows[static_cast<std::size_t>(row)].row : nullptr;
}

int MachineTableModel::rowOf(const QString& key) const
{
    const auto found
        = std::lower_bound(m_rows.begin(), m_rows.end(), key, [](const Kept& kept, const QString& wanted) {
              return kept.key < wanted;
          });
    return found == m_rows.end() || found->key != key ? -1 : static_cast<int>(found - m_rows.begin());
}

void MachineTableModel::setVitals(const QString& key, MachineVitals vitals)
{
    const int row = rowOf(key);
    if (row >= 0 && isUp(*rowAt(row))) {
        m_rows[static_cast<std::size_t>(row)].vitals = std::move(vitals);
        emit dataChanged(index(row, Cpu), index(row, Network));
    }
}

void MachineTableModel::setSpending(const std::map<std::string, MachineSpending>& spending)
{
    m_spending = spending;
    for (std::size_t at = 0; at < m_rows.size(); ++at) {
        MachineSpending now = spendingOf(spending, m_rows[at].row);
        if (now != m_rows[at].spending) {
            m_rows[at].spending = std::move(now);
            const int row = static_cast<int>(at);
            emit dataChanged(index(row, Now), index(row, Month));
        }
    }
}

QVariant MachineTableModel::spendingData(const Kept& kept, int column, int role)
{
    const MachineSpending& spending = kept.spending;
    const auto& amount = column == Now ? spending.now : column == Today ? spending.today : spending.month;
    switch (role) {
    case Qt::DisplayRole: {
        if (!amount) {
            return QStringLiteral("–");
        }
        const QString text = moneyText(amount->amount, amount->currency);
        return amount->isPartial ? tr("at least %1").arg(text) : text;
    }
    case Qt::ToolTipRole:
        return !amount && kept.row.isOurs() ? tr("Not counted yet")
            : !amount                       ? tr("Machines that Trainyard did not make are not counted")
            : amount->isPartial             ? tr("Something in it has no known price")
            : column == Now ? tr("List price before tax of what it has now: processors, disks, address")
                            : tr("Counted from the states that the cloud confirmed, at list prices before tax");
    case Qt::TextAlignmentRole: return int(Qt::AlignRight | Qt::AlignVCenter);
    case SortRole: return amount ? amount->amount : -1.0;
    case KeyRole: return kept.row.key();
    default: return {};
    }
}

QVariant MachineTableModel::vitalsData(const Kept& kept, int column, int role) const
{
    const auto& vitals = kept.vitals;
    const bool isCpu = column == Cpu;
    const QString cpu = vitals && vitals->cpuNow ? tr("%1 %").arg(QLocale().toString(*vitals->cpuNow, 'f', 1)) : QString();
    switch (role) {
    case Qt::DisplayRole:
        return !vitals ? QVariant(QStringLiteral("–"))
            : isCpu    ? QVariant()
                       : QVariant(tr("%1 / %2 MB/s").arg(rateText(vitals->networkIn), rateText(vitals->networkOut)));
    case ValuesRole: return isCpu && vitals ? QVariant::fromValue(vitals->cpuPercent) : QVariant();
    case Qt::AccessibleTextRole: return isCpu && vitals ? QVariant(cpu.isEmpty() ? tr("not measured") : cpu) : QVariant();
    case Qt::ToolTipRole:
        return isCpu && !cpu.isEmpty() ? QVariant(tr("%1 now, as the cloud's host measured it").arg(cpu)) : QVariant();
    case SortRole:
        return isCpu ? (vitals ? vitals->cpuNow.value_or(-1) : -1) : (vitals ? vitals->networkIn.value_or(-1) : -1);
    case KeyRole: return kept.row.key();
    default: return {};
    }
}

int MachineTableModel::standardWidth(int column)
{
    constexpr std::array kWidths{20, 24, 27, 42, 18, 17, 16, 18, 10, 30, 14, 14, 14, 15, 14, 15};
    static_assert(kWidths.size() == ColumnCount);
    return kWidths.at(static_cast<std::size_t>(column));
}

bool MachineTableModel::isShownAtFirst(int column)
{
    return column != Owner && column != Price;
}

int MachineTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int MachineTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant MachineTableModel::data(const QModelIndex& index, int role) const
{
    const MachineRow* row = index.isValid() ? rowAt(index.row()) : nullptr;
    if (row == nullptr) {
        return {};
    }
    if (index.column() == Now || index.column() == Today || index.column() == Month) {
        return spendingData(m_rows[static_cast<std::size_t>(index.row())], index.column(), role);
    }
    if (index.column() == Cpu || index.column() == Network) {
        return vitalsData(m_rows[static_cast<std::size_t>(index.row())], index.column(), role);
    }
    switch (role) {
    case Qt::DisplayRole: return textOf(*row, index.column());
    case KeyRole: return row->key();
    case SortRole: return sortValueOf(*row, index.column());
    case Qt::ToolTipRole: return tipOf(*row, index.column());
    case Qt::AccessibleTextRole:
        return index.column() == State && row->work.isEmpty() ? machineStateSpoken(row->info.state) : QVariant();
    case Qt::TextAlignmentRole:
        return index.column() == Price || index.column() == Gpu ? QVariant(int(Qt::AlignRight | Qt::AlignVCenter)) : QVariant();
    default: return {};
    }
}

QVariant MachineTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::ToolTipRole && section == Size) {
        return tr("With processors, memory in GiB and GPUs");
    }
    if (role == Qt::TextAlignmentRole && ((section >= Now && section <= Price) || section == Gpu)) {
        return int(Qt::AlignRight | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Name: return tr("Name");
    case Cloud: return tr("Cloud");
    case State: return tr("State");
    case Size: return tr("Size (vCPU / GiB / GPU)");
    case Place: return tr("Region / zone");
    case Address: return tr("Public IP");
    case AutoStop: return tr("Auto-stop");
    case Cpu: return tr("CPU, last hour");
    case Network: return tr("Network in / out");
    case Gpu: return tr("GPU %");
    case Now: return tr("Now per hour");
    case Today: return tr("Today");
    case Month: return tr("This month");
    case Price: return tr("Per hour on");
    case Owner: return tr("Owner");
    case Created: return tr("Created");
    default: return {};
    }
}

} // namespace ty::app
