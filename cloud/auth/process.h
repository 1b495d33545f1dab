#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace ty::cloud {

struct ProgramOutput {
    int exitCode = 0; ///< 128 + signal when it was killed
    std::string standardOutput;
    std::string standardError;
};

/// Runs a program that is found on PATH, without a shell, with nothing to read, and waits for it.
/// Errors: NotFound when there is no such program; Network when `timeout` passes and Cancelled when stopped (it and what
/// it started are killed then); Io.
Result<ProgramOutput> runProgram(
    const std::string& program,
    const std::vector<std::string>& arguments,
    std::chrono::milliseconds timeout,
    std::stop_token stop);

} // namespace ty::cloud
