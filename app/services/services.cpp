#include "app/services/services.h"

#include <utility>

#include <QCoreApplication>
#include <QDBusConnection>

#include "app/provisioning/lazy_secrets.h"
#include "app/services/activity_service.h"
#include "app/services/catalog_service.h"
#include "app/services/cloud_services.h"
#include "app/services/curve_service.h"
#include "app/services/dataset_service.h"
#include "app/services/desktop_notices.h"
#include "app/services/english_plurals.h"
#include "app/services/key_map.h"
#include "app/services/log_service.h"
#include "app/services/long_work.h"
#include "app/services/model_service.h"
#include "app/services/navigation.h"
#include "app/services/notices.h"
#include "app/services/run_digest.h"
#include "app/services/run_service.h"
#include "app/services/runner_program.h"
#include "app/services/settings_service.h"
#include "app/services/sleep_guard.h"
#include "app/services/store_service.h"
#include "app/services/system_monitor.h"
#include "app/services/theme_service.h"

namespace ty::app {

namespace {
QDBusConnection sessionBus()
{
    // Without an address libdbus would try to start a bus of its own, which takes seconds and leaves a process.
    return qEnvironmentVariableIsEmpty("DBUS_SESSION_BUS_ADDRESS") ? QDBusConnection(QString())
                                                                   : QDBusConnection::sessionBus();
}

QDBusConnection systemBus()
{
    return QDBusConnection::systemBus();
}
} // namespace

struct Services::Parts {
    explicit Parts(catalog::Paths given)
        : paths(std::move(given))
        , settings(paths)
        , keys(settings)
        , theme(settings)
        , catalog(paths)
        , curves(paths)
        , secrets(paths)
        , stores(paths, secrets, activity)
        , datasets(catalog, activity, log, &stores)
        , runs(catalog, log, &stores)
        , models(catalog, activity)
        , digest(catalog)
        , system(QString::fromStdString(paths.dataFolder()))
        , desktop(sessionBus())
        , sleep(systemBus)
        , longWork(runs, activity, catalog, settings, navigation, desktop, sleep)
    {
    }

    catalog::Paths paths;
    EnglishPlurals plurals;
    LogService log;
    ActivityService activity;
    Notices notices;
    Navigation navigation;
    SettingsService settings;
    KeyMap keys;
    ThemeService theme;
    CatalogService catalog;
    CurveService curves;
    LazySecrets secrets; ///< before those that keep something in it
    StoreService stores; ///< before those that read through it
    DatasetService datasets;
    RunService runs;
    ModelService models;
    RunDigestService digest;
    SystemMonitor system;
    DesktopNotices desktop;
    SleepGuard sleep;
    LongWork longWork;
    AppContext context{
        paths, settings, theme, catalog, curves, datasets, runs, models, digest, system, notices, activity, log,
        navigation, keys, stores};
    CloudServices clouds{context, secrets}; ///< ends first: it uses the others
};

Services::Services(catalog::Paths paths) : m_parts(std::make_unique<Parts>(std::move(paths)))
{
    auto& parts = *m_parts;
    QCoreApplication::installTranslator(&parts.plurals); // it takes itself out again
    parts.runs.setRunnerProgram(runnerProgram());
    parts.models.setRunnerProgram(runnerProgram());
    QObject::connect(&parts.catalog, &CatalogService::opened, &parts.runs, &RunService::reattach);
    QObject::connect(&parts.catalog, &CatalogService::opened, &parts.stores, &StoreService::takeUp);
    QObject::connect(&parts.catalog, &CatalogService::reported, &parts.log, [&parts](const QString& sentence) {
        parts.log.append(LogLevel::Info, CatalogService::tr("catalog"), sentence);
        parts.notices.toast(sentence);
    });
    QObject::connect(
        &parts.catalog, &CatalogService::openFailed, &parts.notices,
        [&parts](const QString& message, const QString& advice) {
            parts.log.append(LogLevel::Error, CatalogService::tr("catalog"), message);
            parts.notices.error(
                CatalogService::tr("The catalog could not be opened."),
                {ErrorKind::Io, message.toStdString(), advice.toStdString()},
                {CatalogService::tr("Try again"), [&parts] { parts.catalog.open(); }});
        });
}

Services::~Services() = default;

AppContext& Services::context()
{
    return m_parts->context;
}

void Services::start()
{
    m_parts->theme.start();
    m_parts->catalog.open();
    m_parts->system.start();
}

} // namespace ty::app
