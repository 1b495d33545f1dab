#pragma once

#include <QString>

#include "cloud/chase/chase_place.h"
#include "widgets/world_map.h"

namespace ty::app {

/// "no capacity", "given, kept": the words of the table.
QString chaseOutcomeText(const cloud::ChasePlace& place);
/// A sign that goes with them, so that no colour is needed: "✔", "✖".
QString chaseOutcomeSign(cloud::ChaseOutcome outcome);
widgets::MapMark chaseMapMark(cloud::ChaseOutcome outcome);
/// "0.53 USD"; "unknown" without a number.
QString usdText(const std::optional<double>& usd);

} // namespace ty::app
