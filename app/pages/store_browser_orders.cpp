#include "app/pages/store_browser.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QMessageBox>
#include <QPointer>
#include <QPushButton>
#include <QStandardPaths>
#include <QTableView>

#include "app/models/store_table_model.h"
#include "app/services/all_services.h"
#include "app/services/store_service.h"
#include "app/stores/store_removal.h"
#include "app/stores/store_restoring.h"

namespace ty::app {

void StoreBrowser::upload(bool isFolder)
{
    auto* dialog = new QFileDialog(this, isFolder ? tr("Upload a folder") : tr("Upload files"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(isFolder ? QFileDialog::Directory : QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, [this](const QStringList& files) { copyTo(files, m_address); });
    dialog->open();
}

void StoreBrowser::download()
{
    const QStringList sources = selected();
    if (sources.isEmpty()) {
        return;
    }
    auto* dialog = new QFileDialog(
        this, tr("Download into"), QStandardPaths::writableLocation(QStandardPaths::DownloadLocation));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, [this, sources](const QString& folder) {
        copyTo(sources, folder);
    });
    dialog->open();
}

void StoreBrowser::copyTo(const QStringList& sources, const QString& target)
{
    m_stores.copy(sources, target);
    m_context.notices.toast(tr("Copying to %1. Activity shows how far it is.").arg(target));
}

void StoreBrowser::copyAddress()
{
    QApplication::clipboard()->setText(selected().join(u'\n'));
    m_context.notices.toast(tr("The address is in the clipboard."));
}

void StoreBrowser::askToRemove()
{
    const QStringList addresses = selected();
    if (addresses.isEmpty()) {
        return;
    }
    auto* box = new QMessageBox(this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setIcon(QMessageBox::Warning);
    box->setText(
        addresses.size() == 1 ? tr("Delete %1?").arg(addresses.first())
                              : tr("Delete %Ln (entry/entries)?", nullptr, static_cast<int>(addresses.size())));
    box->setInformativeText(tr("A folder goes with all that lies in it. Other people lose it, too. It comes back only where the account keeps what was deleted."));
    auto* yes = box->addButton(tr("Delete"), QMessageBox::DestructiveRole);
    auto* no = box->addButton(tr("Keep"), QMessageBox::RejectRole);
    box->setDefaultButton(no);
    connect(yes, &QPushButton::clicked, this, [this, addresses] { removeAll(addresses); });
    box->open();
}

void StoreBrowser::removeAll(const QStringList& addresses)
{
    struct Removal {
        int entries = 0;
        bool isKept = false; ///< by the account, for some days
    };
    m_stores.ask<Removal>(
        this,
        [addresses](StoreBook& stores, std::stop_token stop) -> Result<Removal> {
            Removal removal;
            for (const QString& address : addresses) {
                TY_TRY(const TransferEnd end, stores.open(address.toStdString()));
                TY_CHECK(removeBelow(*end.store, end.path, stop));
                if (++removal.entries == 1) {
                    const auto kept = isKeptBelow(*end.store, end.path, stop);
                    removal.isKept = kept && *kept; // an account may forbid the question
                }
            }
            return removal;
        },
        [this, addresses](const Result<Removal>& removal) {
            reload();
            if (!removal) {
                onRefused(
                    tr("Not everything was deleted."), QString::fromStdString(removal.error().message),
                    QString::fromStdString(removal.error().advice));
                return;
            }
            const QString done = tr("%Ln (entry was/entries were) deleted.", nullptr, removal->entries);
            if (removal->isKept) {
                m_context.notices.toast(done, tr("Restore"), [self = QPointer(this), addresses] {
                    if (self) {
                        self->restoreAll(addresses);
                    }
                });
            } else {
                m_context.notices.toast(done);
            }
        });
}

void StoreBrowser::restoreSelected()
{
    if (const QStringList addresses = selected(); !addresses.isEmpty()) {
        m_table->setFocus(); // the button is about to be disabled
        restoreAll(addresses);
    }
}

void StoreBrowser::restoreAll(const QStringList& addresses)
{
    m_stores.ask<int>(
        this,
        [addresses](StoreBook& stores, std::stop_token stop) -> Result<int> {
            std::int64_t restored = 0;
            for (const QString& address : addresses) {
                TY_TRY(const TransferEnd end, stores.open(address.toStdString()));
                TY_TRY(const std::int64_t back, restoreBelow(*end.store, end.path, stop));
                restored += back;
            }
            return static_cast<int>(restored);
        },
        [this](const Result<int>& restored) {
            reload();
            if (!restored) {
                onRefused(
                    tr("Not everything came back."), QString::fromStdString(restored.error().message),
                    QString::fromStdString(restored.error().advice));
            } else {
                m_context.notices.toast(tr("%Ln file(s) came back.", nullptr, *restored));
            }
        });
}

} // namespace ty::app
