#include "app/services/storage_service.h"

#include <utility>

#include "app/provisioning/operation_keys.h"
#include "app/services/machine_service.h"
#include "app/services/notices.h"
#include "app/services/store_service.h"
#include "app/stores/account_stores.h"

namespace ty::app {

using cloud::NamedKey;
using cloud::azure::StorageAccount;

StorageService::StorageService(AppContext& context, CloudServices& clouds, QObject* parent)
    : QObject(parent), m_context(context), m_machines(clouds.machines())
{
    connect(&m_machines, &MachineService::ended, this, [this](const OperationReport& report) { onEnded(report); });
    connect(&m_machines, &MachineService::refused, this, [this](const QString& what, const Error& error) { emit refused(what, error); });
}

void StorageService::list(const QString& account, QObject* receiver, std::function<void(Result<Accounts>)> then)
{
    m_machines.askIn<Accounts>(
        account, receiver, [](CloudSession& session, std::stop_token stop) { return StorageAccounts(session).all(stop); },
        std::move(then));
}

void StorageService::regions(
    const QString& account, QObject* receiver, std::function<void(Result<std::vector<CloudRegion>>)> then)
{
    m_machines.askIn<std::vector<CloudRegion>>(
        account, receiver, [](CloudSession& session, std::stop_token stop) { return readRegions(session, stop); }, std::move(then));
}

void StorageService::create(const QString& account, const cloud::StorageRequest& request)
{
    // The name is asked for first, with words of its own; only then is anything journalled.
    const QString name = QString::fromStdString(request.name);
    m_machines.askIn<bool>(
        account, this,
        [request](CloudSession& session, std::stop_token stop) -> Result<bool> {
            TY_CHECK(StorageAccounts(session).check(request, stop));
            return true;
        },
        [this, account, request, name](const Result<bool>& isFree) {
            if (!isFree) {
                emit refused(tr("%1 was not created.").arg(name), isFree.error());
                return;
            }
            m_coming[name] = account;
            m_machines.perform(
                {tr("Create storage account"), tr("Creating")}, name, true,
                [request](MachineOperations& machines, std::stop_token stop) {
                    return createStorage(machines, request, stop);
                },
                account);
        });
}

void StorageService::remove(const QString& account, const StorageAccount& storage)
{
    m_leaving[QString::fromStdString(storage.name)] = storage;
    m_machines.perform(
        {tr("Delete storage account"), tr("Deleting")}, QString::fromStdString(storage.name), false,
        [storage](MachineOperations& machines, std::stop_token stop) { return removeStorage(machines, storage, stop); }, account);
}

void StorageService::open(const QString& account, const StorageAccount& storage, cloud::StoreKind kind)
{
    m_machines.askIn<std::vector<NamedKey>>(
        account, this, [storage](CloudSession& session, std::stop_token stop) { return StorageAccounts(session).keys(storage, stop); },
        [this, storage, kind](const Result<std::vector<NamedKey>>& keys) {
            if (!keys || keys->empty()) {
                const Error why = keys ? Error{ErrorKind::Permission, "the account tells no keys", {}} : keys.error();
                emit refused(tr("%1 was not opened.").arg(QString::fromStdString(storage.name)), why);
                return;
            }
            addStore(storage, keys->front().value, kind);
        });
}

void StorageService::addStore(const StorageAccount& storage, const cloud::Secret& key, cloud::StoreKind kind)
{
    const std::string name = storage.name + (kind == cloud::StoreKind::Blob ? "-blobs" : "");
    m_context.stores.ask<bool>(
        this,
        [storage, key, kind, name](StoreBook& stores, std::stop_token) -> Result<bool> {
            TY_CHECK(addAccountStore(stores, name, storage, key, kind));
            return true;
        },
        [this, name = QString::fromStdString(name)](const Result<bool>& added) {
            m_context.stores.reload();
            if (added) {
                emit opened(name);
            } else {
                emit refused(tr("%1 was not kept as a store.").arg(name), added.error());
            }
        });
}

void StorageService::renewKey(const QString& account, const StorageAccount& storage, const QString& keyName)
{
    m_machines.askIn<std::vector<NamedKey>>(
        account, this,
        [storage, key = keyName.toStdString()](CloudSession& session, std::stop_token stop) {
            return StorageAccounts(session).renewKey(storage, key, stop);
        },
        [this, storage, keyName](const Result<std::vector<NamedKey>>& keys) {
            const QString name = QString::fromStdString(storage.name);
            if (!keys) {
                emit refused(tr("The key of %1 was not made anew.").arg(name), keys.error());
                return;
            }
            for (const NamedKey& key : *keys) {
                if (key.name != keyName.toStdString()) {
                    continue;
                }
                m_context.stores.ask<std::size_t>(
                    this,
                    [storage, value = key.value](StoreBook& stores, std::stop_token) { return giveNewKey(stores, storage, value); },
                    [this, name](const Result<std::size_t>& given) {
                        if (given) {
                            m_context.notices.toast(
                                tr("%1 has a new key; %Ln (store/stores) here are opened by it.", nullptr, static_cast<int>(*given)).arg(name));
                        } else {
                            emit refused(tr("The stores of %1 do not know its new key.").arg(name), given.error());
                        }
                    });
            }
        });
}

void StorageService::onEnded(const OperationReport& report)
{
    const bool isDone = report.outcome == cloud::Outcome::Done;
    const QString name = QString::fromStdString(report.machine);
    if (report.kind == kCreateStorage) {
        const auto coming = m_coming.extract(name);
        if (isDone && !coming.empty()) {
            const QString account = coming.mapped();
            list(account, this, [this, account, name](const Result<Accounts>& accounts) {
                for (const StorageAccount& each : accounts ? *accounts : Accounts()) {
                    if (each.name == name.toStdString()) {
                        open(account, each, cloud::StoreKind::Files);
                    }
                }
            });
        }
        emit changed();
    } else if (report.kind == kDeleteStorage) {
        // What an earlier program deleted is not known by its endpoints; its stores then stay and say that they are gone.
        if (const auto leaving = m_leaving.extract(name); isDone && !leaving.empty()) {
            m_context.stores.ask<std::size_t>(
                this,
                [account = leaving.mapped()](StoreBook& stores, std::stop_token) { return forgetAccountStores(stores, account); },
                [this](const Result<std::size_t>&) { m_context.stores.reload(); });
        }
        emit changed();
    }
}

} // namespace ty::app
