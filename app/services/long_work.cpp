#include "app/services/long_work.h"

#include <algorithm>
#include <utility>

#include <QGuiApplication>
#include <QLocale>

#include "app/catalog/catalog.h"
#include "app/services/activity_service.h"
#include "app/services/catalog_service.h"
#include "app/services/desktop_notices.h"
#include "app/services/navigation.h"
#include "app/services/run_service.h"
#include "app/services/settings_service.h"
#include "app/services/sleep_guard.h"

namespace ty::app {

namespace {
QString endText(const catalog::RunRecord& run)
{
    const auto name = QString::fromStdString(run.name);
    switch (run.state) {
    case catalog::RunState::Failed: return LongWork::tr("%1 has failed").arg(name);
    case catalog::RunState::Stopped: return LongWork::tr("%1 was stopped").arg(name);
    default: return LongWork::tr("%1 has finished").arg(name);
    }
}
} // namespace

LongWork::LongWork(
    RunService& runs, ActivityService& activity, CatalogService& catalog, const SettingsService& settings,
    Navigation& navigation, DesktopNotices& desktop, SleepGuard& sleep, std::function<bool()> isWatched, QObject* parent)
    : QObject(parent)
    , m_runs(runs)
    , m_catalog(catalog)
    , m_settings(settings)
    , m_navigation(navigation)
    , m_desktop(desktop)
    , m_sleep(sleep)
    , m_isWatched(std::move(isWatched))
{
    connect(&runs, &RunService::activityChanged, this, &LongWork::keepAwake);
    connect(&runs, &RunService::liveChanged, this, &LongWork::keepAwake);
    connect(&runs, &RunService::runEnded, this, &LongWork::onRunEnded);
    connect(&activity, &ActivityService::ended, this, &LongWork::onOperationEnded);
}

void LongWork::keepAwake()
{
    const auto active = m_runs.activeRuns();
    const bool isTraining = std::any_of(active.begin(), active.end(), [this](qint64 id) {
        const auto* live = m_runs.live(id);
        return live != nullptr && live->isActive() && live->record().state == catalog::RunState::Running;
    });
    // A paused run may sleep: it goes on from where it is.
    isTraining ? m_sleep.hold(tr("A run is training")) : m_sleep.release();
}

bool LongWork::isApplicationActive()
{
    return QGuiApplication::applicationState() == Qt::ApplicationActive;
}

bool LongWork::isNoticeWanted(double seconds) const
{
    return seconds > kLongSeconds && !m_isWatched()
           && m_settings.value(QStringLiteral("notifications/desktop"), true).toBool();
}

void LongWork::onRunEnded(qint64 runId)
{
    m_catalog.call(
        this, [runId](catalog::Catalog& catalog) { return catalog.run(runId); },
        [this, runId](Result<catalog::RunRecord> run) {
            if (!run || !isNoticeWanted(run->seconds)) {
                return;
            }
            const auto text = run->errorMessage.empty()
                                  ? tr("It trained for %1 s.").arg(QLocale().toString(run->seconds, 'f', 0))
                                  : QString::fromStdString(run->errorMessage);
            m_desktop.notify(endText(run.value()), text, [this, runId] {
                emit m_navigation.raiseRequested();
                emit m_navigation.runRequested(runId);
            });
        });
}

void LongWork::onOperationEnded(const OperationRow& row)
{
    const double seconds = static_cast<double>(row.started.msecsTo(row.ended)) / 1000.0;
    if (row.state == OperationState::Cancelled || !isNoticeWanted(seconds)) {
        return;
    }
    const auto title = row.state == OperationState::Failed ? tr("%1 of %2 has failed") : tr("%1 of %2 is done");
    m_desktop.notify(
        title.arg(row.operation, row.target),
        row.message.isEmpty() ? tr("It took %1 s.").arg(QLocale().toString(seconds, 'f', 0)) : row.message,
        [this] { emit m_navigation.raiseRequested(); });
}

} // namespace ty::app
