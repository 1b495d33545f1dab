#pragma once

#include <string>
#include <vector>

#include "engine/learn/learner.h"

namespace ty::engine {

/// Answers the same whatever it is asked: how often each class occurs, or the mean of the target.
class BaselineModel final : public Model {
public:
    /// Classification: `shares` are the classes' frequencies. Regression: `mean` in the target's own unit.
    BaselineModel(Encoder encoder, Json card, std::vector<float> shares, double mean);

    static Result<std::unique_ptr<Model>> load(const std::string& folder, Json card, Encoder encoder);

    const Encoder& encoder() const override { return m_encoder; }
    const Json& card() const override { return m_card; }
    Result<Predictions> predict(const Dataset& dataset, std::span<const std::uint32_t> samples) override;
    Result<void> save(const std::string& folder) const override;
    Json exportFormats() const override { return Json::array(); }

protected:
    Result<Json> writeExport(const std::string& format, const std::string& file, const ExportSettings& settings) const override;

private:
    Encoder m_encoder;
    Json m_card;
    std::vector<float> m_shares;
    double m_mean;
};

} // namespace ty::engine
