#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/data/array_dataset.h"
#include "engine/data/dataset.h"

namespace ty::engine {

/// One of several arrays in a file (NPZ, HDF5).
struct NamedArray {
    std::string name;
    NpyArray array;
};

enum class ArrayUse { Inputs, Labels, Unknown };

/// What an array's name says: "x_train" are inputs for training, "test_labels" labels for testing.
struct ArrayWords {
    ArrayUse use = ArrayUse::Unknown;
    SplitPart part = SplitPart::Training;
};
ArrayWords arrayWordsOf(const std::string& name);

/// Where named arrays come from.
struct NamedArraysFile {
    std::string path;
    std::string format; ///< of DatasetInfo
    std::uint64_t bytes = 0;
    std::string advice; ///< how to name arrays so that inputs and labels are known
};

/// Inputs and labels by their names, in parts where the names say so; a single array is the inputs; arrays of one axis and one length
/// without such names are columns. Errors: InvalidInput naming what there is.
Result<std::unique_ptr<Dataset>>
makeNamedArrays(const NamedArraysFile& origin, std::vector<NamedArray> arrays, const OpenOptions& options);

} // namespace ty::engine
