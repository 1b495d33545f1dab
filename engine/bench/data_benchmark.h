#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"

namespace ty::engine {

/// Reading data of one kind, on files that are made for it; the same for the same size.
struct DataCase {
    std::string name;  ///< "csv"
    std::string label; ///< "CSV to typed columns"
    std::string floor; ///< what floor() does
    std::string target;
    double leastTimesPeer = 0;  ///< of speed; 0: no target
    double leastFloorPart = 0;  ///< of the floor's speed; 0: no target
    double mostResidentMiB = 0; ///< 0: no target

    /// Writes the files into `folder`. Result: the path to read. @param megabytes  about
    Result<std::string> (*make)(const std::string& folder, std::uint64_t megabytes);
    /// Reads it once as a run does.
    Result<void> (*read)(const std::string& path);
    /// The least that any reader must do. Result: seconds.
    Result<double> (*measureFloor)(const std::string& path);
};

/// CSV, NPY, IDX, a folder of JPEGs.
std::vector<DataCase> dataSuite();

} // namespace ty::engine
