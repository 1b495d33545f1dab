#include "app/stores/store_book.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "cloud/storage/store_opening.h"
#include "cloud/storage/store_path.h"

namespace ty::app {

using catalog::DatastoreRecord;
using cloud::Secret;
using cloud::StoreAddress;
using cloud::StoreKind;

namespace {

constexpr const char* kByAccount = "account";
constexpr const char* kMachineKey = "machine"; ///< a machine of ours

std::string environment(const char* name)
{
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

/// What AZURE_STORAGE_... say about that account.
void takeFromEnvironment(StoreAddress& address)
{
    const auto whole = cloud::parseStoreAddress(environment("AZURE_STORAGE_CONNECTION_STRING"));
    if (whole && whole->account == address.account && whole->kind == address.kind) {
        address.endpoint = whole->endpoint;
        address.auth = whole->auth;
        address.secret = whole->secret;
        return;
    }
    if (const std::string account = environment("AZURE_STORAGE_ACCOUNT"); !account.empty() && account != address.account) {
        return;
    }
    if (const std::string key = environment("AZURE_STORAGE_KEY"); !key.empty()) {
        address.auth = "key";
        address.secret = Secret(key);
    } else if (std::string sas = environment("AZURE_STORAGE_SAS_TOKEN"); !sas.empty()) {
        address.auth = "sas";
        address.secret = Secret(sas.starts_with('?') ? sas.substr(1) : sas);
    }
}

std::string textOf(const Json& details, const char* key)
{
    return details.contains(key) && details.at(key).is_string() ? details.at(key).get<std::string>() : std::string();
}

} // namespace

Result<std::unique_ptr<StoreBook>> StoreBook::open(
    const catalog::Paths& paths, cloud::SecretStore& secrets, SignIns signIns, Log log)
{
    TY_TRY(auto records, catalog::Datastores::open(paths));
    return std::unique_ptr<StoreBook>(new StoreBook(std::move(records), secrets, std::move(signIns), std::move(log)));
}

StoreBook::StoreBook(
    std::unique_ptr<catalog::Datastores> records, cloud::SecretStore& secrets, SignIns signIns, Log log)
    : m_records(std::move(records))
    , m_secrets(secrets)
    , m_signIns(std::move(signIns))
    , m_log(std::move(log))
{
}

bool StoreBook::isStoreName(const std::string& name)
{
    return !name.empty() && name.size() <= 64 && std::isalnum(static_cast<unsigned char>(name[0])) != 0
        && std::all_of(name.begin(), name.end(), [](unsigned char c) {
               return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
           });
}

Result<std::vector<DatastoreRecord>> StoreBook::all()
{
    return m_records->all();
}

bool StoreBook::isMachine(const DatastoreRecord& store)
{
    return store.details.value(kMachineKey, false);
}

Result<std::string> StoreBook::machineName(const std::string& machine)
{
    TY_TRY(const auto stores, all());
    std::string name = machine;
    const auto isTaken = [&](const DatastoreRecord& store) { return store.name == name && !isMachine(store); };
    for (int number = 2; std::any_of(stores.begin(), stores.end(), isTaken); ++number) {
        name = machine + "-" + std::to_string(number);
    }
    return name;
}

Result<DatastoreRecord> StoreBook::put(const std::string& name, const StoreAddress& address, Of of)
{
    if (!isStoreName(name)) {
        return Error{
            ErrorKind::InvalidInput, "\"" + name + "\" cannot be the name of a store",
            "Use letters, digits, dots, hyphens and underscores, at most 64."};
    }
    if ((address.kind == StoreKind::Blob || address.kind == StoreKind::Files) && address.account.empty()) {
        return Error{ErrorKind::InvalidInput, "a key alone does not tell which account it opens", "Give the account as well: az://ACCOUNT."};
    }
    DatastoreRecord record;
    record.name = name;
    record.kind = cloud::storeKindName(address.kind);
    StoreAddress kept = address;
    if (kept.kind == StoreKind::Local) {
        kept.path = std::filesystem::absolute(kept.path).lexically_normal().string();
    }
    record.uri = kept.uri();
    record.details = {
        {"auth", address.auth}, {"endpoint", address.endpoint}, {"hostKeys", address.hostKeys},
        {"identityFile", address.identityFile}, {"account", address.signInAccount}, {kMachineKey, of == Of::Machine}};
    if (address.auth == kByAccount) {
        StoreAddress tried = address; // an account that is not there is told now
        TY_CHECK(takeSignIn(tried));
    } else if (!address.secret.isEmpty()) {
        TY_CHECK(m_secrets.put(secretName(name), address.secret, "Trainyard store: " + name));
    }
    TY_CHECK(m_records->put(record));
    m_open.clear();
    return record;
}

Result<void> StoreBook::remove(const std::string& name)
{
    TY_CHECK(m_records->remove(name));
    m_open.clear();
    return m_secrets.remove(secretName(name));
}

/// The store that "NAME:path" names.
Result<std::optional<DatastoreRecord>> StoreBook::recordFor(const std::string& address, std::string& path)
{
    const auto colon = address.find(':');
    if (colon == std::string::npos || !isStoreName(address.substr(0, colon)) || address.substr(colon).starts_with("://")) {
        return std::optional<DatastoreRecord>();
    }
    path = cloud::trimmedPath(address.substr(colon + 1));
    TY_TRY(auto record, m_records->find(address.substr(0, colon)));
    if (!record && !std::filesystem::exists(address)) {
        return Error{ErrorKind::NotFound, "there is no store named " + address.substr(0, colon), "See trainyard stores list."};
    }
    return record;
}

Result<StoreAddress> StoreBook::addressOf(const DatastoreRecord& record)
{
    TY_TRY(StoreAddress address, cloud::parseStoreAddress(record.uri));
    if (const std::string endpoint = textOf(record.details, "endpoint"); !endpoint.empty()) {
        address.endpoint = endpoint;
    }
    address.auth = textOf(record.details, "auth");
    address.signInAccount = textOf(record.details, "account");
    address.identityFile = textOf(record.details, "identityFile");
    for (const Json& key : record.details.value("hostKeys", Json::array())) {
        address.hostKeys.push_back(key.is_string() ? key.get<std::string>() : std::string());
    }
    if (address.auth == "key" || address.auth == "sas" || address.auth == "query") {
        TY_TRY(const auto secret, m_secrets.find(secretName(record.name)));
        if (!secret) {
            return Error{
                ErrorKind::NotSignedIn, "the secret of the store " + record.name + " is not in " + m_secrets.place(),
                "Add the store again. Without a keychain, set TRAINYARD_PASSPHRASE to keep secrets in an encrypted file."};
        }
        address.secret = *secret;
    }
    if (address.auth == kByAccount) {
        TY_CHECK(takeSignIn(address));
    }
    return address;
}

/// By the account that the address names.
Result<void> StoreBook::takeSignIn(StoreAddress& address)
{
    const bool isGoogle = address.kind == StoreKind::Google;
    TY_TRY(const cloud::SignIn signIn, m_signIns(isGoogle ? "google" : "azure", address.signInAccount));
    address.auth = kByAccount;
    address.signInAccount = signIn.account;
    address.secret = cloud::signInText(signIn);
    if (isGoogle) {
        address.account = signIn.scope;
        address.endpoint = signIn.service;
    }
    return {};
}

Result<void> StoreBook::findSecret(StoreAddress& address)
{
    TY_TRY(const auto records, m_records->all());
    for (const DatastoreRecord& record : records) {
        TY_TRY(const StoreAddress known, cloud::parseStoreAddress(record.uri));
        const bool isInside = known.container.empty() || known.container == address.container;
        if (known.kind == address.kind && known.account == address.account && isInside) {
            TY_TRY(const StoreAddress opened, addressOf(record));
            address.account = opened.account;
            address.endpoint = opened.endpoint;
            address.auth = opened.auth;
            address.signInAccount = opened.signInAccount;
            address.secret = opened.secret;
            break;
        }
    }
    if (address.auth.empty() && address.kind != StoreKind::Google) {
        takeFromEnvironment(address);
    }
    if (!address.auth.empty()) {
        return {};
    }
    const auto taken = takeSignIn(address);
    // Without an account it is what everybody may read; of several the person has to choose.
    return !taken && taken.error().kind != ErrorKind::NotFound ? taken : Result<void>();
}

/// All that an address means, its secret included.
Result<StoreAddress> StoreBook::resolve(const std::string& text)
{
    std::string path;
    TY_TRY(const auto named, recordFor(text, path));
    StoreAddress address;
    if (named) {
        TY_TRY(address, addressOf(*named));
        address.path = address.kind == StoreKind::Local || address.kind == StoreKind::Sftp || !address.container.empty()
            ? cloud::joinStorePath(address.path, path)
            : path;
    } else {
        TY_TRY(address, cloud::parseStoreAddress(text));
        const bool isAzure = address.kind == StoreKind::Blob || address.kind == StoreKind::Files;
        if (isAzure && address.account.empty()) {
            return Error{ErrorKind::InvalidInput, "a key is no address", {}};
        }
        if (!address.secret.isEmpty()) {
            m_told[address.endpoint] = address;
            m_open.clear(); // another secret may stand behind the same name
        } else if (const auto told = m_told.find(address.endpoint); told != m_told.end()) {
            address.auth = told->second.auth;
            address.secret = told->second.secret;
        }
        if ((isAzure || address.kind == StoreKind::Google) && address.secret.isEmpty()) {
            TY_CHECK(findSecret(address));
        }
    }
    if (address.kind == StoreKind::Local) {
        address.path = std::filesystem::absolute(address.path).lexically_normal().string();
    }
    return address;
}

std::string StoreBook::withoutTable(const std::string& text)
{
    const auto at = text.rfind("::");
    const bool isTable = at != std::string::npos && at > 0 && text.find(']', at) == std::string::npos; // "sftp://[::1]/x" has none
    return isTable ? text.substr(0, at) : text;
}

Result<cloud::StoreGrant> StoreBook::grant(const std::string& text)
{
    const std::string file = withoutTable(text);
    TY_TRY(StoreAddress address, resolve(file));
    TY_TRY(std::string name, lastingAddress(file));
    return cloud::StoreGrant{std::move(name), std::move(address)};
}

Result<TransferEnd> StoreBook::open(const std::string& text)
{
    TY_TRY(const StoreAddress address, resolve(text));
    std::string key = address.endpoint + "\n" + address.account + "\n" + address.container + "\n" + address.auth + address.signInAccount + "\n"
        + address.user + "@" + address.host + ":" + std::to_string(address.port) + "\n" + cloud::storeKindName(address.kind) + (address.path.starts_with('/') ? "/" : "");
    auto known = m_open.find(key);
    if (known == m_open.end()) {
        TY_TRY(auto end, cloud::openStore(address, m_log));
        known = m_open.emplace(std::move(key), end.store).first;
    }
    return TransferEnd{known->second, cloud::trimmedPath(address.path)};
}

Result<std::string> StoreBook::lastingAddress(const std::string& text)
{
    std::string path;
    TY_TRY(const auto named, recordFor(text, path));
    if (named) {
        return text;
    }
    TY_TRY(StoreAddress address, cloud::parseStoreAddress(text));
    if (address.kind == StoreKind::Local) {
        address.path = std::filesystem::absolute(address.path).lexically_normal().string();
    }
    return address.uri();
}

} // namespace ty::app
