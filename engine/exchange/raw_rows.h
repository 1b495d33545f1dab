#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "engine/data/encoder.h"
#include "engine/data/table_content.h"
#include "engine/exchange/onnx_check.h"

namespace ty::engine {

/// Rows as data brings them, and what the steps of a model make of them: to everybody a dataset of the prepared columns, to files that do the
/// steps themselves the columns before.
class RawRows final : public Dataset {
public:
    /// Errors: those of preparing new data.
    static Result<std::unique_ptr<RawRows>> make(const Encoder& encoder, TableContent brought);

    /// The inputs of a file with the steps in it.
    Result<OnnxValues> onnxRawInputs(const Encoder& encoder, std::span<const std::uint32_t> samples) const;

    const DatasetInfo& info() const override { return m_prepared->info(); }
    SplitPart partOf(std::uint64_t sample) const override { return m_prepared->partOf(sample); }
    std::string sampleId(std::uint64_t sample) const override { return m_prepared->sampleId(sample); }
    std::int32_t classOf(std::uint64_t sample) const override { return m_prepared->classOf(sample); }
    double targetOf(std::uint64_t sample) const override { return m_prepared->targetOf(sample); }
    std::span<const float> numericColumn(std::size_t column) const override { return m_prepared->numericColumn(column); }
    std::span<const std::int32_t> categoryColumn(std::size_t column) const override { return m_prepared->categoryColumn(column); }
    std::string cellText(std::uint64_t sample, std::size_t column) const override { return m_prepared->cellText(sample, column); }
    Result<void> readImage(std::uint64_t sample, std::span<std::uint8_t> chw) const override { return m_prepared->readImage(sample, chw); }

private:
    RawRows(TableContent brought, std::unique_ptr<Dataset> prepared);

    TableContent m_brought;
    std::unique_ptr<Dataset> m_prepared;
};

/// Made-up rows of the columns that data has to bring to a model with steps: numbers around and exactly at what the steps know, words that are
/// known and not, a tenth missing.
TableContent makeRawColumns(const Encoder& encoder, std::uint64_t rows, std::uint64_t seed);

} // namespace ty::engine
