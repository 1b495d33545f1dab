#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cloud/storage/store.h"
#include "cloud/storage/store_reader.h"
#include "engine/data/data_files.h"

namespace ty::streaming {

/// The files below one folder of a store as they were when the folder was listed; or one file alone. Any thread.
class StoreTree {
public:
    /// Lists everything. @param root  path in the store
    /// Errors: those of the store; InvalidInput for more files than a dataset may have.
    static Result<StoreTree> read(cloud::Store& store, cloud::StorePatience& patience, const std::string& root);

    bool isFolder() const { return !m_isFile; }
    /// Below the root; "" is the root itself. Nothing: there is no such file or folder.
    std::optional<engine::DataEntry> look(const std::string& below) const;
    std::vector<engine::DataEntry> list(const std::string& below) const;
    const cloud::StoredFile* file(const std::string& below) const;

private:
    bool m_isFile = false;
    std::map<std::string, cloud::StoredFile> m_files; ///< by path below the root; "" when it is a file itself
};

/// The file as the engine sees it.
engine::DataEntry entryOf(const std::string& name, const cloud::StoredFile& file);

} // namespace ty::streaming
