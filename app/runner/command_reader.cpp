#include "app/runner/command_reader.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "app/runner/messages.h"
#include "engine/base/result.h"

namespace ty::runner {

namespace {

// A signal handler can reach nothing but what is global; these belong to the one CommandReader.
std::atomic<int> signalCount{0};
std::array<int, 2> wakePipe = {-1, -1};

extern "C" void onStopSignal(int)
{
    if (signalCount.fetch_add(1) > 0) {
        _exit(exitCode(ErrorKind::Cancelled));
    }
    const int kept = errno;
    const char byte = 's';
    (void)!write(wakePipe[1], &byte, 1);
    errno = kept;
}

void handle(int signal, void (*handler)(int))
{
    struct sigaction action = {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigaction(signal, &action, nullptr);
}

} // namespace

CommandReader::CommandReader()
{
    if (pipe2(wakePipe.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
        std::abort(); // no descriptors left at the start of a process
    }
    handle(SIGINT, onStopSignal);
    handle(SIGTERM, onStopSignal);
    // Who reads our events may go away; the run goes on, and events.jsonl has it all.
    handle(SIGPIPE, SIG_IGN);
    m_isInputOver = isatty(STDIN_FILENO) == 1;
    m_thread = std::thread([this] { read(); });
}

CommandReader::~CommandReader()
{
    const char byte = 'q';
    (void)!write(wakePipe[1], &byte, 1);
    m_thread.join();
    handle(SIGINT, SIG_DFL);
    handle(SIGTERM, SIG_DFL);
    for (int& end : wakePipe) {
        close(end);
        end = -1;
    }
}

bool CommandReader::isStopRequested() const
{
    return signalCount.load() > 0;
}

bool CommandReader::isEndAsked() const
{
    const std::lock_guard lock(m_mutex);
    return isStopRequested()
        || std::any_of(m_commands.begin(), m_commands.end(), [](const RunCommand& one) { return one.name == "stop"; });
}

std::optional<RunCommand> CommandReader::nextCommand(bool isBlocking)
{
    std::unique_lock lock(m_mutex);
    if (isBlocking) {
        m_arrived.wait(lock, [this] { return !m_commands.empty() || m_isInputOver || isStopRequested(); });
    }
    if (m_commands.empty()) {
        return std::nullopt;
    }
    RunCommand command = std::move(m_commands.front());
    m_commands.pop_front();
    m_waiting = m_commands.size();
    return command;
}

void CommandReader::takeLine(const std::string& line)
{
    if (line.find_first_not_of(" \t\r") == std::string::npos) {
        return;
    }
    auto command = RunCommand::fromLine(line);
    if (!command) {
        reportWarning("a command was not understood: " + command.error().message);
        return;
    }
    {
        const std::lock_guard lock(m_mutex);
        m_commands.push_back(std::move(command).value());
        m_waiting = m_commands.size();
    }
    m_arrived.notify_all();
}

void CommandReader::read()
{
    constexpr std::size_t kLongestLine = 1 << 20;
    std::string pending;
    bool isInputOpen = !m_isInputOver;
    for (;;) {
        std::array<pollfd, 2> waiting = {{{wakePipe[0], POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}}};
        if (poll(waiting.data(), isInputOpen ? 2 : 1, -1) < 0) {
            continue; // a signal; its byte is in the pipe
        }
        if (waiting[0].revents != 0) {
            char byte = 0;
            if (::read(wakePipe[0], &byte, 1) == 1 && byte == 'q') {
                return;
            }
            {
                const std::lock_guard lock(m_mutex); // so that the waiter cannot miss it between test and sleep
            }
            m_arrived.notify_all();
        }
        if (isInputOpen && waiting[1].revents != 0) {
            std::array<char, 4096> chunk{};
            const ssize_t got = ::read(STDIN_FILENO, chunk.data(), chunk.size());
            if (got <= 0 || pending.size() > kLongestLine) {
                isInputOpen = false;
                {
                    const std::lock_guard lock(m_mutex);
                    m_isInputOver = true;
                }
                m_arrived.notify_all();
                continue;
            }
            pending.append(chunk.data(), static_cast<std::size_t>(got));
            std::size_t begin = 0;
            for (std::size_t end = 0; (end = pending.find('\n', begin)) != std::string::npos; begin = end + 1) {
                takeLine(pending.substr(begin, end - begin));
            }
            pending.erase(0, begin);
        }
    }
}

} // namespace ty::runner
