#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cloud/http/cloud_error.h"
#include "engine/base/json.h"

namespace ty::cloud::gcp {

/// A task of Compute Engine. A request for one that cannot be done answers 200 all the same: the failure shows here.
struct ComputeOperation {
    std::string name;
    std::string operationType; ///< insert, delete, start ...
    std::string status;        ///< PENDING, RUNNING, DONE
    std::string selfLink;      ///< where to ask again
    std::string zone;          ///< address; empty for regional and global ones
    std::string region;
    std::string targetLink;    ///< what it works on
    std::string targetId;
    std::string insertTime;
    std::string endTime;
    std::optional<std::int64_t> progress; ///< percent
    std::optional<CloudError> failure;

    bool isDone() const { return status == "DONE"; }
};

/// Reads an operation. Errors: InvalidInput for a JSON that is none.
Result<ComputeOperation> parseOperation(const Json& json);

} // namespace ty::cloud::gcp
