#pragma once

#include <functional>

#include <QObject>

namespace ty::app {

class ActivityService;
class CatalogService;
class DesktopNotices;
class Navigation;
class RunService;
class SettingsService;
class SleepGuard;
struct OperationRow;

/// What long work means to the desktop: the computer stays awake while a run trains here, and who looks elsewhere is
/// told when something that took more than half a minute has ended. Lives on the GUI thread.
class LongWork : public QObject {
    Q_OBJECT
public:
    static constexpr double kLongSeconds = 30;

    /// @param isWatched  whether the person has the window in front of them
    LongWork(
        RunService& runs, ActivityService& activity, CatalogService& catalog, const SettingsService& settings,
        Navigation& navigation, DesktopNotices& desktop, SleepGuard& sleep,
        std::function<bool()> isWatched = isApplicationActive, QObject* parent = nullptr);

private:
    static bool isApplicationActive();
    void onRunEnded(qint64 runId);
    void onOperationEnded(const OperationRow& row);
    void keepAwake();
    /// It took long, the window is not in front, and the person has not switched such notices off.
    bool isNoticeWanted(double seconds) const;

    RunService& m_runs;
    CatalogService& m_catalog;
    const SettingsService& m_settings;
    Navigation& m_navigation;
    DesktopNotices& m_desktop;
    SleepGuard& m_sleep;
    std::function<bool()> m_isWatched;
};

} // namespace ty::app
