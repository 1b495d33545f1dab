#include "app/services/machine_notices.h"

#include <QCoreApplication>

#include "app/provisioning/alternatives.h"
#include "app/services/cloud_services.h"
#include "app/services/notices.h"

namespace ty::app {

namespace {

QString say(const char* text)
{
    return QCoreApplication::translate("MachineNotices", text);
}

/// What a person cannot see in the table of machines; empty for the rest.
QString successOf(const OperationReport& report)
{
    const QString name = QString::fromStdString(report.machine);
    if (report.kind == "create") {
        return say("%1 has been created and runs.").arg(name);
    }
    if (report.kind == "delete") {
        return say("%1 has been deleted.").arg(name);
    }
    if (report.kind == "create cluster") {
        return say("The cluster %1 has been created; its nodes run.").arg(name);
    }
    if (report.kind == "scale cluster") {
        return say("The cluster %1 has been scaled.").arg(name);
    }
    if (report.kind == "delete cluster") {
        return say("The cluster %1 has been deleted.").arg(name);
    }
    if (report.kind == "create storage account") {
        return say("The storage account %1 has been created.").arg(name);
    }
    if (report.kind == "delete storage account") {
        return say("The storage account %1 has been deleted.").arg(name);
    }
    if (report.kind == "clean") {
        return say("What %1 left is deleted.").arg(name);
    }
    if (report.kind == "resize") {
        return say("%1 has its new size.").arg(name);
    }
    if (report.kind == "tag") {
        return say("%1 has its new tags.").arg(name);
    }
    if (report.kind == "redeploy") {
        return say("%1 moves to another host and starts there.").arg(name);
    }
    if (report.kind == "capture") {
        return say("An image of %1 has been made.").arg(name);
    }
    return {};
}

QString failureOf(const OperationReport& report)
{
    const QString name = QString::fromStdString(report.machine);
    const bool isUndone = report.outcome == cloud::Outcome::Undone;
    if (report.kind == "create") {
        return isUndone ? say("%1 was not created; nothing is left of it.").arg(name)
                        : say("%1 was not created, and parts of it may still be billed.").arg(name);
    }
    if (report.kind == "create cluster") {
        return isUndone ? say("The cluster %1 was not created; nothing is left of it.").arg(name)
                        : say("The cluster %1 was not created, and parts of it may still be billed.").arg(name);
    }
    if (report.kind == "scale cluster") {
        return say("The cluster %1 does not have as many nodes as asked.").arg(name);
    }
    if (report.kind == "delete cluster") {
        return say("The cluster %1 was not deleted as a whole.").arg(name);
    }
    if (report.kind == "create storage account") {
        return isUndone ? say("The storage account %1 was not created; nothing is left of it.").arg(name)
                        : say("The storage account %1 was not created, and it may stand half-made.").arg(name);
    }
    if (report.kind == "delete storage account") {
        return say("The storage account %1 was not deleted.").arg(name);
    }
    if (report.kind == "delete" || report.kind == "attempt") {
        return say("%1 was not deleted as a whole.").arg(name);
    }
    if (report.kind == "clean") {
        return say("What %1 left was not deleted as a whole.").arg(name);
    }
    if (report.kind == "resize") {
        return say("%1 did not get its new size.").arg(name);
    }
    if (report.kind == "tag") {
        return say("The tags of %1 are as they were.").arg(name);
    }
    if (report.kind == "capture") {
        return say("No image of %1 was made.").arg(name);
    }
    return say("%1 did not change its state as asked.").arg(name);
}

} // namespace

void connectMachineNotices(CloudServices& clouds, Notices& notices)
{
    ActivityExtras& extras = clouds.extras();
    const auto retry = [&extras](int row) {
        return Remedy{say("Retry"), [&extras, row] { extras.requestRetry(row); }};
    };
    QObject::connect(
        &clouds.machines(), &MachineService::ended, &notices,
        [&notices, &extras, &clouds, retry](const OperationReport& report, int row) {
            if (report.kind == "attempt" && report.outcome != cloud::Outcome::Failed) {
                return; // of a chase, which tells itself what came of it
            }
            const bool isDone = report.outcome == cloud::Outcome::Done;
            const QString name = QString::fromStdString(report.machine);
            const QString text = successOf(report);
            if (isDone && report.isTakenUp) {
                notices.toast(
                    text.isEmpty() ? say("What was interrupted on %1 is done.").arg(name)
                                   : say("What was interrupted is done: %1").arg(text));
            } else if (isDone && !text.isEmpty()) {
                notices.toast(text);
            } else if (!isDone && report.error.empty()) {
                notices.toast(say("Cancelled: nothing is left of %1.").arg(name));
            } else if (!isDone && report.asked && isAboutPlaceOrSize(report.finding)) {
                clouds.rescue().offer(failureOf(report), report, extras.isRetryable(row) ? retry(row) : Remedy());
            } else if (!isDone) {
                notices.error(
                    failureOf(report), {ErrorKind::Conflict, report.error, {}}, extras.isRetryable(row) ? retry(row) : Remedy());
            }
        });
    QObject::connect(
        &clouds.machines(), &MachineService::refused, &notices,
        [&notices, retry](const QString& what, const Error& error, int row) { notices.error(what, error, retry(row)); });
    QObject::connect(
        &clouds.machines(), &MachineService::wentOn, &notices, [&notices, &clouds](int count, const QString& first) {
            const QString text = count == 1 ? say("Interrupted earlier, goes on now: %1.").arg(first)
                                            : say("Interrupted earlier, go on now: %1 operations.").arg(count);
            notices.toast(text, say("Show"), [&clouds] { emit clouds.activityRequested(); });
        });
}

} // namespace ty::app
