#include "app/pages/clusters_view.h"

#include <algorithm>
#include <array>
#include <utility>

#include <QAction>
#include <QDateTime>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QStackedWidget>
#include <QStandardItemModel>
#include <QTableView>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/models/machine_text.h"
#include "app/pages/cluster_questions.h"
#include "app/pages/create_machine_dialog.h"
#include "app/pages/error_text.h"
#include "app/pages/machine_form.h"
#include "app/provisioning/cloud_offers.h"
#include "app/services/all_services.h"
#include "app/services/machine_service.h"
#include "cloud/azure/resource.h"
#include "widgets/column_widths.h"
#include "widgets/empty_state.h"
#include "widgets/error_panel.h"
#include "widgets/table_look.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

using cloud::ClusterInfo;

constexpr int kListEveryMs = 5000;
constexpr qint64 kPulseEveryMs = 55'000;
constexpr int kNodesAtFirst = 2;
enum StackPlace { WaitingPlace, EmptyPlace, TablePlace };

/// What one node has and costs. What cannot be read stays unknown.
NodeFacts readFacts(CloudSession& session, const ClusterInfo& cluster, std::stop_token stop)
{
    NodeFacts facts;
    const auto sizes = readSizes(session, cluster.region, cluster.isSpot, stop);
    for (const OfferedSize& each : sizes ? *sizes : std::vector<OfferedSize>()) {
        if (cloud::azure::isSame(each.size.name, cluster.size)) {
            facts.gpus = each.size.gpus;
        }
    }
    cloud::MachineRequest question;
    question.provider = cluster.provider;
    question.region = cluster.region;
    question.size = cluster.size;
    question.isSpot = cluster.isSpot;
    question.hasPublicIp = false;
    const auto cost = session.provider().cost(question, "USD", std::move(stop));
    if (cost && !cost->lines.empty()) {
        facts.usdPerHour = cost->lines.front().perHour;
    }
    return facts;
}

} // namespace

ClustersView::ClustersView(AppContext& context, MachineService& machines, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_machines(machines)
    , m_model(new ClusterTableModel(this))
    , m_sorted(new QSortFilterProxyModel(this))
    , m_table(new QTableView(this))
    , m_nodeModel(new QStandardItemModel(this))
    , m_nodes(new QTableView(this))
    , m_error(new widgets::ErrorPanel(this))
    , m_empty(new widgets::EmptyState(
          context.theme.icon(QStringLiteral("compute")),
          tr("A cluster is a number of equal machines in one network, for training on several at once."), this))
    , m_waiting(new QLabel(tr("Asking for clusters…"), this))
    , m_stack(new QStackedWidget(this))
    , m_create(new QAction(tr("Create cluster…"), this))
    , m_start(new QAction(tr("Start"), this))
    , m_stop(new QAction(tr("Stop"), this))
    , m_scale(new QAction(tr("Scale…"), this))
    , m_remove(new QAction(tr("Delete cluster…"), this))
    , m_timer(new QTimer(this))
{
    const auto create = [this] { createCluster({}, kNodesAtFirst); };
    connect(m_create, &QAction::triggered, this, create);
    m_start->setToolTip(tr("All its nodes; they are billed from then on"));
    m_stop->setToolTip(tr("All its nodes: only their disks and addresses cost from then on"));
    connect(m_start, &QAction::triggered, this, [this] { power({tr("Start cluster"), tr("Starting")}, &ClusterOperations::start); });
    connect(m_stop, &QAction::triggered, this, [this] { power({tr("Stop cluster"), tr("Stopping")}, &ClusterOperations::halt); });
    connect(m_scale, &QAction::triggered, this, &ClustersView::scale);
    connect(m_remove, &QAction::triggered, this, &ClustersView::remove);
    connect(m_empty->addButton(tr("Create a cluster"), widgets::EmptyState::Emphasis::Primary), &QPushButton::clicked, this, create);
    connect(&context.theme, &ThemeService::themeChanged, m_empty, [this] {
        m_empty->setIcon(m_context.theme.icon(QStringLiteral("compute")));
    });
    m_waiting->setAlignment(Qt::AlignCenter);
    widgets::setTextRole(*m_waiting, widgets::TextRole::Muted);
    m_stack->addWidget(m_waiting);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(makeBody());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 6, 0, 0);
    layout->addWidget(makeHead());
    layout->addWidget(m_error);
    layout->addWidget(m_stack, 1);
    m_error->hide();
    m_timer->setInterval(kListEveryMs);
    connect(m_timer, &QTimer::timeout, this, &ClustersView::refresh);
    connect(&m_machines, &MachineService::ended, this, [this] {
        if (isVisible()) {
            refresh();
        }
    });
    onCurrent();
}

void ClustersView::createCluster(const cloud::MachineRequest& like, int nodes)
{
    auto* dialog = new CreateMachineDialog(m_context, m_machines, like, this);
    dialog->form().setPurpose(MachineForm::Purpose::Cluster);
    dialog->form().setNodeCount(nodes);
    dialog->open();
}

QWidget* ClustersView::makeHead()
{
    auto* head = new QWidget(this);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    row->addStretch(1);
    for (QAction* action : {m_create, m_start, m_stop, m_scale, m_remove}) {
        auto* button = new QToolButton(head);
        button->setDefaultAction(action);
        button->setToolButtonStyle(Qt::ToolButtonTextOnly);
        button->setFocusPolicy(Qt::TabFocus);
        row->addWidget(button);
    }
    return head;
}

QWidget* ClustersView::makeBody()
{
    m_sorted->setSourceModel(m_model);
    m_sorted->setSortRole(ClusterTableModel::SortRole);
    widgets::setUpRows(*m_table, tr("Clusters"));
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setModel(m_sorted);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(ClusterTableModel::Name, Qt::AscendingOrder);
    widgets::setColumnLetters(*m_table, {20, 24, 13, 11, 12, 10, 28, 18, 16});
    m_table->addActions({m_start, m_stop, m_scale, m_remove});
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] { onCurrent(); });
    widgets::setUpRows(*m_nodes, tr("Nodes"));
    m_nodes->setSelectionMode(QAbstractItemView::SingleSelection);
    m_nodeModel->setHorizontalHeaderLabels({tr("Node"), tr("Name"), tr("Part"), tr("State"), tr("Address")});
    m_nodes->setModel(m_nodeModel);
    widgets::setColumnLetters(*m_nodes, {8, 26, 12, 24, 20});
    auto* split = new QSplitter(Qt::Vertical, this);
    split->setChildrenCollapsible(false);
    split->addWidget(m_table);
    split->addWidget(m_nodes);
    return split;
}

void ClustersView::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_timer->start();
    refresh();
}

void ClustersView::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    m_timer->stop();
}

void ClustersView::refresh()
{
    if (m_account != m_machines.account()) {
        m_account = m_machines.account();
        m_model->setClusters({});
        m_facts.clear();
        m_pulsesAsked.clear();
        m_stack->setCurrentIndex(WaitingPlace);
        m_isAsking = false;
    }
    if (m_isAsking) {
        return;
    }
    m_isAsking = true;
    m_machines.ask<std::vector<ClusterInfo>>(
        this, [](CloudSession& session, std::stop_token stop) { return session.provider().clusters(stop); },
        [this, account = m_account](Result<std::vector<ClusterInfo>> clusters) {
            if (account == m_account) {
                m_isAsking = false;
                onClusters(std::move(clusters));
            }
        });
}

void ClustersView::onClusters(Result<std::vector<ClusterInfo>> clusters)
{
    m_error->setVisible(!clusters);
    if (!clusters) {
        showError(*m_error, tr("The clusters could not be read."), clusters.error());
        connect(m_error->addButton(tr("Retry")), &QPushButton::clicked, this, &ClustersView::refresh);
        m_waiting->clear();
        return;
    }
    const bool wasEmpty = m_model->rowCount() == 0;
    m_model->setClusters(std::move(clusters).value());
    m_stack->setCurrentIndex(m_model->rowCount() > 0 ? TablePlace : EmptyPlace);
    if (wasEmpty && m_model->rowCount() > 0) {
        m_table->selectRow(0);
    }
    onCurrent();
    askFacts();
    askPulses();
}

void ClustersView::askFacts()
{
    for (int row = 0; row < m_model->rowCount(); ++row) {
        const ClusterInfo& cluster = *m_model->clusterAt(row);
        const std::string key = ClusterTableModel::factsKey(cluster);
        if (!m_facts.emplace(key, NodeFacts()).second) {
            continue; // asked already
        }
        m_machines.ask<NodeFacts>(
            this,
            [cluster](CloudSession& session, std::stop_token stop) -> Result<NodeFacts> {
                return readFacts(session, cluster, stop);
            },
            [this, key, account = m_account](Result<NodeFacts> facts) {
                if (facts && account == m_account) {
                    m_model->setFacts({{key, *facts}});
                }
            });
    }
}

void ClustersView::askPulses()
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    for (int row = 0; row < m_model->rowCount(); ++row) {
        const ClusterInfo& cluster = *m_model->clusterAt(row);
        qint64& asked = m_pulsesAsked[{cluster.id, cluster.readyNodes()}];
        if (now - asked < kPulseEveryMs) {
            continue;
        }
        asked = now;
        const bool hasGpus = m_model->factsOf(cluster).gpus.value_or(1) > 0; // until it is known
        m_machines.ask<ClusterPulse>(
            this,
            [cluster, hasGpus, paths = m_context.paths](CloudSession& session, std::stop_token stop) -> Result<ClusterPulse> {
                return readClusterPulse(session.provider(), paths, cluster, hasGpus, stop);
            },
            [this, cluster](const Result<ClusterPulse>& pulse) {
                if (pulse) {
                    m_model->setPulse(cluster, *pulse);
                }
            });
    }
}

const ClusterInfo* ClustersView::current() const
{
    const QModelIndex index = m_table->currentIndex();
    return index.isValid() ? m_model->clusterAt(m_sorted->mapToSource(index).row()) : nullptr;
}

void ClustersView::onCurrent()
{
    const ClusterInfo* cluster = current();
    const bool isFree = cluster != nullptr && cluster->state != cloud::MachineState::Deleting
        && cluster->state != cloud::MachineState::Starting;
    const auto hasNode = [&](bool isBilled) {
        return isFree && std::any_of(cluster->nodes.begin(), cluster->nodes.end(), [isBilled](const cloud::ClusterNode& node) {
            return cloud::isBilled(node.state) == isBilled;
        });
    };
    m_start->setEnabled(hasNode(false));
    m_stop->setEnabled(hasNode(true));
    m_scale->setEnabled(isFree);
    m_remove->setEnabled(isFree);
    const auto count = cluster == nullptr ? 0 : static_cast<int>(cluster->nodes.size());
    m_nodeModel->setRowCount(count);
    for (int row = 0; row < count; ++row) {
        const cloud::ClusterNode& node = cluster->nodes[static_cast<std::size_t>(row)];
        const std::array texts{
            QString::fromStdString(node.instance), QString::fromStdString(node.name), row == 0 ? tr("leader") : tr("worker"),
            machineStateText(node.state), node.address.empty() ? QStringLiteral("–") : QString::fromStdString(node.address)};
        for (int column = 0; column < static_cast<int>(texts.size()); ++column) {
            m_nodeModel->setItem(row, column, new QStandardItem(texts[static_cast<std::size_t>(column)]));
        }
    }
}

void ClustersView::power(const std::pair<QString, QString>& words, PowerAction act)
{
    const ClusterInfo cluster = *current();
    m_machines.perform(
        words, QString::fromStdString(cluster.name), false, [cluster, act](MachineOperations& machines, std::stop_token stop) {
            ClusterOperations clusters(machines);
            return (clusters.*act)(cluster, stop);
        });
}

void ClustersView::scale()
{
    const ClusterInfo cluster = *current();
    askToScaleCluster(cluster, this, [this, cluster](std::int64_t count) {
        m_machines.perform(
            {tr("Scale cluster"), tr("Scaling")}, QString::fromStdString(cluster.name), false,
            [cluster, count](MachineOperations& machines, std::stop_token stop) {
                return ClusterOperations(machines).scale(cluster, count, stop);
            });
    });
}

void ClustersView::remove()
{
    const ClusterInfo cluster = *current();
    askToDeleteCluster(cluster, this, [this, cluster] {
        m_machines.perform(
            {tr("Delete cluster"), tr("Deleting")}, QString::fromStdString(cluster.name), false,
            [cluster](MachineOperations& machines, std::stop_token stop) {
                return ClusterOperations(machines).remove(cluster, stop);
            });
    });
}

} // namespace ty::app
