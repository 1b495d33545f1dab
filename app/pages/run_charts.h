#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <QList>
#include <QWidget>

#include "app/models/curve_groups.h"
#include "app/models/live_run.h"
#include "app/models/run_curves.h"

class QComboBox;
class QDialog;
class QGridLayout;
class QLabel;
class QMenu;
class QScrollArea;
class QTimer;

namespace ty::widgets {
class ChartGroup;
class LineChart;
} // namespace ty::widgets

namespace ty::app {

struct AppContext;

/// The panels of one run (training and validation, every panel), or overlaid for many (validation alone): loss,
/// accuracy or MAE and R², loss per step, learning rate, throughput, devices. History comes from the catalog, the rest
/// live; a panel appears with its first point. Runs that differ in their seed alone can be drawn as one mean.
class RunCharts : public QWidget {
    Q_OBJECT
public:
    struct Run {
        qint64 id = 0;
        QString name;
        bool operator==(const Run&) const = default;
    };
    /// How overlaid runs are drawn.
    enum class Lines { Each, MeanDeviation, MeanConfidence };

    explicit RunCharts(AppContext& context, QWidget* parent = nullptr);
    ~RunCharts() override;

    /// One run with all its lines.
    void showRun(const Run& run);
    /// Several overlaid, at most 50; keeps what is already drawn. The first is the baseline.
    void showRuns(const QList<Run>& runs);
    void clear();
    const QList<Run>& runs() const { return m_runs; }
    /// The colour of an overlaid run's lines, as a place in the theme's series; -1: not drawn.
    int styleOf(qint64 runId) const;
    /// By key of ChartPanelKind. Null: no such panel.
    widgets::LineChart* panel(const QString& key) const;
    /// Points drawn so far, over all panels; for tests.
    qsizetype pointCount() const;

    void setLines(Lines lines);
    Lines lines() const { return m_lines; }
    /// Drawn dashed among others; 0: none.
    void setBaseline(qint64 runId);
    qint64 baseline() const { return m_baseline; }
    /// Shows one panel alone on the whole screen, or all again.
    void setFullScreen(const QString& key);

signals:
    void runClicked(qint64 runId);
    /// Another run is drawn dashed, for others to be compared with; 0: none.
    void baselineChanged(qint64 runId);
    /// The first point of the shown run has been handed to a chart.
    void firstPointDrawn(qint64 runId);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Panel;
    struct Drawn;
    class ManyChanges;
    QWidget* buildBar();
    void buildExportMenu(QMenu& menu);
    void addPanel(const struct ChartPanelKind& kind);
    void exportChart(widgets::LineChart& chart, widgets::ExportFormat format);
    void add(Drawn& run, const RunNews& news);
    void tell(Drawn& run);
    QString ensureLine(Panel& panel, const Drawn& run, const std::string& metric);
    Panel* panelOf(const std::string& metric, const Drawn& run) const;
    void removeRun(qint64 runId);
    void refreshLooks();
    void applyXAxis();
    void arrange();
    // Points on their way into the charts, in run_charts_points.cpp.
    void load(const QList<Run>& runs);
    void loadTogether(const QList<Run>& runs);
    std::vector<CurveWish> curveWishes() const;
    static double smoothingOf(const Panel& panel, const std::string& metric);
    void place(RunCurves& curves);
    void nameEpochs();
    void readAll(Panel& panel, Drawn& run, const std::string& metric, std::uint64_t untilSeq);
    bool isReading() const;
    bool isReading(const widgets::LineChart& chart) const;
    void exportWhatWaited();
    void addPoints(Panel& panel, Drawn& run, const std::string& metric, std::vector<widgets::ChartPoint> points);
    // Means of groups, in run_charts_groups.cpp.
    void regroupSoon();
    void regroup();
    void regroupPanel(Panel& panel);
    void removeGroupLines();
    bool isGrouped() const { return m_isOverlay && m_lines != Lines::Each; }

    AppContext& m_context;
    QWidget* m_bar;
    QComboBox* m_xAxis;
    QComboBox* m_linesChoice;
    QLabel* m_linesLabel = nullptr;
    QScrollArea* m_scroll;
    QWidget* m_area;
    QGridLayout* m_grid;
    widgets::ChartGroup* m_group;
    QTimer* m_regroupTimer;
    std::vector<std::unique_ptr<Panel>> m_panels;
    std::map<qint64, std::unique_ptr<Drawn>> m_drawn;
    QList<Run> m_runs;
    std::vector<std::pair<widgets::LineChart*, widgets::ExportFormat>> m_waitingExports; ///< until all points are there
    QDialog* m_fullScreen = nullptr;
    Panel* m_enlarged = nullptr;
    Lines m_lines = Lines::Each;
    qint64 m_baseline = 0;
    int m_grouping = 0; ///< grows with every regroup(), so that late answers are dropped
    int m_columns = 0;
    bool m_isOverlay = false;
};

} // namespace ty::app
