#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <QList>
#include <QWidget>

#include "app/models/live_run.h"
#include "app/models/run_curves.h"

class QGridLayout;
class QScrollArea;

namespace ty::widgets {
class ChartGroup;
class LineChart;
} // namespace ty::widgets

namespace ty::app {

struct AppContext;

/// The panels of B5 for one run (training and validation, every panel), or overlaid for many (validation alone):
/// loss, accuracy or MAE and R², loss per step, learning rate, throughput. History comes from the catalog, the rest
/// live; a panel appears with its first point.
class RunCharts : public QWidget {
    Q_OBJECT
public:
    struct Run {
        qint64 id = 0;
        QString name;
        bool operator==(const Run&) const = default;
    };

    explicit RunCharts(AppContext& context, QWidget* parent = nullptr);
    ~RunCharts() override;

    /// One run with all its lines.
    void showRun(const Run& run);
    /// Several overlaid, at most 50; keeps what is already drawn.
    void showRuns(const QList<Run>& runs);
    void clear();
    const QList<Run>& runs() const { return m_runs; }
    /// The colour of an overlaid run's lines, as a place in the theme's series; -1: not drawn.
    int styleOf(qint64 runId) const;
    /// By title in English: "loss", "accuracy", "steps", "rate", "speed". Null: no such panel.
    widgets::LineChart* panel(const QString& key) const;
    /// Points drawn so far, over all panels; for tests.
    qsizetype pointCount() const;

signals:
    void runClicked(qint64 runId);
    /// The first point of the shown run has been handed to a chart.
    void firstPointDrawn(qint64 runId);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Panel;
    struct Drawn;
    void load(const Run& run);
    void place(const RunCurves& curves);
    void add(Drawn& run, const RunNews& news);
    void mark(const Drawn& run, const catalog::RunMark& mark);
    QString ensureLine(Panel& panel, const Drawn& run, const std::string& metric);
    Panel* panelOf(const std::string& metric, const Drawn& run) const;
    void removeRun(qint64 runId);
    void arrange();

    AppContext& m_context;
    QScrollArea* m_scroll;
    QWidget* m_area;
    QGridLayout* m_grid;
    widgets::ChartGroup* m_epochGroup;
    widgets::ChartGroup* m_stepGroup;
    std::vector<std::unique_ptr<Panel>> m_panels;
    std::map<qint64, std::unique_ptr<Drawn>> m_drawn;
    QList<Run> m_runs;
    Panel* m_enlarged = nullptr;
    int m_columns = 0;
    bool m_isOverlay = false;
};

} // namespace ty::app
