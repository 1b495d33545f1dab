#pragma once

#include <QWidget>

#include "app/models/dataset_summary.h"
#include "app/models/preparation_draft.h"
#include "engine/base/result.h"
#include "engine/base/run_spec.h"

class QLabel;
class QListWidget;
class QMenu;
class QPushButton;
class QTableView;
class QTimer;
class QToolButton;

namespace ty::widgets {
class ErrorPanel;
}

namespace ty::app {

struct AppContext;
class PreviewTableModel;
class StepEditor;

/// The steps from a dataset as it lies there to what is learned from: add, change, order, switch off, take back, and see what
/// becomes of the first rows before anything is kept.
class PreparationPanel : public QWidget {
    Q_OBJECT
public:
    explicit PreparationPanel(AppContext& context, QWidget* parent = nullptr);

    /// @param spec  with the steps that are kept
    void setData(const DatasetSummary& summary, const DataSpec& spec);
    bool isChanged() const { return m_draft.isChanged(); }
    const Preparation& steps() const { return m_draft.steps(); }

signals:
    /// Keep these steps with the dataset.
    void applyRequested(const ty::Preparation& steps);

private:
    QWidget* buildSteps();
    QWidget* buildPreview();
    void fillAddMenu();
    void addStep(StepKind kind);
    int chosen() const;
    /// After the draft has changed; `place` is chosen then. @param isEditorKept  the person is typing in it
    void refresh(int place, bool isEditorKept = false);
    void preview();
    /// Waits for what the person has yet to give a step, without a word of reproach; false: nothing is missing.
    bool waitsForInput();
    void showPreview(const TablePreview& preview);
    void showError(const Error& error);
    QStringList columnNames() const;

    AppContext& m_context;
    DatasetSummary m_summary;
    DataSpec m_data;
    PreparationDraft m_draft;
    TablePreview m_before; ///< without any step
    bool m_isBeforeKnown = false;
    bool m_isShowing = false;
    int m_request = 0; ///< the newest preview; older ones are dropped
    int m_wrong = -1;  ///< step that does not work
    QListWidget* m_list;
    QLabel* m_none = nullptr; ///< in the empty list
    QMenu* m_addMenu;
    QToolButton* m_remove;
    QToolButton* m_up;
    QToolButton* m_down;
    QToolButton* m_undo;
    QToolButton* m_redo;
    StepEditor* m_editor;
    widgets::ErrorPanel* m_error;
    QLabel* m_changes;
    QTableView* m_table;
    PreviewTableModel* m_rows;
    QPushButton* m_apply;
    QTimer* m_delay;
};

} // namespace ty::app
