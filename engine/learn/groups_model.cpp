#include "engine/learn/groups_model.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/exchange/model_weights.h"
#include "engine/groups/k_means.h"
#include "engine/learn/encoded_rows.h"
#include "engine/learn/fit_progress.h"
#include "engine/learn/group_facts.h"
#include "engine/learn/stored_numbers.h"

namespace ty::engine {

namespace {

std::vector<double> numbersIn(const DenseRows& rows)
{
    std::vector<double> numbers;
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        numbers.insert(numbers.end(), rows.row(i).begin(), rows.row(i).end());
    }
    return numbers;
}

DenseRows toRows(const std::vector<double>& numbers, std::size_t columns)
{
    DenseRows rows(numbers.size() / columns, columns);
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        for (std::size_t j = 0; j < columns; ++j) {
            rows.row(i)[j] = static_cast<float>(numbers[i * columns + j]);
        }
    }
    return rows;
}

Error notWhole()
{
    return {ErrorKind::InvalidInput, "the tensors make no groups", {}};
}

Result<GroupPoints> readPoints(const std::vector<NamedTensor>& tensors, std::size_t columns, std::size_t groups, double reach)
{
    GroupPoints points;
    TY_TRY(const auto numbers, numbersOf(tensors, "points", {-1, static_cast<std::int64_t>(columns)}));
    points.points = toRows(numbers, columns);
    TY_TRY(const auto groupOf, numbersOf(tensors, "group_of", {static_cast<std::int64_t>(points.points.rows())}));
    points.groups = groups;
    points.reach = reach;
    for (const double group : groupOf) {
        if (!(group >= 0) || group >= static_cast<double>(groups)) {
            return notWhole();
        }
        points.groupOf.push_back(static_cast<std::uint32_t>(group));
    }
    if (groupOf.empty() && !(reach > 0)) {
        return notWhole();
    }
    return points;
}

Result<GaussianMixture> readMixture(const std::vector<NamedTensor>& tensors, std::size_t columns, std::size_t groups, bool isFull)
{
    GaussianMixture mixture;
    mixture.isFull = isFull;
    const auto count = static_cast<std::int64_t>(groups);
    const auto width = static_cast<std::int64_t>(columns);
    TY_TRY(mixture.logShares, numbersOf(tensors, "log_shares", {count}));
    TY_TRY(mixture.means, numbersOf(tensors, "means", {count, width}));
    TY_TRY(mixture.scales, numbersOf(tensors, "scales", isFull ? Shape{count, width, width} : Shape{count, width}));
    return mixture;
}

} // namespace

std::vector<std::uint32_t> GroupPoints::assign(const DenseRows& rows, int threads) const
{
    const auto outside = static_cast<std::uint32_t>(groups);
    if (points.rows() == 0) {
        return std::vector<std::uint32_t>(rows.rows(), outside);
    }
    std::vector<float> distances;
    std::vector<std::uint32_t> nearest = nearestOf(rows, points, threads, &distances);
    for (std::size_t i = 0; i < nearest.size(); ++i) {
        const bool isOutside = reach > 0 && static_cast<double>(distances[i]) > reach * reach;
        nearest[i] = isOutside ? outside : groupOf[nearest[i]];
    }
    return nearest;
}

GroupsModel::GroupsModel(Encoder encoder, Json card, GroupPoints points, std::vector<double> answers)
    : PortableModel(std::move(encoder), std::move(card)), m_points(std::move(points)), m_answers(std::move(answers))
{
    mutableCard()["parameters"] = m_points.points.rows() * m_points.points.columns();
}

GroupsModel::GroupsModel(Encoder encoder, Json card, GaussianMixture mixture, std::vector<double> answers)
    : PortableModel(std::move(encoder), std::move(card)), m_mixture(std::move(mixture)), m_answers(std::move(answers))
{
    mutableCard()["parameters"] = m_mixture.logShares.size() + m_mixture.means.size() + m_mixture.scales.size();
}

Result<std::unique_ptr<Model>> GroupsModel::load(const std::string& folder, Json card, Encoder encoder)
{
    const std::string file = folder + "/weights.safetensors";
    const std::string what = folder + "/model.json: groups";
    TY_TRY(const Json facts, jsonField<Json>(card, "groups", folder + "/model.json"));
    TY_TRY(const auto kind, jsonField<std::string>(facts, "kind", what));
    TY_TRY(const auto groups, jsonField<std::size_t>(facts, "count", what));
    TY_TRY(const auto stored, readModelWeights(file));
    const std::size_t columns = encoder.inputSize();
    const bool isWithoutTarget = encoder.task() == Task::Grouping;
    const std::size_t width = encoder.areAnswersNames() ? encoder.classes().size() : 1;
    const auto readAnswers = [&](std::size_t rows) -> Result<std::vector<double>> {
        if (isWithoutTarget) {
            return width == rows ? Result<std::vector<double>>(std::vector<double>()) : Result<std::vector<double>>(notWhole());
        }
        return numbersOf(stored.tensors, "answers", {static_cast<std::int64_t>(rows), static_cast<std::int64_t>(width)});
    };
    if (kind == "mixture") {
        TY_TRY(const bool isFull, jsonField<bool>(facts, "full", what));
        auto mixture = readMixture(stored.tensors, columns, groups, isFull);
        auto answers = readAnswers(groups);
        if (!mixture || !answers) {
            return (mixture ? std::move(answers).error() : std::move(mixture).error()).withContext(file);
        }
        return std::unique_ptr<Model>(std::make_unique<GroupsModel>(
            std::move(encoder), std::move(card), std::move(mixture).value(), std::move(answers).value()));
    }
    auto points = readPoints(stored.tensors, columns, groups, facts.value("reach", 0.0));
    if (!points) {
        return std::move(points).error().withContext(file);
    }
    auto answers = readAnswers(points.value().answerRows());
    if (!answers) {
        return std::move(answers).error().withContext(file);
    }
    return std::unique_ptr<Model>(
        std::make_unique<GroupsModel>(std::move(encoder), std::move(card), std::move(points).value(), std::move(answers).value()));
}

std::vector<double> GroupsModel::answersOf(std::span<const std::uint32_t> groupOf) const
{
    std::vector<double> made(groupOf.size() * width());
    for (std::size_t i = 0; i < groupOf.size(); ++i) {
        const auto into = made.begin() + static_cast<std::ptrdiff_t>(i * width());
        if (isWithoutTarget()) {
            into[groupOf[i]] = 1;
        } else {
            std::copy_n(m_answers.begin() + static_cast<std::ptrdiff_t>(groupOf[i] * width()), width(), into);
        }
    }
    return made;
}

std::vector<double> GroupsModel::answersByMixture(const DenseRows& rows, int threads) const
{
    auto parts = m_mixture.responsibilities(rows, threads);
    if (isWithoutTarget()) {
        return parts;
    }
    std::vector<double> made(rows.rows() * width());
    const std::size_t groups = m_mixture.groups();
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        for (std::size_t g = 0; g < groups; ++g) {
            for (std::size_t c = 0; c < width(); ++c) {
                made[i * width() + c] += parts[i * groups + g] * m_answers[g * width() + c];
            }
        }
    }
    return made;
}

std::vector<double> GroupsModel::answersFor(const DenseRows& rows, int threads) const
{
    return m_mixture.groups() == 0 ? answersOf(m_points.assign(rows, threads)) : answersByMixture(rows, threads);
}

Json GroupsModel::measuresOf(const DenseRows& rows, int threads) const
{
    Json measures = Json::object();
    if (rows.rows() == 0) {
        return measures;
    }
    std::vector<std::uint32_t> groupOf;
    if (m_mixture.groups() == 0) {
        groupOf = m_points.assign(rows, threads);
        // Centres alone are one point a group.
        if (m_points.reach <= 0 && m_points.points.rows() == m_points.groups) {
            std::vector<float> distances;
            nearestOf(rows, m_points.points, threads, &distances);
            measures["inertia"] = std::accumulate(distances.begin(), distances.end(), 0.0);
        }
    } else {
        double likelihood = 0;
        const auto parts = m_mixture.responsibilities(rows, threads, &likelihood);
        for (std::size_t i = 0; i < rows.rows(); ++i) {
            const auto line = parts.begin() + static_cast<std::ptrdiff_t>(i * m_mixture.groups());
            const auto most = std::max_element(line, line + static_cast<std::ptrdiff_t>(m_mixture.groups()));
            groupOf.push_back(static_cast<std::uint32_t>(most - line));
        }
        measures["log_likelihood"] = likelihood;
    }
    const std::size_t noise = m_mixture.groups() == 0 ? m_points.groups : m_mixture.groups();
    measures["silhouette"] = sampledSilhouette(rows, groupOf, noise, threads);
    return measures;
}

Result<Json> GroupsModel::measureGroups(const Dataset& dataset, std::span<const std::uint32_t> samples) const
{
    if (!isWithoutTarget()) {
        return PortableModel::measureGroups(dataset, samples);
    }
    const int threads = fitThreads(0);
    TY_TRY(const DenseRows rows, readEncoded(dataset, encoder(), samples, threads));
    return measuresOf(rows, threads);
}

Result<std::vector<double>> GroupsModel::answers(const Dataset& dataset, std::span<const std::uint32_t> samples) const
{
    const int threads = fitThreads(0);
    TY_TRY(const DenseRows rows, readEncoded(dataset, encoder(), samples, threads));
    return answersFor(rows, threads);
}

std::vector<NamedTensor> GroupsModel::tensors() const
{
    const auto inputs = static_cast<std::int64_t>(encoder().inputSize());
    std::vector<NamedTensor> made;
    if (!isWithoutTarget()) {
        const auto numbers = static_cast<std::int64_t>(width());
        made.push_back(storedNumbers("answers", {static_cast<std::int64_t>(m_answers.size()) / numbers, numbers}, m_answers));
    }
    if (m_mixture.groups() == 0) {
        const auto count = static_cast<std::int64_t>(m_points.points.rows());
        made.push_back(storedNumbers("points", {count, inputs}, numbersIn(m_points.points)));
        made.push_back(storedNumbers("group_of", {count}, std::vector<double>(m_points.groupOf.begin(), m_points.groupOf.end())));
        return made;
    }
    const auto groups = static_cast<std::int64_t>(m_mixture.groups());
    made.push_back(storedNumbers("log_shares", {groups}, m_mixture.logShares));
    made.push_back(storedNumbers("means", {groups, inputs}, m_mixture.means));
    made.push_back(storedNumbers("scales", m_mixture.isFull ? Shape{groups, inputs, inputs} : Shape{groups, inputs}, m_mixture.scales));
    return made;
}

Result<OnnxReport> GroupsModel::writeOnnxFile(const OnnxOptions&, const std::string&) const
{
    return Error{ErrorKind::Unsupported, "groups of rows have no form in ai.onnx.ml", "Export as safetensors."};
}

} // namespace ty::engine
