#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/exchange/onnx_writer.h"
#include "engine/learn/learner.h"

namespace ty::engine {

/// A model that is no network: an encoder, a card and tensors, with an ONNX form that is checked against its own answers.
class PortableModel : public Model {
public:
    PortableModel(Encoder encoder, Json card) : m_encoder(std::move(encoder)), m_card(std::move(card)) {}

    const Encoder& encoder() const override { return m_encoder; }
    const Json& card() const override { return m_card; }
    Result<Predictions> predict(const Dataset& dataset, std::span<const std::uint32_t> samples) override;
    Result<void> save(const std::string& folder) const override;
    Json exportFormats() const override { return {"onnx", "safetensors"}; }

protected:
    Result<Json> writeExport(
        const std::string& format, const std::string& file, const ExportSettings& settings) const override;
    /// {samples, classes} probabilities, or {samples} values in the encoded unit.
    virtual Result<std::vector<double>> answers(const Dataset& dataset, std::span<const std::uint32_t> samples) const = 0;
    /// What was learned; the card says the rest.
    virtual std::vector<NamedTensor> tensors() const = 0;
    virtual Result<OnnxReport> writeOnnxFile(const OnnxOptions& options, const std::string& file) const = 0;

    Json& mutableCard() { return m_card; }

private:
    Encoder m_encoder;
    Json m_card;
};

} // namespace ty::engine
