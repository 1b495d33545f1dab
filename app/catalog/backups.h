#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "app/catalog/paths.h"
#include "engine/base/result.h"

namespace ty::catalog {

/// Copies of the catalog that can take its place, newest first: one a day, and those made before migrations.
std::vector<std::string> catalogBackups(const Paths& paths);

/// Copies the catalog unless there is a copy younger than a day, and keeps the last three such copies. From a
/// connection of its own, so that any thread may call it while others write. False: nothing was to be done, `stop` was
/// requested, or the disk has not twice the room.
Result<bool> backUpDaily(const Paths& paths, std::stop_token stop = {});

/// Puts `backup` in the place of the catalog, which nobody may have open. What was there is kept beside it.
/// Errors: NotFound, Permission, DiskFull, Io.
Result<void> restoreBackup(const Paths& paths, const std::string& backup);

} // namespace ty::catalog
