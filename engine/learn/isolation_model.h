#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/learn/portable_model.h"
#include "engine/trees/isolation.h"

namespace ty::engine {

/// How unusual a row is, as the probability of one of two classes. model.json: "isolation" {trees, usualWay, unusual}.
class IsolationModel final : public PortableModel {
public:
    /// @param unusual  number of the class that unusual rows are of
    IsolationModel(Encoder encoder, Json card, IsolationForest forest, std::size_t unusual);

    static Result<std::unique_ptr<Model>> load(const std::string& folder, Json card, Encoder encoder);
    std::vector<double> answersFor(const FeatureTable& table, int threads) const;
    Result<Json> measureGroups(const Dataset& dataset, std::span<const std::uint32_t> samples) const override;
    /// From which probability on a row counts as unusual, without a target; kept in model.json like a person's threshold.
    void setThreshold(double value);
    /// {"unusual_share"} of rows by that threshold; null of no rows. @param answers  {rows, 2}
    Json measuresOf(const std::vector<double>& answers) const;

protected:
    Result<std::vector<double>> answers(const Dataset& dataset, std::span<const std::uint32_t> samples) const override;
    std::vector<NamedTensor> tensors() const override;
    Result<OnnxReport> writeOnnxFile(const OnnxOptions& options, const std::string& file) const override;

private:
    IsolationForest m_isolation;
    std::size_t m_unusual;
};

} // namespace ty::engine
