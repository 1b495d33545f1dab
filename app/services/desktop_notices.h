#pragma once

#include <functional>
#include <map>

#include <QDBusConnection>
#include <QObject>
#include <QString>

namespace ty::app {

/// Notices of the desktop (org.freedesktop.Notifications), without sound; the desktop keeps its do-not-disturb. Where
/// no desktop answers nothing happens. GUI thread only; no call waits.
class DesktopNotices : public QObject {
    Q_OBJECT
public:
    explicit DesktopNotices(QDBusConnection bus, QObject* parent = nullptr);

    /// @param onClick  what a click on the notice does
    void notify(const QString& title, const QString& text, std::function<void()> onClick);

private slots:
    void onAction(uint id, const QString& action);
    void onClosed(uint id, uint reason);

private:
    QDBusConnection m_bus;
    bool m_isListening = false;
    std::map<uint, std::function<void()>> m_clicks; ///< by the desktop's number of the notice
};

} // namespace ty::app
