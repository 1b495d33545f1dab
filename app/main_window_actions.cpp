#include "app/main_window_actions.h"

#include <algorithm>

#include <QAbstractItemView>
#include <QActionGroup>
#include <QApplication>
#include <QContextMenuEvent>
#include <QDockWidget>
#include <QFileDialog>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>

#include "app/catalog/catalog.h"
#include "app/command_palette.h"
#include "app/help_dialog.h"
#include "app/keys_dialog.h"
#include "app/models/live_run.h"
#include "app/pages/page.h"
#include "app/pages/sequence_dialog.h"
#include "app/pages/trash_dialog.h"
#include "app/pages/world_dialog.h"
#include "app/services/all_services.h"
#include "widgets/rail.h"

namespace ty::app {

namespace {
struct ThemeChoice {
    const char* name;
    const char* label;
};
constexpr ThemeChoice kThemes[] = {
    {"system", QT_TRANSLATE_NOOP("MainWindow", "As the desktop")},
    {"light", QT_TRANSLATE_NOOP("MainWindow", "Light")},
    {"dark", QT_TRANSLATE_NOOP("MainWindow", "Dark")},
    {"contrast-black", QT_TRANSLATE_NOOP("MainWindow", "High contrast, black")},
    {"contrast-white", QT_TRANSLATE_NOOP("MainWindow", "High contrast, white")},
};

/// Runs, datasets and models by name, for the palette.
struct Named {
    qint64 id;
    QString name;
};
struct Directory {
    std::vector<Named> runs;
    std::vector<Named> datasets;
    std::vector<Named> models;
};

/// As a click with the right button on what is current.
void openContextMenu(QWidget* widget)
{
    if (widget == nullptr) {
        return;
    }
    auto place = widget->rect().center();
    if (auto* view = qobject_cast<QAbstractItemView*>(widget); view != nullptr && view->currentIndex().isValid()) {
        place = view->visualRect(view->currentIndex()).center();
    }
    QContextMenuEvent event(QContextMenuEvent::Keyboard, place, widget->mapToGlobal(place));
    QCoreApplication::sendEvent(widget, &event);
}

Result<Directory> directoryOf(catalog::Catalog& catalog)
{
    Directory directory;
    TY_TRY(const auto runs, catalog.runs());
    for (const auto& run : runs) {
        directory.runs.push_back({run.id, QString::fromStdString(run.name)});
    }
    TY_TRY(const auto datasets, catalog.datasets());
    for (const auto& dataset : datasets) {
        directory.datasets.push_back({dataset.id, QString::fromStdString(dataset.name)});
    }
    TY_TRY(const auto models, catalog.models());
    for (const auto& model : models) {
        directory.models.push_back({model.id, QString::fromStdString(model.name)});
    }
    return directory;
}
} // namespace

const std::vector<RailEntry>& railEntries()
{
    static const std::vector<RailEntry> entries{
        {PageId::Home, MainWindow::tr("Home"), QStringLiteral("home"), QKeySequence(Qt::CTRL | Qt::Key_1)},
        {PageId::Data, MainWindow::tr("Data"), QStringLiteral("data"), QKeySequence(Qt::CTRL | Qt::Key_2)},
        {PageId::Train, MainWindow::tr("Train"), QStringLiteral("train"), QKeySequence(Qt::CTRL | Qt::Key_3)},
        {PageId::Runs, MainWindow::tr("Runs"), QStringLiteral("runs"), QKeySequence(Qt::CTRL | Qt::Key_4)},
        {PageId::Models, MainWindow::tr("Models"), QStringLiteral("models"), QKeySequence(Qt::CTRL | Qt::Key_5)},
        {PageId::Compute, MainWindow::tr("Compute"), QStringLiteral("compute"), QKeySequence(Qt::CTRL | Qt::Key_6)},
        {PageId::Queue, MainWindow::tr("Queue"), QStringLiteral("queue"), QKeySequence(Qt::CTRL | Qt::Key_7)},
        {PageId::Specs, MainWindow::tr("Specs"), QStringLiteral("specs"), QKeySequence(Qt::CTRL | Qt::Key_8)},
        {PageId::Settings, MainWindow::tr("Settings"), QStringLiteral("settings"),
         QKeySequence(Qt::CTRL | Qt::Key_Comma)},
    };
    return entries;
}

void MainWindow::buildActions()
{
    const auto remember = [this](QAction* action, const char* id) {
        m_context.keys.add(*action, QStringLiteral("window/") + QLatin1String(id), tr("Window"));
    };
    const auto make = [this, remember](
                          const char* id, const QString& text, const QList<QKeySequence>& keys, auto slot) {
        auto* action = new QAction(text, this);
        action->setShortcuts(keys);
        connect(action, &QAction::triggered, this, slot);
        addAction(action);
        remember(action, id);
        return action;
    };
    auto& a = *m_actions;
    a.newRun = make("newRun", tr("&New run"), {QKeySequence::New}, [this] { showPage(PageId::Train); });
    a.importFile = make("importFile", tr("&Import file…"), {QKeySequence::Open}, [this] {
        auto* dialog = new QFileDialog(this, tr("Import data"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::ExistingFiles);
        connect(dialog, &QFileDialog::filesSelected, this, &MainWindow::openFiles);
        dialog->open();
    });
    a.importFolder = make("importFolder", tr("Import &folder…"), {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O)}, [this] {
        auto* dialog = new QFileDialog(this, tr("Import a folder of pictures, one sub-folder a class"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::Directory);
        dialog->setOption(QFileDialog::ShowDirsOnly);
        connect(dialog, &QFileDialog::filesSelected, this, &MainWindow::openFiles);
        dialog->open();
    });
    a.world = make("world", tr("&Grid world (Q-learning)…"), {}, [this] { WorldDialog::open(m_context, this); });
    a.sequence = make("sequence", tr("&Hidden Markov model…"), {}, [this] { SequenceDialog::open(m_context, this); });
    a.quit = make("quit", tr("&Quit"), {QKeySequence(Qt::CTRL | Qt::Key_Q)}, [this] { close(); });
    a.undo = m_context.notices.undoStack().createUndoAction(this, tr("&Undo"));
    a.undo->setShortcut(QKeySequence::Undo);
    a.redo = m_context.notices.undoStack().createRedoAction(this, tr("&Redo"));
    a.redo->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z));
    addActions({a.undo, a.redo});
    remember(a.undo, "undo");
    remember(a.redo, "redo");
    a.filter = make("filter", tr("&Filter here"), {QKeySequence::Find}, [this] { ensurePage(m_current)->focusFilter(); });
    a.path = make("path", tr("&Path line"), {QKeySequence(Qt::CTRL | Qt::Key_L)}, [this] { ensurePage(m_current)->focusPath(); });
    a.search = make("search", tr("&Search…"), {QKeySequence(Qt::CTRL | Qt::Key_K)}, [this] { showPalette(); });
    a.primary = make(
        "primary", tr("Do the page's &main action"),
        {QKeySequence(Qt::CTRL | Qt::Key_Return), QKeySequence(Qt::CTRL | Qt::Key_Enter)}, [this] {
            if (auto* action = ensurePage(m_current)->enterAction(); action != nullptr) {
                action->trigger();
            }
        });
    a.refresh = make("refresh", tr("&Refresh"), {QKeySequence(Qt::Key_F5)}, [this] { ensurePage(m_current)->refresh(); });
    a.rail = make("rail", tr("Words in the &rail"), {QKeySequence(Qt::CTRL | Qt::Key_B)}, [this] {
        m_rail->setCompact(!m_rail->isCompact());
    });
    a.activity = m_activity->toggleViewAction();
    a.activity->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_J));
    addAction(a.activity);
    remember(a.activity, "activity");
    a.properties = make("properties", tr("&Properties"), {QKeySequence(Qt::ALT | Qt::Key_Return)}, [this] {
        m_inspector->setVisible(!m_inspector->isVisible());
    });
    a.contextMenu = make(
        "contextMenu", tr("&Context menu"), {QKeySequence(Qt::SHIFT | Qt::Key_F10), QKeySequence(Qt::Key_Menu)},
        [] { openContextMenu(QApplication::focusWidget()); });
    a.pause = make(
        "pauseRun", tr("Pa&use or resume the run"), {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_P)},
        [this] { pauseOrResume(); });
    a.pause->setEnabled(false);
    a.nextPane = make("nextPane", tr("Ne&xt pane"), {QKeySequence(Qt::Key_F6)}, [this] { movePane(1); });
    a.previousPane =
        make("previousPane", tr("Pre&vious pane"), {QKeySequence(Qt::SHIFT | Qt::Key_F6)}, [this] { movePane(-1); });
    a.fullScreen = make("fullScreen", tr("F&ull screen"), {QKeySequence(Qt::Key_F11)}, [this] {
        setWindowState(windowState() ^ Qt::WindowFullScreen);
    });
    a.resetLayout = make("resetLayout", tr("Reset &layout"), {}, [this] { m_context.settings.clearLayout(); });
    a.trash = make("trash", tr("&Trash…"), {}, [this] {
        auto* dialog = new TrashDialog(m_context, this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    });
    a.keys = make("keys", tr("&Keys"), {QKeySequence(Qt::CTRL | Qt::Key_Slash)}, [this] {
        makePagesForKeys();
        (new KeysDialog(m_context.keys, this))->open();
    });
    a.help = make("help", tr("&First steps"), {QKeySequence(Qt::Key_F1)}, [this] { (new HelpDialog(this))->open(); });
    a.about = make("about", tr("&About Trainyard"), {}, [this] {
        auto* box = new QMessageBox(
            QMessageBox::NoIcon, tr("About Trainyard"),
            tr("<b>Trainyard %1</b><br>A workbench for machine-learning experiments.")
                .arg(QCoreApplication::applicationVersion()),
            QMessageBox::Close, this);
        box->setInformativeText(tr("Free software under the GNU General Public License, version 3 or later."));
        box->setIconPixmap(windowIcon().pixmap(64, 64));
        box->setAttribute(Qt::WA_DeleteOnClose);
        box->open();
    });
    for (const auto& entry : railEntries()) {
        a.pages.push_back(make(entry.icon.toLatin1().constData(), entry.title, {entry.keys}, [this, id = entry.id] { showPage(id); }));
    }
}

void MainWindow::pauseOrResume()
{
    const auto active = m_context.runs.activeRuns();
    const auto* live = active.empty() ? nullptr : m_context.runs.live(active.front());
    if (live == nullptr) {
        return;
    }
    live->record().state == catalog::RunState::Paused ? m_context.runs.resume(live->id())
                                                      : m_context.runs.pause(live->id());
}

void MainWindow::addPageKeys(Page& page)
{
    for (auto* action : page.pageActions()) {
        const auto name = action->objectName().isEmpty() ? action->text() : action->objectName();
        m_context.keys.add(*action, page.objectName() + u'/' + name, page.accessibleName());
    }
}

void MainWindow::makePagesForKeys()
{
    const auto missing = std::find(m_pages.begin(), m_pages.end(), nullptr);
    if (missing == m_pages.end()) {
        return;
    }
    ensurePage(static_cast<PageId>(missing - m_pages.begin()));
    // One in each turn of the event loop, so that the window goes on.
    QMetaObject::invokeMethod(this, &MainWindow::makePagesForKeys, Qt::QueuedConnection);
}

void MainWindow::showKeysOnRail()
{
    for (const auto& entry : railEntries()) {
        const auto keys = m_context.keys.keyText(QStringLiteral("window/") + entry.icon);
        m_rail->setEntryToolTip(
            static_cast<int>(entry.id), keys.isEmpty() ? entry.title : tr("%1 (%2)").arg(entry.title, keys));
    }
}

void MainWindow::buildMenus()
{
    auto& a = *m_actions;
    auto* file = menuBar()->addMenu(tr("&File"));
    file->addActions({a.newRun, a.importFile, a.importFolder});
    file->addSeparator();
    file->addActions({a.sequence, a.world});
    file->addSeparator();
    file->addActions({a.trash, a.pages.back()});
    file->addSeparator();
    file->addAction(a.quit);

    auto* edit = menuBar()->addMenu(tr("&Edit"));
    edit->addActions({a.undo, a.redo});
    edit->addSeparator();
    edit->addActions({a.filter, a.path, a.search});

    auto* view = menuBar()->addMenu(tr("&View"));
    for (std::size_t index = 0; index + 1 < a.pages.size(); ++index) {
        view->addAction(a.pages[index]);
    }
    view->addSeparator();
    view->addActions({a.rail, a.properties, m_inspector->toggleViewAction(), a.activity, m_log->toggleViewAction(),
                      m_devices->toggleViewAction()});
    view->addSeparator();
    auto* themes = view->addMenu(tr("T&heme"));
    auto* group = new QActionGroup(this);
    for (const auto& choice : kThemes) {
        auto* action = themes->addAction(tr(choice.label));
        action->setCheckable(true);
        group->addAction(action);
        const auto name = QString::fromLatin1(choice.name);
        action->setChecked(m_context.settings.themeName() == name);
        connect(action, &QAction::triggered, this, [this, name] { m_context.settings.setThemeName(name); });
        connect(&m_context.settings, &SettingsService::themeNameChanged, action, [action, name](const QString& now) {
            action->setChecked(now == name);
        });
    }
    view->addActions({a.nextPane, a.previousPane, a.refresh, a.fullScreen, a.resetLayout});

    m_pageMenu = menuBar()->addMenu(tr("&Page"));
    connect(m_pageMenu, &QMenu::aboutToShow, this, &MainWindow::fillPageMenu);

    auto* help = menuBar()->addMenu(tr("&Help"));
    help->addActions({a.help, a.keys, a.about});
}

void MainWindow::fillPageMenu()
{
    m_pageMenu->clear();
    auto* page = ensurePage(m_current);
    if (auto* primary = page->primaryAction(); primary != nullptr) {
        m_pageMenu->addAction(primary);
        m_pageMenu->addSeparator();
    }
    m_pageMenu->addActions(page->pageActions());
    if (m_pageMenu->isEmpty()) {
        m_pageMenu->addAction(tr("Nothing to do on this page"))->setEnabled(false);
    }
}

void MainWindow::showPalette()
{
    auto* palette = new CommandPalette(this);
    std::vector<PaletteEntry> entries;
    for (const auto& entry : railEntries()) {
        entries.push_back(
            {entry.title, tr("Page"), m_context.theme.icon(entry.icon), [this, id = entry.id] { showPage(id); }});
    }
    auto all = actions();
    if (auto* primary = ensurePage(m_current)->primaryAction(); primary != nullptr) {
        all << primary;
    }
    all += ensurePage(m_current)->pageActions();
    for (auto* action : all) {
        const bool isPage = std::find(m_actions->pages.begin(), m_actions->pages.end(), action) != m_actions->pages.end();
        if (isPage || action == m_actions->search || action == m_actions->primary || !action->isEnabled()) {
            continue;
        }
        auto text = action->text().remove(u'&');
        const auto icon = action->icon().isNull() ? m_context.theme.icon(QStringLiteral("chevron-right")) : action->icon();
        entries.push_back({text, tr("Action"), icon, [guard = QPointer<QAction>(action)] {
                               if (guard) {
                                   guard->trigger();
                               }
                           }});
    }
    for (const auto& choice : kThemes) {
        entries.push_back({tr("Theme: %1").arg(tr(choice.label)), tr("Action"), m_context.theme.icon(QStringLiteral("chevron-right")),
                           [this, name = QString::fromLatin1(choice.name)] { m_context.settings.setThemeName(name); }});
    }
    palette->addEntries(std::move(entries));
    palette->show();
    m_context.catalog.call(palette, directoryOf, [this, palette](Result<Directory> directory) {
        if (!directory) {
            return;
        }
        auto& navigation = m_context.navigation;
        std::vector<PaletteEntry> found;
        const auto add = [&](const std::vector<Named>& names, const QString& kind, const QString& icon, auto go) {
            for (const auto& named : names) {
                found.push_back({named.name, kind, m_context.theme.icon(icon), [&navigation, go, id = named.id] {
                                     emit(navigation.*go)(id);
                                 }});
            }
        };
        add(directory->runs, tr("Run"), QStringLiteral("runs"), &Navigation::runRequested);
        add(directory->datasets, tr("Dataset"), QStringLiteral("data"), &Navigation::datasetRequested);
        add(directory->models, tr("Model"), QStringLiteral("models"), &Navigation::modelRequested);
        palette->addEntries(std::move(found));
    });
}

} // namespace ty::app
