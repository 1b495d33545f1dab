#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/catalog/datastores.h"
#include "app/catalog/paths.h"
#include "app/stores/transfer_run.h"
#include "cloud/auth/sign_in.h"
#include "cloud/secrets/secret_store.h"
#include "cloud/storage/store_address.h"
#include "cloud/storage/store_grant.h"

namespace ty::app {

/// The person's datastores: names for places with data, their secrets in the secret store, and the way from an address to an
/// open store. One thread.
class StoreBook {
public:
    using Log = std::function<void(const std::string& line)>; ///< called on any thread

    /// How an account of a cloud signs in, for stores without a key of their own. `provider`: "azure" or "google"; an empty name
    /// is the only account there is. Errors: NotFound when there is none, Usage when there are several.
    using SignIns = std::function<Result<cloud::SignIn>(const std::string& provider, const std::string& account)>;

    /// `secrets` outlives this.
    static Result<std::unique_ptr<StoreBook>> open(
        const catalog::Paths& paths, cloud::SecretStore& secrets, SignIns signIns, Log log = {});

    Result<std::vector<catalog::DatastoreRecord>> all();
    enum class Of { Person, Machine };
    /// Adds or replaces; nothing is sent. `of`: who made it, the person or Trainyard for a machine of its own. Errors: InvalidInput for a name that an address could be mistaken for, or an
    /// address that lacks something.
    Result<catalog::DatastoreRecord> put(const std::string& name, const cloud::StoreAddress& address, Of of = Of::Person);
    static bool isMachine(const catalog::DatastoreRecord& store);
    /// The name under which a machine's files stand: its own, with a number when the person has another store of that name.
    Result<std::string> machineName(const std::string& machine);
    /// With its secret; the data stays. Errors: NotFound.
    Result<void> remove(const std::string& name);

    /// Opens "NAME:path" of a store that is known, an address of any kind (its secret from the address itself, from a known
    /// store of that account, from AZURE_STORAGE_CONNECTION_STRING, _KEY and _SAS_TOKEN, or from the only account of that cloud
    /// that is connected), or a path of this computer.
    /// Nothing is sent yet. Errors: NotFound (no such store), NotSignedIn (no secret for it), InvalidInput, Unsupported.
    Result<TransferEnd> open(const std::string& address);
    /// What another program of ours needs to read that place, under its lastingAddress(). Errors: as open().
    Result<cloud::StoreGrant> grant(const std::string& address);
    /// The file that an address names: "lab:box/people.db::small" is a table in it.
    static std::string withoutTable(const std::string& address);
    /// The address that finds the same place again after a restart: without secrets.
    Result<std::string> lastingAddress(const std::string& address);

    /// What may stand before the colon.
    static bool isStoreName(const std::string& name);
    static std::string secretName(const std::string& name) { return "store/" + name + "/secret"; }

private:
    StoreBook(std::unique_ptr<catalog::Datastores> records, cloud::SecretStore& secrets, SignIns signIns, Log log);

    Result<std::optional<catalog::DatastoreRecord>> recordFor(const std::string& address, std::string& path);
    Result<cloud::StoreAddress> addressOf(const catalog::DatastoreRecord& record);
    Result<cloud::StoreAddress> resolve(const std::string& text);
    /// What opens an address that came without a secret, as far as anything does.
    Result<void> findSecret(cloud::StoreAddress& address);
    Result<void> takeSignIn(cloud::StoreAddress& address);

    std::unique_ptr<catalog::Datastores> m_records;
    cloud::SecretStore& m_secrets;
    SignIns m_signIns;
    Log m_log;
    /// Stores that are open, by their address without path: a copy inside one is recognised, connections are kept.
    std::map<std::string, std::shared_ptr<cloud::Store>> m_open;
    /// Addresses that came with their secret, by endpoint: the order that is made of one has none. For this session.
    std::map<std::string, cloud::StoreAddress> m_told;
};

} // namespace ty::app
