#include "app/provisioning/lazy_secrets.h"

#include <utility>

#include "app/provisioning/secrets_choice.h"

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

Result<cloud::SecretStore*> LazySecrets::ensureOpen()
{
    const std::lock_guard lock(m_mutex);
    if (!m_inner) {
        TY_TRY(m_inner, openSecrets(m_paths));
        m_opened = m_inner.get();
    }
    return m_inner.get();
}

} // namespace ty::app
