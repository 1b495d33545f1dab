#include "app/pages/documents_folder.h"

#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

namespace ty::app {

QString documentsFolder()
{
    const QString documents = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    return QFileInfo(documents).isDir() ? documents : QDir::homePath();
}

} // namespace ty::app
