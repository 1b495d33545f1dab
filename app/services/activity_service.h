#pragma once

#include <vector>

#include <QAbstractTableModel>
#include <QDateTime>
#include <QObject>
#include <QString>

namespace ty::app {

enum class OperationState { Running, Cancelling, Done, Failed, Cancelled, Pausing, Paused };

/// What the person may want of an operation besides waiting for it.
enum class OperationOrder { Pause, Resume, Retry };

/// One row of the Activity dock.
struct OperationRow {
    int id = 0;
    QString operation; ///< "Import", "Export", "Training"
    QString target;    ///< "iris.csv"
    QString stage;     ///< "reading line 1 200 000"
    double fraction = -1; ///< in [0, 1]; negative: unknown
    QString speed;        ///< "35 MiB/s"; empty: not known, and the next
    QString left;         ///< "2 min"
    OperationState state = OperationState::Running;
    QString message; ///< why it failed
    bool isCancellable = false;
    bool isPausable = false; ///< may be paused while it runs, taken up while it is paused, and tried again after it failed
    QDateTime started;
    QDateTime ended;
};

/// Long operations of this session, newest first. Lives on the GUI thread.
class ActivityService : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Operation, Target, Stage, Progress, Speed, Left, Started, Took, State, ColumnCount };
    enum Role { IdRole = Qt::UserRole, FractionRole, StateRole, CancellableRole, PausableRole };

    explicit ActivityService(QObject* parent = nullptr);

    int begin(const QString& operation, const QString& target, bool isCancellable);
    void update(int id, const QString& stage, double fraction, const QString& speed = {}, const QString& left = {});
    /// The row has Pause, Resume and Retry; orderRequested(id) says when one is wanted.
    void setPausable(int id);
    /// It runs, is being paused or is paused; an ended row runs again.
    void setState(int id, OperationState state, const QString& message = {});
    void finish(int id, OperationState state, const QString& message = {});
    /// The person pressed Cancel: the row reads "Cancelling..." and cancelRequested(id) is emitted.
    void requestCancel(int id);
    /// The person wants that; nothing happens when the row's state does not go with it.
    void requestOrder(int id, OperationOrder order);
    static bool isFitting(OperationOrder order, OperationState state);
    int runningCount() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

signals:
    void cancelRequested(int id);
    void orderRequested(int id, ty::app::OperationOrder order);
    void runningCountChanged(int count);
    /// Done, Failed or Cancelled.
    void ended(const ty::app::OperationRow& row);

private:
    int indexOf(int id) const;
    void emitRow(int row);

    std::vector<OperationRow> m_rows;
    int m_nextId = 1;
};

} // namespace ty::app
