#pragma once

#include <functional>

#include <QDBusConnection>
#include <QDBusUnixFileDescriptor>
#include <QObject>
#include <QString>

namespace ty::app {

/// Keeps this computer from going to sleep (logind's Inhibit) while it is held; the screen may go dark. Where no logind
/// answers nothing happens. A crash lets go by itself: the lock is an open file. GUI thread only; no call waits.
class SleepGuard : public QObject {
    Q_OBJECT
public:
    /// @param bus  called when the guard is held for the first time: the system bus is not needed before
    explicit SleepGuard(std::function<QDBusConnection()> bus, QObject* parent = nullptr);

    /// @param why  what the desktop may show: "A run is training"
    void hold(const QString& why);
    void release();
    /// logind has answered.
    bool isHeld() const { return m_lock.isValid(); }

signals:
    void heldChanged(bool isHeld);

private:
    std::function<QDBusConnection()> m_bus;
    QDBusUnixFileDescriptor m_lock; ///< closing it ends the inhibition
    bool m_isWanted = false;
};

} // namespace ty::app
