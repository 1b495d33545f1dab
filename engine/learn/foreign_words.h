#pragma once

#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"

namespace ty::engine {

/// What a network from elsewhere wants pixels to be: (pixel - mean) / deviation, with pixels of 0 to 255. One number for
/// all channels, or one each.
struct PixelUnits {
    std::vector<double> mean{0};
    std::vector<double> deviation{255}; ///< above 0
    std::string said = {};              ///< the text that they were parsed from; empty: nobody said, 0 to 1 is taken

    /// "0..1" (also for an empty text), "-1..1", "0..255", "imagenet", or "mean/deviation" in pixels of 0 to 255, a number or
    /// one a channel: "123.7,116.3,103.5/58.4,57.1,57.4". Errors: Usage.
    static Result<PixelUnits> parse(const std::string& text);
    /// A text that parse() understands.
    std::string text() const { return said.empty() ? "0..1" : said; }
};

/// What is said about a network of another program, by a person or by its file. The rest comes from data, or is assumed.
struct ForeignWords {
    std::vector<std::string> classes; ///< in the order of the outputs
    std::vector<std::string> columns; ///< of numbers, in the order of the inputs
    std::string target;               ///< the column to predict
    PixelUnits pixels;

    /// Only what is said: {"classes": [...], "columns": [...], "target": "...", "pixels": "imagenet"}.
    Json toJson() const;
    /// Errors: InvalidInput naming the key.
    static Result<ForeignWords> fromJson(const Json& json, const std::string& what);
    /// Errors: InvalidInput for a name that is given twice or empty, and for a target that is a column too. @param what  names it all
    Result<void> check(const std::string& what) const;
    /// These words, and of `others` what these leave open.
    ForeignWords over(const ForeignWords& others) const;
};

} // namespace ty::engine
