#include "app/pages/machines_view.h"

#include <optional>
#include <utility>
#include <vector>

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QPushButton>
#include <QScrollBar>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/models/machine_table_model.h"
#include "app/pages/create_machine_dialog.h"
#include "app/pages/error_text.h"
#include "app/pages/machine_actions.h"
#include "app/pages/machine_connect.h"
#include "app/pages/machine_detail.h"
#include "app/pages/machines_table.h"
#include "app/pages/passphrase_dialog.h"
#include "app/provisioning/account.h"
#include "app/provisioning/machine_disks.h"
#include "app/services/all_services.h"
#include "app/services/cloud_services.h"
#include "app/services/machine_service.h"
#include "app/services/spending_reader.h"
#include "app/services/vitals_service.h"
#include "widgets/empty_state.h"
#include "widgets/error_panel.h"
#include "widgets/filter_line.h"
#include "widgets/splitters.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

constexpr auto kSplitKey = "compute/detailSplit";
constexpr auto kDetailKey = "compute/showDetail";
enum StackPlace { WaitingPlace, EmptyPlace, TablePlace };

QToolButton* buttonFor(QAction* action, QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setDefaultAction(action);
    button->setToolButtonStyle(Qt::ToolButtonTextOnly);
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

QToolButton* menuButton(const QString& text, QMenu* menu, QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setText(text);
    button->setPopupMode(QToolButton::InstantPopup);
    button->setFocusPolicy(Qt::TabFocus);
    button->setMenu(menu);
    return button;
}

} // namespace

MachinesView::MachinesView(AppContext& context, MachineService& machines, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_machines(machines)
    , m_actions(new MachineActions(context, machines, this))
    , m_filter(new widgets::FilterLine(tr("Filter machines"), this))
    , m_error(new widgets::ErrorPanel(this))
    , m_stack(new QStackedWidget(this))
    , m_waiting(new QLabel(this))
    , m_empty(new widgets::EmptyState(
          context.theme.icon(QStringLiteral("compute")),
          tr("You do not need a cloud to train. When you want machines, try them in the sandbox first: it costs nothing."),
          this))
    , m_table(new MachinesTable(context.settings, this))
    , m_detail(new MachineDetail(context, machines, *m_actions, this))
    , m_vitals(new VitalsService(machines, [this] { return m_table->shownMachines(); }, this))
    , m_spending(new SpendingReader(context.catalog, this))
    , m_split(nullptr)
    , m_showDetail(new QAction(tr("Details"), this))
{
    connect(m_empty->addButton(tr("Create a machine"), widgets::EmptyState::Emphasis::Primary), &QPushButton::clicked, this, [this] {
        createMachine({});
    });
    connect(m_empty->addButton(tr("Connect a cloud…")), &QPushButton::clicked, this, &MachinesView::accountsRequested);
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
    m_stack->addWidget(makeBody());

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 6, 0, 0);
    layout->addWidget(makeHead());
    layout->addWidget(m_error);
    layout->addWidget(m_stack, 1);
    m_error->hide();

    connect(m_actions, &MachineActions::createRequested, this, [this] { createMachine({}); });
    connect(m_actions, &MachineActions::duplicateRequested, this, [this](const MachineRow& machine) {
        emit creationRequested(machine.account, machine.request ? *machine.request : requestLike(machine.info, {}));
    });
    connect(m_filter, &widgets::FilterLine::filterChanged, m_table, &MachinesTable::setFilter);
    connect(m_table, &MachinesTable::selectionIsOther, this, &MachinesView::onSelection);
    connect(m_table, &MachinesTable::addressClicked, this, [this] {
        if (m_actions->connection().copyAddress()->isEnabled()) {
            m_actions->connection().copyAddress()->trigger();
        }
    });
    connect(m_spending, &SpendingReader::read, &m_table->machines(), &MachineTableModel::setSpending);
    connect(&CloudServices::of(context).burn(), &BurnService::changed, m_spending, &SpendingReader::look);
    connect(m_vitals, &VitalsService::read, &m_table->machines(), &MachineTableModel::setVitals);
    connect(m_table->verticalScrollBar(), &QScrollBar::valueChanged, m_vitals, &VitalsService::lookSoon);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_table, &QTableView::customContextMenuRequested, this, [this](const QPoint& at) {
        auto* menu = m_actions->makeMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->popup(m_table->viewport()->mapToGlobal(at));
    });
    connect(&m_machines, &MachineService::changed, this, &MachinesView::onMachines);
    onMachines();
}

MachinesView::~MachinesView() = default;

QWidget* MachinesView::makeHead()
{
    auto* head = new QWidget(this);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    m_filter->setClearButtonEnabled(true);
    m_filter->setAccessibleName(tr("Filter machines"));
    row->addWidget(m_filter, 1);
    row->addWidget(buttonFor(m_actions->start(), head));
    auto* stop = buttonFor(m_actions->stop(), head);
    stop->setPopupMode(QToolButton::MenuButtonPopup);
    stop->addAction(m_actions->powerOff());
    row->addWidget(stop);
    auto* connectMenu = new QMenu(head);
    connectMenu->addActions(m_actions->connection().all());
    row->addWidget(menuButton(tr("Connect"), connectMenu, head));
    row->addWidget(menuButton(tr("More"), m_actions->makeMoreMenu(head), head));
    auto* columns = new QMenu(head);
    connect(columns, &QMenu::aboutToShow, this, [this, columns] {
        columns->clear();
        m_table->fillColumnMenu(*columns);
    });
    row->addWidget(menuButton(tr("Columns"), columns, head));
    row->addWidget(buttonFor(m_showDetail, head));
    return head;
}

QWidget* MachinesView::makeBody()
{
    m_split = widgets::makeSplitter(Qt::Vertical, {m_table, m_detail}, {3, 4}, this);
    m_split->setCollapsible(0, false);
    m_split->setCollapsible(1, false);
    const auto standard = m_split->saveState();
    m_split->restoreState(m_context.settings.layout(QLatin1String(kSplitKey)));
    connect(&m_context.settings, &SettingsService::layoutReset, m_split, [this, standard] {
        m_split->restoreState(standard);
        m_showDetail->setChecked(true);
    });
    connect(m_split, &QSplitter::splitterMoved, this, [this] {
        m_context.settings.setLayout(QLatin1String(kSplitKey), m_split->saveState());
    });
    m_showDetail->setCheckable(true);
    m_showDetail->setShortcut(QKeySequence(Qt::ALT | Qt::Key_Return));
    m_showDetail->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    addAction(m_showDetail);
    connect(m_showDetail, &QAction::toggled, this, [this](bool isShown) {
        m_detail->setVisible(isShown);
        m_context.settings.setValue(QLatin1String(kDetailKey), isShown);
        if (!isShown) {
            m_table->setFocus(Qt::OtherFocusReason);
        }
    });
    m_showDetail->setChecked(m_context.settings.value(QLatin1String(kDetailKey), true).toBool());
    m_detail->setVisible(m_showDetail->isChecked());
    connect(m_detail, &MachineDetail::closeRequested, this, [this] { m_showDetail->setChecked(false); });
    return m_split;
}

void MachinesView::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_vitals->setWatched(true);
    m_spending->setWatched(true);
}

void MachinesView::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    m_vitals->setWatched(false);
    m_spending->setWatched(false);
}

void MachinesView::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

void MachinesView::onMachines()
{
    m_table->setRows(m_machines.rows());
    showProblem();
    m_waiting->setText(
        !m_shownProblem.isEmpty()                                  ? QString()
        : m_machines.lists().size() > 1                          ? tr("Asking all accounts for their machines…")
        : m_machines.account() == QLatin1String(kSandboxAccount) ? tr("Starting the sandbox…")
                                                                  : tr("Asking %1 for its machines…").arg(m_machines.account()));
    const bool hasMachines = m_table->machines().rowCount() > 0;
    m_vitals->lookSoon();
    m_stack->setCurrentIndex(hasMachines ? TablePlace : m_machines.isLoaded() ? EmptyPlace : WaitingPlace);
    onSelection();
}

/// The lists are read every few seconds: buttons that are there keep the focus.
void MachinesView::showProblem()
{
    QStringList failed;
    std::optional<Error> problem;
    for (const auto& list : m_machines.lists()) {
        if (list->problem()) {
            failed << list->account();
            problem = problem ? problem : list->problem();
        }
    }
    const QString shown = problem ? failed.join(u'\n') + u'\n' + QString::fromStdString(problem->message) : QString();
    if (shown == m_shownProblem) {
        return;
    }
    m_shownProblem = shown;
    m_error->setVisible(problem.has_value());
    if (problem) {
        showError(*m_error, tr("The machines of %1 could not be read.").arg(QLocale().createSeparatedList(failed)), *problem);
        if (problem->kind == ErrorKind::NotSignedIn) {
            connect(m_error->addButton(tr("Sign in…")), &QPushButton::clicked, this, &MachinesView::accountsRequested);
        }
        auto& unlocking = CloudServices::of(m_context).unlocking();
        if (unlocking.isLocked()) {
            connect(m_error->addButton(tr("Unlock…")), &QPushButton::clicked, this, [this, &unlocking] {
                withSecrets(unlocking, this, [this] { m_machines.refresh(); });
            });
        }
        connect(m_error->addButton(tr("Retry")), &QPushButton::clicked, this, [this] { m_machines.refresh(); });
    }
}

void MachinesView::onSelection()
{
    std::vector<MachineRow> chosen = m_table->selectedMachines();
    m_detail->setMachine(chosen.size() == 1 ? std::optional<MachineRow>(chosen.front()) : std::nullopt);
    m_actions->setMachines(std::move(chosen));
}

void MachinesView::createMachine(const cloud::MachineRequest& like)
{
    auto* dialog = new CreateMachineDialog(m_context, m_machines, like, this);
    dialog->open();
}

} // namespace ty::app
