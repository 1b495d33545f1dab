#include "engine/learn/isolation_model.h"

#include <algorithm>
#include <array>
#include <numbers>

#include "engine/exchange/forest_tensors.h"
#include "engine/exchange/onnx_forest.h"
#include "engine/exchange/model_weights.h"
#include "engine/learn/feature_rows.h"
#include "engine/learn/decision_threshold.h"
#include "engine/learn/fit_progress.h"

namespace ty::engine {

IsolationModel::IsolationModel(Encoder encoder, Json card, IsolationForest forest, std::size_t unusual)
    : PortableModel(std::move(encoder), std::move(card)), m_isolation(std::move(forest)), m_unusual(unusual)
{
    std::size_t nodes = 0;
    for (const Tree& tree : m_isolation.forest.trees) {
        nodes += tree.nodes.size();
    }
    mutableCard()["isolation"] = {
        {"trees", m_isolation.forest.trees.size()},
        {"usualWay", m_isolation.usualWay},
        {"unusual", this->encoder().classes()[m_unusual]}};
    mutableCard()["parameters"] = nodes;
}

Result<std::unique_ptr<Model>> IsolationModel::load(const std::string& folder, Json card, Encoder encoder)
{
    const std::string file = folder + "/weights.safetensors";
    const std::string what = folder + "/model.json: isolation";
    TY_TRY(const Json facts, jsonField<Json>(card, "isolation", folder + "/model.json"));
    TY_TRY(const auto unusual, jsonField<std::string>(facts, "unusual", what));
    IsolationForest isolation;
    TY_TRY(isolation.usualWay, jsonField<double>(facts, "usualWay", what));
    const auto& classes = encoder.classes();
    const auto found = std::find(classes.begin(), classes.end(), unusual);
    if (classes.size() != 2 || found == classes.end() || !(isolation.usualWay > 0)) {
        return Error{ErrorKind::InvalidInput, what + " does not fit the model's classes", {}};
    }
    TY_TRY(const auto stored, readModelWeights(file));
    auto forest = forestFromTensors(stored.tensors, featuresOf(encoder), 1);
    if (!forest) {
        return std::move(forest).error().withContext(file);
    }
    isolation.forest = std::move(forest).value();
    const auto number = static_cast<std::size_t>(found - classes.begin());
    return std::unique_ptr<Model>(
        std::make_unique<IsolationModel>(std::move(encoder), std::move(card), std::move(isolation), number));
}

std::vector<double> IsolationModel::answersFor(const FeatureTable& table, int threads) const
{
    std::vector<double> made;
    for (const double score : m_isolation.scores(table, threads)) {
        const std::array both{m_unusual == 0 ? score : 1 - score, m_unusual == 0 ? 1 - score : score};
        made.insert(made.end(), both.begin(), both.end());
    }
    return made;
}

void IsolationModel::setThreshold(double value)
{
    mutableCard()["threshold"] = {{"class", encoder().classes()[m_unusual]}, {"value", value}};
}

Json IsolationModel::measuresOf(const std::vector<double>& answers) const
{
    const auto kept = thresholdOf(card(), encoder());
    const double from = kept && kept.value() ? kept.value()->value : 0.5;
    const std::size_t rows = answers.size() / 2;
    std::size_t found = 0;
    for (std::size_t i = 0; i < rows; ++i) {
        found += static_cast<double>(static_cast<float>(answers[2 * i + m_unusual])) >= from ? 1 : 0;
    }
    return rows == 0 ? Json() : Json{{"unusual_share", static_cast<double>(found) / static_cast<double>(rows)}};
}

Result<Json> IsolationModel::measureGroups(const Dataset& dataset, std::span<const std::uint32_t> samples) const
{
    if (encoder().task() != Task::Grouping) {
        return PortableModel::measureGroups(dataset, samples);
    }
    TY_TRY(const auto given, answers(dataset, samples));
    return measuresOf(given);
}

Result<std::vector<double>> IsolationModel::answers(const Dataset& dataset, std::span<const std::uint32_t> samples) const
{
    const int threads = fitThreads(0);
    TY_TRY(const FeatureTable table, readFeatures(dataset, encoder(), samples, threads));
    return answersFor(table, threads);
}

std::vector<NamedTensor> IsolationModel::tensors() const
{
    return forestTensors(m_isolation.forest);
}

Result<OnnxReport> IsolationModel::writeOnnxFile(const OnnxOptions& options, const std::string& file) const
{
    return writeForestOnnx(m_isolation.forest, encoder(), options, file, [&](OnnxGraph& graph, const std::string& way) {
        const std::array factor{static_cast<float>(-std::numbers::ln2 / m_isolation.usualWay)};
        const std::array one{1.0F};
        const auto power = graph.node("Mul", {way, graph.floats("by_usual_way", {1}, factor)}, {}, "power");
        const auto score = graph.node("Exp", {power}, {}, "unusual");
        const auto rest = graph.node("Sub", {graph.floats("one", {1}, one), score}, {}, "usual");
        const std::vector<std::string> both = m_unusual == 0 ? std::vector{score, rest} : std::vector{rest, score};
        const auto answer = graph.node("Concat", both, {{"axis", std::int64_t{1}}}, "both");
        return OnnxAnswer{answer, OnnxAnswer::Kind::Probabilities};
    });
}

} // namespace ty::engine
