#include "app/services/theme_service.h"

#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>

#include "app/services/settings_service.h"
#include "widgets/icons.h"
#include "widgets/theme/apply_theme.h"

/// The icons lie in a static library, from which the linker takes only what somebody names. Outside of any namespace,
/// as the macro demands.
static void initIcons()
{
    Q_INIT_RESOURCE(icons);
}

namespace ty::app {

namespace {
constexpr auto kPortal = "org.freedesktop.portal.Desktop";
constexpr auto kPortalPath = "/org/freedesktop/portal/desktop";
constexpr auto kPortalSettings = "org.freedesktop.portal.Settings";
constexpr auto kAppearance = "org.freedesktop.appearance";
constexpr auto kColorScheme = "color-scheme";
constexpr uint kPreferDark = 1;
constexpr int kPortalTimeoutMs = 3000;
} // namespace

ThemeService::ThemeService(SettingsService& settings, QObject* parent) : QObject(parent), m_settings(settings)
{
    initIcons();
    connect(&m_settings, &SettingsService::themeNameChanged, this, [this] { apply(); });
}

void ThemeService::start()
{
    apply();
    askPortal();
}

QIcon ThemeService::icon(const QString& name) const
{
    return icon(name, colors().text);
}

QIcon ThemeService::icon(const QString& name, const QColor& color) const
{
    return widgets::svgIcon(QStringLiteral(":/icons/%1.svg").arg(name), color);
}

void ThemeService::askPortal()
{
    // Without an address libdbus would try to start a bus of its own, which takes seconds and leaves a process.
    if (qEnvironmentVariableIsEmpty("DBUS_SESSION_BUS_ADDRESS")) {
        return;
    }
    auto bus = QDBusConnection::sessionBus();
    if (!bus.isConnected()) {
        return;
    }
    bus.connect(
        kPortal, kPortalPath, kPortalSettings, QStringLiteral("SettingChanged"), this,
        SLOT(onPortalSetting(QString, QString, QDBusVariant)));
    auto message = QDBusMessage::createMethodCall(kPortal, kPortalPath, kPortalSettings, QStringLiteral("Read"));
    message << QString::fromLatin1(kAppearance) << QString::fromLatin1(kColorScheme);
    auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(message, kPortalTimeoutMs), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher] {
        const QDBusPendingReply<QDBusVariant> reply = *watcher;
        watcher->deleteLater();
        if (!reply.isError()) {
            takePortalValue(reply.value().variant());
        }
    });
}

void ThemeService::onPortalSetting(const QString& group, const QString& key, const QDBusVariant& value)
{
    if (group == QLatin1String(kAppearance) && key == QLatin1String(kColorScheme)) {
        takePortalValue(value.variant());
    }
}

void ThemeService::takePortalValue(const QVariant& value)
{
    // Portals before version 2 of Settings wrap the value in one more variant.
    const auto inner = value.canConvert<QDBusVariant>() ? value.value<QDBusVariant>().variant() : value;
    m_isSystemDark = inner.toUInt() == kPreferDark;
    apply();
}

void ThemeService::apply()
{
    const auto name = m_settings.themeName();
    auto theme = m_isSystemDark ? widgets::Theme::Dark : widgets::Theme::Light;
    if (name == QLatin1String("light")) {
        theme = widgets::Theme::Light;
    } else if (name == QLatin1String("dark")) {
        theme = widgets::Theme::Dark;
    } else if (name == QLatin1String("contrast-black")) {
        theme = widgets::Theme::HighContrastBlack;
    } else if (name == QLatin1String("contrast-white")) {
        theme = widgets::Theme::HighContrastWhite;
    }
    if (m_isStarted && theme == m_theme) {
        return;
    }
    m_isStarted = true;
    m_theme = theme;
    widgets::applyTheme(*qApp, theme);
    emit themeChanged();
}

} // namespace ty::app
