#pragma once

#include <QWidget>

#include "app/services/spec_service.h"

class QDoubleSpinBox;
class QLabel;
class QPushButton;
class QSpinBox;

namespace ty::app {

class TransitionTableModel;

/// Examples of a machine's transitions, possible and impossible, as a dataset to train on.
class SpecExamplesView : public QWidget {
    Q_OBJECT
public:
    explicit SpecExamplesView(QWidget* parent = nullptr);

    void setSpec(const ExploredSpec& spec);
    void setExamples(const SpecExamples& examples);
    void setFailure(const QString& message);
    void clear();
    engine::specs::ExampleSettings settings() const;
    const SpecExamples& examples() const;
    QPushButton* datasetButton() const { return m_dataset; }

signals:
    void settingsChanged();
    void datasetRequested();
    /// A row of the table, by a double click or Return.
    void exampleChosen(int row);

private:
    TransitionTableModel* m_model;
    QDoubleSpinBox* m_invalid;
    QSpinBox* m_test;
    QSpinBox* m_seed;
    QPushButton* m_dataset;
    QLabel* m_words;
};

} // namespace ty::app
