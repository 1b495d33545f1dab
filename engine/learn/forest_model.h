#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/learn/portable_model.h"
#include "engine/learn/tree_words.h"
#include "engine/trees/forest.h"

namespace ty::engine {

/// A grown forest, or a single tree, with its encoder. model.json: "forest" {trees, nodes, depth}, "importance".
class ForestModel final : public PortableModel {
public:
    ForestModel(Encoder encoder, Json card, Forest forest);

    static Result<std::unique_ptr<Model>> load(const std::string& folder, Json card, Encoder encoder);

    const Forest& forest() const { return m_forest; }
    std::size_t treeCount() const override { return m_forest.trees.size(); }
    Result<Json> describeTree(std::size_t number, const Dataset* dataset, std::uint32_t sample) const override;

protected:
    Result<std::vector<double>> answers(const Dataset& dataset, std::span<const std::uint32_t> samples) const override;
    std::vector<NamedTensor> tensors() const override;
    Result<OnnxReport> writeOnnxFile(const OnnxOptions& options, const std::string& file) const override;

private:
    TreeAnswers answersAre() const;

    Forest m_forest;
};

} // namespace ty::engine
