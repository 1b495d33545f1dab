#pragma once

#include <vector>

#include <QDialog>

#include "engine/base/json.h"
#include "engine/base/result.h"

class QComboBox;
class QLabel;
class QPushButton;
class QSpinBox;
class QStandardItemModel;
class QTableView;

namespace ty::widgets {
class BusyBar;
class ErrorPanel;
class LineChart;
class StateDiagram;
class StateStrip;
} // namespace ty::widgets

namespace ty::app {

struct AppContext;
class DatasetBox;
class RunnerCall;
class StudyService;

/// A hidden Markov model of a column: its states and their steps, what each state shows, and the likeliest states of a sequence.
class SequenceDialog : public QDialog {
    Q_OBJECT
public:
    explicit SequenceDialog(AppContext& context, QWidget* parent = nullptr);
    ~SequenceDialog() override;

    static void open(AppContext& context, QWidget* parent);
    void learn();

signals:
    void learned();

private:
    QWidget* buildSettings();
    void listColumns();
    void take(const Json& told);
    void showAnswer(Result<Json> told);
    void showStates();
    void showSequence(int sequence);
    void saveStates();

    AppContext& m_context;
    RunnerCall* m_call;
    StudyService* m_studies; ///< knows where unfinished learning is kept
    DatasetBox* m_data;
    QComboBox* m_column;
    QComboBox* m_by;
    QSpinBox* m_states;
    QSpinBox* m_restarts;
    QSpinBox* m_seed;
    QPushButton* m_learn;
    widgets::BusyBar* m_busy;
    widgets::ErrorPanel* m_error;
    widgets::LineChart* m_chart;
    widgets::StateDiagram* m_diagram;
    QStandardItemModel* m_shows;
    QTableView* m_showsView;
    QSpinBox* m_sequence;
    widgets::StateStrip* m_strip;
    QLabel* m_words;
    Json m_report; ///< of what is shown; null: nothing
    int m_passes = 0;
    int m_request = 0; ///< the newest listColumns()
};

} // namespace ty::app
