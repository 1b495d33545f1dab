#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/data/dataset.h"
#include "engine/data/formats/npy_array.h"
#include "engine/data/table_content.h"

namespace ty::engine {

/// Arrays whose first axis counts the samples.
struct ArrayData {
    std::string path;
    std::string format;
    NpyArray inputs;
    std::optional<NpyArray> labels; ///< one a sample: a number, a text, or one-hot
    std::string labelsName;         ///< for messages
    std::vector<SplitPart> parts;   ///< empty: all training
    std::string fingerprint;
    std::uint64_t bytes = 0;
};

/// A table of two axes, images of three or four. Errors: InvalidInput and Unsupported for other arrays, and labels that do
/// not fit.
Result<std::unique_ptr<Dataset>> makeArrayDataset(ArrayData data, const OpenOptions& options);

/// An array of one axis as a column: numbers, or texts as categories; one that is one-hot as the numbers of the classes.
/// @param file  for messages
Result<TableColumn> columnOf(const NpyArray& array, std::string name, const std::string& file, std::uint64_t rows);

/// {channels, height, width} of the images in an array of three or four axes.
Result<std::array<int, 3>> imageShapeOf(const NpyHeader& header, const std::string& name);

} // namespace ty::engine
