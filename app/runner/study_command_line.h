#pragma once

namespace CLI {
class App;
}

namespace ty::runner {

struct TuneOptions;
struct ValidateOptions;

// The commands of studies of many fits, as words of the command line.

void addValidate(CLI::App& app, ValidateOptions& options);
void addTune(CLI::App& app, TuneOptions& options);

} // namespace ty::runner
