#include "cloud/sandbox/object_bytes.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "engine/base/files.h"

namespace ty::sandbox {

namespace fs = std::filesystem;

bool ObjectBytes::resize(const std::string& name, std::uint64_t bytes)
{
    if (m_folder.empty()) {
        m_objects[name].resize(bytes);
        return true;
    }
    std::error_code failed;
    if (!fs::exists(fileOf(name), failed)) {
        if (!makeFolders(m_folder) || !std::ofstream(fileOf(name), std::ios::binary)) {
            return false;
        }
    }
    fs::resize_file(fileOf(name), bytes, failed);
    return !failed;
}

bool ObjectBytes::write(const std::string& name, std::uint64_t offset, const std::string& bytes)
{
    if (m_folder.empty()) {
        std::string& object = m_objects[name];
        object.resize(std::max<std::uint64_t>(object.size(), offset + bytes.size()));
        std::copy(bytes.begin(), bytes.end(), object.begin() + static_cast<std::ptrdiff_t>(offset));
        return true;
    }
    std::fstream file(fileOf(name), std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(offset));
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return static_cast<bool>(file.flush());
}

std::string ObjectBytes::read(const std::string& name, std::uint64_t offset, std::uint64_t bytes) const
{
    if (m_folder.empty()) {
        const auto found = m_objects.find(name);
        return found == m_objects.end() || offset > found->second.size() ? std::string() : found->second.substr(offset, bytes);
    }
    std::string read(bytes, '\0');
    std::ifstream file(fileOf(name), std::ios::binary);
    file.seekg(static_cast<std::streamoff>(offset));
    file.read(read.data(), static_cast<std::streamsize>(bytes));
    read.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
    return read;
}

void ObjectBytes::erase(const std::string& name)
{
    std::error_code failed;
    m_folder.empty() ? static_cast<bool>(m_objects.erase(name)) : fs::remove(fileOf(name), failed);
}

} // namespace ty::sandbox
