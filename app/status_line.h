#pragma once

#include <QStatusBar>

class QLabel;
class QToolButton;

namespace ty::app {

struct AppContext;

/// CPU, memory, disk, running and queued runs, operations, and what is being spent.
class StatusLine : public QStatusBar {
    Q_OBJECT
public:
    explicit StatusLine(AppContext& context, QWidget* parent = nullptr);

signals:
    void activityRequested();

private:
    void showLoad();
    void showRuns();

    AppContext& m_context;
    QLabel* m_cpu;
    QLabel* m_memory;
    QLabel* m_disk;
    QToolButton* m_runs;
    QToolButton* m_operations;
    QToolButton* m_burn;
};

} // namespace ty::app
