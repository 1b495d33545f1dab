#include "app/status_line.h"

#include <QLabel>
#include <QLocale>
#include <QToolButton>

#include "app/services/all_services.h"

namespace ty::app {

namespace {
QToolButton* chip(const QString& name, QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setObjectName(name);
    button->setAutoRaise(true);
    return button;
}
} // namespace

StatusLine::StatusLine(AppContext& context, QWidget* parent)
    : QStatusBar(parent)
    , m_context(context)
    , m_cpu(new QLabel(this))
    , m_memory(new QLabel(this))
    , m_disk(new QLabel(this))
    , m_runs(chip(QStringLiteral("runsChip"), this))
    , m_operations(chip(QStringLiteral("operationsChip"), this))
    , m_burn(chip(QStringLiteral("burnChip"), this))
{
    setAccessibleName(tr("Status"));
    setContentsMargins(10, 0, 6, 0);
    addWidget(m_cpu);
    addWidget(m_memory);
    addWidget(m_disk);
    addPermanentWidget(m_operations);
    addPermanentWidget(m_runs);
    addPermanentWidget(m_burn);
    m_operations->hide();
    m_burn->setText(tr("Machines"));
    m_burn->setToolTip(tr("Open Compute: machines, and what each costs an hour"));
    m_burn->setAccessibleName(tr("Machines"));
    m_burn->setEnabled(true);
    connect(m_burn, &QToolButton::clicked, this, [this] { emit m_context.navigation.pageRequested(PageId::Compute); });
    connect(m_runs, &QToolButton::clicked, this, [this] { emit m_context.navigation.pageRequested(PageId::Runs); });
    connect(m_operations, &QToolButton::clicked, this, &StatusLine::activityRequested);
    connect(&m_context.activity, &ActivityService::runningCountChanged, this, [this](int count) {
        m_operations->setVisible(count > 0);
        m_operations->setText(tr("%n operation(s)", nullptr, count));
        m_operations->setAccessibleName(m_operations->text());
    });
    connect(&m_context.system, &SystemMonitor::loadChanged, this, &StatusLine::showLoad);
    connect(&m_context.runs, &RunService::activityChanged, this, &StatusLine::showRuns);
    connect(&m_context.digest, &RunDigestService::changed, this, &StatusLine::showRuns);
    showLoad();
    showRuns();
}

void StatusLine::showLoad()
{
    const auto& load = m_context.system.load();
    const QLocale locale;
    m_cpu->setText(
        load.cpuPercent < 0 ? tr("CPU –") : tr("CPU %1 %").arg(locale.toString(load.cpuPercent, 'f', 0)));
    m_memory->setText(tr("Memory %1 / %2")
                          .arg(locale.formattedDataSize(static_cast<qint64>(load.memoryUsed), 1),
                               locale.formattedDataSize(static_cast<qint64>(load.memoryTotal), 1)));
    m_disk->setText(tr("Disk free %1").arg(locale.formattedDataSize(static_cast<qint64>(load.diskFree), 0)));
}

void StatusLine::showRuns()
{
    const int running = m_context.runs.runningCount();
    const int queued = m_context.runs.queuedCount();
    m_runs->setText(tr("%1 running · %2 queued").arg(running).arg(queued));
    m_runs->setAccessibleName(m_runs->text());
    m_runs->setToolTip(tr("Open Runs"));
}

} // namespace ty::app
