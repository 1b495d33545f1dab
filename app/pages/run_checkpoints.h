#pragma once

#include <vector>

#include <QWidget>

#include "app/catalog/records.h"
#include "app/services/run_branch.h"

class QLabel;
class QPushButton;
class QStandardItemModel;
class QTableView;

namespace ty::app {

struct AppContext;

/// The checkpoints of a run that are still kept: to resume the run, to branch off a new one, to export.
class RunCheckpoints : public QWidget {
    Q_OBJECT
public:
    explicit RunCheckpoints(AppContext& context, QWidget* parent = nullptr);

    void showRun(const catalog::RunRecord& run);
    /// Reads the folder again.
    void reload();

    QStandardItemModel* model() const { return m_model; }
    QTableView* table() const { return m_table; }
    QPushButton* resumeButton() const { return m_resume; }
    QPushButton* branchButton() const { return m_branch; }
    QPushButton* exportButton() const { return m_export; }

private:
    struct Found;
    void fill(const Found& found);
    void refreshButtons();
    const CheckpointRow* chosen() const;
    void exportChosen();

    AppContext& m_context;
    catalog::RunRecord m_run;
    std::vector<CheckpointRow> m_rows;
    QStandardItemModel* m_model;
    QTableView* m_table;
    QLabel* m_hint;
    QPushButton* m_resume;
    QPushButton* m_branch;
    QPushButton* m_export;
};

} // namespace ty::app
