#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include <QMap>
#include <QString>
#include <QVariant>

namespace ty::app {

/// An INI file of settings: read once, kept in memory, and written by a thread of its own, since QSettings waits until the disk
/// has everything, which takes a second at times. GUI thread.
class SettingsFile {
public:
    explicit SettingsFile(QString path);
    /// What has not been written is written first.
    ~SettingsFile();
    SettingsFile(const SettingsFile&) = delete;
    SettingsFile& operator=(const SettingsFile&) = delete;

    QVariant value(const QString& key, const QVariant& fallback = {}) const { return m_values.value(key, fallback); }
    void setValue(const QString& key, const QVariant& value);
    /// With all below it.
    void remove(const QString& key);
    void clear();

private:
    struct Change {
        QString key;    ///< empty: everything
        QVariant value; ///< invalid: removed
    };
    void note(Change change);
    void write(const std::stop_token& stop);

    QString m_path;
    QMap<QString, QVariant> m_values;
    std::mutex m_mutex; ///< of what follows
    std::vector<Change> m_changes;
    std::condition_variable_any m_wake;
    std::jthread m_writer; ///< goes first
};

} // namespace ty::app
