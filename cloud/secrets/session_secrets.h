#pragma once

#include <map>
#include <mutex>

#include "cloud/secrets/secret_store.h"

namespace ty::cloud {

/// In memory alone: gone when the program ends.
class SessionSecrets : public SecretStore {
public:
    std::string place() const override { return "this session"; }
    bool isLasting() const override { return false; }
    Result<std::optional<Secret>> find(const std::string& name) override;
    Result<void> put(const std::string& name, const Secret& secret, const std::string& label) override;
    Result<void> remove(const std::string& name) override;

private:
    std::mutex m_mutex;
    std::map<std::string, Secret> m_secrets;
};

} // namespace ty::cloud
