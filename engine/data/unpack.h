#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/data/dataset.h"

namespace ty::engine {

/// The folder with what an archive holds: unpacked into the cache folder when it is first asked for, and found there
/// again until the archive changes. Folders that nobody asked for in two weeks are removed. Hidden files are left out.
/// Errors: those of ArchiveReader; DiskFull when the disk has too little room; Cancelled.
Result<std::string> unpackedFolder(const std::string& path, const OpenOptions& options);
/// Whether the file lies in such a folder: it came out of an archive.
bool isUnpacked(const std::string& path);

} // namespace ty::engine
