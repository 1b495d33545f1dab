#include "app/services/settings_file.h"

#include <utility>

#include <QSettings>

namespace ty::app {

SettingsFile::SettingsFile(QString path) : m_path(std::move(path))
{
    {
        const QSettings file(m_path, QSettings::IniFormat);
        for (const QString& key : file.allKeys()) {
            m_values.insert(key, file.value(key));
        }
    }
    m_writer = std::jthread([this](const std::stop_token& stop) { write(stop); });
}

SettingsFile::~SettingsFile()
{
    m_writer.request_stop();
    m_writer.join();
}

void SettingsFile::setValue(const QString& key, const QVariant& value)
{
    const auto known = m_values.constFind(key);
    if (known == m_values.constEnd() || *known != value) {
        m_values.insert(key, value);
        note({key, value});
    }
}

void SettingsFile::remove(const QString& key)
{
    m_values.removeIf([&](QMap<QString, QVariant>::iterator entry) { return entry.key() == key || entry.key().startsWith(key + u'/'); });
    note({key, {}});
}

void SettingsFile::clear()
{
    m_values.clear();
    note({});
}

void SettingsFile::note(Change change)
{
    const std::lock_guard lock(m_mutex);
    m_changes.push_back(std::move(change));
    m_wake.notify_one();
}

void SettingsFile::write(const std::stop_token& stop)
{
    QSettings file(m_path, QSettings::IniFormat);
    std::unique_lock lock(m_mutex);
    while (m_wake.wait(lock, stop, [this] { return !m_changes.empty(); })) {
        const std::vector<Change> changes = std::exchange(m_changes, {});
        lock.unlock();
        for (const Change& change : changes) {
            change.key.isEmpty()       ? file.clear()
                : change.value.isValid() ? file.setValue(change.key, change.value)
                                         : file.remove(change.key);
        }
        file.sync();
        lock.lock();
    }
}

} // namespace ty::app
