#include "app/models/store_table_model.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>

#include <QDateTime>
#include <QFileInfo>
#include <QFont>
#include <QLocale>
#include <QMimeData>

#include "cloud/storage/store_path.h"
#include "widgets/direct_save.h"

namespace ty::app {

namespace {

QString text(std::string_view utf8)
{
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

QString kindOf(const cloud::StoreEntry& entry)
{
    if (entry.isFolder) {
        return StoreTableModel::tr("Folder");
    }
    const auto suffix = QFileInfo(text(cloud::storeName(entry.path))).suffix().toUpper();
    return suffix.isEmpty() ? StoreTableModel::tr("File") : StoreTableModel::tr("%1 file").arg(suffix);
}

std::string_view endingOf(std::string_view path)
{
    const std::string_view name = cloud::storeName(path);
    const auto dot = name.rfind('.');
    return dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
}

} // namespace

StoreTableModel::StoreTableModel(QObject* parent) : EntryTableModel(parent) {}

void StoreTableModel::begin(const QString& root)
{
    beginResetModel();
    m_root = root;
    m_entries.clear();
    endResetModel();
}

void StoreTableModel::append(const std::vector<cloud::StoreEntry>& entries)
{
    if (entries.empty()) {
        return;
    }
    const int first = rowCount();
    beginInsertRows({}, first, first + static_cast<int>(entries.size()) - 1);
    m_entries.insert(m_entries.end(), entries.begin(), entries.end());
    endInsertRows();
}

int StoreTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

int StoreTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant StoreTableModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const auto& entry = m_entries[static_cast<std::size_t>(index.row())];
    const QLocale locale;
    switch (role) {
    case AddressRole: return QString(m_root + text(entry.path));
    case IsFolderRole: return entry.isFolder;
    case IsDeletedRole: return entry.isDeleted;
    case NameRole: return text(cloud::storeName(entry.path));
    case Qt::FontRole:
        if (entry.isDeleted) {
            QFont struck;
            struck.setStrikeOut(true);
            return struck;
        }
        return {};
    case Qt::ToolTipRole:
        if (entry.isDeleted) {
            return tr("Deleted, and still kept by the account: Restore brings it back.");
        }
        return entry.bytes ? tr("%1 bytes").arg(locale.toString(static_cast<qulonglong>(*entry.bytes))) : QVariant();
    case Qt::TextAlignmentRole: return alignmentOf(index.column());
    case Qt::DisplayRole: break;
    default: return {};
    }
    switch (index.column()) {
    case Name: return entry.isFolder ? QString(text(cloud::storeName(entry.path)) + u'/') : text(cloud::storeName(entry.path));
    case Kind: return entry.isDeleted ? tr("%1, deleted").arg(kindOf(entry)) : kindOf(entry);
    case Size: return entry.bytes ? locale.formattedDataSize(static_cast<qint64>(*entry.bytes), 1) : QString();
    case Modified: {
        const auto time = QDateTime::fromString(text(entry.modified), Qt::ISODate);
        return time.isValid() ? locale.toString(time.toLocalTime(), QLocale::ShortFormat) : QString();
    }
    case Tier: return text(entry.tier);
    case Checksum: return text(entry.md5).left(8);
    default: return {};
    }
}

QVariant StoreTableModel::headerOf(int section) const
{
    switch (section) {
    case Tier: return tr("Tier");
    case Checksum: return tr("Checksum");
    default: return {};
    }
}

void StoreTableModel::sort(int column, Qt::SortOrder order)
{
    emit layoutAboutToBeChanged({}, VerticalSortHint);
    const bool isAscending = order == Qt::AscendingOrder;
    std::vector<std::size_t> rows(m_entries.size());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    std::stable_sort(rows.begin(), rows.end(), [&](std::size_t leftRow, std::size_t rightRow) {
        const auto& left = m_entries[leftRow];
        const auto& right = m_entries[rightRow];
        if (left.isFolder != right.isFolder) {
            return left.isFolder;
        }
        const auto& a = isAscending ? left : right;
        const auto& b = isAscending ? right : left;
        switch (column) {
        case Size: return a.bytes.value_or(0) < b.bytes.value_or(0);
        case Modified: return a.modified < b.modified;
        case Tier: return a.tier < b.tier;
        case Checksum: return a.md5 < b.md5;
        case Kind: return endingOf(a.path) < endingOf(b.path);
        default: return a.path < b.path;
        }
    });
    std::vector<cloud::StoreEntry> sorted;
    sorted.reserve(rows.size());
    std::vector<int> places(rows.size());
    for (std::size_t place = 0; place < rows.size(); ++place) {
        sorted.push_back(std::move(m_entries[rows[place]]));
        places[rows[place]] = static_cast<int>(place);
    }
    m_entries = std::move(sorted);
    // What is selected stays selected: it may be about to be deleted.
    const auto before = persistentIndexList();
    QModelIndexList after;
    for (const auto& kept : before) {
        after << index(places[static_cast<std::size_t>(kept.row())], kept.column());
    }
    changePersistentIndexList(before, after);
    emit layoutChanged({}, VerticalSortHint);
}

QStringList StoreTableModel::mimeTypes() const
{
    return {QString::fromLatin1(kMimeType)};
}

QMimeData* StoreTableModel::mimeData(const QModelIndexList& indexes) const
{
    const QModelIndexList rows = oneOfEachRow(indexes);
    QStringList addresses;
    bool isAllThere = true;
    for (const auto& row : rows) {
        addresses << row.data(AddressRole).toString();
        isAllThere = isAllThere && !row.data(IsDeletedRole).toBool();
    }
    if (addresses.isEmpty() || !isAllThere) {
        return nullptr; // what is deleted is nowhere to be had from
    }
    auto* data = new widgets::DirectSaveData(rows.constLast().data(NameRole).toString());
    connect(data, &widgets::DirectSaveData::droppedOn, this, [this, addresses](const QString& folder) {
        emit droppedOn(addresses, folder);
    });
    data->setData(QString::fromLatin1(kMimeType), addresses.join(u'\n').toUtf8());
    return data;
}

} // namespace ty::app
