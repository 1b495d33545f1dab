#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"

namespace ty::runner {

/// {"error": {"kind", "message", "advice"}}
Json errorJson(const Error& error);

/// Runs `work` in a process of its own: its peak of memory is its own, and its crash is not ours.
/// Must be called before this process has started a thread.
Json runApart(const std::function<Json()>& work);

/// A script of ../share/trainyard/bench beside the running program, and what runs it: $TRAINYARD_PYTHON, else /usr/bin/python3.
std::filesystem::path peerScript(const std::string& name);
std::string peerInterpreter();

/// What peerScript(name) answers to `arguments`, in a process of its own: its JSON object, or errorJson() with `advice`.
Json askPeer(const std::string& name, const std::vector<std::string>& arguments, const std::string& advice);

/// Of this process so far.
double peakResidentMiB();

} // namespace ty::runner
