#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/learn/portable_model.h"
#include "engine/trees/boosting.h"

namespace ty::engine {

/// Boosted trees with their encoder. model.json: "boost" {trees, rounds, nodes}, "importance".
class BoostModel final : public PortableModel {
public:
    BoostModel(Encoder encoder, Json card, BoostedTrees trees);

    static Result<std::unique_ptr<Model>> load(const std::string& folder, Json card, Encoder encoder);
    std::size_t treeCount() const override { return m_trees.trees.size(); }
    Result<Json> describeTree(std::size_t number, const Dataset* dataset, std::uint32_t sample) const override;

protected:
    Result<std::vector<double>> answers(const Dataset& dataset, std::span<const std::uint32_t> samples) const override;
    std::vector<NamedTensor> tensors() const override;
    Result<OnnxReport> writeOnnxFile(const OnnxOptions& options, const std::string& file) const override;

private:
    BoostedTrees m_trees;
};

} // namespace ty::engine
