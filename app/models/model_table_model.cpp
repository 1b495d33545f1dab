#include "app/models/model_table_model.h"

#include <cmath>
#include <utility>

#include <QLocale>

#include "app/models/run_format.h"

namespace ty::app {

namespace {

/// Of a column's cells and of its title; none: on the left.
QVariant alignmentOf(int column)
{
    switch (column) {
    case ModelTableModel::Star:
    case ModelTableModel::Checked: return int(Qt::AlignCenter);
    case ModelTableModel::Version:
    case ModelTableModel::Parameters:
    case ModelTableModel::Size:
    case ModelTableModel::Best:
    case ModelTableModel::Latency: return int(Qt::AlignRight | Qt::AlignVCenter);
    default: return {};
    }
}

} // namespace

void ModelTableModel::setModels(std::vector<catalog::ModelRecord> models)
{
    beginResetModel();
    m_models = std::move(models);
    endResetModel();
}

const catalog::ModelRecord* ModelTableModel::modelAt(int row) const
{
    return row >= 0 && row < rowCount() ? &m_models[static_cast<std::size_t>(row)] : nullptr;
}

int ModelTableModel::rowOf(qint64 modelId) const
{
    for (int row = 0; row < rowCount(); ++row) {
        if (modelAt(row)->id == modelId) {
            return row;
        }
    }
    return -1;
}

int ModelTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_models.size());
}

int ModelTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ModelTableModel::data(const QModelIndex& index, int role) const
{
    const auto* model = index.isValid() ? modelAt(index.row()) : nullptr;
    if (model == nullptr) {
        return {};
    }
    if (role == IdRole) {
        return static_cast<qlonglong>(model->id);
    }
    if (role == SortRole) {
        switch (index.column()) {
        case Star: return model->isStarred;
        case Version: return model->version;
        case Parameters: return static_cast<qlonglong>(model->parameters);
        case Size: return static_cast<qlonglong>(model->bytes);
        case Best: return model->best;
        case Latency: return model->latencyMs;
        case Checked: return model->isChecked;
        case Created: return QString::fromStdString(model->created);
        default: role = Qt::DisplayRole;
        }
    }
    if (role == Qt::TextAlignmentRole) {
        return alignmentOf(index.column());
    }
    if (role == Qt::ToolTipRole && index.column() == Best) {
        return metricName(QString::fromStdString(model->metric));
    }
    if (role == Qt::AccessibleTextRole) {
        return index.column() == Star      ? (model->isStarred ? tr("starred") : tr("not starred"))
            : index.column() == Checked ? (model->isChecked ? tr("export checked") : tr("not checked"))
                                        : QVariant();
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (index.column()) {
    case Star: return model->isStarred ? QStringLiteral("★") : QStringLiteral("☆");
    case Name: return QString::fromStdString(model->name);
    case Version: return model->version;
    case FromRun: return QString::fromStdString(model->runName);
    case Format: return QString::fromStdString(model->format);
    case InputOutput:
        return tr("%1 → %2").arg(QString::fromStdString(model->input), QString::fromStdString(model->output));
    case Parameters: return model->parameters > 0 ? countText(model->parameters) : QStringLiteral("-");
    case Size: return bytesText(model->bytes);
    case Best: return metricText(model->best);
    case Latency:
        return std::isfinite(model->latencyMs) ? tr("%1 ms").arg(QLocale().toString(model->latencyMs, 'f', 2))
                                               : QStringLiteral("-");
    case Checked: return model->isChecked ? QStringLiteral("✔") : QString();
    case Created: return whenText(model->created);
    default: return {};
    }
}

QVariant ModelTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return alignmentOf(section);
    }
    if (role == Qt::ToolTipRole) {
        return section == Checked ? tr("An export agreed with the engine")
            : section == Latency  ? tr("Median time for one answer here, the process included")
                                  : QVariant();
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Star: return QStringLiteral("★");
    case Name: return tr("Name");
    case Version: return tr("Version");
    case FromRun: return tr("From run");
    case Format: return tr("Format");
    case InputOutput: return tr("Input → output");
    case Parameters: return tr("Parameters");
    case Size: return tr("Size");
    case Best: return tr("Best metric");
    case Latency: return tr("Latency here");
    case Checked: return tr("Checked");
    case Created: return tr("Created");
    default: return {};
    }
}

} // namespace ty::app
