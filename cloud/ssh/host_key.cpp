#include "cloud/ssh/host_key.h"

#include <algorithm>
#include <memory>
#include <sstream>

#include <libssh/libssh.h>

namespace ty::cloud {

namespace {

/// Where a key's line begins within a log line that may have a time before it.
std::size_t keyBegin(const std::string& line)
{
    for (const char* kind : {"ssh-ed25519 ", "ssh-rsa ", "ecdsa-sha2-nistp"}) {
        if (const auto place = line.find(kind); place != std::string::npos) {
            return place;
        }
    }
    return std::string::npos;
}

} // namespace

bool HostKeys::knows(const std::string& fingerprint) const
{
    return std::find(fingerprints.begin(), fingerprints.end(), fingerprint) != fingerprints.end();
}

std::optional<std::string> fingerprintOf(const std::string& publicKeyLine)
{
    std::istringstream words(publicKeyLine);
    std::string kind;
    std::string body;
    words >> kind >> body;
    const auto type = ssh_key_type_from_name(kind.c_str());
    ssh_key key = nullptr;
    if (type == SSH_KEYTYPE_UNKNOWN || body.empty()
        || ssh_pki_import_pubkey_base64(body.c_str(), type, &key) != SSH_OK) {
        return {};
    }
    unsigned char* hash = nullptr;
    std::size_t length = 0;
    std::optional<std::string> fingerprint;
    if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &length) == SSH_OK) {
        char* text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length);
        if (text != nullptr) {
            fingerprint = text;
            ssh_string_free_char(text);
        }
        ssh_clean_pubkey_hash(&hash);
    }
    ssh_key_free(key);
    return fingerprint;
}

HostKeys hostKeysIn(const std::string& text)
{
    HostKeys keys;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const auto begin = keyBegin(line);
        if (begin == std::string::npos) {
            continue;
        }
        const auto fingerprint = fingerprintOf(line.substr(begin));
        if (fingerprint && !keys.knows(*fingerprint)) {
            keys.fingerprints.push_back(*fingerprint);
        }
    }
    return keys;
}

} // namespace ty::cloud
