#include "cloud/auth/process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace ty::cloud {

namespace {

/// A pipe that closes itself.
class Pipe {
public:
    Pipe()
    {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) == 0) {
            m_read = ends[0];
            m_write = ends[1];
        }
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe()
    {
        closeRead();
        closeWrite();
    }

    bool isOpen() const { return m_read >= 0; }
    int readEnd() const { return m_read; }
    int writeEnd() const { return m_write; }
    void closeRead() { closeOnce(m_read); }
    void closeWrite() { closeOnce(m_write); }

private:
    static void closeOnce(int& fd)
    {
        if (fd >= 0) {
            close(fd);
            fd = -1;
        }
    }

    int m_read = -1;
    int m_write = -1;
};

Result<pid_t> spawn(const std::string& program, const std::vector<std::string>& arguments, const Pipe& out, const Pipe& err)
{
    std::vector<char*> words;
    words.push_back(const_cast<char*>(program.c_str())); // posix_spawn takes char* and changes nothing
    for (const std::string& argument : arguments) {
        words.push_back(const_cast<char*>(argument.c_str()));
    }
    words.push_back(nullptr);

    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, out.writeEnd(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, err.writeEnd(), STDERR_FILENO);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP); // so that its children can be killed with it
    posix_spawnattr_setpgroup(&attributes, 0);

    pid_t pid = 0;
    const int failure = posix_spawnp(&pid, program.c_str(), &files, &attributes, words.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    if (failure != 0) {
        return errnoError(failure, "cannot start", program);
    }
    return pid;
}

/// Appends what is there to `text`; closes the pipe at its end.
void drain(Pipe& pipe, std::string& text)
{
    std::array<char, 4096> block{};
    const ssize_t count = read(pipe.readEnd(), block.data(), block.size());
    if (count > 0) {
        text.append(block.data(), static_cast<std::size_t>(count));
    } else if (count == 0 || errno != EINTR) {
        pipe.closeRead();
    }
}

} // namespace

Result<ProgramOutput> runProgram(
    const std::string& program,
    const std::vector<std::string>& arguments,
    std::chrono::milliseconds timeout,
    std::stop_token stop)
{
    Pipe out;
    Pipe err;
    if (!out.isOpen() || !err.isOpen()) {
        return errnoError(errno, "cannot make a pipe for", program);
    }
    TY_TRY(const pid_t pid, spawn(program, arguments, out, err));
    out.closeWrite();
    err.closeWrite();

    ProgramOutput output;
    std::optional<Error> failure;
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    while ((out.readEnd() >= 0 || err.readEnd() >= 0) && !failure) {
        std::array<pollfd, 2> ends{{{out.readEnd(), POLLIN, 0}, {err.readEnd(), POLLIN, 0}}};
        constexpr int kTickMillis = 50; // how late a stop may be noticed
        poll(ends.data(), ends.size(), kTickMillis);
        if (ends[0].revents != 0) {
            drain(out, output.standardOutput);
        }
        if (ends[1].revents != 0) {
            drain(err, output.standardError);
        }
        if (stop.stop_requested()) {
            failure = Error{ErrorKind::Cancelled, program + " was cancelled", {}};
        } else if (std::chrono::steady_clock::now() >= deadline) {
            failure = Error{ErrorKind::Network, program + " did not answer in time", {}};
        }
    }
    if (failure) {
        kill(-pid, SIGKILL);
    }
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (failure) {
        return *std::move(failure);
    }
    output.exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return output;
}

} // namespace ty::cloud
