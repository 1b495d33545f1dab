#pragma once

#include <optional>
#include <vector>

#include <QWidget>

#include "app/models/machine_row.h"

class QLabel;
class QTabWidget;

namespace ty::app {

struct AppContext;
class MachineActions;
class MachineCharts;
class MachinePanel;
class MachineService;

/// All that is known about one machine, in tabs.
class MachineDetail : public QWidget {
    Q_OBJECT
public:
    MachineDetail(AppContext& context, MachineService& machines, MachineActions& actions, QWidget* parent = nullptr);

    /// Nothing: none, or several.
    void setMachine(const std::optional<MachineRow>& machine);
    QTabWidget& tabs() { return *m_tabs; }
    MachineCharts& charts() { return *m_charts; }

signals:
    void closeRequested();

private:
    void addPanel(MachinePanel* panel, const QString& title);

    QLabel* m_name;
    QLabel* m_state;
    QTabWidget* m_tabs;
    MachineCharts* m_charts;
    std::vector<MachinePanel*> m_panels;
};

} // namespace ty::app
