#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace ty::engine {

/// One file that is read from any place of it. Not thread-safe.
class DataFile {
public:
    virtual ~DataFile() = default;
    virtual std::uint64_t bytes() const = 0;
    /// Fills `into` from `offset` on; fewer bytes only at the end. Errors: Io; Conflict when the file was changed since it
    /// was opened; Cancelled.
    virtual Result<std::size_t> read(std::uint64_t offset, std::span<char> into) = 0;
};

/// A name in a folder.
struct DataEntry {
    std::string name;
    bool isFile = false; ///< or a link to one
    bool isFolder = false;
    bool isLink = false;
    std::uint64_t bytes = 0; ///< of a file, where the folder tells it
    std::string version;     ///< another one after each change; empty: only the content tells
};

/// Files that lie in a store and are read through a cache. Their paths are addresses, "az://research/images/cat.png". Any
/// thread. A call may wait for as long as the store is away.
class DataFiles {
public:
    virtual ~DataFiles() = default;
    /// Errors: NotFound, and those of the store.
    virtual Result<DataEntry> look(const std::string& path) const = 0;
    virtual Result<std::vector<DataEntry>> list(const std::string& folder) const = 0;
    virtual Result<std::unique_ptr<DataFile>> open(const std::string& path) const = 0;
    /// These files will be read whole, about in this order; the newest word counts.
    virtual void expect(std::vector<std::string> paths) const = 0;
};

// In all of the following no `files` means this computer's own.

Result<std::vector<DataEntry>> listFolder(const DataFiles* files, const std::string& folder);
bool isDataFile(const DataFiles* files, const std::string& path);
bool isDataFolder(const DataFiles* files, const std::string& path);
/// The whole file, not unpacked. Errors: InvalidInput above `limit`.
Result<std::string> readDataFile(const DataFiles* files, const std::string& path, std::uint64_t limit);
/// Errors: NotFound, Permission, Io; InvalidInput for what is no file.
Result<std::unique_ptr<DataFile>> openDataFile(const DataFiles* files, const std::string& path);

} // namespace ty::engine
