#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/data/encoder.h"

namespace ty::engine {

/// How many of the samples hold each category of a column, by code. @param codes  of all samples; -1: missing
std::vector<std::uint64_t> countCategories(
    const ColumnInfo& source, std::span<const std::int32_t> codes, std::span<const std::uint32_t> samples);

/// One input for each category that `counts` knows, at most `mostCategories`: by name, of many the frequent ones first.
EncodedColumn encodeCategory(const ColumnInfo& source, const std::vector<std::uint64_t>& counts, std::size_t mostCategories);

/// The first categories of all rows, whoever holds them; as EncoderForm::areCategoriesOfAllRows.
EncodedColumn encodeFirstCategories(const ColumnInfo& source, std::size_t mostCategories);

} // namespace ty::engine
