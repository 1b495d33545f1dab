#include "app/services/sleep_guard.h"

#include <utility>

#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>

namespace ty::app {

SleepGuard::SleepGuard(std::function<QDBusConnection()> bus, QObject* parent)
    : QObject(parent)
    , m_bus(std::move(bus))
{
}

void SleepGuard::hold(const QString& why)
{
    if (std::exchange(m_isWanted, true)) {
        return;
    }
    auto bus = m_bus();
    if (!bus.isConnected()) {
        return;
    }
    auto call = QDBusMessage::createMethodCall(
        QStringLiteral("org.freedesktop.login1"), QStringLiteral("/org/freedesktop/login1"),
        QStringLiteral("org.freedesktop.login1.Manager"), QStringLiteral("Inhibit"));
    call << QStringLiteral("sleep") << tr("Trainyard") << why << QStringLiteral("block");
    auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(call), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this](QDBusPendingCallWatcher* done) {
        done->deleteLater();
        const QDBusPendingReply<QDBusUnixFileDescriptor> reply = *done;
        // An answer that comes after release() is closed with `reply`.
        if (reply.isValid() && m_isWanted) {
            m_lock = reply.value();
            emit heldChanged(true);
        }
    });
}

void SleepGuard::release()
{
    m_isWanted = false;
    if (m_lock.isValid()) {
        m_lock = QDBusUnixFileDescriptor();
        emit heldChanged(false);
    }
}

} // namespace ty::app
