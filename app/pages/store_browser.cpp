#include "app/pages/store_browser.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <QAction>
#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>
#include <QTableView>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>

#include "app/models/store_table_model.h"
#include "app/services/all_services.h"
#include "app/services/store_service.h"
#include "widgets/error_panel.h"
#include "widgets/filter_line.h"
#include "widgets/table_look.h"
#include "widgets/theme/roles.h"

namespace ty::app {

StoreBrowser::StoreBrowser(AppContext& context, StoreService& stores, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_stores(stores)
    , m_model(new StoreTableModel(this))
    , m_table(new QTableView(this))
    , m_path(new QLineEdit(this))
    , m_filter(new widgets::FilterLine(tr("Begins with…"), this))
    , m_status(new QLabel(this))
    , m_error(new widgets::ErrorPanel(this))
    , m_uploadButton(new QPushButton(tr("Upload…"), this))
    , m_downloadButton(new QPushButton(tr("Download…"), this))
    , m_trainButton(new QPushButton(tr("Train on it"), this))
    , m_newButton(new QPushButton(this))
    , m_deletedButton(new QPushButton(tr("Show deleted"), this))
    , m_restoreButton(new QPushButton(tr("Restore"), this))
    , m_download(new QAction(tr("Download…"), this))
    , m_train(new QAction(tr("Train on it"), this))
    , m_remove(new QAction(tr("Delete…"), this))
    , m_restore(new QAction(tr("Restore"), this))
    , m_copyAddress(new QAction(tr("Copy address"), this))
{
    setAcceptDrops(true);
    auto* up = new QToolButton(this);
    up->setText(QStringLiteral("↑"));
    widgets::setSpoken(*up, tr("Folder above"));
    connect(up, &QToolButton::clicked, this, [this] { setAddress(folderAbove()); });
    m_path->setObjectName(QStringLiteral("storePath"));
    m_path->setAccessibleName(tr("Address of the folder"));
    connect(m_path, &QLineEdit::returnPressed, this, [this] {
        setAddress(m_path->text().trimmed());
        m_table->setFocus();
    });
    m_filter->setAccessibleName(tr("Only names that begin with this"));
    m_filter->setMaximumWidth(220);
    connect(m_filter, &widgets::FilterLine::filterChanged, this, &StoreBrowser::reload);
    m_error->setClosable(true);
    m_error->hide();
    connect(m_error, &widgets::ErrorPanel::closed, m_error, &QWidget::hide);
    makeTable();

    auto* uploads = new QMenu(m_uploadButton);
    connect(uploads->addAction(tr("Files…")), &QAction::triggered, this, [this] { upload(false); });
    connect(uploads->addAction(tr("Folder…")), &QAction::triggered, this, [this] { upload(true); });
    m_uploadButton->setMenu(uploads);
    m_newButton->setObjectName(QStringLiteral("newContainer"));
    connect(m_newButton, &QPushButton::clicked, this, &StoreBrowser::makeFolder);
    connect(m_downloadButton, &QPushButton::clicked, this, &StoreBrowser::download);
    m_trainButton->setToolTip(tr("Train on the selected file or folder where it lies: it is read as it is needed and kept in a cache"));
    connect(m_trainButton, &QPushButton::clicked, m_train, &QAction::trigger);
    connect(m_train, &QAction::triggered, this, [this] { emit trainRequested(selected().constFirst()); });
    widgets::setTextRole(*m_status, widgets::TextRole::Muted);
    m_status->setObjectName(QStringLiteral("storeStatus"));

    m_deletedButton->setObjectName(QStringLiteral("showDeleted"));
    m_deletedButton->setCheckable(true);
    m_deletedButton->setToolTip(tr("Also show what was deleted and is still kept by the account"));
    connect(m_deletedButton, &QPushButton::toggled, this, &StoreBrowser::reload);
    m_restoreButton->setObjectName(QStringLiteral("restoreDeleted"));
    m_restoreButton->setToolTip(tr("Bring back the selected files that were deleted"));
    connect(m_restoreButton, &QPushButton::clicked, m_restore, &QAction::trigger);
    connect(m_restore, &QAction::triggered, this, &StoreBrowser::restoreSelected);

    auto* top = new QHBoxLayout;
    top->addWidget(up);
    top->addWidget(m_path, 1);
    top->addWidget(m_newButton);
    top->addWidget(m_deletedButton);
    top->addWidget(m_filter);
    auto* foot = new QHBoxLayout;
    foot->addWidget(m_status, 1);
    foot->addWidget(m_restoreButton);
    foot->addWidget(m_trainButton);
    foot->addWidget(m_downloadButton);
    foot->addWidget(m_uploadButton);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(top);
    layout->addWidget(m_error);
    layout->addWidget(m_table, 1);
    layout->addLayout(foot);
    connect(&m_stores, &StoreService::refused, this, &StoreBrowser::onRefused);
    connect(&m_stores, &StoreService::changed, this, [this](const QString& target) {
        if (target.section(u':', 0, 0) == m_address.section(u':', 0, 0)) {
            reload();
        }
    });
    refreshActions();
}

void StoreBrowser::makeTable()
{
    m_table->setObjectName(QStringLiteral("storeTable"));
    widgets::setUpRows(*m_table, tr("Files and folders of the store"));
    m_table->setModel(m_model);
    m_table->setDragEnabled(true);
    m_table->setDragDropMode(QAbstractItemView::DragOnly);
    m_table->setColumnWidth(StoreTableModel::Modified, 150);
    m_table->setColumnWidth(StoreTableModel::Kind, 140); // "PNG file, deleted"
    m_table->horizontalHeader()->setSectionResizeMode(StoreTableModel::Name, QHeaderView::Stretch);
    m_table->horizontalHeader()->setSortIndicatorShown(true);
    m_table->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    m_table->setSortingEnabled(true);
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
    m_remove->setShortcut(QKeySequence::Delete);
    m_remove->setShortcutContext(Qt::WidgetShortcut);
    m_table->addActions({m_train, m_download, m_copyAddress, m_restore, m_remove});
    connect(m_table, &QTableView::activated, this, &StoreBrowser::openIndex);
    connect(m_download, &QAction::triggered, this, &StoreBrowser::download);
    connect(m_remove, &QAction::triggered, this, &StoreBrowser::askToRemove);
    connect(m_copyAddress, &QAction::triggered, this, &StoreBrowser::copyAddress);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &StoreBrowser::refreshActions);
    connect(m_model, &StoreTableModel::droppedOn, this, &StoreBrowser::copyTo);
    connect(m_model, &QAbstractItemModel::modelReset, this, &StoreBrowser::refreshActions);
}

void StoreBrowser::setAddress(const QString& address)
{
    m_address = address;
    m_path->setText(address);
    const QSignalBlocker quiet(m_filter);
    m_filter->clear();
    m_error->hide();
    refreshActions();
    reload();
}

void StoreBrowser::reload()
{
    if (m_address.isEmpty()) {
        return;
    }
    m_status->setText(tr("Reading…"));
    const QString root = m_address.section(u':', 0, 0) + u':';
    const auto isFirst = std::make_shared<bool>(true); // each page comes to a copy of this function
    m_stores.list(
        m_address, m_filter->text(),
        keepsDeleted() && m_deletedButton->isChecked() ? StoreService::Deleted::Show : StoreService::Deleted::Hide, this,
        [this, root, isFirst](const std::vector<cloud::StoreEntry>& entries, bool isLast) {
            if (*isFirst) {
                m_table->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
                m_model->begin(root);
                if (std::exchange(m_isListingRefused, false)) {
                    m_error->hide(); // what else was refused stays to be read
                }
                *isFirst = false;
            }
            m_model->append(entries);
            const int rows = m_model->rowCount();
            m_status->setText(
                isLast ? tr("%Ln (entry/entries)", nullptr, rows) : tr("%Ln (entry/entries) so far…", nullptr, rows));
        },
        [this, root](const Error& error) {
            m_model->begin(root);
            m_status->clear();
            m_isListingRefused = true;
            onRefused(
                tr("%1 cannot be listed.").arg(m_address), QString::fromStdString(error.message),
                QString::fromStdString(error.advice));
        });
}

QString StoreBrowser::folderAbove() const
{
    const auto colon = m_address.indexOf(u':');
    const auto slash = m_address.lastIndexOf(u'/');
    return slash > colon ? m_address.left(slash) : m_address.left(colon + 1);
}

void StoreBrowser::focusPath()
{
    m_path->setFocus();
    m_path->selectAll();
}

void StoreBrowser::focusFilter()
{
    m_filter->setFocus();
    m_filter->selectAll();
}

void StoreBrowser::openIndex(const QModelIndex& index)
{
    if (index.data(StoreTableModel::IsDeletedRole).toBool()) {
        restoreSelected();
    } else if (index.data(StoreTableModel::IsFolderRole).toBool()) {
        setAddress(index.data(StoreTableModel::AddressRole).toString());
    } else {
        download();
    }
}

QStringList StoreBrowser::selected() const
{
    QStringList addresses;
    for (const auto& row : m_table->selectionModel()->selectedRows()) {
        addresses << row.data(StoreTableModel::AddressRole).toString();
    }
    return addresses;
}

void StoreBrowser::refreshActions()
{
    const auto rows = m_table->selectionModel()->selectedRows();
    const bool hasSelection = !rows.isEmpty();
    const bool isOne = rows.size() == 1;
    const auto isGone = [](const QModelIndex& row) { return row.data(StoreTableModel::IsDeletedRole).toBool(); };
    const bool isAllGone = hasSelection && std::all_of(rows.begin(), rows.end(), isGone);
    const bool isAllThere = hasSelection && std::none_of(rows.begin(), rows.end(), isGone);
    m_train->setEnabled(isOne && isAllThere);
    m_trainButton->setEnabled(isOne && isAllThere);
    m_downloadButton->setEnabled(isAllThere);
    m_download->setEnabled(isAllThere);
    m_remove->setEnabled(isAllThere);
    m_restore->setEnabled(isAllGone);
    m_restoreButton->setEnabled(isAllGone);
    m_deletedButton->setVisible(keepsDeleted());
    m_restoreButton->setVisible(keepsDeleted() && m_deletedButton->isChecked());
    m_restore->setVisible(m_restoreButton->isVisibleTo(this));
    m_copyAddress->setEnabled(hasSelection);
    m_uploadButton->setEnabled(!m_address.isEmpty());
    const QString newWords = newText();
    m_newButton->setText(newWords);
    m_newButton->setVisible(!newWords.isEmpty());
}

/// Of all kinds of stores Blob alone keeps files that were deleted, if its account is set so; that shows when they are listed.
bool StoreBrowser::keepsDeleted() const
{
    const std::string name = m_address.section(u':', 0, 0).toStdString();
    const auto& stores = m_stores.stores();
    const auto found = std::find_if(stores.begin(), stores.end(), [&](const auto& store) { return store.name == name; });
    return found != stores.end() && found->kind == "blob";
}

/// What lies directly in a store, by its kind; empty: it has no folders of its own there.
QString StoreBrowser::newText() const
{
    const std::string name = m_address.section(u':', 0, 0).toStdString();
    const auto& stores = m_stores.stores();
    const auto found = std::find_if(stores.begin(), stores.end(), [&](const auto& store) { return store.name == name; });
    if (found == stores.end()) {
        return {};
    }
    // Within an account the first folders are shares or containers; a store may also begin inside of one.
    const bool isInside = !m_address.endsWith(u':') || std::count(found->uri.begin(), found->uri.end(), '/') > 2;
    if (found->kind == "files" && !isInside) {
        return tr("New share…");
    }
    if (found->kind == "blob" || found->kind == "google") {
        return isInside ? QString() : found->kind == "blob" ? tr("New container…") : tr("New bucket…");
    }
    return found->kind == "web" ? QString() : tr("New folder…");
}

void StoreBrowser::makeFolder()
{
    auto* dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    const QString title = newText();
    dialog->setWindowTitle(QString(title).remove(u'…'));
    dialog->setLabelText(
        title == tr("New folder…") ? tr("Name of the new folder") : tr("Name: 3 to 63 small letters, digits and hyphens"));
    connect(dialog, &QInputDialog::textValueSelected, this, [this](const QString& name) {
        const QString address = m_address + (m_address.endsWith(u':') ? QString() : QStringLiteral("/")) + name.trimmed();
        m_stores.ask<bool>(
            this,
            [address = address.toStdString()](StoreBook& stores, std::stop_token stop) -> Result<bool> {
                TY_TRY(const TransferEnd end, stores.open(address));
                TY_CHECK(end.store->makeFolder(end.path, stop));
                return true;
            },
            [this, name](const Result<bool>& made) {
                if (made) {
                    reload();
                } else {
                    onRefused(
                        tr("%1 was not made.").arg(name), QString::fromStdString(made.error().message),
                        QString::fromStdString(made.error().advice));
                }
            });
    });
    dialog->open();
}

void StoreBrowser::onRefused(const QString& what, const QString& why, const QString& advice)
{
    m_error->clearButtons();
    m_error->setText(what, why, advice);
    auto* again = m_error->addButton(m_isListingRefused ? tr("Try again") : tr("List again"));
    connect(again, &QPushButton::clicked, this, [this] {
        m_error->hide();
        reload();
    });
    m_error->show();
}

void StoreBrowser::dragEnterEvent(QDragEnterEvent* event)
{
    dragMoveEvent(event);
}

void StoreBrowser::dragMoveEvent(QDragMoveEvent* event)
{
    const bool isKnown = event->mimeData()->hasUrls() || event->mimeData()->hasFormat(QString::fromLatin1(StoreTableModel::kMimeType));
    if (isKnown && !m_address.isEmpty() && event->source() != m_table) {
        event->setDropAction(Qt::CopyAction);
        event->accept();
    }
}

void StoreBrowser::dropEvent(QDropEvent* event)
{
    QStringList sources =
        QString::fromUtf8(event->mimeData()->data(QString::fromLatin1(StoreTableModel::kMimeType))).split(u'\n', Qt::SkipEmptyParts);
    for (const QUrl& url : event->mimeData()->urls()) {
        if (url.isLocalFile()) {
            sources << url.toLocalFile();
        }
    }
    if (sources.isEmpty()) {
        m_context.notices.toast(tr("Only files and folders can be dropped here."));
        return;
    }
    event->setDropAction(Qt::CopyAction);
    event->accept();
    // A drop on a folder goes into that folder.
    const auto index = m_table->indexAt(m_table->viewport()->mapFrom(this, event->position().toPoint()));
    const QString target = index.data(StoreTableModel::IsFolderRole).toBool()
        ? index.data(StoreTableModel::AddressRole).toString()
        : m_address;
    QMetaObject::invokeMethod(this, [this, sources, target] { copyTo(sources, target); }, Qt::QueuedConnection);
}

} // namespace ty::app
