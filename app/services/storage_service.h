#pragma once

#include <functional>
#include <map>
#include <vector>

#include <QObject>
#include <QString>

#include "app/provisioning/cloud_offers.h"
#include "app/provisioning/storage_accounts.h"
#include "app/services/app_context.h"
#include "app/services/cloud_services.h"
#include "cloud/storage/store_address.h"

namespace ty::app {

/// Storage accounts of the clouds, and the stores that open them. What is made or deleted is a row in Activity, in the journal
/// of the account's machines. Lives on the GUI thread.
class StorageService : public QObject {
    Q_OBJECT
public:
    /// Both outlive this.
    StorageService(AppContext& context, CloudServices& clouds, QObject* parent = nullptr);

    using Accounts = std::vector<cloud::azure::StorageAccount>;
    void list(const QString& account, QObject* receiver, std::function<void(Result<Accounts>)> then);
    void regions(const QString& account, QObject* receiver, std::function<void(Result<std::vector<CloudRegion>>)> then);
    /// Its files become a store of its name once it is there.
    void create(const QString& account, const cloud::StorageRequest& request);
    /// With all that lies in it; its stores are forgotten.
    void remove(const QString& account, const cloud::azure::StorageAccount& storage);
    /// Keeps it as a store of its name. `kind`: its files or its blobs.
    void open(const QString& account, const cloud::azure::StorageAccount& storage, cloud::StoreKind kind);
    /// One of its keys is made anew; the stores here are opened by it.
    void renewKey(const QString& account, const cloud::azure::StorageAccount& storage, const QString& keyName);

signals:
    /// The accounts of a cloud account are not as they were.
    void changed();
    /// It is a store now, by this name.
    void opened(const QString& store);
    /// `what`: a sentence.
    void refused(const QString& what, const ty::Error& error);

private:
    void onEnded(const OperationReport& report);
    void addStore(const cloud::azure::StorageAccount& storage, const cloud::Secret& key, cloud::StoreKind kind);

    AppContext& m_context;
    MachineService& m_machines;
    std::map<QString, QString> m_coming; ///< the account by the name of the storage account that is being made
    std::map<QString, cloud::azure::StorageAccount> m_leaving; ///< by name; being deleted
};

} // namespace ty::app
