#pragma once

#include <functional>

#include <QWidget>

class QLabel;
class QStackedWidget;

namespace ty::widgets {
class EmptyState;
class ErrorPanel;
class RunStrip;
} // namespace ty::widgets

namespace ty::app {

struct AppContext;
class DoneBanner;
class LiveRun;
class RunCharts;

/// The live side: strip, curves, and in the end the banner, or what went wrong and how to go on.
class TrainLive : public QWidget {
    Q_OBJECT
public:
    explicit TrainLive(AppContext& context, QWidget* parent = nullptr);

    /// A run of this session; others are opened on the Runs page.
    void showRun(qint64 runId);
    qint64 runId() const { return m_runId; }
    RunCharts& charts() { return *m_charts; }
    DoneBanner& banner() { return *m_banner; }
    widgets::RunStrip& strip() { return *m_strip; }
    widgets::ErrorPanel& errorPanel() { return *m_error; }

signals:
    /// "Restart at lr/10", "Run again": the form shall show this run.
    void editRequested(qint64 runId);
    void sampleRequested();

private:
    void connectStrip();
    void connectBanner();
    void refresh();
    void refreshQueue();
    void showError(const LiveRun& run);
    void withModel(const std::function<void(qint64 modelId, const QString& folder)>& then);

    AppContext& m_context;
    QStackedWidget* m_stack;
    widgets::EmptyState* m_empty;
    widgets::RunStrip* m_strip;
    widgets::ErrorPanel* m_error;
    DoneBanner* m_banner;
    QLabel* m_warning;
    QLabel* m_queue;
    RunCharts* m_charts;
    qint64 m_runId = 0;
    qint64 m_errorOf = 0; ///< the run that the error panel is about
};

} // namespace ty::app
