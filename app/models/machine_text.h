#pragma once

#include <optional>
#include <string>

#include <QString>

#include "cloud/model/machine_state.h"

/// How machines and their prices read everywhere in the window.
namespace ty::app {

/// Sign and words of a state, so that no colour is needed: "● Running (billed)".
QString machineStateText(cloud::MachineState state);
/// The words alone, for screen readers: "Running, billed".
QString machineStateSpoken(cloud::MachineState state);
/// "0.5260 USD"; "unknown" when it is not known, never 0.
QString moneyText(const std::optional<double>& amount, const std::string& currency);
/// "westeurope / zone 1".
QString placeText(const std::string& region, const std::string& zone);
/// "stops when idle 15 min, after 12 h at the latest"; "never" for neither.
QString autoStopText(const std::optional<std::int64_t>& idleMinutes, const std::optional<std::int64_t>& hardLimitHours);

} // namespace ty::app
