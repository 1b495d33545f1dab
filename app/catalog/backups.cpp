#include "app/catalog/backups.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <system_error>

#include <sqlite3.h>
#include <sys/stat.h>

#include "engine/base/files.h"
#include "engine/base/run_events.h"

namespace ty::catalog {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostDaily = 3;
constexpr auto kBetween = std::chrono::hours(24);
constexpr auto kDailyPrefix = "catalog-daily-";
constexpr int kInstructionsPerLook = 2000; ///< of SQLite's machine, between two looks at the stop token

struct Closer {
    void operator()(sqlite3* handle) const { sqlite3_close(handle); }
};

fs::file_time_type timeOf(const std::string& file)
{
    std::error_code code;
    const auto time = fs::last_write_time(file, code);
    return code ? fs::file_time_type::min() : time;
}

bool isDaily(const std::string& file)
{
    return fs::path(file).filename().string().starts_with(kDailyPrefix);
}

int onProgress(void* stop)
{
    return static_cast<const std::stop_token*>(stop)->stop_requested() ? 1 : 0;
}

/// "2026-11-21T08-15-30": sorts by time and is a file name everywhere.
std::string nameOfNow()
{
    std::string now = utcNow().substr(0, 19);
    std::replace(now.begin(), now.end(), ':', '-');
    return now;
}

} // namespace

std::vector<std::string> catalogBackups(const Paths& paths)
{
    std::vector<std::string> found;
    std::error_code code;
    for (fs::directory_iterator it(paths.backupFolder(), code), end; !code && it != end; it.increment(code)) {
        const auto name = it->path().filename().string();
        if (name.starts_with("catalog-") && name.ends_with(".sqlite")) {
            found.push_back(it->path().string());
        }
    }
    std::sort(found.begin(), found.end(), [](const std::string& a, const std::string& b) {
        return timeOf(a) != timeOf(b) ? timeOf(a) > timeOf(b) : a > b;
    });
    return found;
}

Result<bool> backUpDaily(const Paths& paths, std::stop_token stop)
{
    for (const auto& file : catalogBackups(paths)) {
        if (isDaily(file) && fs::file_time_type::clock::now() - timeOf(file) < kBetween) {
            return false;
        }
    }
    std::error_code code;
    const auto bytes = fs::file_size(paths.catalogFile(), code);
    const auto room = code ? fs::space_info{} : fs::space(paths.dataFolder(), code);
    if (code || room.available < 2 * bytes || stop.stop_requested()) {
        return false;
    }
    TY_CHECK(makeFolders(paths.backupFolder()));
    sqlite3* opened = nullptr;
    const int status = sqlite3_open_v2(paths.catalogFile().c_str(), &opened, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
    const std::unique_ptr<sqlite3, Closer> database(opened);
    if (status != SQLITE_OK) {
        return Error{ErrorKind::Io, "the catalog could not be opened for its backup", {}};
    }
    sqlite3_progress_handler(database.get(), kInstructionsPerLook, onProgress, &stop);
    const std::string target = paths.backupFolder() + "/" + kDailyPrefix + nameOfNow() + ".sqlite";
    const std::string partial = target + ".part";
    fs::remove(partial, code);
    char* sql = sqlite3_mprintf("VACUUM INTO %Q", partial.c_str());
    const bool isWritten = sqlite3_exec(database.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK;
    sqlite3_free(sql);
    if (!isWritten) {
        fs::remove(partial, code);
        if (stop.stop_requested()) {
            return false;
        }
        return Error{
            ErrorKind::Io, std::string("the backup of the catalog was not written: ") + sqlite3_errmsg(database.get()), {}};
    }
    ::chmod(partial.c_str(), 0600);
    fs::rename(partial, target, code);
    if (code) {
        return errnoError(code.value(), "cannot write", target);
    }
    std::size_t kept = 0;
    for (const auto& file : catalogBackups(paths)) {
        if (isDaily(file) && ++kept > kMostDaily) {
            fs::remove(file, code);
        }
    }
    return true;
}

Result<void> restoreBackup(const Paths& paths, const std::string& backup)
{
    if (!pathExists(backup)) {
        return Error{ErrorKind::NotFound, "there is no backup " + backup, {}};
    }
    // The copy first: until it is whole nothing has changed.
    const std::string file = paths.catalogFile();
    const std::string fresh = file + ".restored";
    std::error_code code;
    fs::copy_file(backup, fresh, fs::copy_options::overwrite_existing, code);
    if (code) {
        std::error_code ignored;
        fs::remove(fresh, ignored);
        return errnoError(code.value(), "cannot write", fresh);
    }
    const std::string aside = file + ".replaced-" + nameOfNow();
    for (const char* suffix : {"-wal", "-shm", ""}) {
        if (pathExists(file + suffix)) {
            fs::rename(file + suffix, aside + suffix, code);
            if (code) {
                return errnoError(code.value(), "cannot move aside", file + suffix);
            }
        }
    }
    fs::rename(fresh, file, code);
    if (code) {
        return errnoError(code.value(), "cannot write", file);
    }
    return {};
}

} // namespace ty::catalog
