#pragma once

#include <string>

#include "app/runner/messages.h"
#include "engine/base/result.h"
#include "engine/data/dataset.h"

namespace ty::runner {

/// How a dataset is read, as commands are told it.
struct ReadingOptions {
    std::string path;
    std::string target;  ///< empty: guessed
    std::string task;    ///< likewise
    std::string columns; ///< {"name": {"type", "role"}} as JSON, or empty
    std::string repairs; ///< DataRepairs as JSON, or empty
    std::string prepare; ///< parsePreparation(), or empty
    int storesDescriptor = -1; ///< readStores()
    OutputForm form = OutputForm::Text;
};

/// The same for the reader, without the stores. Errors: Usage naming the place.
Result<engine::OpenOptions> openOptionsOf(const ReadingOptions& options);

} // namespace ty::runner
