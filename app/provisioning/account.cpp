#include "app/provisioning/account.h"

#include <algorithm>

namespace ty::app {

namespace {

constexpr const char* kSetting = "cloudAccounts";

Account sandboxAccount()
{
    Account account;
    account.name = kSandboxAccount;
    account.provider = "azure";
    account.signIn = "sandbox";
    return account;
}

} // namespace

AccountBook::AccountBook(catalog::Catalog& catalog)
    : m_catalog(catalog)
{
}

Result<std::vector<Account>> AccountBook::all()
{
    TY_TRY(const Json stored, m_catalog.setting(kSetting, Json::array()));
    TY_TRY(auto accounts, cloud::listFromJson<Account>(stored, "the cloud accounts"));
    accounts.insert(accounts.begin(), sandboxAccount());
    return accounts;
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
    if (account.name.empty() || account.name == kSandboxAccount || account.name.find('/') != std::string::npos) {
        return Error{
            ErrorKind::InvalidInput, "\"" + account.name + "\" cannot be an account's name",
            "Choose another one, without a slash."};
    }
    TY_TRY(auto accounts, all());
    accounts.erase(accounts.begin()); // the sandbox is not stored
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
    accounts.erase(accounts.begin());
    std::erase_if(accounts, [&](const Account& account) { return account.name == name; });
    return write(accounts);
}

Result<void> AccountBook::write(const std::vector<Account>& accounts)
{
    Json list = Json::array();
    for (const Account& account : accounts) {
        list.push_back(cloud::toJson(account));
    }
    return m_catalog.setSetting(kSetting, list);
}

} // namespace ty::app
