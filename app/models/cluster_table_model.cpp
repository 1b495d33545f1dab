#include "app/models/cluster_table_model.h"

#include <algorithm>
#include <utility>

#include <QLocale>

#include "app/models/machine_text.h"

namespace ty::app {

using cloud::ClusterInfo;

void ClusterTableModel::setClusters(std::vector<ClusterInfo> clusters)
{
    const bool isSameSize = clusters.size() == m_clusters.size();
    if (!isSameSize) {
        beginResetModel();
        m_clusters = std::move(clusters);
        endResetModel();
        return;
    }
    m_clusters = std::move(clusters); // the selection stays where it is
    if (!m_clusters.empty()) {
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    }
}

void ClusterTableModel::setFacts(std::map<std::string, NodeFacts> facts)
{
    m_facts.insert(facts.begin(), facts.end());
    if (!m_clusters.empty()) {
        emit dataChanged(index(0, Gpus), index(rowCount() - 1, PerHour));
    }
}

std::string ClusterTableModel::factsKey(const ClusterInfo& cluster)
{
    return cluster.size + "|" + cluster.region + (cluster.isSpot ? "|spot" : "");
}

const ClusterInfo* ClusterTableModel::clusterAt(int row) const
{
    return row >= 0 && row < rowCount() ? &m_clusters[static_cast<std::size_t>(row)] : nullptr;
}

NodeFacts ClusterTableModel::factsOf(const ClusterInfo& cluster) const
{
    const auto found = m_facts.find(factsKey(cluster));
    return found == m_facts.end() ? NodeFacts() : found->second;
}

std::optional<double> ClusterTableModel::perHour(const ClusterInfo& cluster) const
{
    const NodeFacts facts = factsOf(cluster);
    const auto billed = std::count_if(cluster.nodes.begin(), cluster.nodes.end(), [](const cloud::ClusterNode& node) {
        return cloud::isBilled(node.state);
    });
    if (billed == 0) {
        return 0.0;
    }
    return facts.usdPerHour ? std::optional(*facts.usdPerHour * static_cast<double>(billed)) : std::nullopt;
}

int ClusterTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_clusters.size());
}

int ClusterTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ClusterTableModel::data(const QModelIndex& index, int role) const
{
    const ClusterInfo* cluster = index.isValid() ? clusterAt(index.row()) : nullptr;
    if (cluster == nullptr) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return isNumber(index.column()) ? QVariant(int(Qt::AlignRight | Qt::AlignVCenter)) : QVariant();
    }
    if (role == Qt::AccessibleTextRole && index.column() == State) {
        return machineStateSpoken(cluster->state);
    }
    const NodeFacts facts = factsOf(*cluster);
    if (role == SortRole) {
        switch (index.column()) {
        case Nodes: return static_cast<qlonglong>(cluster->capacity);
        case Gpus: return facts.gpus.value_or(-1) * static_cast<double>(cluster->capacity);
        case Queue: {
            const ClusterPulse* pulse = pulseOf(*cluster);
            return static_cast<qlonglong>(pulse != nullptr ? pulse->queued.value_or(-1) : -1);
        }
        case PerHour: return perHour(*cluster).value_or(-1);
        default: role = Qt::DisplayRole;
        }
    }
    if (role == Qt::ToolTipRole) {
        return tipOf(*cluster, index.column());
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (index.column()) {
    case Name: return QString::fromStdString(cluster->name);
    case State: return machineStateText(cluster->state);
    case Nodes: return tr("%1/%2").arg(cluster->readyNodes()).arg(cluster->capacity);
    case Gpus: return gpusText(*cluster);
    case Scheduler: return schedulerText(*cluster);
    case Queue: return queueText(*cluster);
    case Size: return QString::fromStdString(cluster->size) + (cluster->isSpot ? tr(" (spot)") : QString());
    case Place: return placeText(cluster->region, cluster->zone);
    case PerHour: return moneyText(perHour(*cluster), "USD");
    default: return {};
    }
}

bool ClusterTableModel::isNumber(int column)
{
    return column == Nodes || column == Gpus || column == Queue || column == PerHour;
}

const ClusterPulse* ClusterTableModel::pulseOf(const ClusterInfo& cluster) const
{
    const auto found = m_pulses.find(cluster.id);
    return found == m_pulses.end() || found->second.readyNodes != cluster.readyNodes() ? nullptr : &found->second.pulse;
}

void ClusterTableModel::setPulse(const ClusterInfo& cluster, const ClusterPulse& pulse)
{
    const KeptPulse told{cluster.readyNodes(), pulse};
    KeptPulse& known = m_pulses[cluster.id];
    if (known != told && !m_clusters.empty()) {
        known = told;
        emit dataChanged(index(0, Gpus), index(rowCount() - 1, Queue));
    }
}

/// "3/8"; "?/8" when the nodes do not tell.
QString ClusterTableModel::gpusText(const ClusterInfo& cluster) const
{
    const NodeFacts facts = factsOf(cluster);
    if (facts.gpus && *facts.gpus == 0) {
        return tr("none");
    }
    const ClusterPulse* pulse = pulseOf(cluster);
    const QString busy = pulse != nullptr && pulse->busyGpus ? QLocale().toString(*pulse->busyGpus) : QStringLiteral("?");
    const QString all
        = facts.gpus ? QLocale().toString(*facts.gpus * static_cast<double>(cluster.capacity), 'g', 4) : QStringLiteral("?");
    return tr("%1/%2", "busy of all").arg(busy, all);
}

QString ClusterTableModel::schedulerText(const ClusterInfo& cluster) const
{
    const ClusterPulse* pulse = pulseOf(cluster);
    return pulse == nullptr || !pulse->leaderWhy.empty() ? tr("unknown")
        : pulse->scheduler.empty()                      ? tr("none")
                                                        : QString::fromStdString(pulse->scheduler);
}

QString ClusterTableModel::queueText(const ClusterInfo& cluster) const
{
    const ClusterPulse* pulse = pulseOf(cluster);
    return pulse != nullptr && pulse->queued                                               ? QLocale().toString(static_cast<qlonglong>(*pulse->queued))
        : pulse != nullptr && pulse->leaderWhy.empty() && pulse->scheduler.empty() ? QStringLiteral("–")
                                                                                          : tr("unknown");
}

QString ClusterTableModel::tipOf(const ClusterInfo& cluster, int column) const
{
    const ClusterPulse* pulse = pulseOf(cluster);
    if (column != Gpus && column != Scheduler && column != Queue) {
        return {};
    }
    if (pulse == nullptr) {
        return tr("Its nodes have not answered yet");
    }
    if (column == Gpus) {
        return pulse->busyGpus ? tr("GPUs above 5 % now, as nvidia-smi on the nodes tells, of all that the cluster has")
                               : tr("Not known: %1").arg(QString::fromStdString(pulse->busyWhy));
    }
    if (!pulse->leaderWhy.empty()) {
        return tr("Not known: %1").arg(QString::fromStdString(pulse->leaderWhy));
    }
    if (pulse->scheduler.empty()) {
        return tr("On its leader there is neither Slurm nor PBS, so there is no queue");
    }
    return column == Scheduler  ? tr("Found on the leader")
        : pulse->queued ? tr("Jobs that wait in it, as the leader tells")
                        : tr("%1 on the leader does not answer").arg(QString::fromStdString(pulse->scheduler));
}

QVariant ClusterTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return isNumber(section) ? QVariant(int(Qt::AlignRight | Qt::AlignVCenter)) : QVariant();
    }
    if (role == Qt::ToolTipRole && section == PerHour) {
        return tr("Of the nodes that are billed now, at list price, without disks and addresses");
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Name: return tr("Name");
    case State: return tr("State");
    case Nodes: return tr("Nodes ready");
    case Gpus: return tr("GPUs busy");
    case Scheduler: return tr("Scheduler");
    case Queue: return tr("Queue");
    case Size: return tr("Size");
    case Place: return tr("Region");
    case PerHour: return tr("Per hour now");
    default: return {};
    }
}

} // namespace ty::app
