#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/large_vector.h"
#include "engine/base/result.h"
#include "engine/data/dataset.h"

namespace ty::engine {

/// Images of one size whose bytes are all at hand, in memory or in a mapped file (IDX, NPY, CNTK text).
struct MemoryImages {
    std::array<int, 3> shape{};       ///< {channels, height, width}
    LargeVector<std::uint8_t> pixels; ///< {samples, channels, height, width}
    std::vector<std::int32_t>
        labels; ///< class numbers as the file has them, one a sample; -1 or empty: none
    std::vector<double> targets;    ///< for regression instead of labels; NaN if missing
    std::vector<SplitPart> parts;   ///< empty: all training
    std::vector<std::string> files; ///< with `fileEnds`: which file each run of samples came from
    std::vector<std::uint64_t> fileEnds;
    std::vector<std::string> classNames; ///< empty: the label numbers themselves are the names

    std::string path;
    std::string format;
    std::uint64_t bytes = 0;
    std::string fingerprint;
    std::vector<Problem> problems;

    std::uint64_t samples() const;
};

/// Describes the images and reports problems; with OpenOptions::like the classes are those of the
/// model and images are scaled to its shape.
Result<std::unique_ptr<Dataset>> makeImageDataset(MemoryImages images, const OpenOptions& options);

} // namespace ty::engine
