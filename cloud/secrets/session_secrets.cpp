#include "cloud/secrets/session_secrets.h"

namespace ty::cloud {

Result<std::optional<Secret>> SessionSecrets::find(const std::string& name)
{
    const std::scoped_lock lock(m_mutex);
    const auto found = m_secrets.find(name);
    return found == m_secrets.end() ? std::optional<Secret>{} : std::optional<Secret>{found->second};
}

Result<void> SessionSecrets::put(const std::string& name, const Secret& secret, const std::string&)
{
    const std::scoped_lock lock(m_mutex);
    m_secrets[name] = secret;
    return {};
}

Result<void> SessionSecrets::remove(const std::string& name)
{
    const std::scoped_lock lock(m_mutex);
    m_secrets.erase(name);
    return {};
}

} // namespace ty::cloud
