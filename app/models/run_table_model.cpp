#include "app/models/run_table_model.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QPainter>
#include <QPixmap>
#include <QSysInfo>

#include "app/models/run_format.h"
#include "widgets/run_strip.h"

namespace ty::app {

using catalog::RunRecord;

/// What a row is sorted by. Numbers before texts; unknown numbers come last in either direction.
struct RunTableModel::Key {
    double number = catalog::kUnknown;
    QString text;
    qint64 id = 0;
};

namespace {

constexpr int kBestDigits = 4;

/// Of a column's cells and of its title; none: on the left.
QVariant alignmentOf(int column)
{
    switch (column) {
    case RunTableModel::Color:
    case RunTableModel::Star: return int(Qt::AlignCenter);
    case RunTableModel::Best:
    case RunTableModel::Last:
    case RunTableModel::Gap:
    case RunTableModel::Epochs:
    case RunTableModel::Duration:
    case RunTableModel::QueueWait:
    case RunTableModel::Cost:
    case RunTableModel::Size:
    case RunTableModel::Parameters:
    case RunTableModel::Seed: return int(Qt::AlignRight | Qt::AlignVCenter);
    default: return {};
    }
}

QString tagsText(const RunRecord& run)
{
    QStringList tags;
    for (const std::string& tag : run.tags) {
        tags << QString::fromStdString(tag);
    }
    return tags.join(QStringLiteral(", "));
}

/// A filled circle with a light rim, so that it shows on a selected row too.
QPixmap dotOf(const QColor& color)
{
    constexpr int kEdge = 14;
    constexpr qreal kRatio = 2;
    QPixmap dot(QSize(kEdge, kEdge) * kRatio);
    dot.setDevicePixelRatio(kRatio);
    dot.fill(Qt::transparent);
    QPainter painter(&dot);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(Qt::white, 1.5));
    painter.setBrush(color);
    painter.drawEllipse(QRectF(1.5, 1.5, kEdge - 3, kEdge - 3));
    return dot;
}

QString bestText(const RunRecord& run)
{
    if (!std::isfinite(run.best)) {
        return QStringLiteral("-");
    }
    return run.bestEpoch > 0 ? RunTableModel::tr("%1 @ %2").arg(metricText(run.best)).arg(run.bestEpoch)
                             : metricText(run.best);
}

} // namespace

QString RunTableModel::ExtraColumn::title() const
{
    const QString key = QString::fromStdString(name);
    switch (kind) {
    case Kind::Setting: return key;
    case Kind::Minimum: return tr("min %1").arg(metricName(key));
    case Kind::Maximum: return tr("max %1").arg(metricName(key));
    case Kind::LastValue: return tr("last %1").arg(metricName(key));
    }
    return key;
}

RunTableModel::RunTableModel(QObject* parent)
    : QAbstractTableModel(parent)
{
}

void RunTableModel::setRuns(std::vector<RunRecord> runs)
{
    const bool isSameSet = runs.size() == m_runs.size()
        && std::equal(runs.begin(), runs.end(), m_runs.begin(), [](const RunRecord& a, const RunRecord& b) {
               return a.id == b.id;
           });
    if (isSameSet) {
        m_runs = std::move(runs); // the indices in m_shown keep their meaning
        if (!m_shown.empty()) {
            emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
        }
        rearrange();
        return;
    }
    beginResetModel();
    m_runs = std::move(runs);
    m_shown.clear();
    endResetModel();
    rearrange();
}

void RunTableModel::setFilter(RunFilter filter)
{
    m_filter = std::move(filter);
    rearrange();
}

void RunTableModel::setFacts(RunFacts facts)
{
    m_facts = std::move(facts);
    rearrange();
    if (!m_shown.empty()) {
        emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    }
}

void RunTableModel::setExtraColumns(std::vector<ExtraColumn> columns)
{
    if (columns == m_extra) {
        return;
    }
    beginResetModel();
    m_extra = std::move(columns);
    if (m_sortColumn >= columnCount()) {
        m_sortColumn = Started;
    }
    endResetModel();
}

void RunTableModel::setColors(const QHash<qint64, QColor>& colors)
{
    m_colors = colors;
    if (!m_shown.empty()) {
        emit dataChanged(index(0, Color), index(rowCount() - 1, Color), {Qt::DecorationRole, Qt::DisplayRole});
    }
}

const RunRecord* RunTableModel::runAt(const QModelIndex& index) const
{
    if (!index.isValid() || index.row() >= rowCount()) {
        return nullptr;
    }
    return &m_runs[static_cast<std::size_t>(m_shown[static_cast<std::size_t>(index.row())])];
}

QModelIndex RunTableModel::indexOf(qint64 runId, int column) const
{
    for (int row = 0; row < rowCount(); ++row) {
        if (m_runs[static_cast<std::size_t>(m_shown[static_cast<std::size_t>(row)])].id == runId) {
            return index(row, column);
        }
    }
    return {};
}

int RunTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_shown.size());
}

int RunTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : FixedColumns + static_cast<int>(m_extra.size());
}

QString RunTableModel::columnTitle(int column)
{
    switch (column) {
    case Color: return QStringLiteral("●");
    case Star: return QStringLiteral("★");
    case Name: return tr("Name");
    case State: return tr("State");
    case Dataset: return tr("Dataset");
    case Preset: return tr("Preset");
    case Best: return tr("Best");
    case Last: return tr("Last");
    case Gap: return tr("Train-val gap");
    case Epochs: return tr("Epochs");
    case Duration: return tr("Duration");
    case QueueWait: return tr("Queue wait");
    case Where: return tr("Where");
    case Cost: return tr("Cost");
    case Size: return tr("Size on disk");
    case Tags: return tr("Tags");
    case Started: return tr("Started");
    case Learner: return tr("Learner");
    case Parameters: return tr("Parameters");
    case Seed: return tr("Seed");
    default: return {};
    }
}

QVariant RunTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return alignmentOf(section);
    }
    if (role == Qt::DisplayRole) {
        return section < FixedColumns ? columnTitle(section)
                                      : m_extra[static_cast<std::size_t>(section - FixedColumns)].title();
    }
    if (role == Qt::ToolTipRole || role == Qt::AccessibleTextRole) {
        switch (section) {
        case Color: return tr("Colour of the run's curve below");
        case Star: return tr("Starred");
        case Best: return tr("Best value of the run's metric, and in which epoch");
        case Last: return tr("The metric in the last epoch");
        case Gap: return tr("Training minus validation in the last epoch");
        case Duration: return tr("Running time without pauses");
        default: return {};
        }
    }
    return {};
}

QVariant RunTableModel::text(const RunRecord& run, int column) const
{
    switch (column) {
    case Color: return QString();
    case Star: return run.isStarred ? QStringLiteral("★") : QStringLiteral("☆");
    case Name: return QString::fromStdString(run.name);
    case State: return runStateText(run.state);
    case Dataset: return QString::fromStdString(run.dataset);
    case Preset: return QString::fromStdString(run.preset);
    case Best: return bestText(run);
    case Last: return metricText(run.last);
    case Gap: return metricText(run.gap);
    case Epochs:
        return run.epochsPlanned > 0 ? tr("%1/%2").arg(run.epochsDone).arg(run.epochsPlanned) : QStringLiteral("-");
    case Duration: return run.seconds > 0 ? widgets::RunStrip::durationText(run.seconds) : QStringLiteral("-");
    case QueueWait:
        return run.queueSeconds >= 1 ? widgets::RunStrip::durationText(run.queueSeconds) : QStringLiteral("-");
    case Where: {
        const QString host = QString::fromStdString(run.host);
        return host.isEmpty() || host == QSysInfo::machineHostName() ? tr("This computer") : host;
    }
    case Cost: return run.costUsd > 0 ? tr("$%1").arg(run.costUsd, 0, 'f', 2) : tr("free");
    case Size: return run.bytes > 0 ? bytesText(run.bytes) : QStringLiteral("-");
    case Tags: return tagsText(run);
    case Started: return whenText(run.started.empty() ? run.created : run.started);
    case Learner: return QString::fromStdString(run.learner);
    case Parameters: return run.parameters > 0 ? countText(run.parameters) : QStringLiteral("-");
    case Seed: return QString::number(run.seed);
    default: return extraText(run, m_extra[static_cast<std::size_t>(column - FixedColumns)]);
    }
}

double RunTableModel::extraNumber(const RunRecord& run, const ExtraColumn& column) const
{
    if (column.kind == ExtraColumn::Kind::Setting) {
        const auto setting = m_facts.settings.find(column.name);
        if (setting == m_facts.settings.end() || !setting->second.contains(run.id)) {
            return catalog::kUnknown;
        }
        bool isNumber = false;
        const double number = QString::fromStdString(setting->second.at(run.id)).toDouble(&isNumber);
        return isNumber ? number : catalog::kUnknown;
    }
    const auto metric = m_facts.metrics.find(column.name);
    if (metric == m_facts.metrics.end() || !metric->second.contains(run.id)) {
        return catalog::kUnknown;
    }
    const auto& summary = metric->second.at(run.id);
    return column.kind == ExtraColumn::Kind::Minimum ? summary.minimum
        : column.kind == ExtraColumn::Kind::Maximum  ? summary.maximum
                                                     : summary.last;
}

QString RunTableModel::extraText(const RunRecord& run, const ExtraColumn& column) const
{
    if (column.kind != ExtraColumn::Kind::Setting) {
        return metricText(extraNumber(run, column));
    }
    const auto setting = m_facts.settings.find(column.name);
    if (setting == m_facts.settings.end() || !setting->second.contains(run.id)) {
        return QStringLiteral("-");
    }
    const std::string& value = setting->second.at(run.id);
    return value == "null" ? tr("Auto") : QString::fromStdString(value).remove(QLatin1Char('"'));
}

QVariant RunTableModel::data(const QModelIndex& index, int role) const
{
    const RunRecord* run = runAt(index);
    if (run == nullptr) {
        return {};
    }
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole: return text(*run, column);
    case Qt::EditRole:
        return column == Name ? QString::fromStdString(run->name) : column == Tags ? tagsText(*run) : text(*run, column);
    case IdRole: return static_cast<qlonglong>(run->id);
    case Qt::DecorationRole:
        return column == Color && m_colors.contains(run->id) ? QVariant(dotOf(m_colors.value(run->id))) : QVariant();
    case Qt::TextAlignmentRole: return alignmentOf(column);
    case Qt::ToolTipRole:
        switch (column) {
        case Best:
            return std::isfinite(run->best)
                ? tr("%1: best %2").arg(metricName(QString::fromStdString(run->metric))).arg(run->best, 0, 'g', kBestDigits + 4)
                : QString();
        case Size: return run->bytes > 0 ? tr("%1 bytes").arg(countText(run->bytes)) : QString();
        case Started: return localTime(run->started).toString(Qt::ISODate);
        case State: return QString::fromStdString(run->errorMessage);
        default: return {};
        }
    case Qt::AccessibleTextRole:
        if (column == Color) {
            return m_colors.contains(run->id) ? tr("drawn below") : tr("not drawn");
        }
        return column == Star ? (run->isStarred ? tr("starred") : tr("not starred")) : QVariant();
    default: return {};
    }
}

Qt::ItemFlags RunTableModel::flags(const QModelIndex& index) const
{
    Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    if (!index.isValid()) {
        return flags;
    }
    if (index.column() == Name || index.column() == Tags) {
        flags |= Qt::ItemIsEditable;
    }
    return flags | Qt::ItemIsDragEnabled;
}

bool RunTableModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    const RunRecord* run = runAt(index);
    if (run == nullptr || role != Qt::EditRole) {
        return false;
    }
    const QString text = value.toString().trimmed();
    if (index.column() == Name && !text.isEmpty() && text != QString::fromStdString(run->name)) {
        emit renameRequested(run->id, text);
        return true;
    }
    if (index.column() == Tags && text != tagsText(*run)) {
        QStringList tags;
        for (const QString& tag : text.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
            if (!tag.trimmed().isEmpty()) {
                tags << tag.trimmed();
            }
        }
        tags.removeDuplicates();
        emit tagsRequested(run->id, tags);
        return true;
    }
    return false;
}

RunTableModel::Key RunTableModel::keyOf(const RunRecord& run) const
{
    Key key;
    key.id = run.id;
    switch (m_sortColumn) {
    case Color: key.number = m_colors.contains(run.id) ? 1 : 0; break;
    case Star: key.number = run.isStarred ? 1 : 0; break;
    case State: key.number = static_cast<double>(run.state); break;
    case Best: key.number = run.best; break;
    case Last: key.number = run.last; break;
    case Gap: key.number = run.gap; break;
    case Epochs: key.number = run.epochsDone; break;
    case Duration: key.number = run.seconds; break;
    case QueueWait: key.number = run.queueSeconds; break;
    case Cost: key.number = run.costUsd; break;
    case Size: key.number = static_cast<double>(run.bytes); break;
    case Parameters: key.number = static_cast<double>(run.parameters); break;
    case Seed: key.number = static_cast<double>(run.seed); break;
    case Started: key.text = QString::fromStdString(run.started.empty() ? run.created : run.started); break;
    default:
        if (m_sortColumn >= FixedColumns) {
            const ExtraColumn& column = m_extra[static_cast<std::size_t>(m_sortColumn - FixedColumns)];
            key.number = extraNumber(run, column);
            if (std::isnan(key.number)) {
                key.text = extraText(run, column);
            }
        } else {
            key.text = text(run, m_sortColumn).toString();
        }
    }
    return key;
}

std::vector<catalog::RunRecord> RunTableModel::shownRuns() const
{
    std::vector<catalog::RunRecord> runs;
    runs.reserve(m_shown.size());
    for (const int place : m_shown) {
        runs.push_back(m_runs[static_cast<std::size_t>(place)]);
    }
    return runs;
}

void RunTableModel::sort(int column, Qt::SortOrder order)
{
    if (column < 0 || column >= columnCount()) {
        return;
    }
    m_sortColumn = column;
    m_sortOrder = order;
    rearrange();
}

void RunTableModel::rearrange()
{
    std::vector<int> wanted;
    wanted.reserve(m_runs.size());
    std::vector<Key> keys(m_runs.size());
    for (std::size_t i = 0; i < m_runs.size(); ++i) {
        if (m_filter.isEmpty() || m_filter.matches(m_runs[i], m_facts)) {
            wanted.push_back(static_cast<int>(i));
            keys[i] = keyOf(m_runs[i]);
        }
    }
    const bool isAscending = m_sortOrder == Qt::AscendingOrder;
    std::stable_sort(wanted.begin(), wanted.end(), [&](int left, int right) {
        const Key& a = keys[static_cast<std::size_t>(left)];
        const Key& b = keys[static_cast<std::size_t>(right)];
        const bool isUnknownA = std::isnan(a.number);
        const bool isUnknownB = std::isnan(b.number);
        if (isUnknownA != isUnknownB) {
            return isUnknownB;
        }
        if (!isUnknownA && a.number != b.number) {
            return isAscending ? a.number < b.number : a.number > b.number;
        }
        if (const int order = QString::compare(a.text, b.text, Qt::CaseInsensitive); order != 0) {
            return isAscending ? order < 0 : order > 0;
        }
        return a.id > b.id; // newest first where nothing else decides
    });
    if (wanted == m_shown) {
        return;
    }
    if (wanted.size() != m_shown.size()) {
        beginResetModel();
        m_shown = std::move(wanted);
        endResetModel();
        return;
    }
    emit layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    std::vector<int> rowOf(m_runs.size(), -1);
    for (std::size_t row = 0; row < wanted.size(); ++row) {
        rowOf[static_cast<std::size_t>(wanted[row])] = static_cast<int>(row);
    }
    const QModelIndexList old = persistentIndexList();
    QModelIndexList moved;
    moved.reserve(old.size());
    for (const QModelIndex& item : old) {
        const int row = rowOf[static_cast<std::size_t>(m_shown[static_cast<std::size_t>(item.row())])];
        moved << (row < 0 ? QModelIndex() : index(row, item.column()));
    }
    m_shown = std::move(wanted);
    changePersistentIndexList(old, moved);
    emit layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

} // namespace ty::app
