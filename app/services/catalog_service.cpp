#include "app/services/catalog_service.h"

#include <utility>

#include <QThread>
#include <QThreadPool>
#include <QTimer>

#include "app/catalog/backups.h"
#include "app/catalog/catalog.h"

namespace ty::app {

namespace {
constexpr int kPollMilliseconds = 2000;
constexpr int kBackupAfterMilliseconds = 20000; ///< when starting is over
constexpr auto kAllChanges = CatalogService::Runs | CatalogService::Datasets | CatalogService::Models
    | CatalogService::Trash;

/// What opening and repairing found, as sentences for the person.
QStringList reportSentences(const catalog::OpenReport& report)
{
    QStringList sentences;
    if (!report.backup.empty()) {
        sentences << CatalogService::tr("The catalog was brought to this version. A backup is at %1.")
                         .arg(QString::fromStdString(report.backup));
    }
    return sentences;
}

QString joined(const std::vector<std::string>& names)
{
    QStringList list;
    for (const auto& name : names) {
        list << QString::fromStdString(name);
    }
    return list.join(QStringLiteral(", "));
}

QStringList reportSentences(const catalog::RepairReport& report)
{
    QStringList sentences;
    if (!report.interrupted.empty()) {
        sentences << CatalogService::tr("Interrupted runs that can be resumed: %1.").arg(joined(report.interrupted));
    }
    if (!report.adopted.empty()) {
        sentences << CatalogService::tr("Runs found in folders: %1.").arg(joined(report.adopted));
    }
    for (const auto& problem : report.problems) {
        sentences << QString::fromStdString(problem);
    }
    return sentences;
}
} // namespace

/// Lives on the worker thread with the catalog.
class CatalogService::Worker : public QObject {
public:
    std::unique_ptr<catalog::Catalog> catalog;
    Error openError{ErrorKind::Busy, "the catalog is not open yet", {}};
    std::int64_t foreignVersion = -1;
};

CatalogService::CatalogService(catalog::Paths paths, QObject* parent)
    : QObject(parent)
    , m_paths(std::move(paths))
    , m_backupPool(std::make_unique<QThreadPool>())
    , m_thread(std::make_unique<QThread>())
    , m_poll(new QTimer(this))
    , m_worker(std::make_unique<Worker>())
{
    m_thread->setObjectName(QStringLiteral("catalog"));
    m_worker->moveToThread(m_thread.get());
    m_thread->start();
    m_backupPool->setMaxThreadCount(1);
    connect(m_poll, &QTimer::timeout, this, &CatalogService::pollForeignChanges);
}

CatalogService::~CatalogService()
{
    m_stop.request_stop();
    m_backupPool->waitForDone();
    // Queued last, so that every change asked for so far is still written.
    post([this](catalog::Catalog*) {
        m_worker->catalog.reset();
        m_thread->quit();
    });
    m_thread->wait();
}

void CatalogService::open()
{
    post([this](catalog::Catalog*) {
        catalog::OpenReport report;
        auto catalog = catalog::Catalog::open(m_paths, &report);
        if (!catalog) {
            m_worker->openError = catalog.error();
            deliver([this, error = catalog.error()] {
                emit openFailed(QString::fromStdString(error.message), QString::fromStdString(error.advice));
            });
            return;
        }
        m_worker->catalog = std::move(catalog).value();
        // Before anyone reads: what others write from now on is noticed, in the time to the first poll too.
        m_worker->foreignVersion = m_worker->catalog->foreignVersion().valueOr(-1);
        QStringList backups;
        for (const auto& file : report.movedAside.empty() ? std::vector<std::string>() : catalog::catalogBackups(m_paths)) {
            backups << QString::fromStdString(file);
        }
        deliver([this, report, backups, sentences = reportSentences(report)] {
            m_isOpen = true;
            m_poll->start(kPollMilliseconds);
            emit opened();
            announce(kAllChanges);
            for (const auto& sentence : sentences) {
                emit reported(sentence);
            }
            if (!report.movedAside.empty()) {
                emit damaged(
                    QString::fromStdString(report.damage), QString::fromStdString(report.movedAside), backups);
            }
            QTimer::singleShot(kBackupAfterMilliseconds, this, &CatalogService::backUp);
        });
    });
    // Apart from opening, so that the lists show before thousands of run folders have been looked at.
    call(
        this, [](catalog::Catalog& catalog) { return catalog.repair(); },
        [this](Result<catalog::RepairReport> report) {
            if (!report) {
                return;
            }
            announce(kAllChanges);
            for (const auto& sentence : reportSentences(report.value())) {
                emit reported(sentence);
            }
        });
    post([this](catalog::Catalog* catalog) {
        if (catalog != nullptr) {
            growOverviews(std::make_shared<std::vector<std::int64_t>>(catalog->metricsWithoutOverview().valueOr({})));
        }
    });
}

void CatalogService::growOverviews(std::shared_ptr<std::vector<std::int64_t>> metrics)
{
    // One step a turn of the worker's loop: whoever asks meanwhile comes in between.
    if (metrics->empty()) {
        return;
    }
    post([this, metrics = std::move(metrics)](catalog::Catalog* catalog) mutable {
        if (catalog == nullptr) {
            return;
        }
        if (!catalog->growOverviewOf(metrics->back()).valueOr(false)) {
            metrics->pop_back();
        }
        growOverviews(std::move(metrics));
    });
}

void CatalogService::restore(const QString& backup)
{
    m_isOpen = false;
    post([this, backup](catalog::Catalog*) {
        m_worker->catalog.reset();
        auto restored = catalog::restoreBackup(m_paths, backup.toStdString());
        deliver([this, restored = std::move(restored)] {
            if (!restored) {
                emit reported(QString::fromStdString(restored.error().message));
            } else {
                emit reported(tr("The backup of the catalog is in use."));
            }
            open(); // what there is: without the backup the catalog from before
        });
    });
}

void CatalogService::backUp()
{
    m_backupPool->start([this, stop = m_stop.get_token()] {
        auto made = catalog::backUpDaily(m_paths, stop);
        if (!made) {
            deliver([this, message = made.error().message] { emit reported(QString::fromStdString(message)); });
        }
    });
}

void CatalogService::pollForeignChanges()
{
    post([this](catalog::Catalog* catalog) {
        if (catalog == nullptr) {
            return;
        }
        const auto version = catalog->foreignVersion();
        if (!version || version.value() == m_worker->foreignVersion) {
            return;
        }
        m_worker->foreignVersion = version.value();
        deliver([this] { announce(kAllChanges); });
    });
}

void CatalogService::announce(Changes changes)
{
    const bool isScheduled = m_pending != Nothing;
    m_pending |= changes;
    if (isScheduled || m_pending == Nothing) {
        return;
    }
    QMetaObject::invokeMethod(
        this,
        [this] {
            const auto pending = std::exchange(m_pending, Nothing);
            if (pending.testFlag(Runs)) {
                emit runsChanged();
            }
            if (pending.testFlag(Datasets)) {
                emit datasetsChanged();
            }
            if (pending.testFlag(Models)) {
                emit modelsChanged();
            }
            if (pending.testFlag(Trash)) {
                emit trashChanged();
            }
        },
        Qt::QueuedConnection);
}

void CatalogService::post(Task task)
{
    QMetaObject::invokeMethod(
        m_worker.get(), [this, task = std::move(task)] { task(m_worker->catalog.get()); }, Qt::QueuedConnection);
}

void CatalogService::deliver(std::function<void()> task)
{
    QMetaObject::invokeMethod(this, std::move(task), Qt::QueuedConnection);
}

Error CatalogService::openError() const
{
    return m_worker->openError;
}

} // namespace ty::app
