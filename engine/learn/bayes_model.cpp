#include "engine/learn/bayes_model.h"

#include <algorithm>

#include "engine/exchange/bayes_exchange.h"
#include "engine/exchange/model_weights.h"
#include "engine/learn/encoded_rows.h"
#include "engine/learn/fit_progress.h"

namespace ty::engine {

BayesModel::BayesModel(Encoder encoder, Json card, NaiveBayes bayes)
    : PortableModel(std::move(encoder), std::move(card)), m_bayes(std::move(bayes))
{
    mutableCard()["bayes"] = {{"kind", bayesName(m_bayes.kind)}};
    mutableCard()["parameters"] = m_bayes.offsets.size() + m_bayes.weights.size() + m_bayes.curvatures.size();
}

Result<std::unique_ptr<Model>> BayesModel::load(const std::string& folder, Json card, Encoder encoder)
{
    const std::string file = folder + "/weights.safetensors";
    const std::string what = folder + "/model.json: bayes";
    TY_TRY(const Json facts, jsonField<Json>(card, "bayes", folder + "/model.json"));
    TY_TRY(const auto kind, jsonField<std::string>(facts, "kind", what));
    TY_TRY(const auto stored, readModelWeights(file));
    auto bayes = bayesFromTensors(stored.tensors, bayesKind(kind), encoder.classes().size(), encoder.inputSize());
    if (!bayes) {
        return std::move(bayes).error().withContext(file);
    }
    return std::unique_ptr<Model>(std::make_unique<BayesModel>(std::move(encoder), std::move(card), std::move(bayes).value()));
}

Result<std::vector<double>> BayesModel::answers(const Dataset& dataset, std::span<const std::uint32_t> samples) const
{
    const int threads = fitThreads(0);
    TY_TRY(const DenseRows rows, readEncoded(dataset, encoder(), samples, threads));
    return m_bayes.answers(rows, threads);
}

std::vector<NamedTensor> BayesModel::tensors() const
{
    return bayesTensors(m_bayes);
}

Result<OnnxReport> BayesModel::writeOnnxFile(const OnnxOptions& options, const std::string& file) const
{
    return writeBayesOnnx(m_bayes, encoder(), options, file);
}

} // namespace ty::engine
