#include "app/services/store_service.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "app/services/activity_service.h"
#include "cloud/storage/store_address.h"
#include "cloud/storage/store_grant.h"
#include "engine/base/run_spec.h"

namespace ty::app {

StoreService::StoreService(
    catalog::Paths paths, cloud::SecretStore& secrets, ActivityService& activity, QObject* parent)
    : QObject(parent), m_paths(std::move(paths)), m_activity(activity), m_workers(m_paths, secrets, *this)
{
    connect(&m_activity, &ActivityService::orderRequested, this, &StoreService::onOrder);
    connect(&m_activity, &ActivityService::cancelRequested, this, &StoreService::onCancel);
}

StoreService::~StoreService()
{
    m_isEnding = true;
}

void StoreService::reload()
{
    using Records = std::vector<catalog::DatastoreRecord>;
    ask<Records>(
        this, [](StoreBook& stores, std::stop_token) { return stores.all(); },
        [this](Result<Records> stores) {
            if (stores) {
                m_stores = std::move(*stores);
                emit storesChanged();
            }
        });
}

void StoreService::add(
    const QString& name, const QString& text, const Opening& opening, QObject* receiver,
    std::function<void(Result<void>)> then)
{
    const auto question = [name = name.toStdString(), text = text.toStdString(),
                           secret = cloud::Secret(opening.secret.trimmed().toStdString()),
                           account = opening.account.toStdString()](
                              StoreBook& stores, std::stop_token stop) -> Result<bool> {
        TY_TRY(cloud::StoreAddress address, cloud::parseStoreAddress(text));
        if (!secret.isEmpty()) {
            TY_CHECK(cloud::giveSecret(address, secret));
        }
        if (!account.empty()) {
            address.auth = "account";
            address.signInAccount = account;
        }
        TY_TRY(const auto known, stores.all());
        for (const auto& store : known) {
            if (store.name == name) {
                return Error{ErrorKind::AlreadyExists, "there is a store named " + name + " already", "Choose another name."};
            }
        }
        TY_CHECK(stores.put(name, address));
        const auto look = [&]() -> Result<void> {
            TY_TRY(const TransferEnd end, stores.open(name + ":"));
            if (!end.store->traits().canList) {
                return {};
            }
            cloud::ListRequest first;
            first.folder = end.path;
            first.pageSize = 1;
            TY_CHECK(end.store->list(first, stop));
            return {};
        };
        if (const auto seen = look(); !seen) {
            (void)stores.remove(name); // what does not answer is not kept; the first error tells more
            return seen.error();
        }
        return true;
    };
    ask<bool>(receiver, question, [this, then = std::move(then)](const Result<bool>& added) {
        then(added ? Result<void>() : Result<void>(added.error()));
        reload();
    });
}

void StoreService::addMachine(const cloud::SshTarget& machine, QObject* receiver, std::function<void(Result<QString>)> then)
{
    ask<QString>(
        receiver,
        [machine](StoreBook& stores, std::stop_token) -> Result<QString> {
            TY_TRY(const std::string name, stores.machineName(machine.machine));
            cloud::StoreAddress address;
            address.kind = cloud::StoreKind::Sftp;
            address.host = machine.host;
            address.port = machine.port;
            address.user = machine.user;
            address.identityFile = machine.identityFile;
            address.hostKeys = machine.hostKeys.fingerprints;
            TY_CHECK(stores.put(name, address, StoreBook::Of::Machine));
            return QString::fromStdString(name);
        },
        [this, then = std::move(then)](const Result<QString>& name) {
            reload();
            then(name);
        });
}

void StoreService::removeMachine(const QString& machine)
{
    ask<bool>(
        this,
        [machine = machine.toStdString()](StoreBook& stores, std::stop_token) -> Result<bool> {
            TY_TRY(const auto all, stores.all());
            for (const auto& store : all) {
                if (store.name == machine && StoreBook::isMachine(store)) {
                    TY_CHECK(stores.remove(machine));
                    return true;
                }
            }
            return false;
        },
        [this](const Result<bool>& isRemoved) {
            if (isRemoved && *isRemoved) {
                reload();
            }
        });
}

void StoreService::remove(const QString& name)
{
    ask<bool>(
        this,
        [name = name.toStdString()](StoreBook& stores, std::stop_token) -> Result<bool> {
            TY_CHECK(stores.remove(name));
            return true;
        },
        [this](const Result<bool>&) { reload(); });
}

void StoreService::list(
    const QString& address, const QString& prefix, Deleted deleted, QObject* receiver, OnPage onPage, OnProblem onProblem)
{
    m_listing.request_stop(); // a newer question owns the view
    m_listing = std::stop_source();
    const QPointer<QObject> guard(receiver);
    const auto stale = m_listing.get_token();
    const auto fail = [guard, stale, onProblem](const Error& error) {
        if (guard && !stale.stop_requested()) {
            onProblem(error);
        }
    };
    m_workers.ask(
        [this, guard, stale, fail, onPage, deleted, address = address.toStdString(), prefix = prefix.toStdString()](
            StoreBook& stores, const std::stop_token& stop) {
            std::stop_source both;
            const std::stop_callback ifEnding(stop, [&] { both.request_stop(); });
            const std::stop_callback ifStale(stale, [&] { both.request_stop(); });
            const auto end = stores.open(address);
            // A store may begin below its container: addresses count from there.
            const auto base = stores.open(address.substr(0, address.find(':') + 1));
            const std::size_t skipped = base && !base->path.empty() ? base->path.size() + 1 : 0;
            cloud::ListRequest request;
            request.folder = end ? end->path : std::string();
            request.prefix = prefix;
            request.withDeleted = deleted == Deleted::Show;
            for (bool isFirst = true; isFirst || !request.marker.empty(); isFirst = false) {
                auto page = end ? end->store->list(request, both.get_token()) : Result<cloud::ListPage>(end.error());
                if (!page) {
                    m_workers.post([fail, error = page.error()] { fail(error); });
                    return;
                }
                if (both.stop_requested()) {
                    return;
                }
                request.marker = page->next;
                for (cloud::StoreEntry& entry : page->entries) {
                    entry.path.erase(0, skipped);
                }
                const auto shared = std::make_shared<std::vector<cloud::StoreEntry>>(std::move(page->entries));
                m_workers.post([guard, stale, onPage, shared, isLast = page->next.empty()] {
                    if (guard && !stale.stop_requested()) {
                        onPage(*shared, isLast);
                    }
                });
            }
        },
        fail);
}

void StoreService::grant(
    const std::vector<std::string>& places, QObject* receiver, std::function<void(Result<cloud::Secret>)> then)
{
    std::vector<std::string> stored;
    std::copy_if(places.begin(), places.end(), std::back_inserter(stored), isStoreAddress);
    if (stored.empty()) {
        then(cloud::Secret());
        return;
    }
    ask<cloud::Secret>(
        receiver,
        [stored](StoreBook& stores, std::stop_token) -> Result<cloud::Secret> {
            std::vector<cloud::StoreGrant> grants;
            for (const std::string& place : stored) {
                TY_TRY(auto grant, stores.grant(place));
                grants.push_back(std::move(grant));
            }
            return cloud::grantsToText(grants);
        },
        std::move(then));
}

} // namespace ty::app
