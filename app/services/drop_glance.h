#pragma once

#include <stop_token>

#include <QString>
#include <QStringList>

namespace ty::app {

/// What a quick look at dropped files says, for the overlay: "5 classes, 1 204 images".
struct DropGlance {
    bool isUnderstood = false;
    QString text;
};

/// Whether a file of this name holds a network of another program, or weights: .onnx, .safetensors.
bool isNetworkName(const QString& path);

/// Looks at the first of `paths`: counts a folder's pictures for at most a second, reads a table's beginning.
/// Blocks; for worker threads.
DropGlance glanceAt(const QStringList& paths, const std::stop_token& stop);

} // namespace ty::app
