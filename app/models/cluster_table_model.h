#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <QAbstractTableModel>

#include "app/provisioning/cluster_pulse.h"
#include "cloud/provision/cluster.h"

namespace ty::app {

/// What one node of a size has and costs, where that is known.
struct NodeFacts {
    std::optional<double> gpus;
    std::optional<double> usdPerHour; ///< nothing: not known, which is not 0
};

/// The clusters of an account.
class ClusterTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, State, Nodes, Gpus, Scheduler, Queue, Size, Place, PerHour, ColumnCount };
    enum Role { SortRole = Qt::UserRole };

    using QAbstractTableModel::QAbstractTableModel;

    void setClusters(std::vector<cloud::ClusterInfo> clusters);
    /// By factsKey().
    void setFacts(std::map<std::string, NodeFacts> facts);
    static std::string factsKey(const cloud::ClusterInfo& cluster);
    NodeFacts factsOf(const cloud::ClusterInfo& cluster) const;
    /// What the nodes of the cluster, as it was then, told. It holds while as many of them run.
    void setPulse(const cloud::ClusterInfo& cluster, const ClusterPulse& pulse);

    /// Null: no such row.
    const cloud::ClusterInfo* clusterAt(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    static bool isNumber(int column);
    QString gpusText(const cloud::ClusterInfo& cluster) const;
    QString queueText(const cloud::ClusterInfo& cluster) const;
    QString schedulerText(const cloud::ClusterInfo& cluster) const;
    /// Why something is not known, and what it means.
    QString tipOf(const cloud::ClusterInfo& cluster, int column) const;
    const ClusterPulse* pulseOf(const cloud::ClusterInfo& cluster) const;
    /// Of all nodes that run.
    std::optional<double> perHour(const cloud::ClusterInfo& cluster) const;

    std::vector<cloud::ClusterInfo> m_clusters;
    std::map<std::string, NodeFacts> m_facts;
    struct KeptPulse {
        int readyNodes = 0;
        ClusterPulse pulse;
        bool operator==(const KeptPulse&) const = default;
    };
    std::map<std::string, KeptPulse> m_pulses; ///< by the cluster's id
};

} // namespace ty::app
