#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/data/data_files.h"

namespace ty::engine {

/// A folder of this computer as a store would show it, at az://box.
class FolderAsStore final : public DataFiles {
public:
    explicit FolderAsStore(std::string folder) : m_folder(std::move(folder)) {}

    Result<DataEntry> look(const std::string& path) const override
    {
        DataEntry entry;
        entry.name = path.substr(path.rfind('/') + 1);
        entry.isFile = isDataFile(nullptr, placeOf(path));
        entry.isFolder = isDataFolder(nullptr, placeOf(path));
        if (!entry.isFile && !entry.isFolder) {
            return Error{ErrorKind::NotFound, path + " does not exist", {}};
        }
        return entry;
    }
    Result<std::vector<DataEntry>> list(const std::string& folder) const override { return listFolder(nullptr, placeOf(folder)); }
    Result<std::unique_ptr<DataFile>> open(const std::string& path) const override { return openDataFile(nullptr, placeOf(path)); }
    void expect(std::vector<std::string> /*paths*/) const override {}

private:
    std::string placeOf(const std::string& path) const { return m_folder + path.substr(std::string("az://box").size()); }
    std::string m_folder;
};

} // namespace ty::engine
