#include "engine/exchange/onnx_svm.h"

#include <array>
#include <cstdint>
#include <vector>

#include "engine/exchange/onnx_graph.h"
#include "engine/exchange/onnx_preprocessing.h"

namespace ty::engine {

Result<OnnxReport> writeSvmOnnx(
    const SupportVectors& svm, const Encoder& encoder, const OnnxOptions& options, const std::string& file)
{
    if (svm.machines.size() != 1) {
        return Error{
            ErrorKind::Unsupported, "a support vector machine of more than two classes has no ONNX form that gives our probabilities",
            "Export it as safetensors."};
    }
    const Machine& machine = svm.machines.front();
    return writeOnnxWith(encoder, options, file, [&](OnnxGraph& graph) -> Result<OnnxAnswer> {
        auto rows = addPreprocessing(graph, encoder);
        if (encoder.kind() == DataKind::Image) {
            rows = graph.node("Flatten", {rows}, {{"axis", std::int64_t{1}}}, "pixels");
        }
        std::vector<float> vectors;
        for (std::size_t i = 0; i < svm.vectors.rows(); ++i) {
            vectors.insert(vectors.end(), svm.vectors.row(i).begin(), svm.vectors.row(i).end());
        }
        const auto decision = graph.node(
            "ai.onnx.ml:SVMRegressor",
            {rows},
            {{"kernel_type", std::string(svm.kernel.kind == KernelKind::Rbf ? "RBF" : "LINEAR")},
             {"kernel_params", std::vector<float>{static_cast<float>(svm.kernel.gamma), 0.0F, 3.0F}},
             {"n_supports", static_cast<std::int64_t>(svm.vectors.rows())},
             {"support_vectors", vectors},
             {"coefficients", machine.weights},
             {"rho", std::vector<float>{static_cast<float>(-machine.rho)}},
             {"post_transform", std::string("NONE")}},
            "decision");
        graph.describe(decision, {-1, 1});
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
