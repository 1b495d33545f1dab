#pragma once

/// The command line twin of the window: what is in the catalog, and training that lands there. No display needed.
namespace ty::cli {

/// Whether `word` begins a command ("runs", "train", ...), as against a file to open in the window.
bool isCommand(const char* word);

/// Runs the command in the arguments, or shows help or the version. Result: the process's exit code, as of
/// trainyard-run: 0 ok, 1 failed, 2 usage, 3 not signed in, 4 quota or capacity, 5 cancelled.
int runCli(int argc, char** argv);

} // namespace ty::cli
