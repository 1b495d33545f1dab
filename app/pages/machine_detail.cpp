#include "app/pages/machine_detail.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/models/machine_text.h"
#include "app/pages/machine_actions.h"
#include "app/pages/machine_charts.h"
#include "app/pages/machine_connect.h"
#include "app/pages/machine_console.h"
#include "app/pages/machine_disks_panel.h"
#include "app/pages/machine_history.h"
#include "app/pages/machine_overview.h"
#include "app/services/all_services.h"
#include "widgets/elided_label.h"
#include "widgets/glyphs.h"
#include "widgets/theme/roles.h"

namespace ty::app {

MachineDetail::MachineDetail(AppContext& context, MachineService& machines, MachineActions& actions, QWidget* parent)
    : QWidget(parent)
    , m_name(new widgets::ElidedLabel({}, this))
    , m_state(new widgets::ElidedLabel({}, this))
    , m_tabs(new QTabWidget(this))
    , m_charts(new MachineCharts(machines, context.settings))
{
    widgets::setTextRole(*m_name, widgets::TextRole::Heading);
    auto* overview = new MachineOverview(machines);
    connect(overview, &MachineOverview::copied, this, [&notices = context.notices](const QString& text) {
        notices.toast(tr("%1 is in the clipboard.").arg(text));
    });
    addPanel(overview, tr("Overview"));
    addPanel(m_charts, tr("Charts"));
    addPanel(new MachineDisksPanel(machines), tr("Disks"));
    addPanel(new MachineCostPanel(machines), tr("Cost"));
    addPanel(new MachineHistory(machines, context.catalog), tr("Activity"));
    addPanel(new MachineBootLog(machines), tr("Boot log"));
    addPanel(new MachineScript(machines, context.activity), tr("Run command"));
    m_tabs->setDocumentMode(true);
    m_tabs->setUsesScrollButtons(true);
    m_tabs->setAccessibleName(tr("About the machine"));

    auto* reach = new QToolButton(this);
    reach->setText(tr("Connect"));
    reach->setAccessibleName(tr("Connect to this machine"));
    reach->setPopupMode(QToolButton::InstantPopup);
    reach->setFocusPolicy(Qt::TabFocus);
    auto* menu = new QMenu(reach);
    menu->addActions(actions.connection().all());
    reach->setMenu(menu);
    auto* close = new QToolButton(this);
    close->setIcon(widgets::glyphIcon(widgets::Glyph::Close));
    close->setAutoRaise(true);
    close->setFocusPolicy(Qt::TabFocus);
    widgets::setSpoken(*close, tr("Hide the details (Alt+Enter)"));
    connect(close, &QToolButton::clicked, this, &MachineDetail::closeRequested);

    auto* head = new QHBoxLayout;
    head->addWidget(m_name);
    head->addWidget(m_state, 1);
    head->addWidget(reach);
    head->addWidget(close);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 4, 0, 0);
    column->addLayout(head);
    column->addWidget(m_tabs, 1);
    setMachine({});
}

void MachineDetail::addPanel(MachinePanel* panel, const QString& title)
{
    m_panels.push_back(panel);
    m_tabs->addTab(panel, title);
}

void MachineDetail::setMachine(const std::optional<MachineRow>& machine)
{
    m_tabs->setVisible(machine.has_value());
    if (!machine) {
        m_name->setText(tr("Choose one machine to see all about it"));
        m_state->clear();
        return;
    }
    m_name->setText(QString::fromStdString(machine->info.name));
    m_state->setText(
        machine->work.isEmpty() ? machineStateText(machine->info.state) : QStringLiteral("◌ ") + machine->work);
    for (MachinePanel* panel : m_panels) {
        panel->setMachine(*machine);
    }
}

} // namespace ty::app
