#include "engine/data/byte_reader.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

namespace ty::engine {

struct ByteReader::State {
    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State()
    {
        if (gz != nullptr) {
            gzclose_r(gz); // closes the descriptor too
        } else if (fd >= 0) {
            ::close(fd);
        }
    }

    std::string path;
    int fd = -1;
    gzFile gz = nullptr;
    std::uint64_t fileBytes = 0;
    std::uint64_t position = 0;
};

ByteReader::ByteReader(std::unique_ptr<State> state)
    : m_state(std::move(state))
{
}
ByteReader::ByteReader(ByteReader&&) noexcept = default;
ByteReader& ByteReader::operator=(ByteReader&&) noexcept = default;
ByteReader::~ByteReader() = default;

Result<ByteReader> ByteReader::open(const std::string& path)
{
    auto state = std::make_unique<State>();
    state->path = path;
    state->fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); // a FIFO must not hang us
    if (state->fd < 0) {
        return errnoError(errno, "cannot read", path);
    }
    struct stat status = {};
    if (::fstat(state->fd, &status) != 0) {
        return errnoError(errno, "cannot read", path);
    }
    if (!S_ISREG(status.st_mode)) {
        return Error{
            ErrorKind::InvalidInput, "cannot read " + path + ": it is not a regular file", {}};
    }
    state->fileBytes = static_cast<std::uint64_t>(status.st_size);
    unsigned char magic[2] = {};
    if (::pread(state->fd, magic, 2, 0) == 2 && magic[0] == 0x1f && magic[1] == 0x8b) {
        state->gz = gzdopen(state->fd, "rb");
        if (state->gz == nullptr) {
            return Error{
                ErrorKind::OutOfMemory, "cannot unpack " + path + ": not enough memory", {}};
        }
        gzbuffer(state->gz, 1U << 18);
    }
    return ByteReader(std::move(state));
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
        const std::size_t wanted = std::min<std::size_t>(size - done, 1U << 30);
        if (m_state->gz != nullptr) {
            const int got = gzread(m_state->gz, into + done, static_cast<unsigned>(wanted));
            int code = Z_OK;
            const char* detail = gzerror(m_state->gz, &code);
            if (got < 0 || (got == 0 && code != Z_OK && code != Z_STREAM_END)) {
                if (isDamageEnd) {
                    break;
                }
                const bool isCut = code == Z_BUF_ERROR;
                return Error{
                    ErrorKind::InvalidInput,
                    m_state->path + (isCut ? " is cut off: its compressed data ends too early"
                                           : std::string(" is damaged: ") + detail),
                    "Copy or download the file again."};
            }
            if (got == 0) {
                break;
            }
            done += static_cast<std::size_t>(got);
        } else {
            const ssize_t got = ::read(m_state->fd, into + done, wanted);
            if (got < 0) {
                if (errno == EINTR) {
                    continue;
                }
                return errnoError(errno, "cannot read", m_state->path);
            }
            if (got == 0) {
                break;
            }
            done += static_cast<std::size_t>(got);
            m_state->position += static_cast<std::uint64_t>(got);
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
    return m_state->gz != nullptr;
}
std::uint64_t ByteReader::fileBytes() const
{
    return m_state->fileBytes;
}

std::uint64_t ByteReader::filePosition() const
{
    return m_state->gz != nullptr
               ? static_cast<std::uint64_t>(std::max<z_off_t>(gzoffset(m_state->gz), 0))
               : m_state->position;
}

Result<std::string> readHead(const std::string& path, std::size_t size)
{
    TY_TRY(auto reader, ByteReader::open(path));
    std::string bytes(size, '\0');
    bytes.resize(reader.readIntact(bytes.data(), size));
    return bytes;
}

} // namespace ty::engine
