#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cloud/secrets/secret.h"
#include "engine/base/result.h"

namespace ty::cli {

/// Where trainyard-run lies: TRAINYARD_RUN, beside this program, else found by PATH.
std::string runnerProgram();

/// Runs trainyard-run with our own input and output until it ends. Ctrl+C is the runner's to answer: this process
/// waits for it. `whileRunning` is called about twice a second. Result: its exit code.
/// @param stores  what it needs to read stores, through a pipe; empty: nothing
Result<int> runRunner(
    const std::vector<std::string>& arguments, const std::function<void()>& whileRunning = {},
    const cloud::Secret& stores = cloud::Secret());

/// The same, but its standard output is returned. A failure's own words are on our standard error already.
/// Result: exit code and output.
struct Captured {
    int exitCode = 0;
    std::string output;
};
Result<Captured> captureRunner(const std::vector<std::string>& arguments, const cloud::Secret& stores = cloud::Secret());

} // namespace ty::cli
