#pragma once

#include <functional>

#include <QByteArray>
#include <QString>

class QWidget;

namespace ty::app {

class Notices;

/// Asks for a place (not modal to anything but `parent`) and writes the bytes there on a worker thread; a toast or
/// an error says how it went. `bytes` is called on the GUI thread once the place is known.
void saveBytes(
    QWidget* parent,
    Notices& notices,
    const QString& title,
    const QString& suggestedName,
    std::function<QByteArray()> bytes);

} // namespace ty::app
