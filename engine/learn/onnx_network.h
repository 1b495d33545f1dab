#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/data/dataset.h"
#include "engine/exchange/onnx_import.h"

namespace ty::engine {

/// Whether `path` is a file whose name ends in .onnx.
bool isOnnxFile(const std::string& path);

/// What a network from elsewhere wants pixels to be: (pixel - mean) / deviation, with pixels of 0 to 255. One number for
/// all channels, or one each.
struct PixelUnits {
    std::vector<double> mean{0};
    std::vector<double> deviation{255}; ///< above 0

    /// "0..1" (also for an empty text), "-1..1", "0..255", "imagenet", or "mean/deviation" in pixels of 0 to 255, a number or
    /// one a channel: "123.7,116.3,103.5/58.4,57.1,57.4". Errors: Usage.
    static Result<PixelUnits> parse(const std::string& text);
};

/// A network from an ONNX file as it meets data of ours: pictures have their channels first, and one answer of yes or no
/// (a sigmoid) is two classes, no and yes, with the same probabilities. What the file leaves open takes the shape of
/// `data`'s pictures. Errors: those of importOnnx(), and Unsupported for several answers of yes or no.
Result<ImportedNetwork> readOnnxNetwork(const std::string& file, const DatasetInfo& data);

/// Gives a network with one output, whose sign tells two classes apart, an output for each. False: it does not end with a
/// dense layer for that.
bool makeTwoOutputs(ImportedNetwork& network);

} // namespace ty::engine
