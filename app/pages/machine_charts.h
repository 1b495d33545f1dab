#pragma once

#include <vector>

#include "app/pages/machine_panel.h"
#include "cloud/provision/machine_metrics.h"

class QComboBox;
class QGridLayout;
class QLabel;
class QTimer;
class QToolButton;

namespace ty::widgets {
class ChartGroup;
class LineChart;
} // namespace ty::widgets

namespace ty::app {

class SettingsService;

/// What a machine used: processors, network, disks, over a period that one chooses. Read again every little while as long
/// as it is seen; what was not measured is a gap.
class MachineCharts : public MachinePanel {
    Q_OBJECT
public:
    MachineCharts(MachineService& machines, SettingsService& settings, QWidget* parent = nullptr);

    widgets::LineChart* cpu() const { return m_cpu; }
    /// Of what is drawn.
    const cloud::MachineMetrics& metrics() const { return m_metrics; }

protected:
    void forget() override;
    void refreshFacts() override;
    void load() override;
    void resizeEvent(QResizeEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    widgets::LineChart* addChart(const QString& title, const QString& unit);
    cloud::MetricPeriod period() const;
    void draw();
    void arrange();
    void tell(const QString& text, bool isBad = false);

    SettingsService& m_settings;
    QComboBox* m_period;
    QToolButton* m_again;
    QLabel* m_state;
    QWidget* m_sheet;
    QGridLayout* m_grid;
    QTimer* m_timer;
    widgets::ChartGroup* m_group;
    std::vector<widgets::LineChart*> m_charts;
    widgets::LineChart* m_cpu;
    widgets::LineChart* m_network;
    widgets::LineChart* m_disk;
    cloud::MachineMetrics m_metrics;
    bool m_isAsking = false;
};

} // namespace ty::app
