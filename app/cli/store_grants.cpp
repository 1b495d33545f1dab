#include "app/cli/store_grants.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "app/provisioning/account_sign_in.h"
#include "app/provisioning/secrets_choice.h"
#include "cloud/storage/store_grant.h"
#include "engine/base/files.h"

namespace ty::cli {

namespace {

bool isStored(const std::string& text)
{
    return isStoreAddress(text) && !pathExists(text);
}

/// The arguments that name data.
std::vector<std::string*> dataIn(std::vector<std::string>& arguments)
{
    constexpr std::array<std::string_view, 3> kOptions = {"--data", "--validation", "--test"};
    std::vector<std::string*> found;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const bool isPlain = i == 0 || !arguments[i - 1].starts_with('-');
        const bool isData = i > 0 && std::find(kOptions.begin(), kOptions.end(), arguments[i - 1]) != kOptions.end();
        if ((isPlain || isData) && isStored(arguments[i])) {
            found.push_back(&arguments[i]);
        }
    }
    return found;
}

} // namespace

app::StoreBook::SignIns signInsOf(const catalog::Paths& paths, cloud::SecretStore& secrets)
{
    return [paths, &secrets](const std::string& provider, const std::string& account) {
        return app::findSignIn(paths, secrets, provider, account);
    };
}

Result<cloud::Secret>
grantStores(catalog::Catalog& catalog, std::vector<std::string>& arguments, const std::vector<std::string>& more)
{
    const auto named = dataIn(arguments);
    std::vector<std::string> stored;
    std::copy_if(more.begin(), more.end(), std::back_inserter(stored), isStored);
    if (named.empty() && stored.empty()) {
        return cloud::Secret();
    }
    TY_TRY(const auto secrets, app::openSecrets(catalog.paths()));
    TY_TRY(const auto stores, app::StoreBook::open(catalog.paths(), *secrets, signInsOf(catalog.paths(), *secrets)));
    std::vector<cloud::StoreGrant> grants;
    for (std::string* const address : named) {
        TY_TRY(auto grant, stores->grant(*address));
        *address = grant.name + address->substr(app::StoreBook::withoutTable(*address).size());
        grants.push_back(std::move(grant));
    }
    for (const std::string& address : stored) {
        TY_TRY(auto grant, stores->grant(address));
        grants.push_back(std::move(grant));
    }
    return cloud::grantsToText(grants);
}

} // namespace ty::cli
