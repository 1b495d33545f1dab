#include "app/cli/runner_process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/streaming/stores_pipe.h"

extern char** environ;

namespace ty::cli {

namespace {

/// @param outputFd  becomes its standard output; -1: ours
Result<pid_t> start(const std::vector<std::string>& given, int outputFd, const cloud::Secret& stores)
{
    const std::string program = runnerProgram();
    std::vector<std::string> arguments = given;
    int storesFd = -1;
    if (!stores.isEmpty()) {
        TY_TRY(storesFd, streaming::storesPipe(stores));
        arguments.insert(arguments.end(), {"--stores-fd", std::to_string(streaming::kStoresDescriptor)});
    }
    std::vector<char*> words;
    words.push_back(const_cast<char*>(program.c_str())); // posix_spawn takes char* and changes nothing
    for (const std::string& argument : arguments) {
        words.push_back(const_cast<char*>(argument.c_str()));
    }
    words.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (outputFd >= 0) {
        posix_spawn_file_actions_adddup2(&actions, outputFd, STDOUT_FILENO);
    }
    if (storesFd >= 0) {
        posix_spawn_file_actions_adddup2(&actions, storesFd, streaming::kStoresDescriptor);
    }
    pid_t pid = 0;
    const int failure = posix_spawnp(&pid, program.c_str(), &actions, nullptr, words.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (storesFd >= 0) {
        close(storesFd);
    }
    if (failure != 0) {
        Error error = errnoError(failure, "cannot start", program);
        error.advice = "Install Trainyard again; the program trainyard-run belongs beside it.";
        return error;
    }
    return pid;
}

int exitCodeOf(int status)
{
    constexpr int kSignalBase = 128; // as shells say it
    return WIFEXITED(status) ? WEXITSTATUS(status) : kSignalBase + WTERMSIG(status);
}

} // namespace

std::string runnerProgram()
{
    if (const char* asked = std::getenv("TRAINYARD_RUN"); asked != nullptr && *asked != '\0') {
        return asked;
    }
    std::error_code code;
    const auto here = std::filesystem::read_symlink("/proc/self/exe", code).parent_path();
    const auto beside = here / "trainyard-run";
    return !code && access(beside.c_str(), X_OK) == 0 ? beside.string() : "trainyard-run";
}

Result<int>
runRunner(const std::vector<std::string>& arguments, const std::function<void()>& whileRunning, const cloud::Secret& stores)
{
    TY_TRY(const pid_t pid, start(arguments, -1, stores));
    // After the start: an ignored signal would stay ignored in the runner.
    std::signal(SIGINT, SIG_IGN);
    std::signal(SIGQUIT, SIG_IGN);
    int status = 0;
    for (int tick = 0;; ++tick) {
        const pid_t ended = waitpid(pid, &status, WNOHANG);
        if (ended == pid || (ended < 0 && errno != EINTR)) {
            break;
        }
        constexpr int kTicksBetweenCalls = 25;
        if (whileRunning && tick % kTicksBetweenCalls == kTicksBetweenCalls - 1) {
            whileRunning();
        }
        constexpr useconds_t kTick = 20000;
        usleep(kTick);
    }
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGQUIT, SIG_DFL);
    return exitCodeOf(status);
}

Result<Captured> captureRunner(const std::vector<std::string>& arguments, const cloud::Secret& stores)
{
    std::array<int, 2> ends = {-1, -1};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
        return errnoError(errno, "cannot make", "a pipe");
    }
    auto pid = start(arguments, ends[1], stores);
    close(ends[1]);
    if (!pid) {
        close(ends[0]);
        return std::move(pid).error();
    }
    Captured captured;
    std::array<char, 65536> chunk{};
    for (;;) {
        const ssize_t got = read(ends[0], chunk.data(), chunk.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            break;
        }
        captured.output.append(chunk.data(), static_cast<std::size_t>(got));
    }
    close(ends[0]);
    int status = 0;
    while (waitpid(pid.value(), &status, 0) < 0 && errno == EINTR) {
    }
    captured.exitCode = exitCodeOf(status);
    return captured;
}

} // namespace ty::cli
