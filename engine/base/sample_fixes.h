#pragma once

#include <map>
#include <set>
#include <string>

#include "engine/base/json.h"
#include "engine/base/result.h"

namespace ty {

/// What a person corrected in single samples of one dataset. The files stay as they are. Samples are named by their ids
/// (Dataset::sampleId): "line 17", "train/3/0012.png".
struct SampleFixes {
    std::map<std::string, std::string> labels; ///< id -> the class that it belongs to
    std::set<std::string> excluded;            ///< ids of samples that are left out

    bool isEmpty() const { return labels.empty() && excluded.empty(); }
    std::size_t count() const { return labels.size() + excluded.size(); }
    static Result<SampleFixes> fromJson(const Json& json, const std::string& what);
    Json toJson() const;

    bool operator==(const SampleFixes&) const = default;
};

} // namespace ty
