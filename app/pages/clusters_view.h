#pragma once

#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <QWidget>

#include "app/models/cluster_table_model.h"
#include "app/provisioning/cluster_operations.h"
#include "engine/base/result.h"

class QAction;
class QLabel;
class QSortFilterProxyModel;
class QStackedWidget;
class QStandardItemModel;
class QTableView;
class QTimer;

namespace ty::widgets {
class EmptyState;
class ErrorPanel;
} // namespace ty::widgets

namespace ty::app {

struct AppContext;
class MachineService;

/// The tab of the clusters: their table, what can be done to them, and the nodes of the one in front.
class ClustersView : public QWidget {
    Q_OBJECT
public:
    /// `machines` outlives this.
    ClustersView(AppContext& context, MachineService& machines, QWidget* parent = nullptr);

    /// The form of a new cluster whose nodes are like that.
    void createCluster(const cloud::MachineRequest& like, int nodes);

    QTableView* table() const { return m_table; }
    QTableView* nodes() const { return m_nodes; }

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QWidget* makeHead();
    QWidget* makeBody();
    /// Reads the list anew; answers for another account are dropped.
    void refresh();
    void onClusters(Result<std::vector<cloud::ClusterInfo>> clusters);
    void askFacts();
    /// What the nodes tell, once a minute.
    void askPulses();
    void onCurrent();
    using PowerAction = Result<OperationReport> (ClusterOperations::*)(const cloud::ClusterInfo&, std::stop_token);
    /// `words`: title and meanwhile, as the activity shows them.
    void power(const std::pair<QString, QString>& words, PowerAction act);
    void scale();
    void remove();
    const cloud::ClusterInfo* current() const;

    AppContext& m_context;
    MachineService& m_machines;
    ClusterTableModel* m_model;
    QSortFilterProxyModel* m_sorted;
    QTableView* m_table;
    QStandardItemModel* m_nodeModel;
    QTableView* m_nodes;
    widgets::ErrorPanel* m_error;
    widgets::EmptyState* m_empty;
    QLabel* m_waiting;
    QStackedWidget* m_stack;
    QAction* m_create;
    QAction* m_start;
    QAction* m_stop;
    QAction* m_scale;
    QAction* m_remove;
    QTimer* m_timer;
    QString m_account;
    std::map<std::string, NodeFacts> m_facts; ///< asked for already
    std::map<std::pair<std::string, int>, qint64> m_pulsesAsked; ///< by id and nodes that run: when, ms since 1970
    bool m_isAsking = false;
};

} // namespace ty::app
