#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <zlib.h>

#include <QTemporaryDir>

#include "engine/data/image_resize.h"

/// Files that a test makes for itself; gone when it ends.
class FolderOfFiles {
  public:
    std::string folder() const { return m_folder.path().toStdString(); }
    std::string path(const std::string& name) const { return folder() + "/" + name; }

    std::string write(const std::string& name, std::string_view content) const
    {
        std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
        std::ofstream(path(name), std::ios::binary)
            .write(content.data(), static_cast<std::streamsize>(content.size()));
        return path(name);
    }
    std::string writeGzip(const std::string& name, std::string_view content) const
    {
        std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
        gzFile file = gzopen(path(name).c_str(), "wb");
        gzwrite(file, content.data(), static_cast<unsigned>(content.size()));
        gzclose(file);
        return path(name);
    }

  private:
    QTemporaryDir m_folder;
};

/// IDX with elements of unsigned bytes.
inline std::string
idxBytes(const std::vector<std::uint32_t>& extents, std::string_view elements, char type = 8)
{
    std::string bytes = {0, 0, type, static_cast<char>(extents.size())};
    for (const std::uint32_t extent : extents) {
        for (const int shift : {24, 16, 8, 0}) {
            bytes += static_cast<char>(extent >> shift & 0xff);
        }
    }
    return bytes.append(elements);
}

/// NPY version 1.
inline std::string npyBytes(
    const std::string& type,
    const std::string& shape,
    std::string_view elements,
    bool isColumnMajor = false)
{
    std::string header = "{'descr': '" + type +
                         "', 'fortran_order': " + (isColumnMajor ? "True" : "False") +
                         ", 'shape': " + shape + ", }";
    header.resize((header.size() + 10 + 63) / 64 * 64 - 10, ' ');
    header.back() = '\n';
    std::string bytes("\x93NUMPY\x01\x00", 8);
    bytes += static_cast<char>(header.size() & 0xff);
    bytes += static_cast<char>(header.size() >> 8);
    return bytes + header + std::string(elements);
}

template <typename T> std::string rawBytes(const std::vector<T>& values)
{
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}
