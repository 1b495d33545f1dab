#include "app/pages/compute_page.h"

#include <algorithm>

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QTabWidget>
#include <QVBoxLayout>

#include "app/models/account_text.h"
#include "app/pages/accounts_dialog.h"
#include "app/pages/leftovers_view.h"
#include "app/pages/chase_view.h"
#include "app/pages/machine_actions.h"
#include "app/pages/clusters_view.h"
#include "app/pages/machines_table.h"
#include "app/pages/machines_view.h"
#include "app/services/all_services.h"
#include "app/services/cloud_services.h"

namespace ty::app {

namespace {

constexpr auto kAccountKey = "compute/account";
constexpr auto kAllKey = "compute/allAccounts"; ///< the table has the machines of all accounts

} // namespace

ComputePage::ComputePage(AppContext& context, QWidget* parent)
    : Page(parent)
    , m_context(context)
    , m_machines(CloudServices::of(context).machines())
    , m_accounts(CloudServices::of(context).accounts())
    , m_account(new QComboBox(this))
    , m_view(new MachinesView(context, m_machines, this))
    , m_clusters(new ClustersView(context, m_machines, this))
    , m_tabs(new QTabWidget(this))
    , m_chase(new ChaseView(context, this))
    , m_showAccounts(new QAction(tr("Cloud accounts…"), this))
    , m_showChase(new QAction(tr("GPU chase: find a zone that gives one"), this))
{
    m_tabs->setDocumentMode(true);
    m_tabs->setTabBarAutoHide(true);
    m_tabs->addTab(m_view, tr("Machines"));
    m_tabs->addTab(m_clusters, tr("Clusters"));
    addLeftovers();
    m_tabs->addTab(m_chase, tr("GPU chase"));

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 10, 12, 12);
    auto* head = makeHead();
    layout->addWidget(head);
    layout->addWidget(m_tabs, 1);
    // A chase has a choice of accounts of its own.
    connect(m_tabs, &QTabWidget::currentChanged, head, [this, head] {
        head->setVisible(m_tabs->currentWidget() != m_chase);
        showAccounts(); // all of them are a choice of the machines alone
    });
    connect(m_view, &MachinesView::creationRequested, this, [this](const QString& account, const cloud::MachineRequest& like) {
        createMachine(account, like);
    });
    m_showChase->setObjectName(QStringLiteral("showChase"));
    connect(m_showChase, &QAction::triggered, this, [this] {
        emit m_context.navigation.pageRequested(PageId::Compute);
        m_tabs->setCurrentWidget(m_chase);
        m_chase->focusForm();
    });
    connect(m_view, &MachinesView::accountsRequested, this, &ComputePage::openAccounts);
    connect(m_chase, &ChaseView::machinesChanged, &m_machines, &MachineService::refresh);

    m_showAccounts->setObjectName(QStringLiteral("showAccounts"));
    connect(m_showAccounts, &QAction::triggered, this, &ComputePage::openAccounts);
    connect(&m_accounts, &AccountService::renamed, this, [this](const QString& from, const QString& to) {
        if (m_context.settings.value(QLatin1String(kAccountKey)).toString() == from) {
            m_context.settings.setValue(QLatin1String(kAccountKey), to);
        }
    });
    connect(&m_accounts, &AccountService::changed, this, &ComputePage::showAccounts);
    showAccounts();
    m_accounts.reload();
}

ComputePage::~ComputePage() = default;

void ComputePage::addLeftovers()
{
    auto* leftovers = new LeftoversView(m_context, this);
    m_tabs->addTab(leftovers, tr("Leftovers"));
    connect(leftovers, &LeftoversView::counted, this, [this, leftovers](int count) {
        const int tab = m_tabs->indexOf(leftovers);
        m_tabs->setTabText(tab, count > 0 ? tr("Leftovers (%1)").arg(count) : tr("Leftovers"));
    });
}

QWidget* ComputePage::makeHead()
{
    auto* head = new QWidget(this);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    auto* label = new QLabel(tr("&Account"), head);
    label->setBuddy(m_account);
    m_account->setAccessibleName(tr("Cloud account"));
    m_account->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    connect(m_account, &QComboBox::activated, this, [this] {
        const QString name = m_account->currentData().toString();
        const bool isForMachines = m_tabs->currentWidget() == m_view;
        choose(name.isEmpty() ? m_machines.account() : name, isForMachines ? name.isEmpty() : listsAll());
    });
    row->addWidget(label);
    row->addWidget(m_account);
    auto* accounts = new QPushButton(tr("A&ccounts…"), head);
    accounts->setToolTip(tr("Connect Azure or Google; test, rename and remove accounts"));
    connect(accounts, &QPushButton::clicked, this, &ComputePage::openAccounts);
    row->addWidget(accounts);
    row->addStretch(1);
    return head;
}

MachineActions& ComputePage::actions()
{
    return m_view->actions();
}

QAction* ComputePage::primaryAction()
{
    return actions().create();
}

QList<QAction*> ComputePage::pageActions()
{
    return actions().forMachine() + QList<QAction*>{m_view->showDetail(), m_showAccounts, m_showChase} + m_chase->actions();
}

QAbstractItemView* ComputePage::inspectedView()
{
    return &m_view->table();
}

void ComputePage::focusFilter()
{
    m_view->focusFilter();
}

void ComputePage::refresh()
{
    m_accounts.reload();
    m_machines.refresh();
}

void ComputePage::showEvent(QShowEvent* event)
{
    Page::showEvent(event);
    m_machines.setWatched(true);
}

void ComputePage::hideEvent(QHideEvent* event)
{
    Page::hideEvent(event);
    m_machines.setWatched(false);
}

void ComputePage::showAccounts()
{
    const auto& accounts = m_accounts.accounts();
    if (accounts.empty()) {
        return; // not read yet; the window tells of a catalog that does not open
    }
    const QSignalBlocker quiet(m_account);
    m_account->clear();
    const bool hasAll = accounts.size() > 1 && m_tabs->currentWidget() == m_view;
    if (hasAll) {
        m_account->addItem(tr("All accounts"), QString());
        m_account->setItemData(0, tr("The machines of all accounts in one table; new ones are made in the account chosen last"), Qt::ToolTipRole);
    }
    for (const auto& [account, state] : accounts) {
        m_account->addItem(accountText(account), QString::fromStdString(account.name));
        m_account->setItemData(m_account->count() - 1, accountStateText(account, state), Qt::ToolTipRole);
    }
    const QString wanted = m_context.settings.value(QLatin1String(kAccountKey)).toString();
    const int place = std::max(hasAll ? 1 : 0, m_account->findData(wanted));
    const QString name = m_account->itemData(place).toString();
    m_account->setCurrentIndex(hasAll && listsAll() ? 0 : place);
    m_account->setToolTip(m_account->currentData(Qt::ToolTipRole).toString());
    QStringList others;
    for (const auto& entry : accounts) {
        const QString other = QString::fromStdString(entry.account.name);
        if (listsAll() && other != name) {
            others << other;
        }
    }
    m_machines.setAccounts(name, others);
}

bool ComputePage::listsAll() const
{
    return m_context.settings.value(QLatin1String(kAllKey)).toBool();
}

void ComputePage::choose(const QString& account, bool isAll)
{
    m_context.settings.setValue(QLatin1String(kAccountKey), account);
    m_context.settings.setValue(QLatin1String(kAllKey), isAll);
    showAccounts();
}

void ComputePage::createMachine(const QString& account, const cloud::MachineRequest& like, int nodes)
{
    m_tabs->setCurrentWidget(nodes > 0 ? static_cast<QWidget*>(m_clusters) : m_view);
    if (m_account->findData(account) >= 0 && account != m_machines.account()) {
        choose(account, listsAll());
    }
    nodes > 0 ? m_clusters->createCluster(like, nodes) : m_view->createMachine(like);
}

void ComputePage::openAccounts()
{
    auto* dialog = new AccountsDialog(m_accounts, CloudServices::of(m_context).unlocking(), window());
    dialog->open();
}

} // namespace ty::app
