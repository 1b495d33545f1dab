#include "app/runner/bench_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

namespace ty::runner {

Json errorJson(const Error& error)
{
    return {{"error", {{"kind", errorKindName(error.kind)}, {"message", error.message}, {"advice", error.advice}}}};
}

Json runApart(const std::function<Json()>& work)
{
    std::array<int, 2> ends{-1, -1};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
        return errorJson(errnoError(errno, "cannot make", "a pipe"));
    }
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child < 0) {
        const int failure = errno;
        close(ends[0]);
        close(ends[1]);
        return errorJson(errnoError(failure, "cannot start", "a process"));
    }
    if (child == 0) {
        close(ends[0]);
        const std::string text = toJsonLine(work());
        std::size_t written = 0;
        while (written < text.size()) {
            const ssize_t count = write(ends[1], text.data() + written, text.size() - written);
            if (count < 0 && errno != EINTR) {
                break;
            }
            written += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
        }
        std::_Exit(0);
    }
    close(ends[1]);
    std::string text;
    std::array<char, 65536> chunk{};
    for (;;) {
        const ssize_t count = read(ends[0], chunk.data(), chunk.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            break;
        }
        text.append(chunk.data(), static_cast<std::size_t>(count));
    }
    close(ends[0]);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(status)) {
        // Who takes too much memory is killed; any other signal is a defect.
        const int signal = WTERMSIG(status);
        return errorJson(
            {signal == SIGKILL ? ErrorKind::OutOfMemory : ErrorKind::Internal, fmt::format("ended by signal {}", signal), {}});
    }
    const auto json = parseJson(text, "the result");
    return json ? json.value() : errorJson(json.error());
}

std::filesystem::path peerScript(const std::string& name)
{
    std::error_code code;
    return std::filesystem::read_symlink("/proc/self/exe", code).parent_path() / "../share/trainyard/bench" / name;
}

std::string peerInterpreter()
{
    const char* const asked = std::getenv("TRAINYARD_PYTHON");
    return asked != nullptr ? asked : "/usr/bin/python3";
}

Json askPeer(const std::string& name, const std::vector<std::string>& arguments, const std::string& advice)
{
    std::string command = fmt::format("'{}' '{}'", peerInterpreter(), peerScript(name).string());
    for (const std::string& argument : arguments) { // names and paths that we made: none holds a quote
        command += " '" + argument + "'";
    }
    command += " 2>&1";
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
    std::string said;
    char chunk[4096];
    while (pipe != nullptr && std::fgets(chunk, sizeof chunk, pipe.get()) != nullptr) {
        said += chunk;
    }
    const auto answer = parseJson(said, "the peer's answer");
    return answer && answer->is_object()
        ? answer.value()
        : errorJson({ErrorKind::Unsupported, said.substr(said.size() - std::min<std::size_t>(said.size(), 200)), advice});
}

double peakResidentMiB()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

} // namespace ty::runner
