#pragma once

#include <vector>

#include <QDialog>
#include <QTimer>

#include "engine/base/result.h"
#include "engine/base/json.h"

class QDoubleSpinBox;
class QLabel;
class QPushButton;
class QSlider;
class QSpinBox;
class QUndoStack;

namespace ty::widgets {
class BusyBar;
class ErrorPanel;
class GridWorldView;
class LineChart;
} // namespace ty::widgets

namespace ty::app {

struct AppContext;
class RunnerCall;
class StudyService;

/// Q-learning in a world of squares: paint the world, train, and watch what the agent knows after each part of the training and where
/// that leads it.
class WorldDialog : public QDialog {
    Q_OBJECT
public:
    explicit WorldDialog(AppContext& context, QWidget* parent = nullptr);
    ~WorldDialog() override;

    static void open(AppContext& context, QWidget* parent);
    void train();
    widgets::GridWorldView& view() { return *m_view; }
    int snapshotCount() const { return static_cast<int>(m_snapshots.size()); }

signals:
    void trained();

private:
    struct Snapshot {
        int episode = 0;
        std::vector<double> values;
    };
    QWidget* buildBrushes();
    QWidget* buildSettings();
    QWidget* buildPlayer();
    void showAnswer(Result<Json> told);
    void showSnapshot(int index);
    void tick();
    void setPlaying(bool isPlaying);
    void forget();
    void save();

    AppContext& m_context;
    RunnerCall* m_call;
    StudyService* m_studies; ///< knows where unfinished learning is kept
    widgets::GridWorldView* m_view;
    widgets::LineChart* m_chart;
    QUndoStack* m_history;
    QSpinBox* m_episodes;
    QDoubleSpinBox* m_rate;
    QDoubleSpinBox* m_discount;
    QDoubleSpinBox* m_exploring;
    QDoubleSpinBox* m_slip;
    QPushButton* m_train;
    widgets::BusyBar* m_busy;
    widgets::ErrorPanel* m_error;
    QPushButton* m_play;
    QSlider* m_place; ///< which snapshot
    QSlider* m_speed;
    QLabel* m_words;
    QLabel* m_verdict;
    std::vector<Snapshot> m_snapshots;
    QTimer m_timer;
    int m_steps = 0; ///< of the agent on its way
};

} // namespace ty::app
