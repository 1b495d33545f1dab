#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/groups/gaussian_mixture.h"
#include "engine/learn/portable_model.h"

namespace ty::engine {

/// Points that each belong to a group; a row belongs to the group of its nearest point.
struct GroupPoints {
    DenseRows points;
    std::vector<std::uint32_t> groupOf; ///< {points}
    std::size_t groups = 0;
    double reach = 0; ///< 0: any; else a row farther from all points belongs to the group after the others

    std::size_t answerRows() const { return groups + (reach > 0 ? 1 : 0); }
    std::vector<std::uint32_t> assign(const DenseRows& rows, int threads) const;
};

/// Groups of rows with what each says of the target; without one (Task::Grouping) the groups are the answer, and their names the
/// encoder's classes. Either points or a mixture. model.json: "groups" {kind, count, ...}.
class GroupsModel final : public PortableModel {
public:
    /// @param answers  {groups, classes} or {groups, 1}: readOut(); empty without a target
    GroupsModel(Encoder encoder, Json card, GroupPoints points, std::vector<double> answers);
    GroupsModel(Encoder encoder, Json card, GaussianMixture mixture, std::vector<double> answers);

    static Result<std::unique_ptr<Model>> load(const std::string& folder, Json card, Encoder encoder);
    Json exportFormats() const override { return {"safetensors"}; }
    Result<Json> measureGroups(const Dataset& dataset, std::span<const std::uint32_t> samples) const override;
    /// Likewise, of rows as the encoder gives them.
    Json measuresOf(const DenseRows& rows, int threads) const;
    /// {rows, classes} probabilities or {rows} values, of rows whose groups are known.
    std::vector<double> answersOf(std::span<const std::uint32_t> groupOf) const;
    /// Likewise, of rows whose groups are looked for.
    std::vector<double> answersFor(const DenseRows& rows, int threads) const;

protected:
    Result<std::vector<double>> answers(const Dataset& dataset, std::span<const std::uint32_t> samples) const override;
    std::vector<NamedTensor> tensors() const override;
    Result<OnnxReport> writeOnnxFile(const OnnxOptions& options, const std::string& file) const override;

private:
    bool isWithoutTarget() const { return encoder().task() == Task::Grouping; }
    /// Numbers of an answer.
    std::size_t width() const { return encoder().areAnswersNames() ? encoder().classes().size() : 1; }
    std::vector<double> answersByMixture(const DenseRows& rows, int threads) const;

    GroupPoints m_points;
    GaussianMixture m_mixture; ///< without groups: there are points
    std::vector<double> m_answers;
};

} // namespace ty::engine
