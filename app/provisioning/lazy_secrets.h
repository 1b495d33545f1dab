#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "app/catalog/paths.h"
#include "app/provisioning/secrets_choice.h"
#include "cloud/secrets/secret_store.h"

namespace ty::app {

/// The person's secret store, one for the whole program: what is kept for this session alone is kept for all that the program
/// does. It is opened when the first secret is asked for, so that who has no account is asked for no keychain. Any thread.
class LazySecrets : public cloud::SecretStore {
public:
    explicit LazySecrets(catalog::Paths paths);
    ~LazySecrets() override;

    /// The keychain until something was asked of it; what it really is afterwards.
    std::string place() const override;
    bool isLasting() const override;
    Result<std::optional<cloud::Secret>> find(const std::string& name) override;
    Result<void> put(const std::string& name, const cloud::Secret& secret, const std::string& label) override;
    Result<void> remove(const std::string& name) override;

    /// What the person has to give first. Opens the store; blocks.
    Result<SecretsNeed> need();
    /// Whether it is known that the encrypted file is locked; does not block.
    bool isLocked() const { return m_isLocked; }
    /// Opens the encrypted file, or begins it. Blocks for a second. Errors: Permission (the passphrase does not open it),
    /// InvalidInput (an empty one, or a damaged file).
    Result<void> unlock(const cloud::Secret& passphrase);
    /// The person wants nothing to be written: what is kept is forgotten when the program ends.
    void keepForSession();

private:
    Result<cloud::SecretStore*> ensureOpen();
    void take(std::unique_ptr<cloud::SecretStore> store, SecretsNeed need);

    catalog::Paths m_paths;
    std::mutex m_mutex; ///< of the opening, which may take as long as a person needs to unlock a keychain
    std::vector<std::unique_ptr<cloud::SecretStore>> m_stores; ///< the last one counts; a call may still be in an earlier one
    SecretsNeed m_need = SecretsNeed::Nothing;
    std::atomic<cloud::SecretStore*> m_opened{nullptr}; ///< the last of m_stores
    std::atomic<bool> m_isLocked{false};
};

} // namespace ty::app
