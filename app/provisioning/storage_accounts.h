#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "app/provisioning/cloud_session.h"
#include "cloud/provision/azure_storage.h"

namespace ty::app {

/// Makes one by the journal; that nobody has its name was checked before. Blocks. Errors: InvalidInput, those of the journal.
Result<OperationReport> createStorage(MachineOperations& machines, const cloud::StorageRequest& request, std::stop_token stop);
/// With all that lies in it.
Result<OperationReport> removeStorage(
    MachineOperations& machines, const cloud::azure::StorageAccount& account, std::stop_token stop);

/// The storage accounts of one account of Azure, made and deleted by the journal of its machines. Blocks; one thread.
class StorageAccounts {
public:
    /// `session` outlives this. Of an account of another provider everything is refused.
    explicit StorageAccounts(CloudSession& session);

    /// Whether it can be made, with nothing made yet. Errors: as create().
    Result<void> check(const cloud::StorageRequest& request, std::stop_token stop);
    /// Errors: InvalidInput, AlreadyExists (the name is taken, be it by a stranger), those of the cloud.
    Result<OperationReport> create(const cloud::StorageRequest& request, std::stop_token stop);

    /// By name.
    Result<std::vector<cloud::azure::StorageAccount>> all(std::stop_token stop);
    /// Errors: NotFound.
    Result<cloud::azure::StorageAccount> find(const std::string& name, std::stop_token stop);
    Result<std::vector<cloud::NamedKey>> keys(const cloud::azure::StorageAccount& account, std::stop_token stop);
    /// One of them ("key1", "key2") made anew: whoever holds the old one is locked out.
    Result<std::vector<cloud::NamedKey>> renewKey(
        const cloud::azure::StorageAccount& account, const std::string& keyName, std::stop_token stop);

private:
    CloudSession& m_session;
};

} // namespace ty::app
