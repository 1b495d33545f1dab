#include "engine/learn/encoded_rows.h"

#include <numeric>

#include "engine/base/parallel_ranges.h"
#include "engine/learn/feature_rows.h"
#include "engine/learn/learner.h"
#include "engine/trees/feature_table.h"

namespace ty::engine {

Result<DataNeeds> classicNeeds(const RunSpec& spec, const std::string& label)
{
    if (!spec.network.is_null()) {
        return Error{
            ErrorKind::InvalidInput, "the learner \"" + label + "\" takes no network description",
            "Choose the learner \"network\", or remove the network from the run."};
    }
    DataNeeds needs;
    needs.form.categories = FeatureTable::kMostCategories;
    return needs;
}

Result<DenseRows> readEncoded(
    const Dataset& dataset, const Encoder& encoder, std::span<const std::uint32_t> samples, int threads)
{
    DenseRows rows(samples.size(), encoder.inputSize());
    dataset.expect(samples);
    const auto encode = [&](std::size_t first, std::size_t last) -> Result<void> {
        for (std::size_t i = first; i < last; ++i) {
            TY_CHECK(encoder.encodeInput(dataset, samples[i], rows.row(i)));
        }
        return {};
    };
    TY_CHECK(parallelRanges(samples.size(), threads, encode));
    return rows;
}

LabelledPart trainingPart(const FitRequest& request, Task task)
{
    return {request.training, labelledOf(*request.training, task, request.split.training)};
}

LabelledPart validationPart(const FitRequest& request, Task task)
{
    if (request.validation == nullptr) {
        return {request.training, labelledOf(*request.training, task, request.split.validation)};
    }
    std::vector<std::uint32_t> all(request.validation->size());
    std::iota(all.begin(), all.end(), 0U);
    return {request.validation, labelledOf(*request.validation, task, all)};
}

} // namespace ty::engine
