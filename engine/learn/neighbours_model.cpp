#include "engine/learn/neighbours_model.h"

#include <algorithm>
#include <cmath>

#include "engine/exchange/model_weights.h"
#include "engine/groups/neighbours.h"
#include "engine/learn/encoded_rows.h"
#include "engine/learn/fit_progress.h"
#include "engine/learn/stored_numbers.h"

namespace ty::engine {

std::vector<double> KnownRows::answers(const DenseRows& asked, std::size_t classes, int threads) const
{
    const std::size_t near = std::min(neighbours, rows.rows());
    const std::size_t width = std::max<std::size_t>(1, classes);
    const auto found = nearestPoints(asked, rows, near, threads);
    std::vector<double> made(asked.rows() * width);
    for (std::size_t i = 0; i < asked.rows(); ++i) {
        const auto mine = std::span(found).subspan(i * near, near);
        const bool isThere = areNearerHeavier && mine.front().distance <= 0; // the same row is known: it alone counts
        double all = 0;
        for (const Neighbour& one : mine) {
            const auto distance = std::sqrt(static_cast<double>(one.distance));
            const double weight = !areNearerHeavier ? 1 : isThere ? (distance <= 0 ? 1 : 0) : 1 / distance;
            const double target = targets[one.point];
            made[i * width + (classes > 0 ? static_cast<std::size_t>(target) : 0)] += classes > 0 ? weight : weight * target;
            all += weight;
        }
        for (std::size_t c = 0; c < width; ++c) {
            made[i * width + c] /= all;
        }
    }
    return made;
}

NeighboursModel::NeighboursModel(Encoder encoder, Json card, KnownRows known)
    : PortableModel(std::move(encoder), std::move(card)), m_known(std::move(known))
{
    mutableCard()["neighbours"] = {
        {"count", m_known.neighbours}, {"weights", m_known.areNearerHeavier ? "distance" : "equal"}, {"rows", m_known.rows.rows()}};
    mutableCard()["parameters"] = m_known.rows.rows() * m_known.rows.columns();
}

Result<std::unique_ptr<Model>> NeighboursModel::load(const std::string& folder, Json card, Encoder encoder)
{
    const std::string file = folder + "/weights.safetensors";
    const std::string what = folder + "/model.json: neighbours";
    TY_TRY(const Json facts, jsonField<Json>(card, "neighbours", folder + "/model.json"));
    KnownRows known;
    TY_TRY(known.neighbours, jsonField<std::size_t>(facts, "count", what));
    TY_TRY(const auto weights, jsonField<std::string>(facts, "weights", what));
    known.areNearerHeavier = weights == "distance";
    TY_TRY(const auto stored, readModelWeights(file));
    const auto found = std::find_if(stored.tensors.begin(), stored.tensors.end(), [](const NamedTensor& one) { return one.name == "rows"; });
    const auto columns = static_cast<std::int64_t>(encoder.inputSize());
    if (found == stored.tensors.end() || found->tensor.dtype() != DType::Float32 || found->tensor.shape().size() != 2
        || found->tensor.shape()[1] != columns || found->tensor.shape()[0] < 1 || known.neighbours < 1) {
        return Error{ErrorKind::InvalidInput, file + ": there are no rows that fit the model", {}};
    }
    const auto count = static_cast<std::size_t>(found->tensor.shape()[0]);
    known.rows = DenseRows(count, encoder.inputSize());
    for (std::size_t i = 0; i < count; ++i) {
        std::copy_n(found->tensor.floats().begin() + static_cast<std::ptrdiff_t>(i * encoder.inputSize()), encoder.inputSize(), known.rows.row(i).begin());
    }
    auto targets = numbersOf(stored.tensors, "targets", {static_cast<std::int64_t>(count)});
    if (!targets) {
        return std::move(targets).error().withContext(file);
    }
    known.targets = std::move(targets).value();
    const auto classes = static_cast<double>(encoder.classes().size());
    const bool areClasses = encoder.task() == Task::Classification;
    if (areClasses && std::any_of(known.targets.begin(), known.targets.end(), [&](double one) { return one < 0 || one >= classes; })) {
        return Error{ErrorKind::InvalidInput, file + ": a row's class is not among the model's", {}};
    }
    return std::unique_ptr<Model>(std::make_unique<NeighboursModel>(std::move(encoder), std::move(card), std::move(known)));
}

Result<std::vector<double>> NeighboursModel::answers(const Dataset& dataset, std::span<const std::uint32_t> samples) const
{
    const int threads = fitThreads(0);
    TY_TRY(const DenseRows rows, readEncoded(dataset, encoder(), samples, threads));
    return m_known.answers(rows, encoder().classes().size(), threads);
}

std::vector<NamedTensor> NeighboursModel::tensors() const
{
    const auto count = static_cast<std::int64_t>(m_known.rows.rows());
    NamedTensor rows{"rows", Tensor(DType::Float32, {count, static_cast<std::int64_t>(m_known.rows.columns())})};
    auto into = rows.tensor.floats().begin();
    for (std::size_t i = 0; i < m_known.rows.rows(); ++i) {
        into = std::copy(m_known.rows.row(i).begin(), m_known.rows.row(i).end(), into);
    }
    return {rows, storedNumbers("targets", {count}, m_known.targets)};
}

Result<OnnxReport> NeighboursModel::writeOnnxFile(const OnnxOptions&, const std::string&) const
{
    return Error{ErrorKind::Unsupported, "nearest neighbours have no form in ai.onnx.ml", "Export as safetensors."};
}

} // namespace ty::engine
