#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <vector>

#include <QObject>
#include <QPointer>
#include <QString>
#include <QStringList>

#include "app/catalog/datastores.h"
#include "app/catalog/paths.h"
#include "app/catalog/transfers.h"
#include "app/services/store_workers.h"
#include "app/stores/transfer_progress.h"
#include "cloud/ssh/ssh_session.h"
#include "cloud/storage/store.h"

namespace ty::app {

class ActivityService;
enum class OperationOrder;

/// Datastores, what lies in them, and transfers to and from them. Lives on the GUI thread; all that waits runs on threads of
/// its own and is posted here. A transfer is a row in Activity; one that is under way when the program ends goes on at the
/// next start.
class StoreService : public QObject {
    Q_OBJECT
public:
    /// All outlive this.
    StoreService(catalog::Paths paths, cloud::SecretStore& secrets, ActivityService& activity, QObject* parent = nullptr);
    ~StoreService() override;

    /// By name, as last read.
    const std::vector<catalog::DatastoreRecord>& stores() const { return m_stores; }
    void reload();
    /// What opens a place whose address alone does not.
    struct Opening {
        QString secret;  ///< key or signature; may be empty
        QString account; ///< of a cloud, by whose sign-in it is opened; empty: by the secret, or by nobody
    };
    /// Looks at the place first and adds it when it answers. @param text  whatever was pasted; a secret
    void add(const QString& name, const QString& text, const Opening& opening, QObject* receiver,
             std::function<void(Result<void>)> then);
    void remove(const QString& name);
    /// The files of a machine of ours as a store of the machine's name, with the host keys that its cloud vouched for; put anew
    /// each time, since addresses change. `then` is told the store's name.
    void addMachine(const cloud::SshTarget& machine, QObject* receiver, std::function<void(Result<QString>)> then);
    /// The store of a machine that is gone, if there is one.
    void removeMachine(const QString& machine);

    using OnPage = std::function<void(const std::vector<cloud::StoreEntry>& entries, bool isLast)>;
    using OnProblem = std::function<void(const Error& error)>;
    /// One folder ("NAME:path"), page after page, until the next list() replaces it. @param prefix  of names; the store filters.
    /// @param deleted  whether what was softly deleted is listed as well
    enum class Deleted { Hide, Show };
    void list(
        const QString& address, const QString& prefix, Deleted deleted, QObject* receiver, OnPage onPage, OnProblem onProblem);
    /// Any question about one file or folder, in turn.
    template<typename T>
    void ask(
        QObject* receiver, std::function<Result<T>(StoreBook&, std::stop_token)> question,
        std::function<void(Result<T>)> then)
    {
        const QPointer<QObject> guard(receiver);
        const auto answer = [guard, then = std::move(then)](Result<T> value) {
            if (guard) {
                then(std::move(value));
            }
        };
        m_workers.ask(
            [this, question = std::move(question), answer](StoreBook& stores, std::stop_token stop) {
                auto value = question(stores, stop);
                m_workers.post([answer, value = std::move(value)] { answer(value); });
            },
            [answer](const Error& error) { answer(error); });
    }

    /// What opens those of `places` that are addresses of stores (cloud::grantsToText()); empty, and at once, when none is.
    void grant(
        const std::vector<std::string>& places, QObject* receiver, std::function<void(Result<cloud::Secret>)> then);

    /// Copies files and folders into the folder `target`; each source is a transfer of its own.
    void copy(const QStringList& sources, const QString& target);
    /// Goes on with what an earlier program left; once.
    void takeUp();

signals:
    void storesChanged();
    /// A transfer into that place has ended, or a part of it has.
    void changed(const QString& target);
    /// Nothing is copied because of that.
    void refused(const QString& what, const QString& why, const QString& advice);

private:
    struct Running {
        std::int64_t transfer = 0;
        QString target;
        std::stop_source stop;
        bool isCancelled = false;
    };
    void run(std::int64_t transfer, const QString& source, const QString& target, int row);
    void onProgress(int row, const TransferProgress& progress);
    void onEnded(int row, const Result<catalog::TransferRecord>& done);
    void onOrder(int row, OperationOrder order);
    void onCancel(int row);
    int addRow(const QString& source, const QString& target);

    catalog::Paths m_paths;
    ActivityService& m_activity;
    std::vector<catalog::DatastoreRecord> m_stores;
    std::map<int, Running> m_rows; ///< by row in Activity
    std::stop_source m_listing;
    bool m_isTakenUp = false;
    std::atomic<bool> m_isEnding = false;
    StoreWorkers m_workers; ///< last: its threads end before the rest goes
};

} // namespace ty::app
