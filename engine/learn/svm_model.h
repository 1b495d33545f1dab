#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/kernels/support_vectors.h"
#include "engine/learn/portable_model.h"

namespace ty::engine {

/// Support vectors with their encoder. model.json: "svm" {kernel, gamma, vectors, machines}.
class SvmModel final : public PortableModel {
public:
    SvmModel(Encoder encoder, Json card, SupportVectors svm);

    static Result<std::unique_ptr<Model>> load(const std::string& folder, Json card, Encoder encoder);
    /// Of more than two classes safetensors alone: ONNX couples pairs in another way.
    Json exportFormats() const override;

protected:
    Result<std::vector<double>> answers(const Dataset& dataset, std::span<const std::uint32_t> samples) const override;
    std::vector<NamedTensor> tensors() const override;
    Result<OnnxReport> writeOnnxFile(const OnnxOptions& options, const std::string& file) const override;

private:
    SupportVectors m_svm;
};

} // namespace ty::engine
