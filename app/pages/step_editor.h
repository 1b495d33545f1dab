#pragma once

#include <QWidget>

#include "app/models/dataset_summary.h"
#include "engine/base/preparation.h"

class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QListWidget;
class QSpinBox;

namespace ty::app {

/// The settings of one step of a preparation.
class StepEditor : public QWidget {
    Q_OBJECT
public:
    explicit StepEditor(QWidget* parent = nullptr);

    /// Columns that a step can be about, as they are before the steps or made by them.
    void setColumns(const QStringList& names);
    void setStep(const PrepareStep& step);
    void setNone();

signals:
    /// @param field  that was changed
    void edited(const ty::PrepareStep& step, const QString& field);

private:
    void read(const QString& field);
    void showFields();
    QLineEdit* addLine(const QString& label, const QString& name, const QString& hint);
    QSpinBox* addNumber(const QString& label, const QString& name, int least, int most);

    PrepareStep m_step;
    bool m_isShowing = false;
    QStringList m_names;
    QLabel* m_about;
    QFormLayout* m_form;
    QListWidget* m_columns;
    QLineEdit* m_column;
    QLineEdit* m_expression;
    QComboBox* m_method;
    QLineEdit* m_low;
    QLineEdit* m_high;
    QSpinBox* m_bins;
    QLineEdit* m_edges;
    QLineEdit* m_labels;
    QLineEdit* m_value;
    QLineEdit* m_order;
    QSpinBox* m_width;
    QSpinBox* m_height;
    QComboBox* m_colours;
    QSpinBox* m_rate;
    QLineEdit* m_seconds;
};

} // namespace ty::app
