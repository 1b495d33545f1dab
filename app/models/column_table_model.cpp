#include "app/models/column_table_model.h"

#include <algorithm>
#include <cmath>

#include <QLocale>

namespace ty::app {

namespace {
QString number(double value)
{
    return std::isfinite(value) ? QLocale().toString(value, 'g', 5) : QStringLiteral("–");
}
} // namespace

ColumnTableModel::ColumnTableModel(QObject* parent) : QAbstractTableModel(parent) {}

void ColumnTableModel::setColumns(const std::vector<ColumnSummary>& columns, quint64 samples)
{
    beginResetModel();
    m_guessed = columns;
    m_columns = columns;
    m_samples = samples;
    endResetModel();
    emit changed();
}

QStringList ColumnTableModel::names() const
{
    QStringList names;
    for (const auto& column : m_columns) {
        names << column.name;
    }
    return names;
}

QString ColumnTableModel::target() const
{
    const auto found = std::find_if(m_columns.begin(), m_columns.end(), [](const ColumnSummary& column) {
        return column.role == QLatin1String("target");
    });
    return found == m_columns.end() ? QString() : found->name;
}

void ColumnTableModel::setTarget(const QString& name)
{
    if (name == target()) {
        return;
    }
    for (auto& column : m_columns) {
        if (column.name == name) {
            column.role = QStringLiteral("target");
        } else if (column.role == QLatin1String("target")) {
            column.role = QStringLiteral("feature");
        }
    }
    if (!m_columns.empty()) {
        emit dataChanged(index(0, Role), index(rowCount() - 1, Role));
    }
    emit changed();
}

std::map<std::string, ColumnChoice> ColumnTableModel::choices() const
{
    std::map<std::string, ColumnChoice> choices;
    for (std::size_t row = 0; row < m_columns.size(); ++row) {
        ColumnChoice choice;
        if (m_columns[row].type != m_guessed[row].type) {
            choice.type = m_columns[row].type.toStdString();
        }
        // The target has a field of its own in DataSpec.
        if (m_columns[row].role != m_guessed[row].role && m_columns[row].role != QLatin1String("target")) {
            choice.role = m_columns[row].role.toStdString();
        }
        if (!(choice == ColumnChoice())) {
            choices[m_columns[row].name.toStdString()] = choice;
        }
    }
    return choices;
}

bool ColumnTableModel::isChanged() const
{
    return !std::equal(m_columns.begin(), m_columns.end(), m_guessed.begin(), [](const auto& a, const auto& b) {
        return a.type == b.type && a.role == b.role;
    });
}

QStringList ColumnTableModel::typeChoices()
{
    return {QStringLiteral("numeric"), QStringLiteral("category"), QStringLiteral("date"), QStringLiteral("text")};
}

QStringList ColumnTableModel::roleChoices()
{
    return {QStringLiteral("feature"), QStringLiteral("target"), QStringLiteral("ignored")};
}

int ColumnTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
}

int ColumnTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ColumnTableModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    if (role == Qt::TextAlignmentRole && index.column() >= Missing) {
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole && role != Qt::EditRole) {
        return {};
    }
    const auto& column = m_columns[static_cast<std::size_t>(index.row())];
    switch (index.column()) {
    case Name: return column.name;
    case Type: return column.type;
    case Role: return column.role;
    case Missing:
        return m_samples == 0 ? QStringLiteral("–")
                              : tr("%1 %").arg(QLocale().toString(
                                    100.0 * static_cast<double>(column.missing) / static_cast<double>(m_samples), 'f',
                                    column.missing == 0 ? 0 : 1));
    case Minimum: return number(column.minimum);
    case Mean: return number(column.mean);
    case Maximum: return number(column.maximum);
    case Distinct: return QLocale().toString(static_cast<qulonglong>(column.distinct));
    default: return {};
    }
}

bool ColumnTableModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    if (!index.isValid() || role != Qt::EditRole) {
        return false;
    }
    auto& column = m_columns[static_cast<std::size_t>(index.row())];
    const auto text = value.toString();
    if (index.column() == Type && typeChoices().contains(text)) {
        column.type = text;
    } else if (index.column() == Role && text == QLatin1String("target")) {
        setTarget(column.name);
        return true;
    } else if (index.column() == Role && roleChoices().contains(text)) {
        column.role = text;
    } else {
        return false;
    }
    emit dataChanged(index, index);
    emit changed();
    return true;
}

QVariant ColumnTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole) {
        return section >= Missing ? QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    }
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Name: return tr("Column");
    case Type: return tr("Type");
    case Role: return tr("Role");
    case Missing: return tr("Missing");
    case Minimum: return tr("Min");
    case Mean: return tr("Mean");
    case Maximum: return tr("Max");
    case Distinct: return tr("Distinct");
    default: return {};
    }
}

Qt::ItemFlags ColumnTableModel::flags(const QModelIndex& index) const
{
    auto flags = QAbstractTableModel::flags(index);
    if (index.isValid() && (index.column() == Type || index.column() == Role)) {
        flags |= Qt::ItemIsEditable;
    }
    return flags;
}

} // namespace ty::app
