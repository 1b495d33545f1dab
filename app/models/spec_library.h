#pragma once

#include <vector>

#include <QString>

#include "engine/base/result.h"

namespace ty::app {

/// A machine that can be opened.
struct SpecEntry {
    QString name;
    QString file;
    bool isStarter = false; ///< came with the program: changed in a copy
};

/// The machines of the starter project, then the person's own ones in `folder`; each by name.
std::vector<SpecEntry> specEntries(const QString& folder);
/// The text of a machine; at most 4 MiB. Errors: NotFound, Permission, InvalidInput (no UTF-8).
Result<QString> readSpec(const QString& file);
/// Writes it whole or not at all; makes the folder.
Result<void> saveSpec(const QString& file, const QString& text);
/// A name in `folder` that no file has: "lift", "lift-2".
QString freeSpecFile(const QString& folder, const QString& name);

} // namespace ty::app
