#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace ty::app {

/// How far a transfer is, for a row that is drawn anew a few times a second.
struct TransferProgress {
    std::string stage;     ///< "listing", "copying", "waiting for the network", "pausing"
    bool isListed = false; ///< `files` and `bytes` are all there are
    std::int64_t files = 0;
    std::int64_t filesDone = 0; ///< with those that were there already
    std::int64_t filesFailed = 0;
    std::int64_t bytes = 0;
    std::int64_t bytesDone = 0;     ///< with those of earlier sessions
    double bytesPerSecond = 0;      ///< over the last seconds
    std::optional<double> secondsLeft; ///< nothing: not known
    std::string problem;            ///< the newest trouble that it tries to get over
};

} // namespace ty::app
