#include "engine/data/formats/hdf5_reader.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/files.h"
#include "engine/base/json.h"
#include "engine/data/formats/formats.h"
#include "engine/data/text_values.h"

extern char** environ;

namespace ty::engine {

namespace {

constexpr int kStopEveryMs = 100;
constexpr std::size_t kPiece = 1U << 18;
constexpr std::size_t kMostListed = 4U << 20; ///< bytes of a list of arrays
constexpr std::size_t kMostSaid = 1U << 16;   ///< bytes of an error

/// The program: named by TRAINYARD_HDF5, or beside this one.
Result<std::string> findProgram()
{
    if (const char* named = std::getenv("TRAINYARD_HDF5"); named != nullptr && *named != '\0') {
        return std::string(named);
    }
    std::error_code code;
    const auto own = std::filesystem::read_symlink("/proc/self/exe", code).parent_path();
    for (const auto& place : {own / "trainyard-hdf5", own / "../bin/trainyard-hdf5"}) {
        if (!code && pathExists(place.string())) {
            return place.lexically_normal().string();
        }
    }
    return Error{
        ErrorKind::NotFound, "the program trainyard-hdf5, which reads HDF5 files, is not there",
        "It belongs beside trainyard-run. Or write the arrays as NPZ: numpy.savez(file, x=inputs, y=labels)."};
}

/// A pipe whose ends are closed in the end.
struct Pipe {
    std::array<int, 2> ends{-1, -1};

    Pipe() = default;
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe()
    {
        closeEnd(0);
        closeEnd(1);
    }
    bool make() { return pipe2(ends.data(), O_CLOEXEC) == 0; }
    void closeEnd(std::size_t end)
    {
        if (ends[end] >= 0) {
            ::close(std::exchange(ends[end], -1));
        }
    }
};

/// A started process, ended if nobody has waited for it.
struct Child {
    pid_t id = -1;

    Child() = default;
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child()
    {
        if (id > 0) {
            ::kill(id, SIGKILL);
            (void)wait();
        }
    }
    /// Its status as waitpid() tells it; -1 if it cannot be known.
    int wait()
    {
        int status = -1;
        while (::waitpid(id, &status, 0) < 0 && errno == EINTR) {
        }
        id = -1;
        return status;
    }
};

/// Waits until there is something to read, or the stop.
Result<void> waitFor(int descriptor, const std::stop_token& stop)
{
    pollfd waiting{descriptor, POLLIN, 0};
    while (::poll(&waiting, 1, kStopEveryMs) <= 0) {
        if (stop.stop_requested()) {
            return cancelledError();
        }
    }
    return {};
}

/// Until its end. Errors: Cancelled, those of `take`.
Result<void> drain(int descriptor, const std::function<Result<void>(std::string_view)>& take, const std::stop_token& stop)
{
    std::string piece(kPiece, '\0');
    for (;;) {
        TY_CHECK(waitFor(descriptor, stop));
        const ssize_t count = ::read(descriptor, piece.data(), piece.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (stop.stop_requested()) {
            return cancelledError();
        }
        if (count <= 0) {
            return {};
        }
        TY_CHECK(take(std::string_view(piece).substr(0, static_cast<std::size_t>(count))));
    }
}

Error said(const std::string& text, int status, const std::string& path)
{
    const auto json = parseJson(text, "trainyard-hdf5");
    if (WIFEXITED(status) && json && json->is_object() && json->contains("error") && (*json)["error"].is_object()) {
        const Json& error = (*json)["error"];
        return {
            errorKindFromName(error.value("kind", std::string())), fileName(path) + ": " + error.value("message", std::string()),
            error.value("advice", std::string())};
    }
    return {
        ErrorKind::InvalidInput,
        fileName(path) + (WIFSIGNALED(status) ? fmt::format(": the HDF5 library broke on it (signal {})", WTERMSIG(status))
                                              : std::string(": it could not be read as HDF5")),
        "The file is damaged, or was made to do harm. Write it again, for example with h5repack."};
}

} // namespace

std::uint64_t Hdf5Array::elements() const
{
    std::uint64_t count = shape.empty() ? 0 : 1;
    for (const std::uint64_t one : shape) {
        count *= one;
    }
    return count;
}

Result<Hdf5Reader> Hdf5Reader::of(const std::string& path)
{
    Hdf5Reader reader;
    TY_TRY(reader.m_program, findProgram());
    reader.m_path = path;
    return reader;
}

Result<void> Hdf5Reader::run(
    const std::vector<std::string>& words, const std::function<Result<void>(std::string_view bytes)>& take, const std::stop_token& stop) const
{
    Pipe out;
    Pipe err;
    if (!out.make() || !err.make()) {
        return errnoError(errno, "cannot make", "a pipe");
    }
    std::vector<char*> arguments{const_cast<char*>(m_program.c_str())}; // posix_spawn takes char* and changes nothing
    for (const std::string& word : words) {
        arguments.push_back(const_cast<char*>(word.c_str()));
    }
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out.ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err.ends[1], STDERR_FILENO);
    Child child;
    const int failure = ::posix_spawn(&child.id, m_program.c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0) {
        child.id = -1;
        return errnoError(failure, "cannot start", m_program);
    }
    out.closeEnd(1);
    err.closeEnd(1);
    TY_CHECK(drain(out.ends[0], take, stop));
    std::string text;
    TY_CHECK(drain(err.ends[0], [&text](std::string_view piece) -> Result<void> {
        text += piece.substr(0, kMostSaid - std::min(kMostSaid, text.size()));
        return {};
    }, stop));
    const int status = child.wait();
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? Result<void>() : Result<void>(said(text, status, m_path));
}

Result<std::vector<Hdf5Array>> Hdf5Reader::list(const std::stop_token& stop) const
{
    std::string text;
    TY_CHECK(run({"list", m_path}, [&](std::string_view piece) -> Result<void> {
        text += piece;
        return text.size() <= kMostListed
            ? Result<void>()
            : Result<void>(Error{ErrorKind::Unsupported, fileName(m_path) + " holds too many arrays", {}});
    }, stop));
    TY_TRY(const Json json, parseJson(text, "trainyard-hdf5"));
    TY_TRY(const Json entries, jsonField<Json>(json, "arrays", "trainyard-hdf5"));
    std::vector<Hdf5Array> arrays;
    for (const Json& entry : entries) {
        Hdf5Array array;
        TY_TRY(array.name, jsonField<std::string>(entry, "name", "trainyard-hdf5"));
        TY_TRY(array.refusal, jsonField<std::string>(entry, "refusal", "trainyard-hdf5"));
        TY_TRY(const std::string kind, jsonField<std::string>(entry, "kind", "trainyard-hdf5"));
        array.areBytes = kind == "u";
        TY_TRY(const Json shape, jsonField<Json>(entry, "shape", "trainyard-hdf5"));
        std::uint64_t elements = 1;
        for (const Json& extent : shape) {
            if (!extent.is_number_unsigned() || elements > (1ULL << 40) / std::max<std::uint64_t>(1, extent.get<std::uint64_t>())) {
                return Error{ErrorKind::InvalidInput, fileName(m_path) + ": the shape of \"" + array.name + "\" is impossible", {}};
            }
            array.shape.push_back(extent.get<std::uint64_t>());
            elements *= array.shape.back();
        }
        arrays.push_back(std::move(array));
    }
    return arrays;
}

Result<void> Hdf5Reader::read(
    const Hdf5Array& array, const std::function<Result<void>(std::string_view bytes)>& take, const std::stop_token& stop) const
{
    std::uint64_t got = 0;
    TY_CHECK(run({"read", m_path, array.name}, [&](std::string_view piece) -> Result<void> {
        got += piece.size();
        return got <= array.bytes() ? take(piece)
                                    : Result<void>(Error{ErrorKind::InvalidInput, fileName(m_path) + " has changed while it was read", {}});
    }, stop));
    return got == array.bytes()
        ? Result<void>()
        : Result<void>(Error{ErrorKind::InvalidInput, fileName(m_path) + ": \"" + array.name + "\" ends too early", "Write the file again."});
}

} // namespace ty::engine
