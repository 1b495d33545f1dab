#include "app/models/dataset_rows_model.h"

#include <utility>

#include <QFont>

#include "engine/data/dataset.h"

namespace ty::app {

DatasetRowsModel::DatasetRowsModel(QObject* parent) : QAbstractTableModel(parent) {}

void DatasetRowsModel::setDataset(DatasetHandle dataset)
{
    beginResetModel();
    m_dataset = std::move(dataset);
    m_corrected = {};
    m_target = -1;
    for (std::size_t c = 0; m_dataset && c < m_dataset->info().columns.size(); ++c) {
        if (m_dataset->info().columns[c].role == engine::ColumnRole::Target) {
            m_target = static_cast<int>(c);
        }
    }
    rebuild();
    endResetModel();
}

void DatasetRowsModel::setShown(int classIndex, bool areCorrectedAlone)
{
    beginResetModel();
    m_class = classIndex;
    m_areCorrectedAlone = areCorrectedAlone;
    rebuild();
    endResetModel();
}

void DatasetRowsModel::setCorrections(CorrectedSamples corrected)
{
    m_corrected = std::move(corrected);
    if (rowCount() > 0) {
        emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    }
}

void DatasetRowsModel::rebuild()
{
    m_samples = m_dataset ? shownSamples(*m_dataset, m_corrected, m_class, m_areCorrectedAlone) : std::vector<std::uint32_t>();
}

int DatasetRowsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_samples.size());
}

int DatasetRowsModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() || !m_dataset ? 0 : static_cast<int>(m_dataset->info().columns.size());
}

QString DatasetRowsModel::cell(std::uint32_t sample, int column) const
{
    const QString text = QString::fromStdString(m_dataset->cellText(sample, static_cast<std::size_t>(column)));
    if (column != m_target || !m_corrected.contains(sample) || m_corrected.isLeftOut(sample)) {
        return text;
    }
    const auto index = m_corrected.classOf(*m_dataset, sample);
    const auto& classes = m_dataset->info().classes;
    return tr("%1 → %2").arg(
        text, index >= 0 && static_cast<std::size_t>(index) < classes.size()
            ? QString::fromStdString(classes[static_cast<std::size_t>(index)].name)
            : tr("a class that is gone"));
}

QVariant DatasetRowsModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const std::uint32_t sample = sampleAt(index.row());
    switch (role) {
    case Qt::DisplayRole: return cell(sample, index.column()).replace(QLatin1Char('\n'), QStringLiteral(" ⏎ ")); // a row is a line
    case Qt::ToolTipRole:
        return m_corrected.isLeftOut(sample) ? tr("%1, left out").arg(QString::fromStdString(m_dataset->sampleId(sample)))
                                             : cell(sample, index.column());
    case Qt::FontRole: {
        QFont font;
        font.setStrikeOut(m_corrected.isLeftOut(sample));
        font.setBold(m_corrected.contains(sample) && !m_corrected.isLeftOut(sample) && index.column() == m_target);
        return font.strikeOut() || font.bold() ? QVariant(font) : QVariant();
    }
    case Qt::AccessibleTextRole:
        return m_corrected.isLeftOut(sample) ? QVariant(tr("%1, left out").arg(cell(sample, index.column()))) : QVariant();
    default: return {};
    }
}

QVariant DatasetRowsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (!m_dataset || section < 0) {
        return {};
    }
    if (orientation == Qt::Vertical) {
        return role == Qt::DisplayRole && section < rowCount() ? QVariant(QString::fromStdString(m_dataset->sampleId(sampleAt(section))))
                                                               : QVariant();
    }
    if (section >= columnCount()) {
        return {};
    }
    const QString name = QString::fromStdString(m_dataset->info().columns[static_cast<std::size_t>(section)].name);
    switch (role) {
    case Qt::DisplayRole: return section == m_target ? tr("◎ %1").arg(name) : name;
    case Qt::ToolTipRole: return section == m_target ? tr("Target: what is to be learned") : QString();
    default: return {};
    }
}

} // namespace ty::app
