#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "app/catalog/paths.h"
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

private:
    Result<cloud::SecretStore*> ensureOpen();

    catalog::Paths m_paths;
    std::mutex m_mutex; ///< of the opening, which may take as long as a person needs to unlock a keychain
    std::unique_ptr<cloud::SecretStore> m_inner;
    std::atomic<cloud::SecretStore*> m_opened{nullptr}; ///< m_inner, once it is there: it stays
};

} // namespace ty::app
