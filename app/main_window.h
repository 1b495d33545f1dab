#pragma once

#include <array>
#include <memory>

#include <QMainWindow>
#include <QPointer>

#include "app/services/navigation.h"

class QDockWidget;
class QMenu;
class QStackedWidget;

namespace ty::widgets {
class ErrorPanel;
class Rail;
class ToastStack;
} // namespace ty::widgets

namespace ty::app {

struct AppContext;
class CommandPalette;
class DropOverlay;
class InspectorView;
class Page;
class TopBar;

/// Rail, top bar, the pages, docks, menus and the status bar; nothing of what a page does.
class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    static constexpr int kPages = static_cast<int>(PageId::Settings) + 1;

    explicit MainWindow(AppContext& context, QWidget* parent = nullptr);
    ~MainWindow() override;

    void showPage(PageId id);
    PageId currentPage() const { return m_current; }
    /// The page, made now if it has not been shown yet.
    Page* ensurePage(PageId id);
    /// As if dropped on the window; also what a second start hands over.
    void openFiles(const QStringList& paths);
    /// In front of other windows, with files to open.
    void raiseWith(const QStringList& paths);
    /// Docks and size as in the beginning; what SettingsService::layoutReset() does to the window.
    void resetLayout();

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    struct Actions;

    void buildCentre();
    void buildDocks();
    void buildActions();
    void buildMenus();
    void connectNavigation();
    void connectNotices();
    void fillPageMenu();
    void onPageActionsChanged();
    void setRailIcons();
    void movePane(int direction);
    void pauseOrResume();
    void addPageKeys(Page& page);
    void showKeysOnRail();
    /// The keys of a page are known once it is there.
    void makePagesForKeys();
    QList<QWidget*> panes() const;
    void showPalette();
    void askBeforeClosing();
    void saveLayout();
    void restoreLayout();

    AppContext& m_context;
    std::unique_ptr<Actions> m_actions;
    widgets::Rail* m_rail = nullptr;
    TopBar* m_topBar = nullptr;
    QStackedWidget* m_stack = nullptr;
    widgets::ErrorPanel* m_error = nullptr;
    widgets::ToastStack* m_toasts = nullptr;
    DropOverlay* m_overlay = nullptr;
    QMenu* m_pageMenu = nullptr;
    InspectorView* m_inspected = nullptr;
    QDockWidget* m_inspector = nullptr;
    QDockWidget* m_activity = nullptr;
    QDockWidget* m_log = nullptr;
    QDockWidget* m_devices = nullptr;
    std::array<Page*, kPages> m_pages{};
    PageId m_current = PageId::Home;
    QByteArray m_defaultState;
    bool m_isClosingAllowed = false;
};

} // namespace ty::app
