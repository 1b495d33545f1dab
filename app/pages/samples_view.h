#pragma once

#include <QWidget>

#include "app/catalog/records.h"
#include "app/models/fix_book.h"
#include "app/models/run_sample_model.h"

class QAbstractItemView;
class QButtonGroup;
class QComboBox;
class QLabel;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace ty::widgets {
class ImageGrid;
}

namespace ty::app {

struct AppContext;
class CorrectionBar;
struct RunPaper;

/// The samples that a run was evaluated on, with their pictures: the wrong ones, the least sure, the sure but wrong, the
/// repeated. Keys correct what is selected: 1-9 and 0 give another class, X leaves out, Z takes back; a new run can then
/// be trained with the corrections, while the data stays as it is.
class SamplesView : public QWidget {
    Q_OBJECT
public:
    explicit SamplesView(AppContext& context, QWidget* parent = nullptr);

    /// Whose samples they are; its corrections that wait are read from the catalog.
    void setRun(const catalog::RunRecord& run);
    /// `paper` is kept by the caller until the next call.
    void setPaper(const RunPaper* paper);
    /// Only samples of a cell of the confusion matrix.
    void showCell(const QString& part, const QString& truth, const QString& predicted);
    void showWrong();
    /// Only the samples at these places of the part, as brushed in a plot.
    void showPlaces(const QString& part, const QList<int>& places);
    RunSampleModel* model() const { return m_model; }
    const FixBook& fixes() const { return m_fixes; }
    QAbstractItemView* view() const;
    QPushButton* retrainButton() const { return m_retrain; }

private:
    void onPart();
    void refreshCount();
    // Corrections.
    QWidget* buildFixBar();
    std::vector<std::string> selectedIds() const;
    void correct(const QString& label); ///< of the selected samples; empty: they are left out
    void undoFix();
    void onFixesChanged();
    void showFixes();
    void retrain();
    /// Whether the run found groups by itself, so that nothing is right or wrong.
    bool isGrouping() const;
    /// That samples can be corrected to.
    QStringList classNames() const;
    std::string fileOfPart() const;

    AppContext& m_context;
    const RunPaper* m_paper = nullptr;
    RunSampleModel* m_model;
    QComboBox* m_part;
    QButtonGroup* m_show;
    QPushButton* m_cell;
    QLabel* m_count;
    QStackedWidget* m_stack;
    widgets::ImageGrid* m_grid;
    QTableView* m_table;
    catalog::RunRecord m_run;
    FixBook m_fixes;
    CorrectionBar* m_bar;
    QPushButton* m_retrain;
};

} // namespace ty::app
