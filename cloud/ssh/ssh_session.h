#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "cloud/ssh/host_key.h"
#include "engine/base/result.h"

struct ssh_session_struct;

namespace ty::cloud {

/// How the other side's host key is judged. Nobody is trusted by chance.
enum class HostTrust {
    Pinned,    ///< it is one of SshTarget::hostKeys
    UsersFile, ///< it is one of those, or in the person's known_hosts
};

struct SshTarget {
    std::string host;
    int port = 22;
    std::string user;
    std::string identityFile; ///< private key; empty: the person's agent and own keys, as ~/.ssh/config says
    HostKeys hostKeys;        ///< not empty with HostTrust::Pinned
    std::string machine;      ///< its name, for messages
    HostTrust trust = HostTrust::Pinned;
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

    /// For others in this folder: libssh's own handle.
    ssh_session_struct* native() const;

    /// Runs a command by the user's shell and waits for its end. `input` is its standard input.
    Result<CommandOutput> run(const std::string& command, std::string_view input, std::stop_token stop);

private:
    struct Handle;
    explicit SshSession(std::unique_ptr<Handle> handle);

    std::unique_ptr<Handle> m_handle;
};

} // namespace ty::cloud
