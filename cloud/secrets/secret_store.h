#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cloud/secrets/secret.h"
#include "engine/base/result.h"

namespace ty::cloud {

/// Where secrets live: the desktop's keychain, an encrypted file, or this session's memory. Names are ours
/// ("azure/9f2c/client-secret"), stable, and no secrets themselves. May block on a disk, a daemon or a person that
/// unlocks a keychain: not for the GUI thread. Safe to call from several threads.
class SecretStore {
public:
    virtual ~SecretStore() = default;

    /// For the person: "the keychain", "the encrypted file", "this session".
    virtual std::string place() const = 0;
    /// Whether what is put here is there after a restart.
    virtual bool isLasting() const = 0;

    /// Nothing when no such secret is kept. Errors: Permission (locked), Io.
    virtual Result<std::optional<Secret>> find(const std::string& name) = 0;
    /// Adds or replaces. `label` is what a keychain's own window shows.
    virtual Result<void> put(const std::string& name, const Secret& secret, const std::string& label) = 0;
    /// A missing one is fine.
    virtual Result<void> remove(const std::string& name) = 0;
};

} // namespace ty::cloud
