#pragma once

#include <functional>

#include <QString>

#include "engine/base/result.h"

class QIODevice;
class QWidget;

namespace ty::app {

struct AppContext;

/// Told how much is done, in [0, 1]; false: the person has cancelled, and the writer returns at once.
using SaveProgress = std::function<bool(double fraction)>;
/// Writes the file's content on a worker thread; what it holds is destroyed on the GUI thread. A device that takes no
/// bytes needs no error of its own: why is read from the file.
using FileWriter = std::function<Result<void>(QIODevice& device, const SaveProgress& progress)>;

/// Asks for the place of a new file (not modal to anything but `parent`).
void askPlace(
    AppContext& context, QWidget* parent, const QString& title, const QString& suggestedName,
    std::function<void(const QString& path)> then);

/// Asks for a place (not modal to anything but `parent`), then saveFile().
void askAndSave(
    AppContext& context, QWidget* parent, const QString& title, const QString& suggestedName, FileWriter writer);

/// Writes a file whole or not at all, beside the GUI thread. Activity shows it and can cancel it; a toast or an error
/// says how it went.
void saveFile(AppContext& context, const QString& path, FileWriter writer);

} // namespace ty::app
