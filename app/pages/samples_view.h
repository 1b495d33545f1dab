#pragma once

#include <QWidget>

#include "app/models/run_sample_model.h"

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
struct RunPaper;

/// The samples that a run was evaluated on, with their pictures: the wrong ones, the least sure, the sure but wrong.
class SamplesView : public QWidget {
    Q_OBJECT
public:
    explicit SamplesView(AppContext& context, QWidget* parent = nullptr);

    /// `paper` is kept by the caller until the next call.
    void setPaper(const RunPaper* paper);
    /// Only samples of a cell of the confusion matrix.
    void showCell(const QString& part, const QString& truth, const QString& predicted);
    void showWrong();
    RunSampleModel* model() const { return m_model; }

private:
    void onPart();
    void refreshCount();

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
};

} // namespace ty::app
