#include "app/provisioning/lazy_secrets.h"

#include <utility>

#include "cloud/secrets/encrypted_secrets.h"
#include "cloud/secrets/session_secrets.h"

namespace ty::app {

LazySecrets::LazySecrets(catalog::Paths paths) : m_paths(std::move(paths)) {}

LazySecrets::~LazySecrets() = default;

std::string LazySecrets::place() const
{
    const cloud::SecretStore* const inner = m_opened;
    return inner != nullptr ? inner->place() : "the keychain";
}

bool LazySecrets::isLasting() const
{
    const cloud::SecretStore* const inner = m_opened;
    return inner == nullptr || inner->isLasting();
}

Result<std::optional<cloud::Secret>> LazySecrets::find(const std::string& name)
{
    TY_TRY(cloud::SecretStore* const inner, ensureOpen());
    return inner->find(name);
}

Result<void> LazySecrets::put(const std::string& name, const cloud::Secret& secret, const std::string& label)
{
    TY_TRY(cloud::SecretStore* const inner, ensureOpen());
    return inner->put(name, secret, label);
}

Result<void> LazySecrets::remove(const std::string& name)
{
    TY_TRY(cloud::SecretStore* const inner, ensureOpen());
    return inner->remove(name);
}

Result<SecretsNeed> LazySecrets::need()
{
    TY_CHECK(ensureOpen());
    const std::lock_guard lock(m_mutex);
    return m_need;
}

Result<void> LazySecrets::unlock(const cloud::Secret& passphrase)
{
    TY_TRY(auto opened, cloud::EncryptedSecrets::open(secretsFile(m_paths), passphrase));
    const std::lock_guard lock(m_mutex);
    take(std::move(opened), SecretsNeed::Nothing);
    return {};
}

void LazySecrets::keepForSession()
{
    const std::lock_guard lock(m_mutex);
    if (m_need != SecretsNeed::Nothing) {
        take(std::make_unique<cloud::SessionSecrets>(), SecretsNeed::Nothing);
    }
}

Result<cloud::SecretStore*> LazySecrets::ensureOpen()
{
    const std::lock_guard lock(m_mutex);
    if (m_stores.empty()) {
        TY_TRY(OpenedSecrets opened, lookForSecrets(m_paths, environmentPassphrase()));
        take(std::move(opened.store), opened.need);
    }
    return m_stores.back().get();
}

/// With the lock held.
void LazySecrets::take(std::unique_ptr<cloud::SecretStore> store, SecretsNeed need)
{
    m_stores.push_back(std::move(store));
    m_need = need;
    m_opened = m_stores.back().get();
    m_isLocked = need == SecretsNeed::Passphrase;
}

} // namespace ty::app
