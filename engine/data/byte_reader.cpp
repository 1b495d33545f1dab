#include "engine/data/byte_reader.h"

#include <algorithm>
#include <vector>

#include <zlib.h>

#include "engine/data/data_files.h"

namespace ty::engine {

namespace {

constexpr std::size_t kPackedBytes = std::size_t{1} << 18;

} // namespace

struct ByteReader::State {
    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State()
    {
        if (isPacked) {
            inflateEnd(&stream);
        }
    }

    Result<std::size_t> readPlain(char* into, std::size_t size)
    {
        TY_TRY(const std::size_t got, file->read(position, {into, size}));
        position += got;
        return got;
    }
    Result<std::size_t> unpack(char* into, std::size_t size, bool isDamageEnd);
    Result<void> refill();
    bool isNextMember();

    std::string path;
    std::unique_ptr<DataFile> file;
    std::uint64_t position = 0; ///< in the file, of what has been taken from it
    bool isPacked = false;
    bool isUnpacked = false; ///< all of it
    bool isDamaged = false;
    z_stream stream = {};
    std::vector<char> packed; ///< that `stream` reads from
};

ByteReader::ByteReader(std::unique_ptr<State> state)
    : m_state(std::move(state))
{
}
ByteReader::ByteReader(ByteReader&&) noexcept = default;
ByteReader& ByteReader::operator=(ByteReader&&) noexcept = default;
ByteReader::~ByteReader() = default;

Result<ByteReader> ByteReader::open(const std::string& path, const DataFiles* files)
{
    auto state = std::make_unique<State>();
    state->path = path;
    TY_TRY(state->file, openDataFile(files, path));
    char magic[2] = {};
    const auto got = state->file->read(0, magic);
    if (got && *got == 2 && magic[0] == '\x1f' && magic[1] == '\x8b') {
        constexpr int kGzip = 16 + MAX_WBITS;
        if (inflateInit2(&state->stream, kGzip) != Z_OK) {
            return Error{ErrorKind::OutOfMemory, "cannot unpack " + path + ": not enough memory", {}};
        }
        state->isPacked = true;
        state->packed.resize(kPackedBytes);
    }
    return ByteReader(std::move(state));
}

Result<void> ByteReader::State::refill()
{
    if (stream.avail_in > 0) {
        return {};
    }
    TY_TRY(const std::size_t got, file->read(position, packed));
    position += got;
    stream.next_in = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_in = static_cast<uInt>(got);
    return {};
}

/// Whether another gzip follows the one that has ended; what else follows is passed over.
bool ByteReader::State::isNextMember()
{
    char magic[2] = {};
    const auto got = file->read(position - stream.avail_in, magic);
    return got && *got == 2 && magic[0] == '\x1f' && magic[1] == '\x8b';
}

Result<std::size_t> ByteReader::State::unpack(char* into, std::size_t size, bool isDamageEnd)
{
    stream.next_out = reinterpret_cast<Bytef*>(into);
    stream.avail_out = static_cast<uInt>(size);
    while (stream.avail_out > 0 && !isUnpacked) {
        TY_CHECK(refill());
        const bool isCut = stream.avail_in == 0;
        const int code = isDamaged ? Z_DATA_ERROR : isCut ? Z_BUF_ERROR : inflate(&stream, Z_NO_FLUSH);
        if (code == Z_STREAM_END) {
            isUnpacked = !isNextMember() || inflateReset(&stream) != Z_OK;
        } else if (code != Z_OK && !(code == Z_BUF_ERROR && !isCut)) {
            isDamaged = !isCut;
            if (isDamageEnd) {
                break;
            }
            const char* detail = stream.msg == nullptr ? "its compressed data makes no sense" : stream.msg;
            return Error{
                ErrorKind::InvalidInput,
                path + (isCut ? " is cut off: its compressed data ends too early" : std::string(" is damaged: ") + detail),
                "Copy or download the file again."};
        }
    }
    return size - stream.avail_out;
}

Result<std::size_t> ByteReader::read(char* into, std::size_t size)
{
    return readUntil(into, size, false);
}

std::size_t ByteReader::readIntact(char* into, std::size_t size)
{
    return readUntil(into, size, true).valueOr(0);
}

Result<std::size_t> ByteReader::readUntil(char* into, std::size_t size, bool isDamageEnd)
{
    std::size_t done = 0;
    while (done < size) {
        const std::size_t wanted = std::min<std::size_t>(size - done, std::size_t{1} << 30);
        TY_TRY(
            const std::size_t got,
            m_state->isPacked ? m_state->unpack(into + done, wanted, isDamageEnd) : m_state->readPlain(into + done, wanted));
        done += got;
        if (got < wanted) {
            break;
        }
    }
    return done;
}

Result<std::string> ByteReader::readAll(std::uint64_t limit)
{
    std::string bytes;
    std::size_t step = 1U << 16;
    for (;;) {
        const std::size_t before = bytes.size();
        bytes.resize(before + step);
        TY_TRY(const std::size_t got, read(bytes.data() + before, step));
        bytes.resize(before + got);
        if (bytes.size() > limit) {
            return Error{
                ErrorKind::InvalidInput,
                m_state->path + " is larger than the " + std::to_string(limit) +
                    " bytes that it may have",
                {}};
        }
        if (got < step) {
            return bytes;
        }
        step = std::min<std::size_t>(step * 2, 1U << 26);
    }
}

bool ByteReader::isCompressed() const
{
    return m_state->isPacked;
}
std::uint64_t ByteReader::fileBytes() const
{
    return m_state->file->bytes();
}

std::uint64_t ByteReader::filePosition() const
{
    return m_state->position - m_state->stream.avail_in;
}

Result<std::string> readHead(const std::string& path, std::size_t size, const DataFiles* files)
{
    TY_TRY(auto reader, ByteReader::open(path, files));
    std::string bytes(size, '\0');
    bytes.resize(reader.readIntact(bytes.data(), size));
    return bytes;
}

} // namespace ty::engine
