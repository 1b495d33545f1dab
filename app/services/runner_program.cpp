#include "app/services/runner_program.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QStandardPaths>

namespace ty::app {

QString runnerProgram()
{
    const auto asked = qEnvironmentVariable("TRAINYARD_RUN");
    if (!asked.isEmpty()) {
        return asked;
    }
    const auto here = QCoreApplication::applicationDirPath();
    for (const auto& candidate :
         {here + QStringLiteral("/trainyard-run"), here + QStringLiteral("/../bin/trainyard-run")}) {
        const QFileInfo file(candidate);
        if (file.isExecutable()) {
            return file.canonicalFilePath();
        }
    }
    return QStandardPaths::findExecutable(QStringLiteral("trainyard-run"));
}

} // namespace ty::app
