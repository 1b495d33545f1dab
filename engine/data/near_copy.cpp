#include "engine/data/near_copy.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/data/data_files.h"
#include "engine/data/formats/formats.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

constexpr std::size_t kPiece = std::size_t{4} << 20;

Error noRoom(const std::string& name, std::uint64_t bytes, const std::string& folder)
{
    return Error{
        ErrorKind::Io, fmt::format("there is no room in {} for a copy of {}, {} bytes", folder, name, bytes),
        "Files of this form are read from a copy on this computer. Make room, or name another folder in TMPDIR."};
}

} // namespace

Result<NearCopy> NearCopy::of(const DataFiles* files, const std::string& path, const std::stop_token& stop)
{
    NearCopy copy;
    if (files == nullptr) {
        copy.m_path = path;
        return copy;
    }
    TY_TRY(const auto source, openDataFile(files, path));
    std::error_code failed;
    const auto temporary = std::filesystem::temp_directory_path(failed);
    const std::string name = fileName(path);
    if (const auto room = std::filesystem::space(temporary, failed); !failed && room.available < source->bytes()) {
        return noRoom(name, source->bytes(), temporary.string());
    }
    std::string folder = (temporary / "trainyard-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) { // 0700: of this user alone
        return errnoError(errno, "cannot make a folder in", temporary.string());
    }
    copy.m_folder = folder;
    copy.m_path = folder + "/" + name;
    std::ofstream out(copy.m_path, std::ios::binary);
    std::vector<char> piece(static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, source->bytes())));
    for (std::uint64_t at = 0; at < source->bytes();) {
        if (stop.stop_requested()) {
            return cancelledError();
        }
        TY_TRY(const std::size_t count, source->read(at, piece));
        if (count == 0) {
            return Error{ErrorKind::Io, fmt::format("{} ends after {} of {} bytes", path, at, source->bytes()), {}};
        }
        if (!out.write(piece.data(), static_cast<std::streamsize>(count))) {
            return noRoom(name, source->bytes(), temporary.string()); // before the rest is fetched for nothing
        }
        at += count;
    }
    out.close();
    if (!out) {
        return noRoom(name, source->bytes(), temporary.string());
    }
    return copy;
}

NearCopy::NearCopy(NearCopy&& other) noexcept
    : m_path(std::move(other.m_path))
    , m_folder(std::exchange(other.m_folder, {}))
{
}

NearCopy& NearCopy::operator=(NearCopy&& other) noexcept
{
    if (this != &other) {
        remove();
        m_path = std::move(other.m_path);
        m_folder = std::exchange(other.m_folder, {});
    }
    return *this;
}

NearCopy::~NearCopy()
{
    remove();
}

void NearCopy::remove()
{
    if (!m_folder.empty()) {
        std::error_code ignored;
        std::filesystem::remove_all(m_folder, ignored);
    }
}

} // namespace ty::engine
