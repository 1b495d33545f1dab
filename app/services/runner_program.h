#pragma once

#include <QString>

namespace ty::app {

/// Where trainyard-run lies: the variable TRAINYARD_RUN, beside this program, in the bin folder of a build tree, or
/// on the PATH. Empty if it is nowhere.
QString runnerProgram();

} // namespace ty::app
