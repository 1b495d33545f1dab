#include "app/pages/save_bytes.h"

#include <utility>

#include <QApplication>
#include <QFileDialog>
#include <QPointer>
#include <QThreadPool>

#include "app/services/notices.h"
#include "engine/base/files.h"

namespace ty::app {

void saveBytes(
    QWidget* parent,
    Notices& notices,
    const QString& title,
    const QString& suggestedName,
    std::function<QByteArray()> bytes)
{
    auto* dialog = new QFileDialog(parent, title);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->selectFile(suggestedName);
    QObject::connect(
        dialog, &QFileDialog::fileSelected, &notices, [&notices, bytes = std::move(bytes)](const QString& file) {
            QThreadPool::globalInstance()->start([guard = QPointer<Notices>(&notices), file, content = bytes()] {
                const auto written
                    = writeFileAtomically(file.toStdString(), {content.constData(), static_cast<std::size_t>(content.size())});
                auto tell = [guard, file, error = written ? Error{} : written.error()] {
                    if (!guard) {
                        return;
                    }
                    if (error.message.empty()) {
                        guard->toast(Notices::tr("Saved %1.").arg(file));
                    } else {
                        guard->error(Notices::tr("The file could not be saved."), error);
                    }
                };
                // The application object outlives the pool's work; the service may not.
                QMetaObject::invokeMethod(qApp, tell, Qt::QueuedConnection);
            });
        });
    dialog->open();
}

} // namespace ty::app
