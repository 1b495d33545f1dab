#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/kernels/dense_rows.h"
#include "engine/learn/portable_model.h"

namespace ty::engine {

/// What is known of all rows that were learned from.
struct KnownRows {
    DenseRows rows;
    std::vector<double> targets; ///< class numbers, or values in the encoded unit
    std::size_t neighbours = 5;
    bool areNearerHeavier = false; ///< weights of one by the distance

    /// {rows, classes} shares, or {rows, 1} means (classes 0), of each row's nearest known ones.
    std::vector<double> answers(const DenseRows& asked, std::size_t classes, int threads) const;
};

/// The nearest known rows answer. model.json: "neighbours" {count, weights}.
class NeighboursModel final : public PortableModel {
public:
    NeighboursModel(Encoder encoder, Json card, KnownRows known);

    static Result<std::unique_ptr<Model>> load(const std::string& folder, Json card, Encoder encoder);
    Json exportFormats() const override { return {"safetensors"}; }

protected:
    Result<std::vector<double>> answers(const Dataset& dataset, std::span<const std::uint32_t> samples) const override;
    std::vector<NamedTensor> tensors() const override;
    Result<OnnxReport> writeOnnxFile(const OnnxOptions& options, const std::string& file) const override;

private:
    KnownRows m_known;
};

} // namespace ty::engine
