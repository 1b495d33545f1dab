#include "app/pages/save_file.h"

#include <atomic>
#include <cerrno>
#include <memory>
#include <utility>

#include <QCoreApplication>
#include <QFileDialog>
#include <QFileInfo>
#include <QPointer>
#include <QSaveFile>
#include <QStandardPaths>
#include <QThreadPool>

#include "app/pages/catalog_actions.h"
#include "app/services/activity_service.h"
#include "app/services/app_context.h"
#include "app/services/notices.h"
#include "app/services/settings_service.h"

namespace ty::app {

namespace {

constexpr auto kFolderKey = "export/folder";

struct SaveText {
    Q_DECLARE_TR_FUNCTIONS(ty::app::SaveFile)
};

/// Crosses the threads with the work; made and destroyed on the GUI thread.
struct SaveWork {
    QPointer<ActivityService> activity;
    QPointer<Notices> notices;
    FileWriter writer;
    QString path;
    int operation = 0;
    std::atomic<bool> isCancelled = false;
};

bool isFull(int code)
{
    return code == ENOSPC || code == EDQUOT || code == EFBIG;
}

Error errorOf(const QFileDevice& file, int code)
{
    const std::string why = (file.error() == QFileDevice::NoError ? qt_error_string(code) : file.errorString()).toStdString();
    if (file.error() == QFileDevice::PermissionsError || code == EACCES || code == EROFS) {
        return {ErrorKind::Permission, why, SaveText::tr("Choose a folder that you may write to.").toStdString()};
    }
    if (file.error() == QFileDevice::ResourceError || isFull(code)) {
        return {
            ErrorKind::DiskFull, why,
            SaveText::tr("Nothing was written. Free some space, or choose another disk.").toStdString()};
    }
    return {ErrorKind::Io, why, SaveText::tr("Choose another folder, or try again.").toStdString()};
}

Result<void> writeWhole(SaveWork& work)
{
    QSaveFile file(work.path);
    errno = 0;
    if (!file.open(QIODevice::WriteOnly)) {
        return errorOf(file, errno);
    }
    const auto progress = [&work](double fraction) {
        QMetaObject::invokeMethod(
            qApp,
            [activity = work.activity, operation = work.operation, fraction] {
                if (activity) {
                    activity->update(operation, SaveText::tr("writing"), fraction);
                }
            },
            Qt::QueuedConnection);
        return !work.isCancelled.load();
    };
    errno = 0;
    const Result<void> written = work.writer(file, progress);
    // A disk that fills up takes a part of a block: no error of the file, but errno knows.
    const int code = errno;
    if (work.isCancelled) {
        file.cancelWriting();
        return Error{ErrorKind::Cancelled, SaveText::tr("cancelled").toStdString(), {}};
    }
    if (!written && file.error() == QFileDevice::NoError && !isFull(code)) {
        file.cancelWriting();
        return written.error();
    }
    if (!written || file.error() != QFileDevice::NoError) {
        Error error = errorOf(file, code);
        file.cancelWriting();
        return error;
    }
    if (!file.commit()) {
        return errorOf(file, errno);
    }
    return {};
}

void report(SaveWork& work, const Result<void>& written)
{
    const bool isCancelled = !written && written.error().kind == ErrorKind::Cancelled;
    if (work.activity) {
        work.activity->finish(
            work.operation,
            written           ? OperationState::Done
                : isCancelled ? OperationState::Cancelled
                              : OperationState::Failed,
            written || isCancelled ? QString() : QString::fromStdString(written.error().message));
    }
    if (!work.notices || isCancelled) {
        return;
    }
    if (written) {
        work.notices->toast(
            SaveText::tr("Saved %1.").arg(work.path), SaveText::tr("Open folder"),
            [folder = QFileInfo(work.path).absolutePath()] { openFolder(folder); });
    } else {
        work.notices->error(SaveText::tr("%1 could not be saved.").arg(work.path), written.error());
    }
}

} // namespace

void saveFile(AppContext& context, const QString& path, FileWriter writer)
{
    auto work = std::make_shared<SaveWork>();
    work->activity = &context.activity;
    work->notices = &context.notices;
    work->writer = std::move(writer);
    work->path = path;
    work->operation = context.activity.begin(SaveText::tr("Export"), QFileInfo(path).fileName(), true);
    const auto cancel = [weak = std::weak_ptr<SaveWork>(work)] {
        if (const auto asked = weak.lock()) {
            asked->isCancelled = true;
        }
    };
    QObject::connect(
        &context.activity, &ActivityService::cancelRequested, &context.activity,
        [cancel, operation = work->operation](int id) {
            if (id == operation) {
                cancel();
            }
        });
    QObject::connect(qApp, &QCoreApplication::aboutToQuit, &context.activity, cancel);
    QThreadPool::globalInstance()->start([work = std::move(work)]() mutable {
        Result<void> written = writeWhole(*work);
        // The last hold on the work goes along, so that it ends on the GUI thread.
        QMetaObject::invokeMethod(
            qApp,
            [work = std::move(work), written = std::move(written)]() mutable {
                report(*work, written);
                work.reset();
            },
            Qt::QueuedConnection);
    });
}

void askPlace(
    AppContext& context, QWidget* parent, const QString& title, const QString& suggestedName,
    std::function<void(const QString& path)> then)
{
    auto* dialog = new QFileDialog(parent, title);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QFileInfo(suggestedName).suffix());
    const QString home = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    dialog->setDirectory(context.settings.value(QLatin1String(kFolderKey), home).toString());
    dialog->selectFile(suggestedName);
    QObject::connect(
        dialog, &QFileDialog::fileSelected, parent, [&context, then = std::move(then)](const QString& path) {
            context.settings.setValue(QLatin1String(kFolderKey), QFileInfo(path).absolutePath());
            then(path);
        });
    dialog->open();
}

void askAndSave(
    AppContext& context, QWidget* parent, const QString& title, const QString& suggestedName, FileWriter writer)
{
    askPlace(context, parent, title, suggestedName, [&context, writer = std::move(writer)](const QString& path) {
        saveFile(context, path, writer);
    });
}

} // namespace ty::app
