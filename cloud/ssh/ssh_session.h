#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "cloud/ssh/host_key.h"
#include "engine/base/result.h"

namespace ty::cloud {

struct SshTarget {
    std::string host;
    int port = 22;
    std::string user;
    std::string identityFile; ///< private key
    HostKeys hostKeys;        ///< must not be empty: nobody is trusted by chance
    std::string machine;      ///< its name, for messages
};

struct CommandOutput {
    int exitStatus = 0; ///< -1: ended by a signal
    std::string standardOutput;
    std::string standardError;
};

/// One SSH connection. Blocks: worker threads only; one thread at a time.
class SshSession {
public:
    /// Connects, verifies the host key against the target's and signs in by key. Errors: Network (no answer in `patience`),
    /// Permission (a host key that is not the machine's, which is never passed over; or the key is refused), Cancelled.
    static Result<std::unique_ptr<SshSession>> connect(
        const SshTarget& target, std::chrono::milliseconds patience, std::stop_token stop);
    ~SshSession();
    SshSession(const SshSession&) = delete;
    SshSession& operator=(const SshSession&) = delete;

    /// Runs a command by the user's shell and waits for its end. `input` is its standard input.
    Result<CommandOutput> run(const std::string& command, std::string_view input, std::stop_token stop);

private:
    struct Handle;
    explicit SshSession(std::unique_ptr<Handle> handle);

    std::unique_ptr<Handle> m_handle;
};

} // namespace ty::cloud
