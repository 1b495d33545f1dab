#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/learn/portable_model.h"
#include "engine/linear/naive_bayes.h"

namespace ty::engine {

/// Naive Bayes with its encoder. model.json: "bayes" {kind}.
class BayesModel final : public PortableModel {
public:
    BayesModel(Encoder encoder, Json card, NaiveBayes bayes);

    static Result<std::unique_ptr<Model>> load(const std::string& folder, Json card, Encoder encoder);

protected:
    Result<std::vector<double>> answers(const Dataset& dataset, std::span<const std::uint32_t> samples) const override;
    std::vector<NamedTensor> tensors() const override;
    Result<OnnxReport> writeOnnxFile(const OnnxOptions& options, const std::string& file) const override;

private:
    NaiveBayes m_bayes;
};

} // namespace ty::engine
