#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <type_traits>
#include <utility>
#include <vector>

#include <QObject>
#include <QPointer>
#include <QString>
#include <QStringList>

#include "app/catalog/paths.h"
#include "engine/base/result.h"

class QThread;
class QThreadPool;
class QTimer;

namespace ty::catalog {
class Catalog;
}

namespace ty::app {

/// Owns the catalog on a worker thread of its own; the GUI thread never waits for the database.
///
///     m_catalog.call(this,
///         [](catalog::Catalog& catalog) { return catalog.runs(); },               // worker thread: Result<T>
///         [this](Result<std::vector<catalog::RunRecord>> runs) { ... });          // GUI thread
///
/// Calls run one after the other, in the order in which they were made. `work` must not touch GUI objects.
class CatalogService : public QObject {
    Q_OBJECT
public:
    /// What a change touched; several may be joined.
    enum Change { Nothing = 0, Runs = 1, Datasets = 2, Models = 4, Trash = 8 };
    Q_DECLARE_FLAGS(Changes, Change)

    explicit CatalogService(catalog::Paths paths, QObject* parent = nullptr);
    ~CatalogService() override;

    /// Opens (creates, migrates, repairs) the catalog on the worker thread, then emits opened() or openFailed().
    /// May be called again after openFailed(). From then on a change that another process made (the CLI) is noticed within two seconds.
    void open();
    /// Puts a backup in the place of the catalog and opens it; reported(), then opened() or openFailed(). Runs made
    /// since are found in their folders.
    void restore(const QString& backup);
    bool isOpen() const { return m_isOpen; }

    /// `work(Catalog&)` -> Result<T> on the worker thread, then `then(Result<T>)` on the GUI thread unless `receiver`
    /// has been destroyed meanwhile. Without an open catalog `then` gets the error that opening gave.
    template<typename Work, typename Then>
    void call(QObject* receiver, Work work, Then then)
    {
        using Outcome = std::invoke_result_t<Work, catalog::Catalog&>;
        post([this, guard = QPointer<QObject>(receiver), work = std::move(work),
              then = std::move(then)](catalog::Catalog* catalog) mutable {
            auto outcome = std::make_shared<std::optional<Outcome>>();
            if (catalog != nullptr) {
                outcome->emplace(work(*catalog));
            } else {
                outcome->emplace(openError());
            }
            deliver([guard, then = std::move(then), outcome]() mutable {
                if (guard) {
                    then(std::move(**outcome));
                }
            });
        });
    }

    /// As call(), for work that changes something: emits the signals for `changes` when it succeeded, then `then`.
    template<typename Work, typename Then>
    void change(Changes changes, QObject* receiver, Work work, Then then)
    {
        using Outcome = std::invoke_result_t<Work, catalog::Catalog&>;
        call(this, std::move(work),
             [this, changes, guard = QPointer<QObject>(receiver), then = std::move(then)](Outcome outcome) mutable {
                 if (outcome) {
                     announce(changes);
                 }
                 if (guard) {
                     then(std::move(outcome));
                 }
             });
    }

    /// Emits runsChanged() and so on; each is coalesced, at most one of a kind per turn of the event loop.
    void announce(Changes changes);

signals:
    void opened();
    void openFailed(const QString& message, const QString& advice);
    /// The catalog could not be read; it was moved aside and a new one is being made from the run folders.
    /// @param backups  files for restore(), newest first
    void damaged(const QString& why, const QString& movedTo, const QStringList& backups);
    void runsChanged();
    void datasetsChanged();
    void modelsChanged();
    void trashChanged();
    /// A sentence about what opening or repairing did: "Interrupted runs that can be resumed: digits-fast-1."
    void reported(const QString& sentence);

private:
    class Worker;
    using Task = std::function<void(catalog::Catalog*)>;

    void pollForeignChanges();
    void backUp();
    void growOverviews(std::shared_ptr<std::vector<std::int64_t>> metrics);
    void post(Task task);
    void deliver(std::function<void()> task);
    Error openError() const;

    catalog::Paths m_paths;
    std::unique_ptr<QThreadPool> m_backupPool;
    std::unique_ptr<QThread> m_thread;
    QTimer* m_poll;
    std::unique_ptr<Worker> m_worker;
    std::stop_source m_stop; ///< of the backup
    Changes m_pending = Nothing;
    bool m_isOpen = false;
};

Q_DECLARE_OPERATORS_FOR_FLAGS(CatalogService::Changes)

} // namespace ty::app
