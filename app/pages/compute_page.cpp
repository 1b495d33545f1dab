#include "app/pages/compute_page.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSortFilterProxyModel>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/catalog/catalog.h"
#include "app/catalog/operations.h"
#include "app/models/machine_table_model.h"
#include "app/pages/create_machine_dialog.h"
#include "app/pages/machine_actions.h"
#include "app/provisioning/account.h"
#include "app/services/all_services.h"
#include "app/services/machine_notices.h"
#include "app/services/machine_service.h"
#include "widgets/empty_state.h"
#include "widgets/error_panel.h"
#include "widgets/filter_line.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

constexpr auto kAccountKey = "compute/account";
constexpr auto kHeaderKey = "compute/header";
enum StackPlace { WaitingPlace, EmptyPlace, TablePlace };

QString shownName(const Account& account)
{
    return account.isSandbox() ? ComputePage::tr("Sandbox (this computer)") : QString::fromStdString(account.name);
}

QToolButton* buttonFor(QAction* action, QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setDefaultAction(action);
    button->setToolButtonStyle(Qt::ToolButtonTextOnly);
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

QToolButton* menuButton(const QString& text, const QList<QAction*>& actions, QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setText(text);
    button->setPopupMode(QToolButton::InstantPopup);
    button->setFocusPolicy(Qt::TabFocus);
    auto* menu = new QMenu(button);
    menu->addActions(actions);
    button->setMenu(menu);
    return button;
}

} // namespace

ComputePage::ComputePage(AppContext& context, QWidget* parent)
    : Page(parent)
    , m_context(context)
    , m_machines(new MachineService(context.paths, context.activity, this))
    , m_model(new MachineTableModel(this))
    , m_sorted(new QSortFilterProxyModel(this))
    , m_actions(new MachineActions(context, *m_machines, this))
    , m_account(new QComboBox(this))
    , m_filter(new widgets::FilterLine(tr("Filter machines"), this))
    , m_error(new widgets::ErrorPanel(this))
    , m_stack(new QStackedWidget(this))
    , m_waiting(new QLabel(this))
    , m_empty(new widgets::EmptyState(
          context.theme.icon(QStringLiteral("compute")),
          tr("You do not need a cloud to train. When you want machines, try them in the sandbox first: it costs nothing."),
          this))
    , m_table(new QTableView(this))
{
    setUpTable();
    connect(m_empty->addButton(tr("Create a machine"), widgets::EmptyState::Emphasis::Primary), &QPushButton::clicked, this, [this] {
        createMachine();
    });
    connect(m_empty->addButton(tr("Train on this computer")), &QPushButton::clicked, this, [this] {
        emit m_context.navigation.pageRequested(PageId::Train);
    });
    connect(&context.theme, &ThemeService::themeChanged, m_empty, [this] {
        m_empty->setIcon(m_context.theme.icon(QStringLiteral("compute")));
    });
    m_waiting->setAlignment(Qt::AlignCenter);
    widgets::setTextRole(*m_waiting, widgets::TextRole::Muted);
    m_stack->addWidget(m_waiting);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_table);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 10, 12, 12);
    layout->addWidget(makeHead());
    layout->addWidget(m_error);
    layout->addWidget(m_stack, 1);
    m_error->hide();

    connect(m_actions, &MachineActions::createRequested, this, &ComputePage::createMachine);
    connect(m_filter, &widgets::FilterLine::filterChanged, m_sorted, &QSortFilterProxyModel::setFilterFixedString);
    connect(m_machines, &MachineService::changed, this, &ComputePage::onMachines);
    connect(&context.catalog, &CatalogService::opened, this, &ComputePage::readAccounts);
    connect(&context.catalog, &CatalogService::opened, this, &ComputePage::takeUp);
    connectMachineNotices(*m_machines, context.notices);
    readAccounts();
    takeUp();
    onMachines();
}

ComputePage::~ComputePage() = default;

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
        m_context.settings.setValue(QLatin1String(kAccountKey), name);
        m_machines->setAccount(name);
    });
    m_filter->setClearButtonEnabled(true);
    m_filter->setAccessibleName(tr("Filter machines"));
    row->addWidget(label);
    row->addWidget(m_account);
    row->addWidget(m_filter, 1);
    row->addWidget(buttonFor(m_actions->start(), head));
    row->addWidget(buttonFor(m_actions->stop(), head));
    row->addWidget(menuButton(
        tr("Connect"), {m_actions->terminal(), m_actions->copySsh(), m_actions->copyAddress()}, head));
    row->addWidget(menuButton(
        tr("More"),
        {m_actions->restart(), m_actions->powerOff(), m_actions->resize(), m_actions->capture(), m_actions->remove()}, head));
    return head;
}

void ComputePage::setUpTable()
{
    m_sorted->setSourceModel(m_model);
    m_sorted->setSortRole(MachineTableModel::SortRole);
    m_sorted->setSortLocaleAware(true);
    m_sorted->setFilterKeyColumn(-1);
    m_sorted->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_table->setModel(m_sorted);
    m_table->setAccessibleName(tr("Machines"));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSortingEnabled(true);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->verticalHeader()->setDefaultSectionSize(m_table->fontMetrics().lineSpacing() + 12);
    auto* header = m_table->horizontalHeader();
    header->setSectionsMovable(true);
    header->setHighlightSections(false);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    const int em = m_table->fontMetrics().averageCharWidth();
    const std::array widths{20, 27, 26, 20, 17, 30, 15, 15};
    for (int column = 0; column < MachineTableModel::ColumnCount; ++column) {
        header->resizeSection(column, widths.at(static_cast<std::size_t>(column)) * em + 12);
    }
    const auto standard = header->saveState();
    header->restoreState(m_context.settings.layout(QLatin1String(kHeaderKey)));
    connect(&m_context.settings, &SettingsService::layoutReset, header, [header, standard] { header->restoreState(standard); });
    const auto save = [this, header] { m_context.settings.setLayout(QLatin1String(kHeaderKey), header->saveState()); };
    connect(header, &QHeaderView::sectionResized, this, save);
    connect(header, &QHeaderView::sectionMoved, this, save);
    m_table->sortByColumn(MachineTableModel::Name, Qt::AscendingOrder);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] { onCurrent(); });
    connect(m_table, &QTableView::clicked, this, [this](const QModelIndex& index) {
        if (index.column() == MachineTableModel::Address && m_actions->copyAddress()->isEnabled()) {
            m_actions->copyAddress()->trigger();
        }
    });
    connect(m_table, &QTableView::customContextMenuRequested, this, [this](const QPoint& at) {
        auto* menu = m_actions->makeMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->popup(m_table->viewport()->mapToGlobal(at));
    });
}

QAction* ComputePage::primaryAction()
{
    return m_actions->create();
}

QList<QAction*> ComputePage::pageActions()
{
    return m_actions->forMachine();
}

QAbstractItemView* ComputePage::inspectedView()
{
    return m_table;
}

void ComputePage::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

void ComputePage::refresh()
{
    readAccounts();
    m_machines->refresh();
}

void ComputePage::showEvent(QShowEvent* event)
{
    Page::showEvent(event);
    m_machines->setWatched(true);
}

void ComputePage::hideEvent(QHideEvent* event)
{
    Page::hideEvent(event);
    m_machines->setWatched(false);
}

void ComputePage::readAccounts()
{
    m_context.catalog.call(
        this, [](catalog::Catalog& catalog) { return AccountBook(catalog).all(); },
        [this](Result<std::vector<Account>> accounts) {
            if (!accounts) {
                return; // the window tells of a catalog that does not open
            }
            const QSignalBlocker quiet(m_account);
            m_account->clear();
            for (const Account& account : *accounts) {
                m_account->addItem(shownName(account), QString::fromStdString(account.name));
            }
            const QString wanted
                = m_context.settings.value(QLatin1String(kAccountKey)).toString();
            const int place = std::max(0, m_account->findData(wanted));
            m_account->setCurrentIndex(place);
            m_machines->setAccount(m_account->itemData(place).toString());
        });
}

void ComputePage::takeUp()
{
    m_context.catalog.call(
        this,
        [](catalog::Catalog& catalog) -> Result<std::set<std::string>> {
            TY_TRY(const auto operations, catalog::Operations::open(catalog.paths()));
            TY_TRY(const auto open, operations->openOnes());
            std::set<std::string> accounts;
            for (const catalog::OperationRecord& record : open) {
                if (const auto account = record.request.find("account"); account != record.request.end()) {
                    accounts.insert(account->get<std::string>());
                }
            }
            return accounts;
        },
        [this](const Result<std::set<std::string>>& accounts) {
            for (const std::string& account : accounts ? *accounts : std::set<std::string>()) {
                m_machines->takeUp(QString::fromStdString(account));
            }
        });
}

void ComputePage::onMachines()
{
    const MachineService& machines = *m_machines;
    m_model->setRows(machines.rows());
    if (!m_table->currentIndex().isValid() && m_model->rowCount() > 0) {
        m_table->setCurrentIndex(m_sorted->index(0, MachineTableModel::Name));
    }
    const auto& problem = machines.problem();
    m_error->setVisible(problem.has_value());
    if (problem) {
        m_error->setText(
            tr("The machines of %1 could not be read.").arg(m_account->currentText()), QString::fromStdString(problem->message),
            QString::fromStdString(problem->advice));
        m_error->setDetails(tr("Code: %1").arg(QLatin1String(errorKindName(problem->kind))));
        m_error->clearButtons();
        connect(m_error->addButton(tr("Retry")), &QPushButton::clicked, this, [this] { m_machines->refresh(); });
    }
    m_waiting->setText(
        problem                                                  ? QString()
        : machines.account() == QLatin1String(kSandboxAccount) ? tr("Starting the sandbox…")
                                                                 : tr("Asking %1 for its machines…").arg(machines.account()));
    m_stack->setCurrentIndex(
        m_model->rowCount() > 0 ? TablePlace : machines.isLoaded() ? EmptyPlace : WaitingPlace);
    onCurrent();
}

void ComputePage::createMachine()
{
    auto* dialog = new CreateMachineDialog(m_context, *m_machines, {}, this);
    dialog->open();
}

void ComputePage::onCurrent()
{
    const QModelIndex index = m_table->currentIndex();
    const MachineRow* row = index.isValid() ? m_model->rowAt(m_sorted->mapToSource(index).row()) : nullptr;
    m_actions->setMachine(row != nullptr ? std::optional<MachineRow>(*row) : std::nullopt);
}

} // namespace ty::app
