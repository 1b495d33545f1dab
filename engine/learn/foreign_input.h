#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/run_spec.h"
#include "engine/data/dataset.h"
#include "engine/data/encoder.h"
#include "engine/learn/foreign_network.h"

namespace ty::engine {

/// What such a network is given, what its answers mean, and what of that nobody has said.
struct ForeignInput {
    Encoder encoder; ///< fills missing numbers with the medians of the data, without data with 0
    /// {"pixels" | "columns" | "classes" | "output" | "outputs" | "target": {"value", "from": "person", "file", "data" or "nobody",
    /// "text"}}, those that apply.
    Json assumed;
};

/// The network is given `data`'s samples as they are: the numbers of a table, categories as one 1 among zeros, pixels in the
/// units of the words, values to predict in their own unit. What `words` and the file leave open is as `data` has it. A table of
/// Task::Grouping has all columns but none to predict: its answers are called as inputWithoutData() calls them.
/// Errors: InvalidInput naming both shapes or both counts where network and data do not fit.
Result<ForeignInput> inputForData(const ForeignNetwork& network, const ForeignWords& words, const Dataset& data);
/// Whether the samples of `data` are what the network takes.
bool doSamplesFit(const ForeignNetwork& network, const ForeignWords& words, const Dataset& data);
/// The same without data: rows of numbers that are called x1, x2 and so on, or pictures; several outputs are classes, one is
/// a value, unless two classes are named for it.
/// Errors: InvalidInput for counts that do not fit, Unsupported for inputs that are neither rows nor pictures.
Result<ForeignInput> inputWithoutData(const ForeignNetwork& network, const ForeignWords& words);

/// `before` with what `words` say over it: its columns in another order, its target and classes under other names, its pixels
/// in other units. Errors: InvalidInput for a column that it does not have, and for counts that do not fit.
/// @param from  who has said `words`, for ForeignInput::assumed: "person" or "data"
Result<ForeignInput>
inputRenamed(const ForeignNetwork& network, const ForeignWords& words, const std::string& from, ForeignInput before);

/// What a run that begins with a network of another program gives it: plainEncoder() where StartSpec::pixels says so, else
/// `encoder` itself.
Result<Encoder> encoderToBeginWith(const StartSpec& start, Encoder encoder);

/// `encoder` with the numbers of a table as they are, and pixels in `pixels`. Inputs that only this program makes, flags of
/// missing values and the course of the year, are left out.
Result<Encoder> plainEncoder(const Encoder& encoder, const PixelUnits& pixels);

} // namespace ty::engine
