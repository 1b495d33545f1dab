#include "app/services/desktop_notices.h"

#include <utility>

#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QStringList>
#include <QVariantMap>

namespace ty::app {

namespace {
constexpr auto kName = "org.freedesktop.Notifications";
constexpr auto kPath = "/org/freedesktop/Notifications";
constexpr auto kClick = "default";
constexpr int kAsTheDesktopLikes = -1; ///< how long it is shown
} // namespace

DesktopNotices::DesktopNotices(QDBusConnection bus, QObject* parent) : QObject(parent), m_bus(std::move(bus)) {}

void DesktopNotices::notify(const QString& title, const QString& text, std::function<void()> onClick)
{
    if (!m_bus.isConnected()) {
        return;
    }
    if (!std::exchange(m_isListening, true)) {
        m_bus.connect(kName, kPath, kName, QStringLiteral("ActionInvoked"), this, SLOT(onAction(uint, QString)));
        m_bus.connect(kName, kPath, kName, QStringLiteral("NotificationClosed"), this, SLOT(onClosed(uint, uint)));
    }
    auto call = QDBusMessage::createMethodCall(kName, kPath, kName, QStringLiteral("Notify"));
    const QVariantMap hints{
        {QStringLiteral("desktop-entry"), QStringLiteral("io.github.trainyard.Trainyard")},
        {QStringLiteral("suppress-sound"), true}};
    // The text is markup to most desktops.
    call << tr("Trainyard") << 0U << QStringLiteral("trainyard") << title << text.toHtmlEscaped()
         << QStringList{kClick, tr("Show")} << hints << kAsTheDesktopLikes;
    auto* watcher = new QDBusPendingCallWatcher(m_bus.asyncCall(call), this);
    connect(
        watcher, &QDBusPendingCallWatcher::finished, this,
        [this, onClick = std::move(onClick)](QDBusPendingCallWatcher* done) {
            done->deleteLater();
            if (const QDBusPendingReply<uint> reply = *done; reply.isValid()) {
                m_clicks[reply.value()] = onClick;
            }
        });
}

void DesktopNotices::onAction(uint id, const QString&)
{
    const auto found = m_clicks.find(id);
    if (found == m_clicks.end()) {
        return; // of another program
    }
    const auto click = std::exchange(found->second, {});
    m_clicks.erase(found);
    if (click) {
        click();
    }
}

void DesktopNotices::onClosed(uint id, uint)
{
    m_clicks.erase(id);
}

} // namespace ty::app
