#include "app/provisioning/account.h"

#include <algorithm>
#include <iterator>

namespace ty::app {

namespace {

constexpr const char* kSetting = "cloudAccounts";

Account sandboxAccount(const char* name, const char* provider)
{
    Account account;
    account.name = name;
    account.provider = provider;
    account.signIn = "sandbox";
    return account;
}

} // namespace

cloud::CurlOptions curlOptionsOf(const Account& account)
{
    cloud::CurlOptions options;
    options.extraCaFile = account.caFile;
    options.isDirect = account.isSandbox();
    return options;
}

std::vector<Account> sandboxAccounts()
{
    return {sandboxAccount(kSandboxAccount, "azure"), sandboxAccount(kGoogleSandboxAccount, "google")};
}

AccountBook::AccountBook(catalog::Catalog& catalog)
    : m_catalog(catalog)
{
}

Result<std::vector<Account>> AccountBook::all()
{
    TY_TRY(const Json stored, m_catalog.setting(kSetting, Json::array()));
    TY_TRY(auto accounts, cloud::listFromJson<Account>(stored, "the cloud accounts"));
    auto all = sandboxAccounts();
    all.insert(all.end(), std::make_move_iterator(accounts.begin()), std::make_move_iterator(accounts.end()));
    return all;
}

Result<Account> AccountBook::find(const std::string& name)
{
    TY_TRY(const auto accounts, all());
    const auto found
        = std::find_if(accounts.begin(), accounts.end(), [&](const Account& account) { return account.name == name; });
    if (found == accounts.end()) {
        return Error{
            ErrorKind::NotFound, "there is no cloud account \"" + name + "\"", "See trainyard cloud accounts."};
    }
    return *found;
}

Result<void> AccountBook::put(const Account& account)
{
    if (account.name.empty() || account.name == kSandboxAccount || account.name == kGoogleSandboxAccount || account.name.find('/') != std::string::npos) {
        return Error{
            ErrorKind::InvalidInput, "\"" + account.name + "\" cannot be an account's name",
            "Choose another one, without a slash."};
    }
    TY_TRY(auto accounts, all());
    const auto found = std::find_if(
        accounts.begin(), accounts.end(), [&](const Account& known) { return known.name == account.name; });
    if (found == accounts.end()) {
        accounts.push_back(account);
    } else {
        *found = account;
    }
    return write(accounts);
}

Result<void> AccountBook::remove(const std::string& name)
{
    TY_CHECK(find(name));
    TY_TRY(auto accounts, all());
    std::erase_if(accounts, [&](const Account& account) { return account.name == name; });
    return write(accounts);
}

Result<void> AccountBook::write(const std::vector<Account>& accounts)
{
    Json list = Json::array();
    for (const Account& account : accounts) {
        if (!account.isSandbox()) { // they are always there
            list.push_back(cloud::toJson(account));
        }
    }
    return m_catalog.setSetting(kSetting, list);
}

} // namespace ty::app
