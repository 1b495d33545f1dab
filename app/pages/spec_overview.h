#pragma once

#include <QWidget>

#include "app/services/spec_service.h"

class QLabel;
class QListWidget;
class QStandardItemModel;
class QTableView;

namespace ty::app {

/// What was found of a machine: counts, operations, invariants, and the way to what is broken.
class SpecOverview : public QWidget {
    Q_OBJECT
public:
    explicit SpecOverview(QWidget* parent = nullptr);

    void setSpec(const ExploredSpec& spec);
    void clear();

signals:
    /// The person chose a finding with a state: show the way there.
    void wayRequested(quint32 state);
    /// ... with a place in the text.
    void placeRequested(int line, int column);

private:
    void fillOperations();
    void fillChecks();
    void showWay(quint32 state);
    void onCheckChosen(int row);

    ExploredSpec m_spec;
    QLabel* m_figures;
    QLabel* m_notes;
    QStandardItemModel* m_operations;
    QStandardItemModel* m_checks;
    QTableView* m_operationTable;
    QTableView* m_checkTable;
    QLabel* m_wayTitle;
    QListWidget* m_way;
};

} // namespace ty::app
