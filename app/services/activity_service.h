#pragma once

#include <vector>

#include <QAbstractTableModel>
#include <QDateTime>
#include <QObject>
#include <QString>

namespace ty::app {

enum class OperationState { Running, Cancelling, Done, Failed, Cancelled };

/// One row of the Activity dock.
struct OperationRow {
    int id = 0;
    QString operation; ///< "Import", "Export", "Training"
    QString target;    ///< "iris.csv"
    QString stage;     ///< "reading line 1 200 000"
    double fraction = -1; ///< in [0, 1]; negative: unknown
    OperationState state = OperationState::Running;
    QString message; ///< why it failed
    bool isCancellable = false;
    QDateTime started;
    QDateTime ended;
};

/// Long operations of this session, newest first. Lives on the GUI thread.
class ActivityService : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Operation, Target, Stage, Progress, Started, Took, State, ColumnCount };
    enum Role { IdRole = Qt::UserRole, FractionRole, StateRole, CancellableRole };

    explicit ActivityService(QObject* parent = nullptr);

    int begin(const QString& operation, const QString& target, bool isCancellable);
    void update(int id, const QString& stage, double fraction);
    void finish(int id, OperationState state, const QString& message = {});
    /// The person pressed Cancel: the row reads "Cancelling..." and cancelRequested(id) is emitted.
    void requestCancel(int id);
    int runningCount() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

signals:
    void cancelRequested(int id);
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
