#include "app/services/runner_stores.h"

#include <QProcess>

#include <fcntl.h>
#include <unistd.h>

#include "app/streaming/stores_pipe.h"

namespace ty::app {

Result<void> giveStores(QProcess& process, const cloud::Secret& grants)
{
    if (grants.isEmpty()) {
        return {};
    }
    TY_TRY(const int end, streaming::storesPipe(grants));
    process.setArguments(
        process.arguments() << QStringLiteral("--stores-fd") << QString::number(streaming::kStoresDescriptor));
    const auto before = process.childProcessModifier();
    process.setChildProcessModifier([before, end] {
        if (before) {
            before();
        }
        if (end == streaming::kStoresDescriptor) {
            fcntl(end, F_SETFD, 0); // it is to be inherited
        } else {
            dup2(end, streaming::kStoresDescriptor);
        }
    });
    const auto close = [end] { ::close(end); };
    QObject::connect(&process, &QProcess::started, &process, close, Qt::SingleShotConnection);
    QObject::connect(&process, &QProcess::errorOccurred, &process, [close](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) {
            close();
        }
    });
    return {};
}

} // namespace ty::app
