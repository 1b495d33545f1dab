#pragma once

#include <QTableView>

#include "engine/base/json.h"

class QStandardItemModel;

namespace ty::app {

/// What the groups are that a run without a target has found: a column a group, the first row their sizes, below it what is usual of
/// each column of the data. Columns that tell the groups apart stand first.
class GroupsTable : public QTableView {
    Q_OBJECT
public:
    explicit GroupsTable(QWidget* parent = nullptr);
    /// @param report  of an evaluation: "groups" and, of tables, "profile"
    void setReport(const Json& report);
    /// The name of the group in `column`; empty for the first column and for all rows together.
    QString groupAt(int column) const;

signals:
    /// The rows of this group are wanted.
    void groupChosen(const QString& group);

private:
    QStandardItemModel* m_cells;
};

} // namespace ty::app
