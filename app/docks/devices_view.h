#pragma once

#include <QWidget>

class QLabel;

namespace ty::widgets {
class SparkLine;
}

namespace ty::app {

class SystemMonitor;

/// The Devices dock: what this computer offers and how busy it is.
class DevicesView : public QWidget {
    Q_OBJECT
public:
    explicit DevicesView(SystemMonitor& system, QWidget* parent = nullptr);

private:
    void refresh();

    SystemMonitor& m_system;
    QLabel* m_name;
    QLabel* m_cpu;
    QLabel* m_memory;
    widgets::SparkLine* m_history;
};

} // namespace ty::app
