#include "widgets/confusion_model.h"

#include <algorithm>
#include <numeric>

#include <QLocale>

namespace ty::widgets {

void ConfusionModel::setCounts(const QStringList& classes, const QList<QList<qint64>>& counts)
{
    Q_ASSERT(counts.size() == classes.size());
    beginResetModel();
    m_classes = classes;
    m_counts = counts;
    arrange();
    endResetModel();
}

void ConfusionModel::setUnit(MatrixUnit unit)
{
    m_unit = unit;
    if (!m_cells.isEmpty()) {
        emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    }
}

void ConfusionModel::setSortedByError(bool isSorted)
{
    beginResetModel();
    m_isSorted = isSorted;
    arrange();
    endResetModel();
}

void ConfusionModel::arrange()
{
    const auto count = static_cast<int>(m_classes.size());
    QList<qint64> support(count, 0);
    QList<qint64> errors(count, 0);
    for (int t = 0; t < count; ++t) {
        for (int p = 0; p < count; ++p) {
            support[t] += m_counts[t][p];
            errors[t] += t == p ? 0 : m_counts[t][p];
        }
    }
    m_order.resize(count);
    std::iota(m_order.begin(), m_order.end(), 0);
    m_hasOther = count > ConfusionMatrix::kShownClasses;
    if (m_isSorted) {
        std::stable_sort(
            m_order.begin(), m_order.end(), [&](int a, int b) { return errors[a] > errors[b]; });
    }
    if (m_hasOther) {
        if (!m_isSorted) {
            // The twenty largest, shown in their own order.
            std::stable_sort(m_order.begin(), m_order.end(), [&](int a, int b) {
                return support[a] > support[b];
            });
        }
        m_order.resize(ConfusionMatrix::kShownClasses);
        if (!m_isSorted) {
            std::sort(m_order.begin(), m_order.end());
        }
    }
    const int shown = static_cast<int>(m_order.size()) + (m_hasOther ? 1 : 0);
    QList<int> placeOf(count, shown - 1);
    for (int i = 0; i < m_order.size(); ++i) {
        placeOf[m_order[i]] = i;
    }
    m_cells = QList<QList<qint64>>(shown, QList<qint64>(shown, 0));
    m_rowSums = QList<qint64>(shown, 0);
    m_columnSums = QList<qint64>(shown, 0);
    for (int t = 0; t < count; ++t) {
        for (int p = 0; p < count; ++p) {
            m_cells[placeOf[t]][placeOf[p]] += m_counts[t][p];
            m_rowSums[placeOf[t]] += m_counts[t][p];
            m_columnSums[placeOf[p]] += m_counts[t][p];
        }
    }
}

int ConfusionModel::classAt(int place) const
{
    return place >= 0 && place < m_order.size() ? m_order[place] : -1;
}

int ConfusionModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_cells.size());
}

int ConfusionModel::columnCount(const QModelIndex& parent) const
{
    return rowCount(parent);
}

double ConfusionModel::shareAt(int row, int column) const
{
    const qint64 whole =
        m_unit == MatrixUnit::ColumnPercent ? m_columnSums[column] : m_rowSums[row];
    return whole == 0 ? 0 : static_cast<double>(m_cells[row][column]) / static_cast<double>(whole);
}

QVariant ConfusionModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    const int row = index.row();
    const int column = index.column();
    const qint64 count = m_cells[row][column];
    const auto name = [this](int place) {
        return headerData(place, Qt::Vertical, Qt::DisplayRole).toString();
    };
    switch (role) {
    case Qt::DisplayRole:
        if (m_unit == MatrixUnit::Counts) {
            return QLocale().toString(static_cast<qlonglong>(count));
        }
        return QLocale().toString(100 * shareAt(row, column), 'f', 1);
    case Qt::TextAlignmentRole:
        return QVariant(Qt::AlignCenter);
    case kShareRole:
        return shareAt(row, column);
    case kIsRightRole:
        return row == column && classAt(row) >= 0;
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
        return tr("%1 predicted as %2: %3 (%4 % of the true class)")
            .arg(name(row), name(column), QLocale().toString(static_cast<qlonglong>(count)))
            .arg(QLocale().toString(
                m_rowSums[row] == 0
                    ? 0
                    : 100.0 * static_cast<double>(count) / static_cast<double>(m_rowSums[row]),
                'f',
                1));
    default:
        return {};
    }
}

QVariant ConfusionModel::headerData(int section, Qt::Orientation, int role) const
{
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) {
        return {};
    }
    const int index = classAt(section);
    return index >= 0 ? m_classes[index] : tr("other");
}

} // namespace ty::widgets
