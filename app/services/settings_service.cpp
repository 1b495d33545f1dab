#include "app/services/settings_service.h"

#include "app/catalog/paths.h"
#include "app/services/settings_file.h"

namespace ty::app {

SettingsService::SettingsService(const catalog::Paths& paths, QObject* parent)
    : QObject(parent)
    , m_settings(std::make_unique<SettingsFile>(QString::fromStdString(paths.configFolder()) + QStringLiteral("/settings.ini")))
    , m_layout(std::make_unique<SettingsFile>(QString::fromStdString(paths.stateFolder()) + QStringLiteral("/layout.ini")))
{
}

SettingsService::~SettingsService() = default;

QString SettingsService::themeName() const
{
    return m_settings->value(QStringLiteral("appearance/theme"), QStringLiteral("system")).toString();
}

void SettingsService::setThemeName(const QString& name)
{
    if (name == themeName()) {
        return;
    }
    m_settings->setValue(QStringLiteral("appearance/theme"), name);
    emit themeNameChanged(name);
}

QString SettingsService::defaultPreset() const
{
    return m_settings->value(QStringLiteral("training/preset"), QStringLiteral("balanced")).toString();
}

void SettingsService::setDefaultPreset(const QString& preset)
{
    m_settings->setValue(QStringLiteral("training/preset"), preset);
}

QString SettingsService::defaultDevice() const
{
    return m_settings->value(QStringLiteral("training/device"), QStringLiteral("auto")).toString();
}

void SettingsService::setDefaultDevice(const QString& device)
{
    m_settings->setValue(QStringLiteral("training/device"), device);
}

QVariant SettingsService::value(const QString& key, const QVariant& fallback) const
{
    return m_settings->value(key, fallback);
}

void SettingsService::setValue(const QString& key, const QVariant& value)
{
    m_settings->setValue(key, value);
}

void SettingsService::remove(const QString& key)
{
    m_settings->remove(key);
}

QByteArray SettingsService::layout(const QString& key) const
{
    return m_layout->value(key).toByteArray();
}

void SettingsService::setLayout(const QString& key, const QByteArray& bytes)
{
    m_layout->setValue(key, bytes);
}

void SettingsService::clearLayout()
{
    m_layout->clear();
    emit layoutReset();
}

} // namespace ty::app
