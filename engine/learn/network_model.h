#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/learn/learner.h"
#include "engine/nn/training_session.h"

namespace ty::engine {

/// A trained network with its encoder, ready to answer on a device.
class NetworkModel final : public Model {
public:
    /// `session` holds the learned parameters and must come from `backend`.
    NetworkModel(
        Encoder encoder, Json card, std::unique_ptr<Backend> backend, std::unique_ptr<TrainingSession> session);

    /// Reads weights.safetensors beside `card` in `folder`, or `weights` if given. Errors: InvalidInput naming the file when the network, the
    /// weights and the encoder do not fit one another.
    static Result<std::unique_ptr<Model>> load(
        const std::string& folder,
        Json card,
        Encoder encoder,
        const std::string& device,
        const std::string& weights);

    const Encoder& encoder() const override { return m_encoder; }
    const Json& card() const override { return m_card; }
    Result<Predictions> predict(const Dataset& dataset, std::span<const std::uint32_t> samples) override
    {
        return answer(dataset, samples);
    }
    Result<std::vector<SampleScore>> score(const Dataset& dataset, std::span<const std::uint32_t> samples) override;
    Result<std::vector<float>> reconstruct(const Dataset& dataset, std::uint32_t sample) override;
    Result<void> save(const std::string& folder) const override;
    Json exportFormats() const override { return {"onnx", "safetensors"}; }

protected:
    Result<Json> writeExport(
        const std::string& format, const std::string& file, const ExportSettings& settings) const override;

private:
    /// One batch: its samples' places in the list that was asked for, their encoded inputs and the network's outputs.
    using BatchTaker = std::function<void(
        std::span<const std::uint32_t> places, std::span<const float> inputs, std::span<const float> outputs)>;
    /// Answers for `samples`, batch by batch.
    /// @param rowSize    numbers that are encoded of a sample, from its beginning on; the network takes the first of them
    /// @param isInOrder  the samples follow one another, and the network's state is carried along
    Result<void> forEachBatch(
        const Dataset& dataset,
        std::span<const std::uint32_t> samples,
        std::size_t rowSize,
        bool isInOrder,
        const BatchTaker& take) const;
    Result<Predictions> answer(const Dataset& dataset, std::span<const std::uint32_t> samples) const;
    Result<Json> exportOnnx(const std::string& file, int opset) const;
    Result<Json> exportSafetensors(const std::string& file) const;

    Encoder m_encoder;
    Json m_card;
    std::unique_ptr<Backend> m_backend;
    std::unique_ptr<TrainingSession> m_session;
};

} // namespace ty::engine
