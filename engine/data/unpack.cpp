#include "engine/data/unpack.h"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/files.h"
#include "engine/base/scratch_file.h"
#include "engine/data/archive_reader.h"
#include "engine/data/content_hash.h"
#include "engine/data/data_files.h"
#include "engine/data/formats/formats.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

namespace fs = std::filesystem;

constexpr auto kKept = std::chrono::hours(14 * 24);

/// Another one for each state of each archive.
Result<std::string> keyOf(const std::string& path, const DataFiles* files)
{
    ContentHash hash;
    if (files != nullptr) {
        TY_TRY(const auto entry, files->look(path));
        hash.addField(path);
        hash.addField(fmt::format("{} {}", entry.bytes, entry.version));
        return hash.finish();
    }
    struct stat status = {};
    if (::stat(path.c_str(), &status) != 0) {
        return errnoError(errno, "cannot read", path);
    }
    hash.addField(fmt::format(
        "{} {} {} {} {}", status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec));
    return hash.finish();
}

bool isHidden(std::string_view name)
{
    return name.starts_with('.') || name.find("/.") != std::string_view::npos || name.starts_with("__MACOSX/");
}

bool isSpreadsheet(std::string_view name)
{
    return name == "[Content_Types].xml" || name.starts_with("xl/") || name == "content.xml";
}

std::string unpackedRoot()
{
    return scratchFolder() + "/unpacked";
}

void removeOldOnes(const std::string& cache, const std::string& but)
{
    std::error_code failed;
    const auto now = fs::file_time_type::clock::now();
    for (fs::directory_iterator entry(cache, failed), end; !failed && entry != end; entry.increment(failed)) {
        std::error_code ignored;
        const auto used = entry->last_write_time(ignored);
        if (!ignored && entry->path().string() != but && now - used > kKept) {
            [[maybe_unused]] const auto done = removeTree(entry->path().string()); // the next time, perhaps
        }
    }
}

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

Result<void> writeEntry(ArchiveReader& archive, const std::string& path, std::uint64_t& room)
{
    constexpr std::size_t kBlock = std::size_t{1} << 20;
    TY_CHECK(makeFolders(fs::path(path).parent_path().string()));
    // "x": what is there already is another entry of the same name, or a name that means the same on this disk.
    const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "wbxe"));
    if (file == nullptr) {
        return errnoError(errno, "cannot unpack", archive.name());
    }
    std::string block(kBlock, '\0');
    for (std::size_t got = kBlock; got == kBlock;) {
        TY_TRY(got, archive.read(block.data(), kBlock));
        if (got > room) {
            return Error{ErrorKind::DiskFull, "the cache folder has too little room to unpack it", "Free some disk space, or unpack it elsewhere and give the folder."};
        }
        room -= got;
        if (std::fwrite(block.data(), 1, got, file.get()) != got) {
            return errnoError(errno, "cannot write", path);
        }
    }
    if (std::fflush(file.get()) != 0) {
        return errnoError(errno, "cannot write", path);
    }
    return {};
}

Result<void> unpackInto(const std::string& path, const std::string& folder, const OpenOptions& options)
{
    TY_TRY(auto archive, ArchiveReader::open(path, options.files));
    TY_CHECK(makeFolders(folder));
    std::uint64_t room = scratchBytes();
    std::uint64_t files = 0;
    for (;;) {
        if (options.stop.stop_requested()) {
            return cancelledError();
        }
        TY_TRY(const bool isThere, archive.next());
        if (!isThere) {
            break;
        }
        if (isSpreadsheet(archive.name())) {
            return Error{ErrorKind::Unsupported, fileName(path) + " is a spreadsheet, which is not read", "Save the sheet as CSV."};
        }
        if (isHidden(archive.name())) {
            continue;
        }
        TY_CHECK(writeEntry(archive, folder + "/" + archive.name(), room));
        constexpr std::uint64_t kFilesBetweenWords = 100;
        if (options.progress && ++files % kFilesBetweenWords == 0) {
            options.progress(-1, fmt::format("unpacking file {}", grouped(files)));
        }
    }
    return {};
}

} // namespace

bool isUnpacked(const std::string& path)
{
    return path.starts_with(unpackedRoot() + "/");
}

Result<std::string> unpackedFolder(const std::string& path, const OpenOptions& options)
{
    const std::string cache = unpackedRoot();
    TY_CHECK(makeFolders(cache));
    TY_TRY(const std::string key, keyOf(path, options.files));
    const std::string folder = cache + "/" + key;
    removeOldOnes(cache, folder);
    if (isFolder(folder)) {
        std::error_code ignored;
        fs::last_write_time(folder, fs::file_time_type::clock::now(), ignored); // was used today
        return folder;
    }
    const std::string part = fmt::format("{}.part-{}", folder, ::getpid());
    TY_CHECK(removeTree(part));
    auto done = unpackInto(path, part, options);
    std::error_code failed;
    if (done) {
        fs::rename(part, folder, failed); // whole or not at all
    }
    if (!done || failed) {
        TY_CHECK(removeTree(part));
    }
    if (!done) {
        return Error(done.error());
    }
    if (failed && !isFolder(folder)) { // else another process was faster
        return errnoError(failed.value(), "cannot unpack into", folder);
    }
    return folder;
}

} // namespace ty::engine
