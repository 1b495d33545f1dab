#pragma once

#include <map>
#include <string>
#include <vector>

#include <QWidget>

#include "app/models/dataset_summary.h"
#include "engine/base/run_spec.h"

class QComboBox;
class QTableView;

namespace ty::app {

class ColumnTableModel;

/// Target, task, and the type and role of every column.
class ColumnEditor : public QWidget {
    Q_OBJECT
public:
    explicit ColumnEditor(QWidget* parent = nullptr);

    void setSummary(const DatasetSummary& summary);
    /// Puts what the person chose into `spec`; leaves what was guessed right empty.
    void applyTo(DataSpec& spec) const;
    bool isChanged() const;
    QString target() const;
    ColumnTableModel* model() const { return m_model; }

signals:
    void changed();

private:
    ColumnTableModel* m_model;
    QComboBox* m_target;
    QComboBox* m_task;
    QTableView* m_table;
    QString m_guessedTarget;
    bool m_isFilling = false;
};

} // namespace ty::app
