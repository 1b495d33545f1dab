#pragma once

#include <QIcon>
#include <QObject>
#include <QPalette>
#include <QString>

class QDBusVariant;

namespace ty::app {

class SettingsService;

enum class Theme { Light, Dark, ContrastBlack, ContrastWhite };

/// Colours that QPalette has no role for.
struct ThemeColors {
    QColor good;
    QColor warning;
    QColor bad;
    QColor mutedText;
    QColor border;
    QColor focusRing;
    QColor railBackground;
};

/// The palette, the style sheet and the icons' colour of the whole application; switches live. "System" asks the
/// desktop's settings portal over D-Bus (asynchronously; without a bus it stays light) and follows its changes.
class ThemeService : public QObject {
    Q_OBJECT
public:
    explicit ThemeService(SettingsService& settings, QObject* parent = nullptr);

    /// Applies the chosen theme now and asks the portal in the background.
    void start();
    Theme theme() const { return m_theme; }
    bool isDark() const { return m_theme == Theme::Dark || m_theme == Theme::ContrastBlack; }
    const ThemeColors& colors() const { return m_colors; }

    /// resources/icons/<name>.svg in the theme's text colour; follows a live switch. Empty if there is none.
    QIcon icon(const QString& name) const;

    static QPalette paletteOf(Theme theme);
    static ThemeColors colorsOf(Theme theme);

signals:
    /// After palette, style sheet and icons have changed.
    void themeChanged();

private slots:
    void onPortalSetting(const QString& group, const QString& key, const QDBusVariant& value);

private:
    void askPortal();
    void apply();

    SettingsService& m_settings;
    Theme m_theme = Theme::Light;
    ThemeColors m_colors;
    bool m_isSystemDark = false;
};

} // namespace ty::app
