#pragma once

#include <QIcon>
#include <QObject>
#include <QString>

#include "widgets/theme/palette.h"

class QDBusPendingCallWatcher;
class QDBusVariant;

namespace ty::app {

class SettingsService;

/// Which theme the application wears; switches live. "System" asks the desktop's settings portal over D-Bus
/// (asynchronously; without a bus it stays light) and follows its changes.
class ThemeService : public QObject {
    Q_OBJECT
public:
    explicit ThemeService(SettingsService& settings, QObject* parent = nullptr);

    /// Applies the chosen theme now and asks the portal in the background.
    void start();
    widgets::Theme theme() const { return m_theme; }
    const widgets::ThemeColors& colors() const { return widgets::colorsOf(m_theme); }

    /// resources/icons/<name>.svg in the theme's text colour. Ask again on themeChanged().
    QIcon icon(const QString& name) const;
    /// The same in another colour of the theme, for example colors().bad.
    QIcon icon(const QString& name, const QColor& color) const;

signals:
    /// After palette and style sheet have changed.
    void themeChanged();

private slots:
    void onPortalSetting(const QString& group, const QString& key, const QDBusVariant& value);

private:
    void askPortal();
    void takePortalValue(const QVariant& value);
    void apply();

    SettingsService& m_settings;
    widgets::Theme m_theme = widgets::Theme::Light;
    bool m_isSystemDark = false;
    bool m_isStarted = false;
};

} // namespace ty::app
