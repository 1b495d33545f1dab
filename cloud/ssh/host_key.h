#pragma once

#include <optional>
#include <string>
#include <vector>

namespace ty::cloud {

/// What a machine's creation record says about its host keys; the first contact is verified, not trusted blindly.
struct HostKeys {
    std::vector<std::string> fingerprints; ///< "SHA256:..." as OpenSSH prints them; all key types of the machine

    bool knows(const std::string& fingerprint) const;
    bool isEmpty() const { return fingerprints.empty(); }
};

/// The fingerprint of a line of a public host key file ("ssh-ed25519 AAAA... root@vm"); nothing for other texts.
std::optional<std::string> fingerprintOf(const std::string& publicKeyLine);
/// The lines of public keys ("ssh-ed25519 AAAA... root@vm") in a text, without what a log puts before them. Each once.
std::vector<std::string> hostKeyLinesIn(const std::string& text);
/// All host keys that a text shows: cloud-init's lines between BEGIN and END SSH HOST KEY KEYS of a serial log, or the
/// output of `cat /etc/ssh/ssh_host_*_key.pub`. Each once.
HostKeys hostKeysIn(const std::string& text);

} // namespace ty::cloud
