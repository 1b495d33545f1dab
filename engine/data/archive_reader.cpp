#include "engine/data/archive_reader.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <span>
#include <utility>
#include <vector>

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include "engine/data/data_files.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

constexpr std::size_t kArchiveBlock = std::size_t{1} << 18;
constexpr std::uint64_t kAlwaysAllowed = std::uint64_t{4} << 30; ///< even if all of it comes from a few bytes
constexpr std::uint64_t kMostGrowth = 200;
constexpr std::uint64_t kMostFiles = 5'000'000;

struct FreeArchive {
    void operator()(archive* handle) const { archive_read_free(handle); }
};

/// "a/./b" -> "a/b"; empty for a name that leads out of the folder in which the archive would be unpacked.
std::string insideName(std::string_view given)
{
    if (given.empty() || given.front() == '/' || given.find('\\') != std::string_view::npos ||
        given.find('\0') != std::string_view::npos || (given.size() > 1 && given[1] == ':')) {
        return {};
    }
    std::string name;
    while (!given.empty()) {
        const std::size_t end = std::min(given.find('/'), given.size());
        const std::string_view part = given.substr(0, end);
        given.remove_prefix(std::min(end + 1, given.size()));
        if (part == "..") {
            return {};
        }
        if (!part.empty() && part != ".") {
            name += name.empty() ? "" : "/";
            name += part;
        }
    }
    return name;
}

bool startsWithAny(std::string_view head, std::span<const std::string_view> magics)
{
    return std::any_of(magics.begin(), magics.end(), [head](std::string_view magic) { return head.starts_with(magic); });
}

/// One file, or a tar, packed by xz, bzip2 or zstd.
bool isPackedStream(std::string_view head)
{
    static constexpr std::array<std::string_view, 3> kStreams = {"\xfd" "7zXZ", "BZh", "\x28\xb5\x2f\xfd"};
    return startsWithAny(head, kStreams);
}

} // namespace

struct ArchiveReader::State {
    std::string file; ///< for messages
    std::unique_ptr<DataFile> source;
    std::uint64_t position = 0;
    std::vector<char> block = std::vector<char>(kArchiveBlock);
    Error failure; ///< of the source, which libarchive only knows as a failed call
    bool hasFailed = false;
    std::unique_ptr<archive, FreeArchive> handle; ///< goes first: it calls back
    std::string name;
    std::uint64_t unpacked = 0;
    std::uint64_t files = 0;

    static la_ssize_t read(archive*, void* self, const void** buffer)
    {
        auto& state = *static_cast<State*>(self);
        auto got = state.source->read(state.position, state.block);
        if (!got) {
            state.failure = std::move(got).error();
            state.hasFailed = true;
            return ARCHIVE_FATAL;
        }
        *buffer = state.block.data();
        state.position += *got;
        return static_cast<la_ssize_t>(*got);
    }
    static la_int64_t seek(archive*, void* self, la_int64_t offset, int whence)
    {
        auto& state = *static_cast<State*>(self);
        const auto base = whence == SEEK_SET ? 0
                          : whence == SEEK_CUR ? static_cast<la_int64_t>(state.position)
                                               : static_cast<la_int64_t>(state.source->bytes());
        if (offset < -base) {
            return ARCHIVE_FATAL;
        }
        state.position = static_cast<std::uint64_t>(base + offset);
        return base + offset;
    }
    static la_int64_t skip(archive*, void* self, la_int64_t bytes)
    {
        static_cast<State*>(self)->position += static_cast<std::uint64_t>(std::max<la_int64_t>(bytes, 0));
        return std::max<la_int64_t>(bytes, 0);
    }

    Error damaged() const
    {
        if (hasFailed) {
            return failure;
        }
        const char* const why = archive_error_string(handle.get());
        return {
            ErrorKind::InvalidInput, fmt::format("{} is damaged: {}", file, why == nullptr ? "it makes no sense" : shortened(why)),
            "Copy or download the archive again."};
    }
    Error hostile(const std::string& what) const
    {
        return {
            ErrorKind::InvalidInput, fmt::format("{} is refused: {}", file, what),
            "Such archives are made to do harm. Unpack it yourself if you trust it, and give the folder."};
    }
};

ArchiveReader::ArchiveReader(std::unique_ptr<State> state)
    : m_state(std::move(state))
{
}
ArchiveReader::ArchiveReader(ArchiveReader&&) noexcept = default;
ArchiveReader& ArchiveReader::operator=(ArchiveReader&&) noexcept = default;
ArchiveReader::~ArchiveReader() = default;

Result<ArchiveReader> ArchiveReader::open(const std::string& path, const DataFiles* files)
{
    auto state = std::make_unique<State>();
    state->file = fileName(path);
    TY_TRY(state->source, openDataFile(files, path));
    state->handle.reset(archive_read_new());
    archive* const handle = state->handle.get();
    if (handle == nullptr) {
        return Error{ErrorKind::OutOfMemory, "cannot read " + path + ": not enough memory", {}};
    }
    std::array<char, 8> head{};
    TY_TRY(const std::size_t got, state->source->read(0, head));
    if (isPackedStream({head.data(), got})) {
        archive_read_support_format_raw(handle); // a packed file that is no tar
    }
    for (const auto support : {archive_read_support_format_zip, archive_read_support_format_tar, archive_read_support_format_7zip,
                               archive_read_support_filter_gzip, archive_read_support_filter_bzip2,
                               archive_read_support_filter_xz, archive_read_support_filter_zstd}) {
        support(handle);
    }
    archive_read_set_read_callback(handle, State::read);
    archive_read_set_seek_callback(handle, State::seek);
    archive_read_set_skip_callback(handle, State::skip);
    archive_read_set_callback_data(handle, state.get());
    if (archive_read_open1(handle) != ARCHIVE_OK) {
        return state->damaged();
    }
    return ArchiveReader(std::move(state));
}

Result<bool> ArchiveReader::next()
{
    State& state = *m_state;
    for (;;) {
        archive_entry* entry = nullptr;
        const int code = archive_read_next_header(state.handle.get(), &entry);
        if (code == ARCHIVE_EOF) {
            return false;
        }
        if (code != ARCHIVE_OK && code != ARCHIVE_WARN) {
            return state.damaged();
        }
        const char* given = archive_entry_pathname_utf8(entry);
        given = given == nullptr ? archive_entry_pathname(entry) : given;
        const std::string raw = given == nullptr ? std::string() : given;
        const auto type = archive_entry_filetype(entry);
        if (archive_entry_is_encrypted(entry) != 0) {
            return Error{ErrorKind::Unsupported, state.file + " is locked with a password", "Unpack it first, and give the folder."};
        }
        if (archive_entry_hardlink(entry) != nullptr || (type != AE_IFREG && type != AE_IFDIR)) {
            return state.hostile(fmt::format("\"{}\" in it is a link or a device", shortened(raw)));
        }
        const bool isBare = archive_format(state.handle.get()) == ARCHIVE_FORMAT_RAW;
        state.name = insideName(isBare ? state.file.substr(0, state.file.rfind('.')) : raw);
        if (state.name.empty() && raw != "." && raw != "./") {
            return state.hostile(fmt::format("the name \"{}\" in it leads out of its folder", shortened(raw)));
        }
        if (!isUtf8(state.name)) {
            state.name = utf8FromLatin1(state.name);
        }
        if (++state.files > kMostFiles) {
            return state.hostile(fmt::format("it holds more than {} files", grouped(kMostFiles)));
        }
        if (type == AE_IFREG) {
            return true;
        }
    }
}

const std::string& ArchiveReader::name() const
{
    return m_state->name;
}

Result<std::size_t> ArchiveReader::read(char* into, std::size_t size)
{
    State& state = *m_state;
    std::size_t done = 0;
    while (done < size) {
        const la_ssize_t got = archive_read_data(state.handle.get(), into + done, size - done);
        if (got < 0) {
            return state.damaged();
        }
        if (got == 0) {
            break;
        }
        done += static_cast<std::size_t>(got);
    }
    state.unpacked += done;
    if (state.unpacked > mostBytes()) {
        return state.hostile(fmt::format(
            "{} bytes of archive become more than {} GB", grouped(packedBytes()), grouped(mostBytes() >> 30)));
    }
    return done;
}

Result<std::string> ArchiveReader::readAll(std::uint64_t limit)
{
    std::string bytes;
    for (;;) {
        const std::size_t before = bytes.size();
        bytes.resize(before + kArchiveBlock);
        TY_TRY(const std::size_t got, read(bytes.data() + before, kArchiveBlock));
        bytes.resize(before + got);
        if (bytes.size() > limit) {
            return Error{ErrorKind::InvalidInput, fmt::format("{}: {} is too large", m_state->file, name()), {}};
        }
        if (got < kArchiveBlock) {
            return bytes;
        }
    }
}

std::uint64_t ArchiveReader::packedBytes() const
{
    return m_state->source->bytes();
}

std::uint64_t ArchiveReader::mostBytes() const
{
    return std::max(kAlwaysAllowed, packedBytes() * kMostGrowth);
}

bool looksLikeArchive(std::string_view head)
{
    constexpr std::size_t kTarMagic = 257;
    static constexpr std::array<std::string_view, 3> kMagics = {"PK\x03\x04", "PK\x05\x06", "7z\xbc\xaf\x27\x1c"};
    return isPackedStream(head) || startsWithAny(head, kMagics) || (head.size() > kTarMagic + 5 && head.substr(kTarMagic, 5) == "ustar");
}

} // namespace ty::engine
