#include "app/models/dataset_table_model.h"

#include <algorithm>

#include <QFileInfo>
#include <QLocale>
#include <QMimeData>
#include <QUrl>

#include "app/catalog/catalog.h"
#include "app/models/dataset_summary.h"
#include "app/models/training_form.h"
#include "widgets/drop_well.h"

namespace ty::app {

namespace {
QString percent(double fraction)
{
    return QLocale().toString(100 * fraction, 'f', 0);
}

/// "65 / 20 / 15": what the data brings, else how it will be divided.
QString splitText(const DatasetSummary& summary, const Json& choices)
{
    const auto [training, validation, test] = summary.givenSplit;
    const auto all = static_cast<double>(training + validation + test);
    const SplitSpec split = splitOfChoices(choices, static_cast<qint64>(summary.samples), test > 0);
    double tr = 1;
    double va = 0;
    double te = 0;
    if (all > 0) {
        tr = static_cast<double>(training) / all;
        va = static_cast<double>(validation) / all;
        te = static_cast<double>(test) / all;
    }
    const double free = tr; // shares are of what the data does not divide itself
    if (test == 0) {
        te = free * split.test;
    }
    if (validation == 0) {
        va = free * split.validation;
    }
    tr = free - (test == 0 ? te : 0) - (validation == 0 ? va : 0);
    return QStringLiteral("%1 / %2 / %3").arg(percent(tr), percent(va), percent(te));
}

bool isNumber(int column)
{
    using Model = DatasetTableModel;
    return column == Model::Samples || column == Model::Classes || column == Model::Size || column == Model::Problems
        || column == Model::UsedBy;
}

bool isSame(const DatasetRow& a, const DatasetRow& b)
{
    return a.id == b.id && a.isStarred == b.isStarred && a.name == b.name && a.task == b.task
        && a.samples == b.samples && a.classes == b.classes && a.shape == b.shape && a.split == b.split
        && a.format == b.format && a.problems == b.problems && a.usedBy == b.usedBy && a.fingerprint == b.fingerprint;
}
} // namespace

Result<std::vector<DatasetRow>> readDatasetRows(catalog::Catalog& catalog)
{
    TY_TRY(const auto records, catalog.datasets());
    std::vector<DatasetRow> rows;
    rows.reserve(records.size());
    for (const auto& record : records) {
        DatasetRow row;
        row.id = record.id;
        row.isStarred = record.isStarred;
        row.name = QString::fromStdString(record.name);
        row.version = record.version;
        row.kind = QString::fromStdString(record.kind);
        row.task = QString::fromStdString(record.task);
        row.samples = record.samples;
        row.classes = record.classes;
        row.shape = QString::fromStdString(record.shape);
        row.bytes = record.bytes;
        row.format = QString::fromStdString(record.format);
        row.path = QString::fromStdString(record.path);
        row.fingerprint = QString::fromStdString(record.fingerprint);
        row.problems = record.problems;
        row.usedBy = record.usedBy;
        row.created = QDateTime::fromString(QString::fromStdString(record.created), Qt::ISODateWithMs).toLocalTime();
        if (const auto whole = catalog.dataset(record.id); whole && whole->info.is_object()) {
            if (const auto summary = DatasetSummary::fromJson(whole->info)) {
                row.split = splitText(summary.value(), whole->choices);
                row.format = summary->formatText();
            }
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

DatasetTableModel::DatasetTableModel(QObject* parent) : QAbstractTableModel(parent) {}

void DatasetTableModel::setRows(std::vector<DatasetRow> rows)
{
    const bool isSameSet = rows.size() == m_rows.size()
        && std::equal(rows.begin(), rows.end(), m_rows.begin(), [](const auto& a, const auto& b) { return a.id == b.id; });
    if (!isSameSet) {
        beginResetModel();
        m_rows = std::move(rows);
        endResetModel();
        return;
    }
    for (std::size_t row = 0; row < rows.size(); ++row) {
        if (!isSame(rows[row], m_rows[row])) {
            m_rows[row] = std::move(rows[row]);
            const int at = static_cast<int>(row);
            emit dataChanged(index(at, 0), index(at, ColumnCount - 1));
        }
    }
}

int DatasetTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int DatasetTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant DatasetTableModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const auto& row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole: return display(row, index.column());
    case Qt::EditRole: return index.column() == Name ? QVariant(row.name) : display(row, index.column());
    case SortRole: return sortKey(row, index.column());
    case IdRole: return row.id;
    case PathRole: return row.path;
    case Qt::AccessibleTextRole:
        return index.column() == Star ? QVariant(row.isStarred ? tr("starred") : tr("not starred"))
                                      : display(row, index.column());
    case Qt::ToolTipRole:
        switch (index.column()) {
        case Where: return row.path;
        case Fingerprint: return row.fingerprint;
        case Size: return tr("%1 bytes").arg(QLocale().toString(row.bytes));
        case Split: return tr("training / validation / test, in percent");
        default: return {};
        }
    case Qt::TextAlignmentRole:
        if (index.column() == Star) {
            return QVariant::fromValue<Qt::Alignment>(Qt::AlignCenter);
        }
        return isNumber(index.column()) ? QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    default: return {};
    }
}

bool DatasetTableModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    if (!index.isValid() || role != Qt::EditRole) {
        return false;
    }
    auto& row = m_rows[static_cast<std::size_t>(index.row())];
    if (index.column() == Star) {
        emit starRequested(row.id, value.toBool());
        return true;
    }
    const auto name = value.toString().trimmed();
    if (index.column() != Name || name.isEmpty() || name == row.name) {
        return false;
    }
    emit renameRequested(row.id, name);
    return true;
}

QVariant DatasetTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole) {
        return isNumber(section) ? QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    }
    if (orientation != Qt::Horizontal || (role != Qt::DisplayRole && role != Qt::ToolTipRole)) {
        return {};
    }
    switch (section) {
    case Star: return role == Qt::ToolTipRole ? tr("Starred") : QStringLiteral("★");
    case Name: return tr("Name");
    case Task: return tr("Task");
    case Samples: return tr("Samples");
    case Classes: return tr("Classes");
    case Shape: return tr("Shape");
    case Split: return tr("Split %");
    case Size: return tr("Size");
    case Format: return tr("Format");
    case Where: return tr("Where");
    case Fingerprint: return tr("Fingerprint");
    case Problems: return tr("Problems");
    case UsedBy: return tr("Used by");
    case Created: return tr("Created");
    default: return {};
    }
}

Qt::ItemFlags DatasetTableModel::flags(const QModelIndex& index) const
{
    auto flags = QAbstractTableModel::flags(index);
    if (index.isValid()) {
        flags |= Qt::ItemIsDragEnabled;
        if (index.column() == Name) {
            flags |= Qt::ItemIsEditable;
        }
    }
    return flags;
}

QStringList DatasetTableModel::mimeTypes() const
{
    return {QString::fromLatin1(widgets::kDatasetMimeType), QStringLiteral("text/uri-list")};
}

QMimeData* DatasetTableModel::mimeData(const QModelIndexList& indexes) const
{
    if (indexes.isEmpty()) {
        return nullptr;
    }
    auto* data = new QMimeData;
    data->setData(
        QString::fromLatin1(widgets::kDatasetMimeType), QByteArray::number(indexes.front().data(IdRole).toLongLong()));
    QList<QUrl> urls;
    for (const auto& index : indexes) {
        const auto url = QUrl::fromLocalFile(index.data(PathRole).toString());
        if (!urls.contains(url)) {
            urls << url;
        }
    }
    data->setUrls(urls);
    return data;
}

QVariant DatasetTableModel::display(const DatasetRow& row, int column) const
{
    const QLocale locale;
    switch (column) {
    case Star: return row.isStarred ? QStringLiteral("★") : QStringLiteral("☆");
    case Name: return row.version > 1 ? tr("%1 (version %2)").arg(row.name).arg(row.version) : row.name;
    case Task:
        return row.task == QLatin1String("regression") ? tr("regress")
            : row.task == QLatin1String("next-word")   ? tr("next word")
            : row.task == QLatin1String("grouping")    ? tr("find groups")
                                                       : tr("classify");
    case Samples: return locale.toString(row.samples);
    case Classes: return row.classes == 0 ? QVariant(QStringLiteral("–")) : locale.toString(row.classes);
    case Shape: return row.shape;
    case Split: return row.split;
    case Size: return locale.formattedDataSize(row.bytes, 1);
    case Format: return row.format;
    case Where: return QFileInfo(row.path).path();
    case Fingerprint: return row.fingerprint.left(8);
    case Problems: return row.problems == 0 ? QStringLiteral("✔ 0") : tr("⚠ %1").arg(row.problems);
    case UsedBy: return tr("%Ln run(s)", nullptr, static_cast<int>(row.usedBy));
    case Created: return locale.toString(row.created, QLocale::ShortFormat);
    default: return {};
    }
}

QVariant DatasetTableModel::sortKey(const DatasetRow& row, int column) const
{
    switch (column) {
    case Star: return row.isStarred ? 0 : 1;
    case Samples: return row.samples;
    case Classes: return row.classes;
    case Size: return row.bytes;
    case Problems: return row.problems;
    case UsedBy: return row.usedBy;
    case Created: return row.created;
    default: return display(row, column);
    }
}

} // namespace ty::app
