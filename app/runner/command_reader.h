#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "engine/train/fit_control.h"

namespace ty::runner {

/// Commands from standard input (JSON Lines) and from SIGINT and SIGTERM, for the training thread.
///
/// The first signal asks for a stop with a checkpoint, the second ends the process at once with exit code 5. Standard
/// input is read on a thread of its own; a terminal is not read, so that a run in the background of a shell is not
/// halted by it. One object a process.
class CommandReader : public engine::FitControl {
public:
    CommandReader();
    ~CommandReader() override;
    CommandReader(const CommandReader&) = delete;
    CommandReader& operator=(const CommandReader&) = delete;

    std::optional<RunCommand> nextCommand(bool isBlocking) override;
    bool isStopRequested() const override;
    bool isAnythingWaiting() const override { return m_waiting.load() > 0 || isStopRequested(); }
    /// Whether the person wants the end: by a signal, or by a command that has not been taken yet. Any thread.
    bool isEndAsked() const;

private:
    void read();
    void takeLine(const std::string& line);

    mutable std::mutex m_mutex;
    std::condition_variable m_arrived;
    std::deque<RunCommand> m_commands;
    std::atomic<std::size_t> m_waiting = 0; ///< of m_commands
    bool m_isInputOver = false;
    std::thread m_thread;
};

} // namespace ty::runner
