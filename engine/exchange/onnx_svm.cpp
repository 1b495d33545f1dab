#include "engine/exchange/onnx_svm.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "engine/exchange/onnx_graph.h"
#include "engine/exchange/onnx_preprocessing.h"

namespace ty::engine {

namespace {

constexpr std::size_t kMostClasses = 20;                          ///< nodes grow with their third power
constexpr std::size_t kMostNumbers = std::size_t{100} * 1024 * 1024; ///< of all machines' vectors: a file stays below 2 GiB

/// The decision of one machine, {N, 1}, by the vectors that it uses.
std::string addDecision(OnnxGraph& graph, const SupportVectors& svm, const Machine& machine, const std::string& rows)
{
    std::vector<float> vectors;
    std::vector<float> weights;
    for (std::size_t i = 0; i < svm.vectors.rows(); ++i) {
        const bool isUsed = machine.weights[i] != 0 || (i + 1 == svm.vectors.rows() && weights.empty());
        if (isUsed) {
            vectors.insert(vectors.end(), svm.vectors.row(i).begin(), svm.vectors.row(i).end());
            weights.push_back(machine.weights[i]);
        }
    }
    const auto decision = graph.node(
        "ai.onnx.ml:SVMRegressor",
        {rows},
        {{"kernel_type", std::string(svm.kernel.kind == KernelKind::Rbf ? "RBF" : "LINEAR")},
         {"kernel_params", std::vector<float>{static_cast<float>(svm.kernel.gamma), 0.0F, 3.0F}},
         {"n_supports", static_cast<std::int64_t>(weights.size())},
         {"support_vectors", vectors},
         {"coefficients", weights},
         {"rho", std::vector<float>{static_cast<float>(-machine.rho)}},
         {"post_transform", std::string("NONE")}},
        "decision");
    graph.describe(decision, {-1, 1});
    return decision;
}

/// Numbers of all samples, {N, 1} each, and what is computed with them.
class Columns {
public:
    explicit Columns(OnnxGraph& graph) : m_graph(graph) {}

    std::string add(const std::string& a, const std::string& b) { return m_graph.node("Add", {a, b}, {}, "coupled"); }
    std::string subtract(const std::string& a, const std::string& b) { return m_graph.node("Sub", {a, b}, {}, "coupled"); }
    std::string multiply(const std::string& a, const std::string& b) { return m_graph.node("Mul", {a, b}, {}, "coupled"); }
    std::string divide(const std::string& a, const std::string& b) { return m_graph.node("Div", {a, b}, {}, "coupled"); }
    std::string constant(const std::string& hint, float value)
    {
        const std::array values{value};
        return m_graph.floats(hint, {1}, values);
    }
    std::string platt(const std::string& decision, double slope, double offset)
    {
        const auto scaled = multiply(decision, constant("platt_slope", static_cast<float>(slope)));
        const auto moved = add(scaled, constant("platt_offset", static_cast<float>(offset)));
        return m_graph.node("Clip", {m_graph.node("Sigmoid", {moved}, {}, "pair"), m_least, m_most}, {}, "pair");
    }
    void setEnds(float least)
    {
        const std::array low{least};
        const std::array high{1 - least};
        m_least = m_graph.floats("least", {}, low);
        m_most = m_graph.floats("most", {}, high);
    }

private:
    OnnxGraph& m_graph;
    std::string m_least;
    std::string m_most;
};

/// {N, classes} from the decisions of the pairs, as SupportVectors::answers() couples them: the same equations, solved by nodes.
std::string addCoupling(OnnxGraph& graph, const SupportVectors& svm, const std::vector<std::string>& decisions)
{
    const auto classes = static_cast<std::size_t>(svm.classes);
    Columns columns(graph);
    columns.setEnds(1e-7F);
    std::vector<std::string> pairs(classes * classes);
    for (std::size_t a = 0, machine = 0; a < classes; ++a) {
        for (std::size_t b = a + 1; b < classes; ++b, ++machine) {
            const Machine& one = svm.machines[machine];
            pairs[a * classes + b] = columns.platt(decisions[machine], -one.slope, -one.offset);
            pairs[b * classes + a] = columns.platt(decisions[machine], one.slope, one.offset);
        }
    }
    const auto unit = columns.constant("unit", 1);
    std::vector<std::string> q(classes * classes, unit);
    std::vector<std::string> right(classes, unit);
    for (std::size_t t = 0; t < classes; ++t) {
        for (std::size_t j = 0; j < classes; ++j) {
            if (j != t) {
                const std::string& lost = pairs[j * classes + t];
                q[t * classes + t] = columns.add(q[t * classes + t], columns.multiply(lost, lost));
                q[t * classes + j] = columns.subtract(unit, columns.multiply(lost, pairs[t * classes + j]));
            }
        }
    }
    for (std::size_t t = 0; t < classes; ++t) {
        for (std::size_t row = t + 1; row < classes; ++row) {
            const auto factor = columns.divide(q[row * classes + t], q[t * classes + t]);
            for (std::size_t j = t + 1; j < classes; ++j) {
                q[row * classes + j] = columns.subtract(q[row * classes + j], columns.multiply(factor, q[t * classes + j]));
            }
            right[row] = columns.subtract(right[row], columns.multiply(factor, right[t]));
        }
    }
    std::string sum;
    for (std::size_t t = classes; t-- > 0;) {
        for (std::size_t j = t + 1; j < classes; ++j) {
            right[t] = columns.subtract(right[t], columns.multiply(q[t * classes + j], right[j]));
        }
        right[t] = graph.node("Relu", {columns.divide(right[t], q[t * classes + t])}, {}, "share");
        sum = sum.empty() ? right[t] : columns.add(sum, right[t]);
    }
    const auto shares = graph.node("Concat", right, {{"axis", std::int64_t{1}}}, "shares");
    return columns.divide(shares, sum);
}

Result<void> checkExportable(const SupportVectors& svm)
{
    std::size_t numbers = 0;
    for (const Machine& machine : svm.machines) {
        const auto used = std::count_if(machine.weights.begin(), machine.weights.end(), [](float weight) { return weight != 0; });
        numbers += static_cast<std::size_t>(used) * svm.vectors.columns();
    }
    if (static_cast<std::size_t>(svm.classes) <= kMostClasses && numbers <= kMostNumbers) {
        return {};
    }
    return Error{
        ErrorKind::Unsupported,
        fmt::format("support vectors of {} classes, {} numbers for their machines: as ONNX there are at most {} classes and {} numbers", svm.classes, numbers, kMostClasses, kMostNumbers),
        "Export it as safetensors."};
}

} // namespace

Result<OnnxReport> writeSvmOnnx(
    const SupportVectors& svm, const Encoder& encoder, const OnnxOptions& options, const std::string& file)
{
    TY_CHECK(checkExportable(svm));
    const Machine& machine = svm.machines.front();
    return writeOnnxWith(encoder, options, file, [&](OnnxGraph& graph) -> Result<OnnxAnswer> {
        auto rows = addPreprocessing(graph, encoder);
        if (encoder.kind() == DataKind::Image) {
            rows = graph.node("Flatten", {rows}, {{"axis", std::int64_t{1}}}, "pixels");
        }
        if (svm.machines.size() > 1) {
            std::vector<std::string> decisions;
            for (const Machine& one : svm.machines) {
                decisions.push_back(addDecision(graph, svm, one, rows));
            }
            return OnnxAnswer{addCoupling(graph, svm, decisions), OnnxAnswer::Kind::Probabilities};
        }
        const auto decision = addDecision(graph, svm, machine, rows);
        if (svm.classes == 0) {
            return OnnxAnswer{decision, OnnxAnswer::Kind::Logits};
        }
        // The softmax of (-(slope * decision + offset), 0) is Platt's sigmoid and what is left of 1.
        const std::array slopes{static_cast<float>(-machine.slope), 0.0F};
        const std::array offsets{static_cast<float>(-machine.offset), 0.0F};
        const auto scaled = graph.node("MatMul", {decision, graph.floats("platt_slopes", {1, 2}, slopes)}, {}, "platt_scaled");
        const auto logits = graph.node("Add", {scaled, graph.floats("platt_offsets", {2}, offsets)}, {}, "platt");
        return OnnxAnswer{logits, OnnxAnswer::Kind::Logits};
    });
}

} // namespace ty::engine
