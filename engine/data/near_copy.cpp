#include "engine/data/near_copy.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

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

constexpr const char* kFolderBeginning = "trainyard-copy-";
constexpr const char* kLockName = ".lock";
constexpr auto kYoung = std::chrono::minutes(1); ///< without a lock: somebody may be about to make it
constexpr int kMostTries = 10;

/// The lock, or -1 if another process holds it.
int takeLock(const std::string& folder)
{
    const int lock = open((folder + "/" + kLockName).c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) != 0) {
        close(lock);
        return -1;
    }
    return lock;
}

/// A folder that nobody else can read, and its lock.
Result<std::pair<std::string, int>> makeLockedFolder(const std::filesystem::path& temporary)
{
    for (int attempt = 0; attempt < kMostTries; ++attempt) {
        std::string folder = (temporary / (std::string(kFolderBeginning) + "XXXXXX")).string();
        if (mkdtemp(folder.data()) == nullptr) { // 0700: of this user alone
            return errnoError(errno, "cannot make a folder in", temporary.string());
        }
        const int lock = takeLock(folder);
        std::error_code failed;
        if (lock >= 0 && std::filesystem::exists(folder + "/" + kLockName, failed)) {
            return std::pair(folder, lock);
        }
        if (lock >= 0) { // who cleans up was faster, and took it for one that was left behind
            close(lock);
        }
    }
    return Error{ErrorKind::Busy, "no folder in " + temporary.string() + " stays", "Try again."};
}

} // namespace

/// What cannot be removed is left: the copy to be made matters more.
void NearCopy::removeLeftBehind()
{
    std::error_code failed;
    const auto temporary = std::filesystem::temp_directory_path(failed);
    const auto now = std::filesystem::file_time_type::clock::now();
    for (const auto& entry : std::filesystem::directory_iterator(temporary, failed)) {
        const std::string folder = entry.path().string();
        struct stat facts{};
        const bool isCopy = entry.path().filename().string().starts_with(kFolderBeginning) && lstat(folder.c_str(), &facts) == 0 &&
                            S_ISDIR(facts.st_mode) && facts.st_uid == geteuid();
        const auto changed = std::filesystem::last_write_time(entry.path(), failed);
        const bool isLocked = std::filesystem::exists(folder + "/" + kLockName, failed);
        if (!isCopy || failed || (!isLocked && now - changed < kYoung)) {
            continue;
        }
        if (const int lock = takeLock(folder); lock >= 0) {
            std::filesystem::remove_all(folder, failed);
            close(lock);
        }
    }
}

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
    removeLeftBehind();
    if (const auto room = std::filesystem::space(temporary, failed); !failed && room.available < source->bytes()) {
        return noRoom(name, source->bytes(), temporary.string());
    }
    TY_TRY(auto made, makeLockedFolder(temporary));
    const auto& [folder, lock] = made;
    copy.m_folder = folder;
    copy.m_lock = lock;
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
    , m_lock(std::exchange(other.m_lock, -1))
{
}

NearCopy& NearCopy::operator=(NearCopy&& other) noexcept
{
    if (this != &other) {
        remove();
        m_path = std::move(other.m_path);
        m_folder = std::exchange(other.m_folder, {});
        m_lock = std::exchange(other.m_lock, -1);
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
    if (m_lock >= 0) {
        close(m_lock);
        m_lock = -1;
    }
}

} // namespace ty::engine
