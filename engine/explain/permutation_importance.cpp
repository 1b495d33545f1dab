#include "engine/explain/permutation_importance.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/base/random.h"
#include "engine/explain/column_shuffle.h"
#include "engine/train/metrics.h"

namespace ty::engine {

namespace {

/// A score of a model's answers; higher is better.
class Judge {
public:
    Judge(const Dataset& dataset, std::span<const std::uint32_t> samples, Task task, std::string score, std::size_t classes)
        : m_score(std::move(score)), m_classes(classes)
    {
        for (const std::uint32_t sample : samples) {
            if (task == Task::Classification) {
                m_labels.push_back(dataset.classOf(sample));
            } else {
                m_targets.push_back(dataset.targetOf(sample));
            }
        }
    }

    double of(const Predictions& answers) const
    {
        if (m_labels.empty()) {
            const auto measured = measureRegression(answers.values, m_targets);
            return m_score == "rmse" ? -measured.rmse : measured.r2;
        }
        const auto measured = measureClassification(answers.probabilities, m_labels, m_classes);
        return m_score == "auc" ? measured.rocAuc : m_score == "loss" ? -measured.logLoss : measured.accuracy;
    }

private:
    std::string m_score;
    std::size_t m_classes;
    std::vector<std::int32_t> m_labels;
    std::vector<double> m_targets;
};

Result<std::string> scoreFor(const std::string& wanted, Task task)
{
    const bool areClasses = task == Task::Classification;
    if (wanted.empty()) {
        return std::string(areClasses ? "accuracy" : "r2");
    }
    const std::vector<std::string> known = areClasses ? std::vector<std::string>{"accuracy", "auc", "loss"} : std::vector<std::string>{"r2", "rmse"};
    if (std::find(known.begin(), known.end(), wanted) == known.end()) {
        return Error{
            ErrorKind::InvalidInput, fmt::format("\"{}\" is no score of {}", wanted, areClasses ? "classes" : "values"),
            areClasses ? "Choose accuracy, auc or loss." : "Choose r2 or rmse."};
    }
    return wanted;
}

/// Where the model's columns are in the table, in its order.
std::vector<std::size_t> placesOf(const Encoder& encoder, const DatasetInfo& info)
{
    std::vector<std::size_t> places;
    for (const EncodedColumn& wanted : encoder.columns()) {
        const auto found = std::find_if(info.columns.begin(), info.columns.end(), [&](const ColumnInfo& one) { return one.name == wanted.name; });
        if (found != info.columns.end()) {
            places.push_back(static_cast<std::size_t>(found - info.columns.begin()));
        }
    }
    return places;
}

} // namespace

Json PermutationImportance::toJson() const
{
    Json list = Json::array();
    for (const ColumnImportance& one : columns) {
        list.push_back({{"column", one.column}, {"mean", one.mean}, {"deviation", one.deviation}, {"repeats", one.repeats}});
    }
    return {{"score", score}, {"baseline", baseline}, {"samples", samples}, {"columns", list}};
}

Result<PermutationImportance> permutationImportance(
    Model& model, const Dataset& dataset, std::span<const std::uint32_t> samples, const ImportanceSettings& settings,
    const ImportanceTold& told)
{
    const Encoder& encoder = model.encoder();
    const bool isJudged = encoder.task() == Task::Classification || encoder.task() == Task::Regression;
    if (encoder.kind() != DataKind::Table || !isJudged) {
        return Error{
            ErrorKind::Unsupported, "the importance of columns is told of tables with a target",
            "Choose a model that was trained on a table."};
    }
    if (samples.empty()) {
        return Error{ErrorKind::InvalidInput, "there are no samples with a target to compare with", "Name data with a known target."};
    }
    PermutationImportance made;
    TY_TRY(made.score, scoreFor(settings.score, encoder.task()));
    made.samples = samples.size();
    const Judge judge(dataset, samples, encoder.task(), made.score, encoder.classes().size());
    TY_TRY(const Predictions plain, model.predict(dataset, samples));
    made.baseline = judge.of(plain);
    const auto places = placesOf(encoder, dataset.info());
    for (std::size_t done = 0; done < places.size(); ++done) {
        ColumnImportance one;
        one.column = dataset.info().columns[places[done]].name;
        ColumnShuffle shuffled(dataset, {samples.begin(), samples.end()}, places[done]);
        Random random(settings.seed, places[done]); // of its own, so that no column depends on the others
        double squares = 0;
        for (int repeat = 0; repeat < std::max(1, settings.repeats); ++repeat) {
            shuffled.shuffle(random);
            TY_TRY(const Predictions answers, model.predict(shuffled, samples));
            one.repeats.push_back(made.baseline - judge.of(answers));
            one.mean += one.repeats.back();
        }
        one.mean /= static_cast<double>(one.repeats.size());
        for (const double fall : one.repeats) {
            squares += (fall - one.mean) * (fall - one.mean);
        }
        one.deviation = std::sqrt(squares / static_cast<double>(one.repeats.size()));
        made.columns.push_back(one);
        TY_TRY(const bool mayGoOn, told(done + 1, places.size(), one));
        if (!mayGoOn) {
            break;
        }
    }
    std::stable_sort(made.columns.begin(), made.columns.end(), [](const auto& a, const auto& b) { return a.mean > b.mean; });
    if (made.score == "loss" || made.score == "rmse") {
        made.baseline = -made.baseline;
    }
    return made;
}

} // namespace ty::engine
