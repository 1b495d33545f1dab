#pragma once

namespace ty::runner {

/// The whole of trainyard-run: reads the arguments, runs the command. Result: the process's exit code.
/// 0 ok, 1 failed, 2 usage, 3 not signed in, 4 quota or capacity, 5 cancelled.
int runCommandLine(int argc, char** argv);

} // namespace ty::runner
