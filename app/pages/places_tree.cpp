#include "app/pages/places_tree.h"

#include <QFileInfo>
#include <QMenu>
#include <QStandardItemModel>
#include <QStandardPaths>

#include "app/services/store_service.h"
#include "app/services/theme_service.h"

namespace ty::app {

namespace {

enum Role { PathRole = Qt::UserRole, SampleRole, StoreRole, AddRole, AccountsRole };

QStandardItem* makeItem(const QString& text, const QIcon& icon = {})
{
    auto* item = new QStandardItem(icon, text);
    item->setEditable(false);
    return item;
}

} // namespace

PlacesTree::PlacesTree(ThemeService& theme, StoreService& stores, QWidget* parent)
    : QTreeView(parent), m_theme(theme), m_stores(stores), m_model(new QStandardItemModel(this))
{
    setObjectName(QStringLiteral("placesTree"));
    setAccessibleName(tr("Places"));
    setHeaderHidden(true);
    setModel(m_model);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setMinimumWidth(205);
    setContextMenuPolicy(Qt::CustomContextMenu);
    fill();
    connect(&m_theme, &ThemeService::themeChanged, this, &PlacesTree::fill);
    connect(&m_stores, &StoreService::storesChanged, this, &PlacesTree::fill);
    // One click is enough, and Enter does the same.
    connect(this, &QTreeView::clicked, this, &PlacesTree::choose);
    connect(this, &QTreeView::activated, this, &PlacesTree::choose);
    connect(this, &QWidget::customContextMenuRequested, this, &PlacesTree::openMenu);
}

void PlacesTree::fill()
{
    const QString kept = currentIndex().data(StoreRole).toString();
    m_model->clear();
    addComputer();
    addSamples();
    addStores();
    expandAll();
    const auto found = m_model->match(m_model->index(0, 0), StoreRole, kept, 1, Qt::MatchExactly | Qt::MatchRecursive);
    if (!kept.isEmpty() && !found.isEmpty()) {
        setCurrentIndex(found.first());
    }
}

void PlacesTree::addComputer()
{
    const auto folder = m_theme.icon(QStringLiteral("folder"));
    auto* computer = makeItem(tr("This computer"), m_theme.icon(QStringLiteral("computer")));
    const std::pair<QStandardPaths::StandardLocation, QString> places[] = {
        {QStandardPaths::HomeLocation, tr("Home folder")},
        {QStandardPaths::DocumentsLocation, tr("Documents")},
        {QStandardPaths::DownloadLocation, tr("Downloads")},
        {QStandardPaths::PicturesLocation, tr("Pictures")},
    };
    QStringList seen;
    for (const auto& [location, name] : places) {
        const auto path = QStandardPaths::writableLocation(location);
        if (path.isEmpty() || seen.contains(path) || !QFileInfo::exists(path)) {
            continue;
        }
        seen << path;
        auto* item = makeItem(name, folder);
        item->setData(path, PathRole);
        computer->appendRow(item);
    }
    auto* root = makeItem(tr("File system"), folder);
    root->setData(QStringLiteral("/"), PathRole);
    computer->appendRow(root);
    m_model->appendRow(computer);
}

void PlacesTree::addSamples()
{
    auto* samples = makeItem(tr("Samples"), m_theme.icon(QStringLiteral("star")));
    const std::pair<QString, QString> names[] = {
        {QStringLiteral("digits"), tr("Digits")},
        {QStringLiteral("iris"), tr("Iris table")},
        {QStringLiteral("spirals"), tr("Spirals")},
        {QStringLiteral("tones"), tr("Tones")},
    };
    for (const auto& [key, name] : names) {
        auto* item = makeItem(name, m_theme.icon(QStringLiteral("data")));
        item->setData(key, SampleRole);
        samples->appendRow(item);
    }
    m_model->appendRow(samples);
}

void PlacesTree::addStores()
{
    auto* stores = makeItem(tr("Stores"), m_theme.icon(QStringLiteral("data")));
    for (const auto& store : m_stores.stores()) {
        const auto name = QString::fromStdString(store.name);
        auto* item = makeItem(name, m_theme.icon(QStringLiteral("folder")));
        item->setData(name, StoreRole);
        item->setToolTip(QString::fromStdString(store.uri));
        stores->appendRow(item);
    }
    auto* add = makeItem(tr("Add a store…"), m_theme.icon(QStringLiteral("plus")));
    add->setData(true, AddRole);
    stores->appendRow(add);
    auto* accounts = makeItem(tr("Storage accounts…"), m_theme.icon(QStringLiteral("compute")));
    accounts->setData(true, AccountsRole);
    accounts->setToolTip(tr("Create, open and delete storage accounts of Azure, or of the sandbox"));
    stores->appendRow(accounts);
    m_model->appendRow(stores);
}

void PlacesTree::choose(const QModelIndex& index)
{
    if (const auto path = index.data(PathRole).toString(); !path.isEmpty()) {
        emit folderChosen(path);
    } else if (const auto sample = index.data(SampleRole).toString(); !sample.isEmpty()) {
        emit sampleChosen(sample);
    } else if (const auto store = index.data(StoreRole).toString(); !store.isEmpty()) {
        emit storeChosen(store);
    } else if (index.data(AddRole).toBool()) {
        emit addStoreRequested();
    } else if (index.data(AccountsRole).toBool()) {
        emit accountsRequested();
    }
}

void PlacesTree::openMenu(const QPoint& position)
{
    const auto store = indexAt(position).data(StoreRole).toString();
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    connect(menu->addAction(tr("Add a store…")), &QAction::triggered, this, &PlacesTree::addStoreRequested);
    if (!store.isEmpty()) {
        connect(menu->addAction(tr("Forget %1").arg(store)), &QAction::triggered, this, [this, store] {
            emit removeStoreRequested(store);
        });
    }
    menu->popup(viewport()->mapToGlobal(position));
}

} // namespace ty::app
