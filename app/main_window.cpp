#include "app/main_window.h"

#include <algorithm>

#include <QAction>
#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QStackedWidget>
#include <QTimer>
#include <QToolBar>
#include <QVBoxLayout>

#include "app/docks/activity_view.h"
#include "app/docks/devices_view.h"
#include "app/docks/inspector_view.h"
#include "app/docks/log_view.h"
#include "app/drop_overlay.h"
#include "app/folder_adoption.h"
#include "app/main_window_actions.h"
#include "app/page_factory.h"
#include "app/pages/compute_page.h"
#include "app/pages/data_page.h"
#include "app/pages/error_text.h"
#include "app/pages/models_page.h"
#include "app/pages/runs_page.h"
#include "app/pages/specs_page.h"
#include "app/pages/train_page.h"
#include "app/services/all_services.h"
#include "app/services/cloud_services.h"
#include "app/services/drop_glance.h"
#include "app/status_line.h"
#include "app/top_bar.h"
#include "widgets/error_panel.h"
#include "widgets/rail.h"
#include "widgets/toast.h"

namespace ty::app {

namespace {
constexpr QSize kSmallest{1024, 680};
constexpr QSize kUsual{1360, 860};
constexpr int kLayoutVersion = 1;
constexpr auto kGeometryKey = "window/geometry";
constexpr auto kStateKey = "window/state";

QStringList localPaths(const QMimeData& data)
{
    QStringList paths;
    for (const auto& url : data.urls()) {
        if (url.isLocalFile()) {
            paths << url.toLocalFile();
        }
    }
    return paths;
}

/// What the Inspector says where nothing is selected and nothing trains.
QString inspectorHint(PageId page)
{
    switch (page) {
    case PageId::Home: return MainWindow::tr("Open a dataset, a run or a model to read about it here.");
    case PageId::Train: return MainWindow::tr("While a run trains, its figures stand here.");
    case PageId::Runs: return MainWindow::tr("Select a run to read about it here.");
    case PageId::Models: return MainWindow::tr("Select a model to read about it here.");
    case PageId::Compute: return MainWindow::tr("Select a machine to read about it here.");
    case PageId::Specs: return MainWindow::tr("What a machine does stands beside its text.");
    case PageId::Queue: return MainWindow::tr("Select a waiting run to read about it here.");
    default: return MainWindow::tr("Nothing on this page has more to show.");
    }
}

QDockWidget* makeDock(const QString& title, const QString& name, QWidget* content, QMainWindow* window)
{
    auto* dock = new QDockWidget(title, window);
    dock->setObjectName(name);
    dock->setAccessibleName(title);
    dock->setWidget(content);
    return dock;
}
} // namespace

MainWindow::MainWindow(AppContext& context, QWidget* parent)
    : QMainWindow(parent)
    , m_context(context)
    , m_actions(std::make_unique<Actions>())
{
    setObjectName(QStringLiteral("mainWindow"));
    setWindowTitle(tr("Trainyard"));
    setMinimumSize(kSmallest);
    setAcceptDrops(true);
    setDockNestingEnabled(true);
    buildCentre();
    buildDocks();
    buildActions();
    buildMenus();
    connectNavigation();
    connectNotices();
    m_defaultState = saveState(kLayoutVersion);
    resize(kUsual);
    restoreLayout();
    connect(&m_context.theme, &ThemeService::themeChanged, this, &MainWindow::setRailIcons);
    showKeysOnRail();
    connect(&m_context.keys, &KeyMap::keysChanged, this, &MainWindow::showKeysOnRail);
    connect(&m_context.settings, &SettingsService::layoutReset, this, &MainWindow::resetLayout);
    showPage(PageId::Home);
    onPageActionsChanged(); // the first page is in front already, so showPage() saw nothing new
    ensurePage(PageId::Home)->setFocus();
}

MainWindow::~MainWindow()
{
    // Pages may tell the window about themselves while they go.
    for (auto* page : m_pages) {
        if (page != nullptr) {
            page->disconnect(this);
        }
    }
}

void MainWindow::buildCentre()
{
    m_topBar = new TopBar(m_context, this);
    addToolBar(Qt::TopToolBarArea, m_topBar);
    connect(m_topBar, &TopBar::searchRequested, this, &MainWindow::showPalette);

    m_rail = new widgets::Rail(this);
    m_rail->setObjectName(QStringLiteral("rail"));
    for (const auto& entry : railEntries()) {
        m_rail->addEntry(
            QIcon(), entry.title, entry.title,
            entry.id == PageId::Settings ? widgets::Rail::Place::Foot : widgets::Rail::Place::Top);
    }
    setRailIcons();
    connect(m_rail, &widgets::Rail::currentIndexChanged, this, [this](int index) {
        showPage(static_cast<PageId>(index));
    });
    auto* railBar = new QToolBar(tr("Pages"), this);
    railBar->setObjectName(QStringLiteral("railBar"));
    railBar->setMovable(false);
    railBar->setContextMenuPolicy(Qt::PreventContextMenu);
    railBar->addWidget(m_rail);
    // Areas of a main window do not follow the reading direction by themselves.
    addToolBar(isRightToLeft() ? Qt::RightToolBarArea : Qt::LeftToolBarArea, railBar);

    auto* centre = new QWidget(this);
    m_error = new widgets::ErrorPanel(centre);
    m_error->setObjectName(QStringLiteral("windowError"));
    m_error->setClosable(true);
    m_error->hide();
    connect(m_error, &widgets::ErrorPanel::closed, m_error, &QWidget::hide);
    m_stack = new QStackedWidget(centre);
    m_stack->setObjectName(QStringLiteral("pages"));
    auto* layout = new QVBoxLayout(centre);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_error);
    layout->addWidget(m_stack, 1);
    setCentralWidget(centre);

    m_overlay = new DropOverlay(m_context.datasets, centre);
    m_toasts = new widgets::ToastStack(centre);

    auto* status = new StatusLine(m_context, this);
    setStatusBar(status);
    const auto showActivity = [this] {
        m_activity->show();
        m_activity->raise();
    };
    connect(status, &StatusLine::activityRequested, this, showActivity);
    connect(&CloudServices::of(m_context), &CloudServices::activityRequested, this, showActivity);
    connect(
        &CloudServices::of(m_context), &CloudServices::machineWanted, this,
        [this](const QString& account, const cloud::MachineRequest& request, int nodes) {
            showPage(PageId::Compute);
            static_cast<ComputePage*>(ensurePage(PageId::Compute))->createMachine(account, request, nodes);
        });
}

void MainWindow::buildDocks()
{
    m_inspected = new InspectorView(m_context, this);
    m_inspector = makeDock(tr("Inspector"), QStringLiteral("inspectorDock"), m_inspected, this);
    m_activity = makeDock(
        tr("Activity"), QStringLiteral("activityDock"), new ActivityView(m_context.activity, this), this);
    m_log = makeDock(tr("Log"), QStringLiteral("logDock"), new LogView(m_context.log, this), this);
    m_devices = makeDock(tr("Devices"), QStringLiteral("devicesDock"), new DevicesView(m_context.system, this), this);
    addDockWidget(isRightToLeft() ? Qt::LeftDockWidgetArea : Qt::RightDockWidgetArea, m_inspector);
    addDockWidget(Qt::BottomDockWidgetArea, m_activity);
    addDockWidget(Qt::BottomDockWidgetArea, m_log);
    tabifyDockWidget(m_activity, m_log);
    m_activity->raise();
    addDockWidget(Qt::BottomDockWidgetArea, m_devices);
    resizeDocks({m_activity, m_devices}, {700, 260}, Qt::Horizontal);
    resizeDocks({m_activity, m_devices}, {190, 190}, Qt::Vertical);
    for (auto* dock : {m_inspector, m_activity, m_log, m_devices}) {
        dock->hide();
    }
}

void MainWindow::setRailIcons()
{
    const auto& entries = railEntries();
    for (std::size_t index = 0; index < entries.size(); ++index) {
        m_rail->setEntryIcon(static_cast<int>(index), m_context.theme.icon(entries[index].icon));
    }
}

Page* MainWindow::ensurePage(PageId id)
{
    auto& page = m_pages.at(static_cast<std::size_t>(id));
    if (page == nullptr) {
        page = makePage(id, m_context, m_stack);
        const auto& entry = railEntries().at(static_cast<std::size_t>(id));
        page->setObjectName(entry.icon + QStringLiteral("Page"));
        page->setAccessibleName(entry.title);
        m_stack->addWidget(page);
        if (auto* primary = page->primaryAction(); primary != nullptr) {
            // The window's own Ctrl+Enter does it; two owners of one key would make it do nothing.
            primary->setShortcuts(QList<QKeySequence>());
        }
        addPageKeys(*page);
        connect(page, &Page::actionsChanged, this, &MainWindow::onPageActionsChanged);
        if (const auto* runs = qobject_cast<RunsPage*>(page)) {
            connect(runs, &RunsPage::studyRequested, this, [this](const QString& name) {
                showPage(PageId::Train);
                static_cast<TrainPage*>(ensurePage(PageId::Train))->openStudy(name);
            });
        }
    }
    return page;
}

void MainWindow::showPage(PageId id)
{
    auto* page = ensurePage(id);
    const bool isNew = id != m_current || m_stack->currentWidget() != page;
    m_current = id;
    // The table of runs has the same key for the run that is selected there.
    m_actions->pause->setEnabled(id == PageId::Train);
    m_rail->setCurrentIndex(static_cast<int>(id));
    m_stack->setCurrentWidget(page);
    setWindowTitle(tr("%1 – Trainyard").arg(railEntries().at(static_cast<std::size_t>(id)).title));
    if (isNew && id == PageId::Settings) {
        makePagesForKeys();
    }
    if (isNew) {
        onPageActionsChanged();
    }
}

void MainWindow::onPageActionsChanged()
{
    auto* page = m_pages.at(static_cast<std::size_t>(m_current));
    if (page == nullptr) {
        return;
    }
    addPageKeys(*page);
    for (auto* action : page->pageActions()) {
        // A key that belongs to one view of the page (Del in a table) stays there. Adding twice changes nothing.
        if (action->shortcutContext() == Qt::WindowShortcut) {
            page->addAction(action);
        }
    }
    m_topBar->setPrimaryAction(page->primaryAction());
    auto* content = page->inspector();
    if (content == nullptr) {
        content = m_inspected;
        m_inspected->follow(page->inspectedView(), inspectorHint(m_current));
    }
    if (m_inspector->widget() != content) {
        m_inspector->widget()->hide();
        m_inspector->setWidget(content);
        content->show();
    }
}

void MainWindow::connectNavigation()
{
    auto& navigation = m_context.navigation;
    connect(&navigation, &Navigation::pageRequested, this, &MainWindow::showPage);
    connect(&navigation, &Navigation::datasetRequested, this, [this](qint64 id) {
        showPage(PageId::Data);
        static_cast<DataPage*>(ensurePage(PageId::Data))->showDataset(id);
    });
    connect(&navigation, &Navigation::datasetColumnsRequested, this, [this](qint64 id) {
        showPage(PageId::Data);
        static_cast<DataPage*>(ensurePage(PageId::Data))->showColumns(id);
    });
    connect(&navigation, &Navigation::storeRequested, this, [this](const QString& name) {
        showPage(PageId::Data);
        static_cast<DataPage*>(ensurePage(PageId::Data))->showStore(name);
    });
    connect(&navigation, &Navigation::trainingRequested, this, [this](qint64 id, const QString& preset) {
        showPage(PageId::Train);
        static_cast<TrainPage*>(ensurePage(PageId::Train))->setTrainingDataset(id, preset);
    });
    connect(&navigation, &Navigation::reproduceRequested, this, [this](qint64 id) {
        showPage(PageId::Train);
        static_cast<TrainPage*>(ensurePage(PageId::Train))->reproduceRun(id);
    });
    connect(&navigation, &Navigation::fineTuneRequested, this, [this](qint64 id) {
        showPage(PageId::Train);
        static_cast<TrainPage*>(ensurePage(PageId::Train))->startFromModel(id);
    });
    connect(&navigation, &Navigation::liveRunRequested, this, [this](qint64 id) {
        showPage(PageId::Train);
        static_cast<TrainPage*>(ensurePage(PageId::Train))->showLiveRun(id);
    });
    connect(&navigation, &Navigation::runRequested, this, [this](qint64 id) {
        showPage(PageId::Runs);
        static_cast<RunsPage*>(ensurePage(PageId::Runs))->showRun(id);
    });
    connect(&navigation, &Navigation::mistakesRequested, this, [this](qint64 id) {
        showPage(PageId::Runs);
        static_cast<RunsPage*>(ensurePage(PageId::Runs))->showMistakes(id);
    });
    connect(&navigation, &Navigation::evaluationRequested, this, [this](qint64 id) {
        showPage(PageId::Runs);
        static_cast<RunsPage*>(ensurePage(PageId::Runs))->showEvaluation(id);
    });
    connect(&navigation, &Navigation::modelRequested, this, [this](qint64 id) {
        showPage(PageId::Models);
        static_cast<ModelsPage*>(ensurePage(PageId::Models))->showModel(id);
    });
    connect(&navigation, &Navigation::raiseRequested, this, [this] { raiseWith({}); });
    connect(&navigation, &Navigation::importRequested, this, &MainWindow::openFiles);
    connect(&m_context.runs, &RunService::activityChanged, this, [this] {
        m_rail->setBadge(static_cast<int>(PageId::Runs), m_context.runs.runningCount());
    });
}

void MainWindow::connectNotices()
{
    connect(&m_context.notices, &Notices::toastRequested, this, [this](const Toast& toast) {
        auto* shown = m_toasts->show(toast.text, toast.actionText);
        if (toast.action) {
            connect(shown, &widgets::Toast::actionTriggered, this, toast.action);
        }
        if (toast.undoIndex >= 0) { // once it is undone, or something else was done, the button would do nothing
            connect(&m_context.notices.undoStack(), &QUndoStack::indexChanged, shown, [shown, index = toast.undoIndex](int now) {
                if (now != index) {
                    shown->dismiss();
                }
            });
        }
    });
    connect(
        &m_context.notices, &Notices::errorRaised, this,
        [this](
            const QString& what, const QString& why, const QString& advice, const QString& kind, const Remedies& remedies) {
            showError(*m_error, what, {errorKindFromName(kind.toStdString()), why.toStdString(), advice.toStdString()});
            for (const Remedy& remedy : remedies) {
                if (remedy.text.isEmpty()) {
                    continue;
                }
                auto* button = m_error->addButton(remedy.text);
                button->setObjectName(QStringLiteral("remedy"));
                connect(button, &QPushButton::clicked, this, [this, action = remedy.action] {
                    m_error->hide();
                    action();
                });
            }
            m_context.log.append(LogLevel::Error, tr("window"), what + u' ' + why);
        });
}

void MainWindow::openFiles(const QStringList& paths)
{
    if (paths.isEmpty()) {
        return;
    }
    const QFileInfo first(paths.front());
    const auto folder = first.absoluteFilePath();
    // A model package and a run folder name themselves by one file; asking for it does not read it.
    if (first.isDir() && QFileInfo::exists(folder + QStringLiteral("/model.json"))) {
        m_context.catalog.change(
            CatalogService::Models, this,
            [folder = folder.toStdString()](catalog::Catalog& catalog) { return registerModel(catalog, folder); },
            [this](Result<qint64> model) {
                if (model) {
                    emit m_context.navigation.modelRequested(model.value());
                } else {
                    m_context.notices.error(tr("The model could not be opened."), model.error());
                }
            });
        return;
    }
    if (first.isDir() && QFileInfo::exists(folder + QStringLiteral("/run.json"))) {
        m_context.catalog.change(
            CatalogService::Runs | CatalogService::Models, this,
            [folder = folder.toStdString()](catalog::Catalog& catalog) { return adoptRun(catalog, folder); },
            [this](Result<qint64> run) {
                if (run) {
                    emit m_context.navigation.runRequested(run.value());
                } else {
                    m_context.notices.error(tr("The run could not be taken in."), run.error());
                }
            });
        return;
    }
    if (isNetworkName(folder) && !first.isDir()) {
        showPage(PageId::Models);
        static_cast<ModelsPage*>(ensurePage(PageId::Models))->importFile(folder);
        return;
    }
    if (folder.endsWith(QLatin1String(".mch"), Qt::CaseInsensitive) && !first.isDir()) {
        showPage(PageId::Specs);
        static_cast<SpecsPage*>(ensurePage(PageId::Specs))->openFile(folder);
        return;
    }
    showPage(PageId::Data);
    static_cast<DataPage*>(ensurePage(PageId::Data))->importPaths(paths);
}

void MainWindow::raiseWith(const QStringList& paths)
{
    setWindowState(windowState() & ~Qt::WindowMinimized);
    show();
    raise();
    activateWindow();
    openFiles(paths);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    const auto paths = localPaths(*event->mimeData());
    if (!paths.isEmpty() && event->source() == nullptr) {
        event->setDropAction(Qt::CopyAction);
        event->accept();
        m_overlay->showFor(paths);
    }
}

void MainWindow::dragMoveEvent(QDragMoveEvent* event)
{
    if (event->source() == nullptr && event->mimeData()->hasUrls()) {
        event->setDropAction(Qt::CopyAction);
        event->accept();
    }
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent*)
{
    m_overlay->dismiss();
}

void MainWindow::dropEvent(QDropEvent* event)
{
    m_overlay->dismiss();
    const auto paths = localPaths(*event->mimeData());
    if (paths.isEmpty()) {
        m_context.notices.toast(tr("Only files and folders of this computer can be dropped here."));
        return;
    }
    event->setDropAction(Qt::CopyAction);
    event->accept();
    // Queued: the file manager waits for the end of this event before it lets go of the pointer.
    QMetaObject::invokeMethod(this, [this, paths] { openFiles(paths); }, Qt::QueuedConnection);
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (!m_isClosingAllowed && m_context.runs.runningCount() > 0) {
        event->ignore();
        askBeforeClosing();
        return;
    }
    saveLayout();
    event->accept();
}

void MainWindow::askBeforeClosing()
{
    auto* box = new QMessageBox(this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setObjectName(QStringLiteral("closeQuestion"));
    box->setIcon(QMessageBox::Question);
    box->setWindowTitle(tr("A run is training"));
    box->setText(tr("%n run(s) (is/are) training.", nullptr, m_context.runs.runningCount()));
    box->setInformativeText(
        tr("It can go on without the window; the next start shows it again. "
           "Or it writes a checkpoint and stops, to be resumed later."));
    auto* keep = box->addButton(tr("Keep training in background"), QMessageBox::AcceptRole);
    auto* pause = box->addButton(tr("Pause and close"), QMessageBox::DestructiveRole);
    box->addButton(QMessageBox::Cancel);
    box->setDefaultButton(keep);
    connect(box, &QMessageBox::finished, this, [this, box, keep, pause] {
        if (box->clickedButton() == keep) {
            m_isClosingAllowed = true;
            close();
        } else if (box->clickedButton() == pause) {
            m_context.notices.toast(tr("Writing the checkpoint…"));
            connect(&m_context.runs, &RunService::allStopped, this, [this] {
                m_isClosingAllowed = true;
                close();
            });
            m_context.runs.stopAll();
        }
    });
    box->open();
}

void MainWindow::saveLayout()
{
    m_context.settings.setLayout(kGeometryKey, saveGeometry());
    m_context.settings.setLayout(kStateKey, saveState(kLayoutVersion));
    m_context.settings.setValue(QStringLiteral("window/railCompact"), m_rail->isCompact());
}

void MainWindow::restoreLayout()
{
    restoreGeometry(m_context.settings.layout(kGeometryKey));
    restoreState(m_context.settings.layout(kStateKey), kLayoutVersion);
    m_rail->setCompact(m_context.settings.value(QStringLiteral("window/railCompact"), false).toBool());
}

void MainWindow::resetLayout()
{
    restoreState(m_defaultState, kLayoutVersion);
    m_rail->setCompact(false);
    if (!isMaximized() && !isFullScreen()) {
        resize(kUsual);
    }
}

QList<QWidget*> MainWindow::panes() const
{
    QList<QWidget*> panes{m_rail, m_topBar, m_stack->currentWidget()};
    for (auto* dock : {m_inspector, m_activity, m_log, m_devices}) {
        if (dock->isVisible()) {
            panes << dock;
        }
    }
    return panes;
}

void MainWindow::movePane(int direction)
{
    const auto all = panes();
    auto* focus = QApplication::focusWidget();
    qsizetype current = 0;
    for (qsizetype index = 0; index < all.size(); ++index) {
        if (focus != nullptr && (all[index] == focus || all[index]->isAncestorOf(focus))) {
            current = index;
        }
    }
    for (qsizetype step = 1; step <= all.size(); ++step) {
        auto* pane = all[(current + direction * step + 2 * all.size() * step) % all.size()];
        // The first child in tab order that takes the keyboard.
        auto* first = pane;
        for (auto* next = pane->nextInFocusChain(); next != nullptr && next != pane; next = next->nextInFocusChain()) {
            if (pane->isAncestorOf(next) && next->isVisible() && next->isEnabled()
                && next->focusPolicy() & Qt::TabFocus) {
                first = next;
                break;
            }
        }
        if (first->focusPolicy() != Qt::NoFocus) {
            first->setFocus(Qt::TabFocusReason);
            return;
        }
    }
}

} // namespace ty::app
