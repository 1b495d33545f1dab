#include "app/pages/store_browser.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QMessageBox>
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
    m_stores.ask<int>(
        this,
        [addresses](StoreBook& stores, std::stop_token stop) -> Result<int> {
            for (const QString& address : addresses) {
                TY_TRY(const TransferEnd end, stores.open(address.toStdString()));
                TY_CHECK(removeBelow(*end.store, end.path, stop));
            }
            return static_cast<int>(addresses.size());
        },
        [this](const Result<int>& removed) {
            reload();
            if (!removed) {
                onRefused(
                    tr("Not everything was deleted."), QString::fromStdString(removed.error().message),
                    QString::fromStdString(removed.error().advice));
            } else {
                m_context.notices.toast(tr("%Ln (file was/files were) deleted.", nullptr, *removed));
            }
        });
}

void StoreBrowser::restoreSelected()
{
    const QStringList addresses = selected();
    if (addresses.isEmpty()) {
        return;
    }
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
                m_context.notices.toast(tr("%Ln (file) came back.", nullptr, *restored));
            }
        });
}

} // namespace ty::app
