#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/large_vector.h"
#include "engine/base/result.h"
#include "engine/data/dataset.h"

namespace ty::engine {

/// One named input of a file in CNTK text format, all rows of it, dense.
struct CtfInput {
    std::string name;
    std::size_t width = 0;
    LargeVector<float> values;   ///< {rows, width}
    std::vector<bool> isPresent; ///< by row; a row that lacks the input is zero
};

struct CtfContent {
    std::vector<CtfInput> inputs;
    std::vector<std::uint64_t> lines; ///< of each row, from 1
    std::uint64_t bytes = 0;
    bool isWhole = true;     ///< false: only the first rows were asked for
    std::string fingerprint; ///< over the unpacked file
    std::vector<Problem> problems;
};

/// Reads rows of "|name value value" (dense) or "|name index:value" (sparse), with comments "|#
/// ..." and an optional number of the sequence before them. A dense sample that is shorter than the
/// first is filled with zeros and reported.
/// @param mostRows  stop after that many
/// Errors: InvalidInput naming the line; Unsupported for sequences of several rows.
/// Source: microsoft/CNTK, TextParser.cpp.
Result<CtfContent>
readCtf(const std::string& path, std::uint64_t mostRows, const OpenOptions& options);

} // namespace ty::engine
