#include "app/models/machine_text.h"

#include <cmath>

#include <QCoreApplication>
#include <QLocale>

namespace ty::app {

namespace {

using cloud::MachineState;

QString tr(const char* text)
{
    return QCoreApplication::translate("MachineText", text);
}

} // namespace

QString machineStateText(MachineState state)
{
    switch (state) {
    case MachineState::Starting: return tr("◐ Starting (billed)");
    case MachineState::Running: return tr("● Running (billed)");
    case MachineState::Idle: return tr("◔ Idle (billed)");
    case MachineState::Stopping: return tr("◑ Stopping (billed)");
    case MachineState::StoppedBilled: return tr("⚠ Stopped but still billed");
    case MachineState::Off: return tr("○ Off - disks only");
    case MachineState::Deleting: return tr("✕ Deleting");
    case MachineState::Failed: return tr("✖ Failed");
    case MachineState::Unknown: return tr("? Unknown");
    }
    return tr("? Unknown");
}

QString machineStateSpoken(MachineState state)
{
    return machineStateText(state).section(QLatin1Char(' '), 1);
}

QString moneyText(const std::optional<double>& amount, const std::string& currency)
{
    if (!amount) {
        return tr("unknown");
    }
    const int decimals = *amount >= 100.0 ? 0 : *amount >= 1.0 ? 2 : 4;
    return QStringLiteral("%1 %2").arg(QLocale().toString(*amount, 'f', decimals), QString::fromStdString(currency));
}

QString placeText(const std::string& region, const std::string& zone)
{
    const QString place = QString::fromStdString(region);
    if (!region.empty() && zone.starts_with(region)) {
        return QString::fromStdString(zone); // Google's zones name their region
    }
    return zone.empty() ? place : tr("%1 / zone %2").arg(place, QString::fromStdString(zone));
}

QString autoStopText(
    const std::optional<std::int64_t>& idleMinutes, const std::optional<std::int64_t>& hardLimitHours)
{
    const qlonglong idle = idleMinutes.value_or(0);
    const qlonglong limit = hardLimitHours.value_or(0);
    if (idle > 0 && limit > 0) {
        return tr("idle %1 min, at most %2 h").arg(idle).arg(limit);
    }
    if (idle > 0) {
        return tr("idle %1 min").arg(idle);
    }
    return limit > 0 ? tr("after %1 h").arg(limit) : tr("never");
}

} // namespace ty::app
