#pragma once

#include <string>

#include <QString>

namespace ty::widgets {
class RunStrip;
}

/// What learners without epochs count instead, and what else is known of a learner by its name.
namespace ty::app {

/// The unit of a learner's stages as its "plan" event names it ("trees", "rounds", "passes"); empty: epochs.
std::string stageUnit(const std::string& learner);
/// "Tree", "Round", "Epoch": before a number. @param unit  as stageUnit()
QString stageName(const std::string& unit);
/// "100 trees", "20 epochs".
QString stageCount(const std::string& unit, int count);

/// Lets the strip of a run count what its learner counts: "Tree 12/100".
void nameStages(widgets::RunStrip& strip, const std::string& learner);

} // namespace ty::app
