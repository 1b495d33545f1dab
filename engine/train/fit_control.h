#pragma once

#include <optional>
#include <string>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/base/run_events.h"

namespace ty::engine {

/// Where a fit tells what happens. Called on the training thread.
class FitSink {
public:
    virtual ~FitSink() = default;
    /// `fields` as engine/base/run_events.h lists them for `type`. An error (a full disk) ends the fit.
    virtual Result<void> emitEvent(const std::string& type, Json fields) = 0;
};

/// Asked between steps: what the person wants. Written by the thread that reads commands.
class FitControl {
public:
    virtual ~FitControl() = default;
    /// The next waiting command, if any. `isBlocking`: wait for one (while paused); nothing then means that no
    /// command will ever come, and the fit ends as if stopped.
    virtual std::optional<RunCommand> nextCommand(bool isBlocking) = 0;
    virtual bool isStopRequested() const = 0;
    /// Whether a stop or a command waits to be taken: long work in between comes to its next pause then. Any thread, cheap.
    virtual bool isAnythingWaiting() const { return isStopRequested(); }
};

} // namespace ty::engine
