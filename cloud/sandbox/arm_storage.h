#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cloud/sandbox/arm_plain.h"

namespace ty::sandbox {

/// Storage accounts. Of what the real ones hold the sandbox serves Files, at World::filesOrigin; their names are taken for all
/// subscriptions, as they are in the world.
/// Source: Microsoft.Storage 2023-05-01 with its examples; the recorded creation and keys of an account.
class StorageAccounts : public PlainResources {
public:
    explicit StorageAccounts(World& world);
    Response put(const ArmCall& call) override;
    /// Those that were made, and the one that is always there, of which no key is told here.
    Response list(const ArmCall& call) override;
    Response remove(const ArmCall& call) override;
    Response patch(const ArmCall& call) override;
    /// listKeys and regenerateKey.
    Response act(const ArmCall& call) override;
    /// With an account goes what lies in it, and its keys.
    void vanish(const std::string& id) override;

private:
    Response answerKeys(const std::string& account) const;
};

/// POST .../providers/Microsoft.Storage/checkNameAvailability.
Response answerStorageName(const World& world, const ArmCall& call);

/// The keys that open an account, in base64; none: there is no such account.
std::vector<std::string> storageKeysOf(const DocumentStore& store, const std::string& account);

} // namespace ty::sandbox
