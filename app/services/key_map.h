#pragma once

#include <vector>

#include <QKeySequence>
#include <QList>
#include <QObject>
#include <QPointer>
#include <QString>

class QAction;

namespace ty::app {

class SettingsService;

/// Which keys do what: the keys that actions come with, and those that the person chose instead. Actions of pages
/// that have not been shown yet get their keys when they are added. GUI thread only.
class KeyMap : public QObject {
    Q_OBJECT
public:
    struct Entry {
        QString id;    ///< "window/newRun", "runsPage/rename"; what settings.ini calls it
        QString text;  ///< for tables, without mnemonic
        QString where; ///< "Window", or the page
        QList<QKeySequence> usual;
        QPointer<QAction> action;
    };

    explicit KeyMap(SettingsService& settings, QObject* parent = nullptr);

    /// Takes the keys that `action` has now for its usual ones and gives it the chosen ones. Knows it from then on.
    void add(QAction& action, const QString& id, const QString& where);
    /// In the order of add(), less what has been destroyed.
    std::vector<Entry> entries() const;
    QList<QKeySequence> keys(const QString& id) const;
    /// The first of them as people read it; empty: none.
    QString keyText(const QString& id) const;
    bool isUsual(const QString& id) const;
    /// Texts of other actions that already have `keys` and could be meant at the same time.
    QStringList takenBy(const QString& id, const QKeySequence& keys) const;

    /// An empty sequence: no key. Others that have it lose it, so that one key does one thing.
    void setKeys(const QString& id, const QKeySequence& keys);
    void reset(const QString& id);
    void resetAll();

signals:
    /// Keys, or the actions there are.
    void keysChanged();

private:
    const Entry* find(const QString& id) const;
    bool canMeet(const Entry& one, const Entry& other) const;
    void store(const Entry& entry, const QList<QKeySequence>& keys);
    void apply(const Entry& entry);

    SettingsService& m_settings;
    std::vector<Entry> m_entries;
    bool m_isAnnouncing = false;
};

} // namespace ty::app
