#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"

namespace ty::catalog {

/// What a person added to a run, kept as `catalog.json` in its folder, so that a catalog rebuilt from the run folders
/// has it again: the runner's own files say nothing of stars, notes or the trash.
struct RunNote {
    std::string name;
    std::string project;
    std::string created;
    bool isStarred = false;
    std::vector<std::string> tags;
    std::string notes;
    std::string deleted; ///< when it went to the trash; empty: it did not

    static constexpr const char* kFileName = "catalog.json";

    /// A missing file gives an empty note; a damaged one an error.
    static Result<RunNote> load(const std::string& runFolder);
    Result<void> save(const std::string& runFolder) const;
};

} // namespace ty::catalog
