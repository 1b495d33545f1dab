#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/run_spec.h"
#include "engine/data/dataset.h"
#include "engine/data/encoder.h"
#include "engine/exchange/onnx_import.h"
#include "engine/learn/foreign_words.h"

namespace ty::engine {

/// A network of another program as far as its file tells.
struct ForeignNetwork {
    std::string file;         ///< for messages
    Shape input;              ///< of a sample; pictures {channels, height, width}
    std::int64_t outputs = 0; ///< values a sample
    OnnxOutput end = OnnxOutput::Values;
    ForeignWords words;       ///< what the file says
};

/// What such a network is given, what its answers mean, and what of that nobody has said.
struct ForeignInput {
    Encoder encoder;
    /// {"pixels" | "columns" | "classes" | "outputs" | "target": {"value", "from": "person", "file", "data" or "nobody",
    /// "text"}}, those that apply.
    Json assumed;
};

/// The network is given `data`'s samples as they are: the numbers of a table, categories as one 1 among zeros, pixels in the
/// units of the words, values to predict in their own unit. What `words` and the file leave open is as `data` has it.
/// Errors: InvalidInput naming both shapes or both counts where network and data do not fit.
Result<ForeignInput> inputForData(const ForeignNetwork& network, const ForeignWords& words, const Dataset& data);
/// The same without data: rows of numbers that are called x1, x2 and so on, or pictures; several outputs are classes, one is
/// a value, unless two classes are named for it.
/// Errors: InvalidInput for counts that do not fit, Unsupported for inputs that are neither rows nor pictures.
Result<ForeignInput> inputWithoutData(const ForeignNetwork& network, const ForeignWords& words);

/// The sentences of ForeignInput::assumed that no person has said, each with the option that says it: "pixels ... (--pixels)".
std::vector<std::string> assumptionLines(const Json& assumed);

/// What a run that begins with a network of another program gives it: plainEncoder() where StartSpec::pixels says so, else
/// `encoder` itself.
Result<Encoder> encoderToBeginWith(const StartSpec& start, Encoder encoder);

/// `encoder` with the numbers of a table as they are, and pixels in `pixels`. Inputs that only this program makes, flags of
/// missing values and the course of the year, are left out.
Result<Encoder> plainEncoder(const Encoder& encoder, const PixelUnits& pixels);

} // namespace ty::engine
