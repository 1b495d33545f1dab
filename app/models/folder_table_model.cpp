#include "app/models/folder_table_model.h"

#include <algorithm>
#include <utility>

#include <QDir>
#include <QDirIterator>
#include <QFileInfo>
#include <QHash>
#include <QLocale>
#include <QMimeData>
#include <QUrl>

namespace ty::app {

namespace {
QString kindOf(const FolderEntry& entry)
{
    if (entry.isFolder) {
        return FolderTableModel::tr("Folder");
    }
    const auto suffix = QFileInfo(entry.name).suffix().toUpper();
    return suffix.isEmpty() ? FolderTableModel::tr("File") : FolderTableModel::tr("%1 file").arg(suffix);
}

/// The name with every number padded, so that "9.png" comes before "10.png" in any locale.
QString naturalKey(const QString& name)
{
    constexpr int kDigits = 20;
    QString key;
    key.reserve(name.size() + kDigits);
    for (qsizetype at = 0; at < name.size();) {
        qsizetype end = at;
        while (end < name.size() && name.at(end).isDigit()) {
            ++end;
        }
        if (end > at) {
            key += name.mid(at, end - at).rightJustified(kDigits, u'0');
            at = end;
        } else {
            key += name.at(at++).toLower();
        }
    }
    return key;
}

void sortEntries(std::vector<FolderEntry>& entries, int column, Qt::SortOrder order)
{
    // Keys are made once, not at every comparison.
    std::vector<std::pair<QString, std::size_t>> keys;
    keys.reserve(entries.size());
    for (std::size_t entry = 0; entry < entries.size(); ++entry) {
        keys.emplace_back(naturalKey(entries[entry].name), entry);
    }
    std::stable_sort(keys.begin(), keys.end(), [&](const auto& left, const auto& right) {
        const auto& a = entries[left.second];
        const auto& b = entries[right.second];
        if (a.isFolder != b.isFolder) {
            return a.isFolder;
        }
        const bool isAscending = order == Qt::AscendingOrder;
        const auto& first = isAscending ? a : b;
        const auto& second = isAscending ? b : a;
        switch (column) {
        case FolderTableModel::Size: return first.bytes < second.bytes;
        case FolderTableModel::Modified: return first.modified < second.modified;
        case FolderTableModel::Kind: return QFileInfo(first.name).suffix() < QFileInfo(second.name).suffix();
        default: return isAscending ? left.first < right.first : right.first < left.first;
        }
    });
    std::vector<FolderEntry> sorted;
    sorted.reserve(entries.size());
    for (const auto& key : keys) {
        sorted.push_back(std::move(entries[key.second]));
    }
    entries = std::move(sorted);
}
} // namespace

FolderTableModel::FolderTableModel(QObject* parent) : EntryTableModel(parent)
{
    m_pool.setMaxThreadCount(1);
}

FolderTableModel::~FolderTableModel()
{
    ++*m_newest; // running work sees that it is stale
    m_pool.clear();
    m_pool.waitForDone();
}

void FolderTableModel::setFolder(const QString& path)
{
    m_folder = QDir::cleanPath(path);
    m_filter.clear();
    load();
}

void FolderTableModel::setFilter(const QString& text)
{
    if (m_filter != text) {
        m_filter = text;
        load();
    }
}

void FolderTableModel::sort(int column, Qt::SortOrder order)
{
    m_sortColumn = column < 0 ? Name : column;
    m_sortOrder = order;
    if (!m_folder.isEmpty()) {
        load();
    }
}

void FolderTableModel::load()
{
    const int ticket = ++*m_newest;
    emit loading();
    m_pool.start([this, ticket, newest = m_newest, folder = m_folder, filter = m_filter, column = m_sortColumn,
                  order = m_sortOrder] {
        std::vector<FolderEntry> entries;
        QDirIterator walk(folder, QDir::AllEntries | QDir::NoDotAndDotDot);
        while (walk.hasNext() && newest->load() == ticket) {
            walk.next();
            const auto info = walk.fileInfo();
            if (filter.isEmpty() || info.fileName().contains(filter, Qt::CaseInsensitive)) {
                entries.push_back({info.fileName(), info.isDir(), info.size(), info.lastModified()});
            }
        }
        if (newest->load() != ticket) {
            return;
        }
        QString problem;
        const QFileInfo itself(folder);
        if (!itself.exists()) {
            problem = tr("%1 does not exist.").arg(folder);
        } else if (!itself.isReadable()) {
            problem = tr("%1 may not be read by you.").arg(folder);
        }
        sortEntries(entries, column, order);
        auto shared = std::make_shared<std::vector<FolderEntry>>(std::move(entries));
        QMetaObject::invokeMethod(
            this,
            [this, ticket, newest, folder, shared, problem] {
                if (newest->load() != ticket) {
                    return;
                }
                replaceEntries(std::move(*shared), folder);
                emit loaded(static_cast<int>(m_entries.size()), problem);
            },
            Qt::QueuedConnection);
    });
}

void FolderTableModel::replaceEntries(std::vector<FolderEntry> entries, const QString& folder)
{
    const bool isElsewhere = std::exchange(m_shownFolder, folder) != folder;
    QHash<QString, int> places;
    if (!isElsewhere && entries.size() == m_entries.size()) {
        for (std::size_t row = 0; row < entries.size(); ++row) {
            places.insert(entries[row].name, static_cast<int>(row));
        }
    }
    const bool areTheSame = !places.isEmpty()
        && std::all_of(m_entries.begin(), m_entries.end(), [&](const FolderEntry& one) { return places.contains(one.name); });
    if (!areTheSame) {
        beginResetModel();
        m_entries = std::move(entries);
        endResetModel();
        return;
    }
    // The same entries in another order: what is selected stays selected, it may be about to be imported.
    emit layoutAboutToBeChanged({}, VerticalSortHint);
    const auto before = persistentIndexList();
    QModelIndexList after;
    for (const auto& kept : before) {
        after << index(places.value(m_entries[static_cast<std::size_t>(kept.row())].name), kept.column());
    }
    m_entries = std::move(entries);
    changePersistentIndexList(before, after);
    emit layoutChanged({}, VerticalSortHint);
}

int FolderTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

int FolderTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant FolderTableModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const auto& entry = m_entries[static_cast<std::size_t>(index.row())];
    switch (role) {
    case PathRole: return QString(m_folder + u'/' + entry.name);
    case IsFolderRole: return entry.isFolder;
    case Qt::ToolTipRole:
        return entry.isFolder ? QVariant() : tr("%1 bytes").arg(QLocale().toString(entry.bytes));
    case Qt::TextAlignmentRole: return alignmentOf(index.column());
    case Qt::DisplayRole: break;
    default: return {};
    }
    switch (index.column()) {
    case Name: return entry.isFolder ? QString(entry.name + u'/') : entry.name;
    case Kind: return kindOf(entry);
    case Size: return entry.isFolder ? QString() : QLocale().formattedDataSize(entry.bytes, 1);
    case Modified: return QLocale().toString(entry.modified, QLocale::ShortFormat);
    default: return {};
    }
}

QStringList FolderTableModel::mimeTypes() const
{
    return {QStringLiteral("text/uri-list")};
}

QMimeData* FolderTableModel::mimeData(const QModelIndexList& indexes) const
{
    QList<QUrl> urls;
    for (const auto& row : oneOfEachRow(indexes)) {
        urls << QUrl::fromLocalFile(row.data(PathRole).toString());
    }
    auto* data = new QMimeData;
    data->setUrls(urls);
    return data;
}

} // namespace ty::app
