#pragma once

#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/data/dataset.h"
#include "engine/exchange/onnx_import.h"

namespace ty::engine {

/// Whether the name of `path` ends in `suffix` (in small letters), in whatever letters.
bool hasSuffix(const std::string& path, std::string_view suffix);
/// Whether `path` is a file whose name ends in .onnx.
bool isOnnxFile(const std::string& path);

/// A network from an ONNX file as it meets data of ours: pictures have their channels first, the columns of a
/// table are the steps or pixels that it takes, row by row, and one answer of yes or no
/// (a sigmoid) is two classes, no and yes, with the same probabilities. What the file leaves open takes the shape of
/// `data`'s pictures. Errors: those of importOnnx(), and Unsupported for several answers of yes or no.
Result<ImportedNetwork> readOnnxNetwork(const std::string& file, const DatasetInfo& data);

/// The same for a network that has been read. Errors: Unsupported for several answers of yes or no.
Result<void> meetSamples(ImportedNetwork& network, DataKind kind, const std::string& file);

/// Gives a network with one output, whose sign tells two classes apart, an output for each. False: it does not end with a
/// dense layer for that.
bool makeTwoOutputs(ImportedNetwork& network);

} // namespace ty::engine
