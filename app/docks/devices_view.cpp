#include "app/docks/devices_view.h"

#include <QLabel>
#include <QLocale>
#include <QVBoxLayout>

#include "app/services/system_monitor.h"
#include "widgets/chart/spark_line.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {
constexpr int kLooksKept = 90; // three minutes
} // namespace

DevicesView::DevicesView(SystemMonitor& system, QWidget* parent)
    : QWidget(parent)
    , m_system(system)
    , m_name(new QLabel(this))
    , m_cpu(new QLabel(this))
    , m_memory(new QLabel(this))
    , m_history(new widgets::SparkLine(this))
{
    m_name->setWordWrap(true);
    widgets::setTextRole(*m_name, widgets::TextRole::Strong);
    m_history->setLabel(tr("CPU use over three minutes"));
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_name);
    layout->addWidget(m_cpu);
    layout->addWidget(m_history);
    layout->addWidget(m_memory);
    layout->addStretch();
    connect(&m_system, &SystemMonitor::loadChanged, this, &DevicesView::refresh);
    refresh();
}

void DevicesView::refresh()
{
    const auto& load = m_system.load();
    const QLocale locale;
    m_name->setText(load.processorName.isEmpty() ? tr("Processor") : load.processorName);
    m_memory->setText(tr("Memory: %1 of %2 in use")
                          .arg(locale.formattedDataSize(static_cast<qint64>(load.memoryUsed), 1),
                               locale.formattedDataSize(static_cast<qint64>(load.memoryTotal), 1)));
    if (load.cpuPercent < 0) {
        m_cpu->setText(tr("CPU: %n thread(s)", nullptr, load.processors));
        return;
    }
    m_cpu->setText(tr("CPU: %n thread(s), %1 % busy", nullptr, load.processors)
                       .arg(locale.toString(load.cpuPercent, 'f', 0)));
    auto values = m_history->values();
    values.append(load.cpuPercent);
    while (values.size() > kLooksKept) {
        values.removeFirst();
    }
    m_history->setValues(values);
}

} // namespace ty::app
