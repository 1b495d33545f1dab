#pragma once

#include <QWidget>

#include "app/models/dataset_summary.h"
#include "engine/base/run_spec.h"

class QCheckBox;
class QLabel;
class QPushButton;
class QSpinBox;
class QToolButton;

namespace ty::widgets {
class ShareBar;
}

namespace ty::app {

/// How a dataset is divided for training, validation and test: shown as counts and shares, and drawn anew.
class SplitPanel : public QWidget {
    Q_OBJECT
public:
    explicit SplitPanel(QWidget* parent = nullptr);

    /// @param kept  what its runs do
    void setDataset(const DatasetSummary& summary, const SplitSpec& kept);
    void setEditable(bool isEditable);

signals:
    void splitChosen(const ty::SplitSpec& split);

private:
    SplitSpec chosen() const;
    void fill(const SplitSpec& split);
    void refresh();

    DatasetSummary m_summary;
    SplitSpec m_kept;
    widgets::ShareBar* m_bar;
    QLabel* m_words;
    QToolButton* m_change;
    QWidget* m_form;
    QSpinBox* m_validation;
    QSpinBox* m_test;
    QSpinBox* m_seed;
    QCheckBox* m_stratified;
    QPushButton* m_redraw;
    QPushButton* m_reset;
};

} // namespace ty::app
