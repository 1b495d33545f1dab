#include "engine/learn/baseline_model.h"

#include <cmath>

#include "engine/learn/model_package.h"

namespace ty::engine {

BaselineModel::BaselineModel(Encoder encoder, Json card, std::vector<float> shares, double mean)
    : m_encoder(std::move(encoder))
    , m_card(std::move(card))
    , m_shares(std::move(shares))
    , m_mean(mean)
{
    m_card["baseline"] = m_encoder.task() == Task::Classification ? Json{{"shares", m_shares}} : Json{{"mean", m_mean}};
}

Result<std::unique_ptr<Model>> BaselineModel::load(const std::string& folder, Json card, Encoder encoder)
{
    const std::string what = folder + "/model.json";
    TY_TRY(const Json content, jsonField<Json>(card, "baseline", what));
    std::vector<float> shares;
    double mean = 0;
    if (encoder.task() == Task::Classification) {
        TY_TRY(const Json list, jsonField<Json>(content, "shares", what + ": baseline"));
        for (const Json& item : list) {
            if (!item.is_number()) {
                return Error{ErrorKind::InvalidInput, what + ": baseline: shares must be numbers", {}};
            }
            shares.push_back(item.get<float>());
        }
        if (shares.size() != encoder.classes().size()) {
            return Error{ErrorKind::InvalidInput, what + ": baseline: one share a class is needed", {}};
        }
    } else {
        TY_TRY(mean, jsonField<double>(content, "mean", what + ": baseline"));
    }
    return std::unique_ptr<Model>(
        std::make_unique<BaselineModel>(std::move(encoder), std::move(card), std::move(shares), mean));
}

Result<Predictions> BaselineModel::predict(const Dataset&, std::span<const std::uint32_t> samples)
{
    Predictions predictions;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        if (m_encoder.task() == Task::Classification) {
            predictions.probabilities.insert(predictions.probabilities.end(), m_shares.begin(), m_shares.end());
        } else {
            predictions.values.push_back(m_mean);
        }
    }
    return predictions;
}

Result<void> BaselineModel::save(const std::string& folder) const
{
    return writeModelPackage(folder, cardOf(*this), m_encoder, [](const std::string&) -> Result<void> { return {}; });
}

Result<Json> BaselineModel::writeExport(const std::string&, const std::string&, const ExportSettings&) const
{
    return Error{ErrorKind::Unsupported, "a baseline has nothing to export", "Train a network or a linear model."};
}

} // namespace ty::engine
