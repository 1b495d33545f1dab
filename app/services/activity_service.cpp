#include "app/services/activity_service.h"

#include <algorithm>

#include <QLocale>

namespace ty::app {

namespace {
QString stateText(const OperationRow& row)
{
    switch (row.state) {
    case OperationState::Running: return ActivityService::tr("● Running");
    case OperationState::Cancelling: return ActivityService::tr("◌ Cancelling…");
    case OperationState::Done: return ActivityService::tr("✔ Done");
    case OperationState::Failed: return ActivityService::tr("✖ Failed: %1").arg(row.message);
    case OperationState::Cancelled: return ActivityService::tr("⊘ Cancelled");
    case OperationState::Pausing: return ActivityService::tr("◌ Pausing…");
    case OperationState::Paused:
        return row.message.isEmpty() ? ActivityService::tr("⏸ Paused") : ActivityService::tr("⏸ Paused: %1").arg(row.message);
    }
    return {};
}

QString tookText(const OperationRow& row)
{
    const auto end = row.ended.isValid() ? row.ended : QDateTime::currentDateTime();
    const double seconds = static_cast<double>(row.started.msecsTo(end)) / 1000.0;
    return ActivityService::tr("%1 s").arg(QLocale().toString(seconds, 'f', seconds < 10 ? 1 : 0));
}
} // namespace

ActivityService::ActivityService(QObject* parent) : QAbstractTableModel(parent) {}

int ActivityService::begin(const QString& operation, const QString& target, bool isCancellable)
{
    OperationRow row;
    row.id = m_nextId++;
    row.operation = operation;
    row.target = target;
    row.isCancellable = isCancellable;
    row.started = QDateTime::currentDateTime();
    beginInsertRows({}, 0, 0);
    m_rows.insert(m_rows.begin(), row);
    endInsertRows();
    emit runningCountChanged(runningCount());
    return row.id;
}

void ActivityService::update(int id, const QString& stage, double fraction, const QString& speed, const QString& left)
{
    const int row = indexOf(id);
    if (row < 0) {
        return;
    }
    auto& operation = m_rows[static_cast<std::size_t>(row)];
    operation.stage = stage;
    operation.fraction = fraction;
    operation.speed = speed;
    operation.left = left;
    emitRow(row);
}

void ActivityService::setPausable(int id)
{
    if (const int row = indexOf(id); row >= 0) {
        m_rows[static_cast<std::size_t>(row)].isPausable = true;
        emitRow(row);
    }
}

void ActivityService::setState(int id, OperationState state, const QString& message)
{
    const int row = indexOf(id);
    if (row < 0) {
        return;
    }
    auto& operation = m_rows[static_cast<std::size_t>(row)];
    operation.state = state;
    operation.message = message;
    operation.speed.clear();
    operation.left.clear();
    operation.ended = {};
    operation.isCancellable = true;
    emitRow(row);
    emit runningCountChanged(runningCount());
}

bool ActivityService::isFitting(OperationOrder order, OperationState state)
{
    switch (order) {
    case OperationOrder::Pause: return state == OperationState::Running;
    case OperationOrder::Resume: return state == OperationState::Paused;
    case OperationOrder::Retry: return state == OperationState::Failed;
    }
    return false;
}

void ActivityService::requestOrder(int id, OperationOrder order)
{
    const int row = indexOf(id);
    if (row < 0 || !m_rows[static_cast<std::size_t>(row)].isPausable
        || !isFitting(order, m_rows[static_cast<std::size_t>(row)].state)) {
        return;
    }
    if (order == OperationOrder::Pause) {
        setState(id, OperationState::Pausing);
    }
    emit orderRequested(id, order);
}

void ActivityService::finish(int id, OperationState state, const QString& message)
{
    const int row = indexOf(id);
    if (row < 0) {
        return;
    }
    auto& operation = m_rows[static_cast<std::size_t>(row)];
    operation.state = state;
    operation.message = message;
    operation.ended = QDateTime::currentDateTime();
    operation.isCancellable = false;
    operation.speed.clear();
    operation.left.clear();
    if (state == OperationState::Done) {
        operation.fraction = 1;
        operation.stage.clear();
    }
    const auto copy = operation; // who hears of it may begin another
    emitRow(row);
    emit runningCountChanged(runningCount());
    emit ended(copy);
}

void ActivityService::requestCancel(int id)
{
    const int row = indexOf(id);
    if (row < 0 || !m_rows[static_cast<std::size_t>(row)].isCancellable) {
        return;
    }
    m_rows[static_cast<std::size_t>(row)].state = OperationState::Cancelling;
    emitRow(row);
    emit cancelRequested(id);
}

int ActivityService::runningCount() const
{
    return static_cast<int>(std::count_if(m_rows.begin(), m_rows.end(), [](const OperationRow& row) {
        return row.state == OperationState::Running || row.state == OperationState::Cancelling
            || row.state == OperationState::Pausing;
    }));
}

int ActivityService::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ActivityService::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ActivityService::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const auto& row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
    case IdRole: return row.id;
    case FractionRole: return row.fraction;
    case StateRole: return static_cast<int>(row.state);
    case CancellableRole: return row.isCancellable;
    case PausableRole: return row.isPausable;
    case Qt::ToolTipRole: return row.message.isEmpty() ? row.stage : row.message;
    case Qt::DisplayRole: break;
    default: return {};
    }
    switch (index.column()) {
    case Operation: return row.operation;
    case Target: return row.target;
    case Stage: return row.stage;
    case Progress:
        return row.fraction < 0 ? QVariant() : tr("%1 %").arg(QLocale().toString(100 * row.fraction, 'f', 0));
    case Speed: return row.speed;
    case Left: return row.left;
    case Started: return QLocale().toString(row.started.time(), QLocale::ShortFormat);
    case Took: return tookText(row);
    case State: return stateText(row);
    default: return {};
    }
}

QVariant ActivityService::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (role != Qt::DisplayRole || orientation != Qt::Horizontal) {
        return {};
    }
    switch (section) {
    case Operation: return tr("Operation");
    case Target: return tr("Target");
    case Stage: return tr("Stage");
    case Progress: return tr("Progress");
    case Speed: return tr("Speed");
    case Left: return tr("Left");
    case Started: return tr("Started");
    case Took: return tr("Took");
    case State: return tr("State");
    default: return {};
    }
}

int ActivityService::indexOf(int id) const
{
    const auto found =
        std::find_if(m_rows.begin(), m_rows.end(), [id](const OperationRow& row) { return row.id == id; });
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

void ActivityService::emitRow(int row)
{
    emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
}

} // namespace ty::app
