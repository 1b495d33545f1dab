#include "app/provisioning/account.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "app/catalog/account_names.h"

namespace ty::app {

namespace {

constexpr const char* kSetting = "cloudAccounts";
constexpr const char* kStatesSetting = "cloudAccountStates";

Account sandboxAccount(const char* name, const char* provider)
{
    Account account;
    account.name = name;
    account.provider = provider;
    account.signIn = "sandbox";
    return account;
}

Error noAccountName(const std::string& name)
{
    return Error{
        ErrorKind::InvalidInput, "\"" + name + "\" cannot be an account's name", "Choose another one, without a slash."};
}

bool isFreeName(const std::string& name)
{
    return !name.empty() && name != kSandboxAccount && name != kGoogleSandboxAccount && name.find('/') == std::string::npos;
}

Json toSetting(const std::vector<Account>& accounts)
{
    Json list = Json::array();
    for (const Account& account : accounts) {
        if (!account.isSandbox()) { // they are always there
            list.push_back(cloud::toJson(account));
        }
    }
    return list;
}

Json toSetting(const std::map<std::string, AccountState>& states)
{
    Json all = Json::object();
    for (const auto& [name, state] : states) {
        all[name] = cloud::toJson(state);
    }
    return all;
}

} // namespace

cloud::CurlOptions curlOptionsOf(const Account& account)
{
    cloud::CurlOptions options;
    options.extraCaFile = account.caFile;
    options.isDirect = account.isSandbox();
    return options;
}

AccountState AccountState::afterAnswer(const std::string& now) const
{
    AccountState state;
    state.answered = now;
    return state;
}

AccountState AccountState::afterRefusal(const std::string& now, const std::string& why) const
{
    AccountState state = *this;
    if (state.refused.empty()) {
        state.refused = now;
    }
    state.problem = why;
    return state;
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
    if (!isFreeName(account.name)) {
        return noAccountName(account.name);
    }
    TY_TRY(auto accounts, all());
    const auto found = std::find_if(
        accounts.begin(), accounts.end(), [&](const Account& known) { return known.name == account.name; });
    if (found == accounts.end()) {
        accounts.push_back(account);
    } else {
        *found = account;
    }
    return m_catalog.setSetting(kSetting, toSetting(accounts));
}

Result<void> AccountBook::remove(const std::string& name)
{
    TY_CHECK(find(name));
    TY_TRY(auto accounts, all());
    std::erase_if(accounts, [&](const Account& account) { return account.name == name; });
    TY_TRY(auto known, states());
    known.erase(name);
    TY_CHECK(m_catalog.setSetting(kStatesSetting, toSetting(known)));
    return m_catalog.setSetting(kSetting, toSetting(accounts));
}

Result<void> AccountBook::rename(const std::string& from, const std::string& to)
{
    TY_CHECK(find(from));
    if (!isFreeName(from)) {
        return Error{ErrorKind::InvalidInput, "\"" + from + "\" keeps its name: it is this computer's own", {}};
    }
    if (!isFreeName(to)) {
        return noAccountName(to);
    }
    if (find(to)) {
        return Error{ErrorKind::AlreadyExists, "there is an account \"" + to + "\" already", "Choose another name."};
    }
    TY_TRY(auto accounts, all());
    for (Account& account : accounts) {
        account.name = account.name == from ? to : account.name;
    }
    TY_TRY(auto known, states());
    if (auto state = known.extract(from)) {
        state.key() = to;
        known.insert(std::move(state));
    }
    return catalog::renameAccount(
        m_catalog.paths(), from, to, {{kSetting, toSetting(accounts)}, {kStatesSetting, toSetting(known)}});
}

Result<std::map<std::string, AccountState>> AccountBook::states()
{
    TY_TRY(const Json stored, m_catalog.setting(kStatesSetting, Json::object()));
    std::map<std::string, AccountState> states;
    for (const auto& [name, value] : stored.items()) {
        TY_TRY(states[name], cloud::fromJson<AccountState>(value, "what is known of the account " + name));
    }
    return states;
}

Result<void> AccountBook::setState(const std::string& name, const AccountState& state)
{
    TY_TRY(auto known, states());
    known[name] = state;
    return m_catalog.setSetting(kStatesSetting, toSetting(known));
}

} // namespace ty::app
