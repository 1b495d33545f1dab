#include "cloud/ssh/host_key.h"

#include <algorithm>
#include <cctype>
#include <memory>
#include <sstream>
#include <utility>

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

std::vector<std::string> hostKeyLinesIn(const std::string& text)
{
    std::vector<std::string> found;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const auto begin = keyBegin(line);
        if (begin == std::string::npos) {
            continue;
        }
        std::string key = line.substr(begin);
        while (!key.empty() && std::isspace(static_cast<unsigned char>(key.back())) != 0) {
            key.pop_back(); // serial lines end with a carriage return
        }
        if (fingerprintOf(key) && std::find(found.begin(), found.end(), key) == found.end()) {
            found.push_back(std::move(key));
        }
    }
    return found;
}

HostKeys hostKeysIn(const std::string& text)
{
    HostKeys keys;
    for (const std::string& line : hostKeyLinesIn(text)) {
        if (auto fingerprint = fingerprintOf(line); fingerprint && !keys.knows(*fingerprint)) {
            keys.fingerprints.push_back(std::move(*fingerprint));
        }
    }
    return keys;
}

} // namespace ty::cloud
