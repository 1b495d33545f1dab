#include <QCoreApplication>
#include <QLocale>

#include "app/services/activity_service.h"
#include "app/services/store_service.h"
#include "app/stores/transfer_orders.h"

namespace ty::app {

namespace {

QString leftText(double seconds)
{
    const auto whole = static_cast<qint64>(seconds + 0.5);
    if (whole < 60) {
        return StoreService::tr("%1 s").arg(whole);
    }
    return whole < 3600 ? StoreService::tr("%1 min").arg((whole + 30) / 60)
                        : StoreService::tr("%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60);
}

QString doneText(const catalog::TransferRecord& done)
{
    const QLocale locale;
    return StoreService::tr("%1 of %2 files, %3")
        .arg(
            locale.toString(static_cast<qlonglong>(done.filesDone + done.filesSkipped)),
            locale.toString(static_cast<qlonglong>(done.files)), locale.formattedDataSize(done.bytesDone, 1));
}

} // namespace

int StoreService::addRow(const QString& source, const QString& target)
{
    const QString name = source.section(u'/', -1, -1, QString::SectionSkipEmpty);
    const int row = m_activity.begin(tr("Copy"), tr("%1 → %2").arg(name, target), true);
    m_activity.setPausable(row);
    return row;
}

void StoreService::copy(const QStringList& sources, const QString& target)
{
    for (const QString& source : sources) {
        TransferOrder order;
        order.source = source.toStdString();
        order.target = target.toStdString();
        if (!target.endsWith(u':') && !target.endsWith(u'/')) {
            order.target += '/';
        }
        const auto question = [this, order](StoreBook& stores, std::stop_token stop) -> Result<catalog::TransferRecord> {
            TY_TRY(const auto transfers, catalog::Transfers::open(m_paths));
            TY_TRY(const std::int64_t id, addTransfer(stores, *transfers, order, stop));
            return transfers->transfer(id);
        };
        ask<catalog::TransferRecord>(this, question, [this, source](const Result<catalog::TransferRecord>& added) {
            if (!added) {
                emit refused(
                    tr("%1 is not copied.").arg(source), QString::fromStdString(added.error().message),
                    QString::fromStdString(added.error().advice));
                return;
            }
            const QString from = QString::fromStdString(added->source);
            const QString to = QString::fromStdString(added->target);
            run(added->id, from, to, addRow(from, to));
        });
    }
}

void StoreService::takeUp()
{
    if (std::exchange(m_isTakenUp, true)) {
        return;
    }
    using Records = std::vector<catalog::TransferRecord>;
    ask<Records>(
        this,
        [this](StoreBook&, std::stop_token) -> Result<Records> {
            TY_TRY(const auto transfers, catalog::Transfers::open(m_paths));
            return transfers->openOnes();
        },
        [this](const Result<Records>& open) {
            for (const auto& record : open ? *open : Records()) {
                const QString source = QString::fromStdString(record.source);
                const QString target = QString::fromStdString(record.target);
                const int row = addRow(source, target);
                if (record.state == "paused") {
                    m_rows[row] = {record.id, target, {}, false};
                    m_activity.update(row, doneText(record), -1);
                    m_activity.setState(row, OperationState::Paused, QString::fromStdString(record.error));
                } else {
                    run(record.id, source, target, row);
                }
            }
        });
}

void StoreService::run(std::int64_t transfer, const QString&, const QString& target, int row)
{
    m_activity.setState(row, OperationState::Running);
    const auto task = [this, transfer, row](StoreBook& stores, std::stop_token stop) {
        TransferOptions options;
        options.onProgress = [this, row](const TransferProgress& progress) {
            m_workers.post([this, row, progress] { onProgress(row, progress); });
        };
        auto done = [&]() -> Result<catalog::TransferRecord> {
            TY_TRY(const auto transfers, catalog::Transfers::open(m_paths));
            auto record = runTransfer(m_paths, stores, *transfers, transfer, options, stop);
            if (record && record->state == "paused" && m_isEnding) {
                (void)transfers->setState(transfer, "waiting", {}); // the next start goes on by itself
            }
            return record;
        }();
        m_workers.post([this, row, done = std::move(done)] { onEnded(row, done); });
    };
    Running& running = m_rows[row];
    running.transfer = transfer;
    running.target = target;
    running.stop = m_workers.start(task, [this, row](const Error& error) { onEnded(row, error); });
}

void StoreService::onProgress(int row, const TransferProgress& progress)
{
    const QLocale locale;
    const auto fraction = progress.isListed && progress.bytes > 0
        ? static_cast<double>(progress.bytesDone) / static_cast<double>(progress.bytes)
        : -1;
    QString stage = tr("%1 of %2 files, %3 of %4")
                        .arg(
                            locale.toString(static_cast<qlonglong>(progress.filesDone)),
                            locale.toString(static_cast<qlonglong>(progress.files)),
                            locale.formattedDataSize(progress.bytesDone, 1), locale.formattedDataSize(progress.bytes, 1));
    if (!progress.problem.empty()) {
        stage = tr("Waiting for the network: %1").arg(QString::fromStdString(progress.problem));
    }
    m_activity.update(
        row, stage, fraction,
        progress.bytesPerSecond > 0
            ? tr("%1/s").arg(locale.formattedDataSize(static_cast<qint64>(progress.bytesPerSecond), 1))
            : QString(),
        progress.secondsLeft ? leftText(*progress.secondsLeft) : QString());
}

void StoreService::onEnded(int row, const Result<catalog::TransferRecord>& done)
{
    const auto found = m_rows.find(row);
    if (found == m_rows.end()) {
        return;
    }
    const QString target = found->second.target;
    if (found->second.isCancelled) {
        m_rows.erase(found);
        m_activity.finish(row, OperationState::Cancelled);
    } else if (!done) {
        m_activity.setState(row, OperationState::Paused, QString::fromStdString(done.error().message));
    } else if (done->state == "paused") {
        m_activity.update(row, doneText(*done), -1);
        m_activity.setState(row, OperationState::Paused);
    } else if (done->state == "failed") {
        m_activity.update(row, doneText(*done), -1);
        m_activity.finish(row, OperationState::Failed, tr("%Ln file(s)", nullptr, static_cast<int>(done->filesFailed)));
    } else {
        m_rows.erase(found);
        m_activity.update(row, doneText(*done), 1);
        m_activity.finish(row, OperationState::Done);
    }
    emit changed(target);
}

void StoreService::onOrder(int row, OperationOrder order)
{
    const auto found = m_rows.find(row);
    if (found == m_rows.end()) {
        return;
    }
    Running& running = found->second;
    if (order == OperationOrder::Pause) {
        running.stop.request_stop();
        return;
    }
    const QString target = running.target;
    const std::int64_t transfer = running.transfer;
    if (order == OperationOrder::Resume) {
        run(transfer, {}, target, row);
        return;
    }
    ask<std::int64_t>(
        this,
        [this, transfer](StoreBook&, std::stop_token) -> Result<std::int64_t> {
            TY_TRY(const auto transfers, catalog::Transfers::open(m_paths));
            return transfers->retryFailed(transfer);
        },
        [this, transfer, target, row](const Result<std::int64_t>&) { run(transfer, {}, target, row); });
}

void StoreService::onCancel(int row)
{
    const auto found = m_rows.find(row);
    if (found == m_rows.end()) {
        return;
    }
    found->second.isCancelled = true;
    found->second.stop.request_stop();
    m_workers.start(
        [this, row, transfer = found->second.transfer](StoreBook& stores, std::stop_token stop) {
            if (const auto transfers = catalog::Transfers::open(m_paths)) {
                (void)cancelTransfer(m_paths, stores, **transfers, transfer, stop); // what is left is a hidden part
            }
            m_workers.post([this, row] { onEnded(row, catalog::TransferRecord()); });
        },
        [this, row](const Error& error) { onEnded(row, error); });
}

} // namespace ty::app
