#include "cloud/ssh/ssh_session.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include <libssh/libssh.h>

namespace ty::cloud {

namespace {

constexpr int kReadMs = 100; // how long a read waits before the stop token is looked at
constexpr std::size_t kChunk = 32 * 1024;
constexpr int kStandardPort = 22;

struct ChannelFree {
    void operator()(ssh_channel channel) const
    {
        ssh_channel_close(channel);
        ssh_channel_free(channel);
    }
};
using Channel = std::unique_ptr<ssh_channel_struct, ChannelFree>;

/// -1 after a signal. libssh 0.11 has another function for it than Debian 12's 0.10.
int exitStatusOf(ssh_channel channel)
{
#if LIBSSH_VERSION_INT >= SSH_VERSION_INT(0, 11, 0)
    std::uint32_t code = 0;
    char* signal = nullptr;
    int isCoreDumped = 0;
    const int answer = ssh_channel_get_exit_state(channel, &code, &signal, &isCoreDumped);
    const bool isSignalled = signal != nullptr;
    ssh_string_free_char(signal);
    return answer == SSH_OK && !isSignalled ? static_cast<int>(code) : -1;
#else
    return ssh_channel_get_exit_status(channel);
#endif
}

Error cancelled(const std::string& host)
{
    return Error{ErrorKind::Cancelled, "the connection to " + host + " was given up", {}};
}

} // namespace

struct SshSession::Handle {
    ssh_session session = nullptr;
    std::string host;

    ~Handle()
    {
        if (session != nullptr) {
            ssh_disconnect(session);
            ssh_free(session);
        }
    }

    Error networkError(const char* what) const
    {
        return Error{
            ErrorKind::Network, std::string(what) + " " + host + ": " + ssh_get_error(session),
            "Look whether the machine runs and whether its firewall lets your address in."};
    }

    Result<void> verify(const SshTarget& target) const
    {
        ssh_key key = nullptr;
        if (ssh_get_server_publickey(session, &key) != SSH_OK) {
            return networkError("no host key from");
        }
        unsigned char* hash = nullptr;
        std::size_t length = 0;
        std::string fingerprint;
        if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &length) == SSH_OK) {
            if (char* text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length)) {
                fingerprint = text;
                ssh_string_free_char(text);
            }
            ssh_clean_pubkey_hash(&hash);
        }
        ssh_key_free(key);
        if (target.hostKeys.knows(fingerprint)) {
            return {};
        }
        if (target.trust == HostTrust::UsersFile) {
            return verifyByUsersFile(target, fingerprint);
        }
        return Error{
            ErrorKind::Permission,
            "what answers at " + target.host + " shows the key " + fingerprint + ", which is not the one that "
                + target.machine + " reported when it was made",
            "Somebody may be between you and the machine. If you changed its keys yourself, read them anew from the "
            "provider; nothing was sent."};
    }

    Result<void> verifyByUsersFile(const SshTarget& target, const std::string& fingerprint) const
    {
        switch (ssh_session_is_known_server(session)) {
        case SSH_KNOWN_HOSTS_OK: return {};
        case SSH_KNOWN_HOSTS_CHANGED:
        case SSH_KNOWN_HOSTS_OTHER:
            return Error{
                ErrorKind::Permission,
                target.host + " shows the key " + fingerprint + ", and your known_hosts knows another one for it",
                "Somebody may be between you and the machine. If it was made anew, take the old key out: ssh-keygen -R "
                    + target.host};
        default: break;
        }
        return Error{
            ErrorKind::Permission, "the key of " + target.host + " is not known: " + fingerprint,
            "Compare it with what the machine itself says (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then connect once "
            "with ssh, or give it when the store is added."};
    }

    /// Not refused, but never answered: trying again may help.
    bool isConnectionLost(int answer) const
    {
        return answer == SSH_AUTH_ERROR && std::string_view(ssh_get_error(session)).find("Too many") == std::string_view::npos;
    }

    Result<void> signIn(const SshTarget& target) const
    {
        if (target.identityFile.empty()) {
            const int answer = ssh_userauth_publickey_auto(session, nullptr, nullptr);
            if (answer == SSH_AUTH_SUCCESS) {
                return {};
            }
            if (isConnectionLost(answer)) {
                return networkError("signing in at");
            }
            return Error{
                ErrorKind::Permission, target.host + " lets none of your SSH keys in",
                "Put your public key there (ssh-copy-id), or load it into the agent (ssh-add)."};
        }
        ssh_key key = nullptr;
        if (ssh_pki_import_privkey_file(target.identityFile.c_str(), nullptr, nullptr, nullptr, &key) != SSH_OK) {
            return Error{ErrorKind::NotFound, "the SSH key " + target.identityFile + " cannot be read", {}};
        }
        const int answer = ssh_userauth_publickey(session, nullptr, key);
        ssh_key_free(key);
        if (answer == SSH_AUTH_SUCCESS) {
            return {};
        }
        if (isConnectionLost(answer)) {
            return networkError("signing in at");
        }
        return Error{
            ErrorKind::Permission, target.host + " does not let " + target.user + " in with the key " + target.identityFile,
            "The machine knows another key or another user."};
    }
};

SshSession::SshSession(std::unique_ptr<Handle> handle)
    : m_handle(std::move(handle))
{
}

SshSession::~SshSession() = default;

ssh_session_struct* SshSession::native() const
{
    return m_handle->session;
}

Result<std::unique_ptr<SshSession>> SshSession::connect(
    const SshTarget& target, std::chrono::milliseconds patience, std::stop_token stop)
{
    if (stop.stop_requested()) {
        return cancelled(target.host);
    }
    if (target.hostKeys.isEmpty() && target.trust == HostTrust::Pinned) {
        return Error{
            ErrorKind::Permission, "the host key of " + target.machine + " is not known",
            "Read it from the provider first."};
    }
    auto handle = std::make_unique<Handle>();
    handle->host = target.host;
    handle->session = ssh_new();
    ssh_session session = handle->session;
    const long seconds = static_cast<long>((patience.count() + 999) / 1000);
    const int noDelay = 1; // 200 times faster transfers
    const int noConfig = 0; // the target says all
    if (target.trust == HostTrust::Pinned) {
        ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &noConfig);
    }
    ssh_options_set(session, SSH_OPTIONS_HOST, target.host.c_str());
    if (target.trust == HostTrust::Pinned || target.port != kStandardPort) {
        ssh_options_set(session, SSH_OPTIONS_PORT, &target.port);
    }
    if (!target.user.empty()) {
        ssh_options_set(session, SSH_OPTIONS_USER, target.user.c_str());
    }
    ssh_options_set(session, SSH_OPTIONS_TIMEOUT, &seconds);
    ssh_options_set(session, SSH_OPTIONS_NODELAY, &noDelay);
    if (ssh_connect(session) != SSH_OK) {
        return handle->networkError("no SSH connection to");
    }
    TY_CHECK(handle->verify(target));
    if (stop.stop_requested()) {
        return cancelled(target.host);
    }
    TY_CHECK(handle->signIn(target));
    return std::unique_ptr<SshSession>(new SshSession(std::move(handle)));
}

Result<CommandOutput> SshSession::run(const std::string& command, std::string_view input, std::stop_token stop)
{
    const Channel channel(ssh_channel_new(m_handle->session));
    if (channel == nullptr || ssh_channel_open_session(channel.get()) != SSH_OK
        || ssh_channel_request_exec(channel.get(), command.c_str()) != SSH_OK) {
        return m_handle->networkError("cannot run a command on");
    }
    while (!input.empty()) {
        const auto size = static_cast<std::uint32_t>(std::min(input.size(), kChunk));
        const int written = ssh_channel_write(channel.get(), input.data(), size);
        if (written < 0) {
            return m_handle->networkError("cannot send to");
        }
        input.remove_prefix(static_cast<std::size_t>(written));
        if (stop.stop_requested()) {
            return cancelled(m_handle->host);
        }
    }
    ssh_channel_send_eof(channel.get());

    CommandOutput output;
    std::array<char, kChunk> buffer{};
    const auto drain = [&](bool isError, std::string& text) -> Result<void> {
        const int count = ssh_channel_read_timeout(channel.get(), buffer.data(), buffer.size(), isError, isError ? 0 : kReadMs);
        if (count == SSH_ERROR) {
            return m_handle->networkError("lost");
        }
        if (count > 0) {
            text.append(buffer.data(), static_cast<std::size_t>(count));
        }
        return {};
    };
    while (!ssh_channel_is_eof(channel.get())) {
        if (stop.stop_requested()) {
            return cancelled(m_handle->host);
        }
        TY_CHECK(drain(false, output.standardOutput));
        TY_CHECK(drain(true, output.standardError));
    }
    for (std::size_t before = std::string::npos; before != output.standardError.size();) {
        before = output.standardError.size();
        TY_CHECK(drain(true, output.standardError));
    }
    output.exitStatus = exitStatusOf(channel.get());
    return output;
}

} // namespace ty::cloud
