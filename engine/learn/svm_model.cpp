#include "engine/learn/svm_model.h"

#include <algorithm>

#include "engine/exchange/onnx_svm.h"
#include "engine/exchange/model_weights.h"
#include "engine/exchange/svm_tensors.h"
#include "engine/learn/encoded_rows.h"
#include "engine/learn/fit_progress.h"

namespace ty::engine {

SvmModel::SvmModel(Encoder encoder, Json card, SupportVectors svm)
    : PortableModel(std::move(encoder), std::move(card)), m_svm(std::move(svm))
{
    mutableCard()["svm"] = {
        {"kernel", m_svm.kernel.kind == KernelKind::Rbf ? "rbf" : "linear"},
        {"gamma", m_svm.kernel.gamma},
        {"vectors", m_svm.vectors.rows()},
        {"machines", m_svm.machines.size()}};
    mutableCard()["parameters"] = m_svm.machines.size() * (m_svm.vectors.rows() + 1);
}

Result<std::unique_ptr<Model>> SvmModel::load(const std::string& folder, Json card, Encoder encoder)
{
    const std::string cardFile = folder + "/model.json";
    const std::string file = folder + "/weights.safetensors";
    TY_TRY(const Json facts, jsonField<Json>(card, "svm", cardFile));
    KernelFunction kernel;
    TY_TRY(const auto kind, jsonField<std::string>(facts, "kernel", cardFile + ": svm"));
    kernel.kind = kind == "linear" ? KernelKind::Linear : KernelKind::Rbf;
    TY_TRY(kernel.gamma, jsonField<double>(facts, "gamma", cardFile + ": svm"));
    TY_TRY(const auto stored, readModelWeights(file));
    const int classes = encoder.task() == Task::Classification ? static_cast<int>(encoder.classes().size()) : 0;
    auto svm = supportVectorsFromTensors(stored.tensors, kernel, classes, encoder.inputSize());
    if (!svm) {
        return std::move(svm).error().withContext(file);
    }
    return std::unique_ptr<Model>(std::make_unique<SvmModel>(std::move(encoder), std::move(card), std::move(svm).value()));
}

Json SvmModel::exportFormats() const
{
    return m_svm.classes <= 20 ? Json{"onnx", "safetensors"} : Json{"safetensors"};
}

Result<std::vector<double>> SvmModel::answers(const Dataset& dataset, std::span<const std::uint32_t> samples) const
{
    const int threads = fitThreads(0);
    TY_TRY(const DenseRows rows, readEncoded(dataset, encoder(), samples, threads));
    return m_svm.answers(rows, threads);
}

std::vector<NamedTensor> SvmModel::tensors() const
{
    return supportVectorTensors(m_svm);
}

Result<OnnxReport> SvmModel::writeOnnxFile(const OnnxOptions& options, const std::string& file) const
{
    return writeSvmOnnx(m_svm, encoder(), options, file);
}

} // namespace ty::engine
