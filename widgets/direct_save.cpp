#include "widgets/direct_save.h"

#include <cstdlib>
#include <memory>

#include <QFileInfo>
#include <QGuiApplication>
#include <QSysInfo>
#include <QTimer>
#include <QUrl>

#include <xcb/xcb.h>

namespace ty::widgets {

namespace {

constexpr const char* kFormat = "XdndDirectSave0";
constexpr std::uint32_t kLongestName = 4096; // in units of four bytes

struct Free {
    void operator()(void* memory) const { std::free(memory); }
};

template<typename T>
std::unique_ptr<T, Free> owned(T* reply)
{
    return std::unique_ptr<T, Free>(reply);
}

/// nullptr: the program does not run on X11.
xcb_connection_t* connection()
{
    auto* x11 = qGuiApp == nullptr ? nullptr : qGuiApp->nativeInterface<QNativeInterface::QX11Application>();
    return x11 == nullptr ? nullptr : x11->connection();
}

xcb_atom_t atom(xcb_connection_t* x, QByteArrayView name)
{
    const auto asked = xcb_intern_atom(x, 0, static_cast<std::uint16_t>(name.size()), name.data());
    const auto reply = owned(xcb_intern_atom_reply(x, asked, nullptr));
    return reply ? reply->atom : static_cast<xcb_atom_t>(XCB_ATOM_NONE);
}

/// The window that stands for the drag.
xcb_window_t sourceOf(xcb_connection_t* x)
{
    const auto reply = owned(xcb_get_selection_owner_reply(x, xcb_get_selection_owner(x, atom(x, "XdndSelection")), nullptr));
    return reply ? reply->owner : static_cast<xcb_window_t>(XCB_WINDOW_NONE);
}

/// Where the file manager wants the file; empty when it does not say so, or when the place is on another computer.
QString placeAsked(xcb_connection_t* x)
{
    const auto asked = xcb_get_property(x, 0, sourceOf(x), atom(x, kFormat), XCB_GET_PROPERTY_TYPE_ANY, 0, kLongestName);
    const auto reply = owned(xcb_get_property_reply(x, asked, nullptr));
    if (!reply) {
        return {};
    }
    const QByteArray text(static_cast<const char*>(xcb_get_property_value(reply.get())), xcb_get_property_value_length(reply.get()));
    QUrl url(QString::fromUtf8(text));
    if (url.host() == QLatin1String("localhost") || url.host() == QSysInfo::machineHostName()) {
        url.setHost({});
    }
    return url.isLocalFile() && url.host().isEmpty() ? url.toLocalFile() : QString();
}

} // namespace

DirectSaveData::DirectSaveData(const QString& name)
    : m_name(name)
{
    if (connection() != nullptr) {
        QTimer::singleShot(0, this, &DirectSaveData::offer); // once the drag has a window
    }
}

bool DirectSaveData::hasFormat(const QString& format) const
{
    return formats().contains(format);
}

QStringList DirectSaveData::formats() const
{
    QStringList all = QMimeData::formats();
    if (connection() != nullptr) {
        all << QLatin1String(kFormat);
    }
    return all;
}

/// The name stands at the drag's window; the file manager puts the whole place there.
void DirectSaveData::offer() const
{
    xcb_connection_t* x = connection();
    const xcb_window_t window = sourceOf(x);
    if (window == XCB_WINDOW_NONE) {
        return;
    }
    const QByteArray name = m_name.toUtf8();
    xcb_change_property(
        x, XCB_PROP_MODE_REPLACE, window, atom(x, kFormat), atom(x, "text/plain"), 8, static_cast<std::uint32_t>(name.size()),
        name.constData());
    xcb_flush(x);
}

QVariant DirectSaveData::retrieveData(const QString& format, QMetaType type) const
{
    xcb_connection_t* x = connection();
    if (x == nullptr || format != QLatin1String(kFormat)) {
        return QMimeData::retrieveData(format, type);
    }
    const QString place = placeAsked(x);
    if (place.isEmpty()) {
        return QByteArray("E"); // error: there is no such place here
    }
    // "S": it is saved, or will be; the file manager need not wait for it.
    auto* self = const_cast<DirectSaveData*>(this);
    QMetaObject::invokeMethod(self, [self, folder = QFileInfo(place).path()] { emit self->droppedOn(folder); }, Qt::QueuedConnection);
    return QByteArray("S");
}

} // namespace ty::widgets
