// The runner's process of a RunService: how it starts and how it ends.
#include <csignal>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include <QFile>
#include <QMetaObject>
#include <QProcess>

#include "app/catalog/catalog.h"
#include "app/services/catalog_service.h"
#include "app/services/run_service.h"
#include "app/services/run_service_entry.h"
#include "app/services/run_watcher.h"
#include "app/services/runner_error.h"
#include "app/services/runner_stores.h"
#include "app/services/store_service.h"

namespace ty::app {

using catalog::Catalog;
using catalog::RunState;
using widgets::RunPhase;

namespace {

/// Why a runner ended that did not say so itself.
Error endWithoutWords(QProcess::ExitStatus status, int code, const QString& lastWords)
{
    if (status == QProcess::CrashExit) {
        const QString how = code == SIGKILL
            ? RunService::tr("The training process was killed. The system may have run out of memory.")
            : RunService::tr("The training process crashed (signal %1).").arg(code);
        return {ErrorKind::Internal, how.toStdString(),
                RunService::tr("Nothing up to the last checkpoint is lost: press Resume. If it happens again, use a "
                               "smaller batch.")
                    .toStdString()};
    }
    if (lastWords.isEmpty()) {
        return {ErrorKind::Internal, RunService::tr("The training process ended without a word.").toStdString(), {}};
    }
    return runnerError({}, lastWords.toStdString());
}

} // namespace

void RunService::launch(Entry& entry)
{
    const qint64 runId = entry.run.id();
    const QString folder = QString::fromStdString(entry.folder);
    entry.isBusy = true;
    entry.launchedAt = utcNow();
    entry.run.setPhase(RunPhase::Starting);
    emit liveChanged(runId);

    using Places = std::vector<std::string>;
    // The FIFO is made beside the database's work: disks may be slow.
    m_catalog.call(
        this,
        [folder](Catalog&) -> Result<Places> {
            TY_CHECK(RunWatcher::ensureCommandFile(folder));
            const auto spec = RunSpec::load(RunFolder{folder.toStdString()}.specFile()); // if it cannot be read, the runner says why
            return spec ? Places{spec->data.training, spec->data.validation, spec->data.test} : Places{};
        },
        [this, runId](const Result<Places>& places) {
            if (!places) {
                spawn(runId, places.error());
            } else if (m_stores == nullptr) {
                spawn(runId, cloud::Secret());
            } else {
                m_stores->grant(*places, this, [this, runId](const Result<cloud::Secret>& grants) { spawn(runId, grants); });
            }
        });
}

void RunService::spawn(qint64 runId, const Result<cloud::Secret>& grants)
{
    Entry* starting = this->entry(runId);
    if (starting == nullptr) {
        return;
    }
    if (!grants) {
        conclude(*starting, RunState::Failed, grants.error());
        return;
    }
    const QString folder = QString::fromStdString(starting->folder);
    auto* process = new QProcess(this);
    starting->process = process;
    process->setProgram(m_program);
    QStringList arguments{
        QStringLiteral("train"), QString::fromStdString(RunFolder{folder.toStdString()}.specFile()),
        QStringLiteral("--out"), folder, QStringLiteral("--events"), QStringLiteral("jsonl")};
    arguments += std::exchange(starting->moreArguments, {});
    process->setArguments(arguments);
    process->setWorkingDirectory(folder);
    // The same lines are in events.jsonl; nothing of the runner hangs on a pipe to this window.
    process->setStandardOutputFile(QProcess::nullDevice());
    process->setStandardErrorFile(RunWatcher::wordsFile(folder));
    const QByteArray pipe = QFile::encodeName(RunWatcher::commandFile(folder));
    process->setChildProcessModifier([pipe] {
        // Opened for both directions: it neither waits for a writer nor ends when a window closes.
        const int commands = open(pipe.constData(), O_RDWR);
        if (commands >= 0) {
            dup2(commands, STDIN_FILENO);
            close(commands);
        }
        setsid(); // Ctrl+C in the terminal that started the window is not meant for the run
    });
    connect(process, &QProcess::errorOccurred, this, [this, runId, process](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) {
            if (Entry* failed = this->entry(runId)) {
                conclude(
                    *failed, RunState::Failed,
                    {ErrorKind::NotFound, process->errorString().toStdString(),
                     tr("Install Trainyard again: its program trainyard-run does not start.").toStdString()});
            }
        }
    });
    connect(
        process, &QProcess::finished, this, [this, runId](int code, QProcess::ExitStatus status) {
            if (Entry* ended = this->entry(runId)) {
                ended->exitCode = code;
                ended->exitStatus = status;
                QMetaObject::invokeMethod(
                    m_watcher, [watcher = m_watcher, runId] { watcher->announceEnd(runId); });
            }
        });
    if (const auto given = giveStores(*process, *grants); !given) {
        conclude(*starting, RunState::Failed, given.error());
        return;
    }
    watch(*starting, 0);
    process->start(QIODevice::ReadOnly);
}

void RunService::onGone(qint64 runId, const QString& lastWords)
{
    Entry* found = entry(runId);
    if (found == nullptr) {
        return;
    }
    if (found->run.isOver()) {
        conclude(*found, found->run.record().state, {});
        return;
    }
    const bool isKilled = found->process == nullptr || found->exitStatus == QProcess::CrashExit;
    const Error error = found->process == nullptr
        ? Error{ErrorKind::Internal, tr("The training process ended without a word.").toStdString(),
                tr("Nothing up to the last checkpoint is lost: press Resume.").toStdString()}
        : endWithoutWords(found->exitStatus, found->exitCode, lastWords);
    conclude(*found, isKilled ? RunState::Interrupted : RunState::Failed, error);
}

} // namespace ty::app
