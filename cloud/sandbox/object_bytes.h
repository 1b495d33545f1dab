#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace ty::sandbox {

/// The bytes of stored files and objects, by a name of our making. One owner, one lock.
class ObjectBytes {
public:
    /// @param folder  where they lie; empty: in memory
    explicit ObjectBytes(std::string folder) : m_folder(std::move(folder)) {}

    /// With zeros, or cut.
    bool resize(const std::string& name, std::uint64_t bytes);
    /// The object is there and long enough.
    bool write(const std::string& name, std::uint64_t offset, const std::string& bytes);
    /// Fewer bytes only at the end.
    std::string read(const std::string& name, std::uint64_t offset, std::uint64_t bytes) const;
    void erase(const std::string& name);

private:
    std::string fileOf(const std::string& name) const { return m_folder + "/" + name; }

    std::string m_folder;
    std::map<std::string, std::string> m_objects; ///< without a folder
};

} // namespace ty::sandbox
