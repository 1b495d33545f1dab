#include "app/services/key_map.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <QAction>
#include <QStringList>

#include "app/services/settings_service.h"

namespace ty::app {

namespace {
QString settingOf(const QString& id)
{
    return QStringLiteral("keys/") + id;
}
} // namespace

KeyMap::KeyMap(SettingsService& settings, QObject* parent) : QObject(parent), m_settings(settings) {}

void KeyMap::add(QAction& action, const QString& id, const QString& where)
{
    const auto known =
        std::find_if(m_entries.begin(), m_entries.end(), [&id](const Entry& entry) { return entry.id == id; });
    if (known != m_entries.end() && known->action == &action) {
        return;
    }
    Entry entry{
        id, action.text().remove(u'&').remove(QStringLiteral("…")).remove(QStringLiteral("...")), where,
        action.shortcuts(), &action};
    if (known != m_entries.end()) {
        *known = entry; // the page has been made anew
    } else {
        m_entries.push_back(entry);
    }
    apply(entry);
    if (!std::exchange(m_isAnnouncing, true)) {
        // Once for all that are added in this turn of the event loop.
        QMetaObject::invokeMethod(
            this,
            [this] {
                m_isAnnouncing = false;
                emit keysChanged();
            },
            Qt::QueuedConnection);
    }
}

std::vector<KeyMap::Entry> KeyMap::entries() const
{
    std::vector<Entry> alive;
    std::copy_if(m_entries.begin(), m_entries.end(), std::back_inserter(alive), [](const Entry& entry) {
        return !entry.action.isNull();
    });
    return alive;
}

const KeyMap::Entry* KeyMap::find(const QString& id) const
{
    const auto found =
        std::find_if(m_entries.begin(), m_entries.end(), [&id](const Entry& entry) { return entry.id == id; });
    return found == m_entries.end() ? nullptr : &*found;
}

QList<QKeySequence> KeyMap::keys(const QString& id) const
{
    const auto* entry = find(id);
    if (entry == nullptr) {
        return {};
    }
    const auto stored = m_settings.value(settingOf(id));
    if (!stored.isValid()) {
        return entry->usual;
    }
    QList<QKeySequence> keys;
    for (const auto& text : stored.toStringList()) {
        // What a person wrote into the file and no key is, is no key.
        if (const QKeySequence one(text, QKeySequence::PortableText); !one.isEmpty()) {
            keys << one;
        }
    }
    return keys;
}

QString KeyMap::keyText(const QString& id) const
{
    const auto all = keys(id);
    return all.isEmpty() ? QString() : all.front().toString(QKeySequence::NativeText);
}

bool KeyMap::isUsual(const QString& id) const
{
    const auto* entry = find(id);
    return entry == nullptr || keys(id) == entry->usual;
}

bool KeyMap::canMeet(const Entry& one, const Entry& other) const
{
    // Actions of two pages are never there at the same time; those of the window always are.
    return one.where == other.where || one.id.startsWith(QLatin1String("window/"))
           || other.id.startsWith(QLatin1String("window/"));
}

QStringList KeyMap::takenBy(const QString& id, const QKeySequence& wanted) const
{
    QStringList taken;
    const auto* self = find(id);
    for (const auto& entry : m_entries) {
        if (self != nullptr && entry.id != id && !wanted.isEmpty() && canMeet(*self, entry)
            && keys(entry.id).contains(wanted)) {
            taken << entry.text;
        }
    }
    return taken;
}

void KeyMap::setKeys(const QString& id, const QKeySequence& wanted)
{
    const auto* self = find(id);
    if (self == nullptr) {
        return;
    }
    for (const auto& entry : m_entries) {
        auto others = keys(entry.id);
        if (entry.id != id && canMeet(*self, entry) && others.removeAll(wanted) > 0) {
            store(entry, others);
        }
    }
    store(*self, wanted.isEmpty() ? QList<QKeySequence>() : QList<QKeySequence>{wanted});
    emit keysChanged();
}

void KeyMap::reset(const QString& id)
{
    if (const auto* entry = find(id); entry != nullptr) {
        m_settings.remove(settingOf(id));
        apply(*entry);
        emit keysChanged();
    }
}

void KeyMap::resetAll()
{
    m_settings.remove(QStringLiteral("keys"));
    for (const auto& entry : m_entries) {
        apply(entry);
    }
    emit keysChanged();
}

void KeyMap::store(const Entry& entry, const QList<QKeySequence>& wanted)
{
    QStringList texts;
    for (const auto& one : wanted) {
        texts << one.toString(QKeySequence::PortableText);
    }
    m_settings.setValue(settingOf(entry.id), texts);
    apply(entry);
}

void KeyMap::apply(const Entry& entry)
{
    if (!entry.action) {
        return;
    }
    entry.action->setShortcuts(keys(entry.id));
}

} // namespace ty::app
