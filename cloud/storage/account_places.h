#pragma once

#include <string>

#include "cloud/http/url.h"
#include "engine/base/result.h"

namespace ty::cloud {

/// Where something lies in a storage account.
struct AccountPlace {
    std::string container; ///< container or share; empty: the account itself
    std::string path;      ///< in it; empty: the container itself
};

/// Paths and addresses of a store that is a storage account, whose first folders are its containers (or shares), or that is
/// one container of it.
class AccountPlaces {
public:
    /// @param endpoint  the service's address, with the account in the path at an emulator; a slash at its end is let go
    /// @param container  the store's root; empty: the account
    AccountPlaces(std::string endpoint, std::string container);

    const std::string& container() const { return m_container; }
    /// Whether the account stands in the address's path, as at an emulator.
    bool isEmulated() const;
    /// Whether it is an emulator on this computer: no network lies between.
    bool isOnThisComputer() const;
    /// Errors: InvalidInput for a NUL character.
    Result<AccountPlace> placeOf(const std::string& path) const;
    std::string urlOf(const AccountPlace& place, const Query& query = {}) const;
    /// Of the account itself.
    std::string accountUrl(const Query& query) const;

private:
    std::string m_endpoint;
    std::string m_container;
};

} // namespace ty::cloud
