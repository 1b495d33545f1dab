#pragma once

#include <memory>

#include <QByteArray>
#include <QObject>
#include <QString>
#include <QVariant>

namespace ty::catalog {
class Paths;
}

namespace ty::app {

class SettingsFile;

/// settings.ini of the person (no secrets) and the window's layout. Written in the background.
class SettingsService : public QObject {
    Q_OBJECT
public:
    explicit SettingsService(const catalog::Paths& paths, QObject* parent = nullptr);
    ~SettingsService() override;

    /// "system", "light", "dark", "contrast-black", "contrast-white".
    QString themeName() const;
    void setThemeName(const QString& name);
    /// "fast", "balanced", "best".
    QString defaultPreset() const;
    void setDefaultPreset(const QString& preset);
    /// "auto", "cpu", "cuda:0".
    QString defaultDevice() const;
    void setDefaultDevice(const QString& device);

    /// Any other remembered thing: "runs/columns", "home/stripDismissed".
    QVariant value(const QString& key, const QVariant& fallback = {}) const;
    void setValue(const QString& key, const QVariant& value);
    /// Forgets `key` and all below it; value() gives the fallback again.
    void remove(const QString& key);
    /// Layout lives apart from settings, in the state folder: "window/geometry", "runs/splitter".
    QByteArray layout(const QString& key) const;
    void setLayout(const QString& key, const QByteArray& bytes);
    void clearLayout();

signals:
    void themeNameChanged(const QString& name);
    /// Pages restore their splitters and headers to the default.
    void layoutReset();

private:
    std::unique_ptr<SettingsFile> m_settings;
    std::unique_ptr<SettingsFile> m_layout;
};

} // namespace ty::app
