#pragma once

#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "engine/base/random.h"
#include "engine/nn/training_session.h"

namespace ty::engine {

/// Logistic regression by plain loops with SGD and momentum, and a noise generator that stands for dropout: as much
/// hidden state as a real session has, in a page.
class FakeSession final : public TrainingSession {
public:
    FakeSession(std::size_t features, std::size_t classes, std::uint64_t seed)
        : m_features(features)
        , m_classes(classes)
        , m_noise(seed)
        , m_weight(DType::Float32, {static_cast<std::int64_t>(classes), static_cast<std::int64_t>(features)})
        , m_velocity(DType::Float32, m_weight.shape())
    {
        m_summary.parameters = m_weight.size();
    }

    std::int64_t nanAtStep = -1;           ///< the loss of this step (0-based) is NaN
    std::vector<std::int64_t> profiledBatches; ///< one a call of profileStep()
    int profileTries = 0;
    std::function<void(std::int64_t)> onStep; ///< called with the number of steps done

    const ModelDescription& model() const override { return m_model; }
    const ModelSummary& summary() const override { return m_summary; }

    Result<StepResult> step(std::span<const float> inputs, std::span<const float> targets, double learningRate) override
    {
        const bool isBroken = m_steps == nanAtStep;
        StepResult result = run(inputs, targets, learningRate);
        if (isBroken) {
            result.loss = std::numeric_limits<double>::quiet_NaN();
        }
        ++m_steps;
        if (onStep) {
            onStep(m_steps);
        }
        return result;
    }
    Result<StepResult> evaluate(std::span<const float> inputs, std::span<const float> targets) override
    {
        return run(inputs, targets, 0);
    }
    Result<void> predict(std::span<const float>, std::int64_t, std::span<float>) override { return {}; }

    std::vector<NamedTensor> parameters() const override { return {{"layer.weight", m_weight.clone()}}; }
    Result<void> setParameters(const std::vector<NamedTensor>& parameters) override
    {
        m_weight = parameters.at(0).tensor.clone();
        return {};
    }
    std::vector<NamedTensor> optimizerState() const override { return {{"layer.weight.m", m_velocity.clone()}}; }
    Json optimizerCounters() const override { return {{"steps", m_steps}, {"noise", m_noise.state()}}; }
    Result<void> setOptimizerState(const std::vector<NamedTensor>& moments, const Json& counters) override
    {
        m_velocity = moments.at(0).tensor.clone();
        m_steps = counters.at("steps").get<std::int64_t>();
        m_noise.setState(counters.at("noise").get<Random::State>());
        return {};
    }
    std::uint64_t memoryBytes() const override { return 2 * m_weight.bytes(); }
    std::uint64_t checkpointBytes() const override { return 2 * m_weight.bytes(); }
    Result<StepProfile> profileStep(std::int64_t batch, int tries) override
    {
        profiledBatches.push_back(batch);
        profileTries = tries;
        StepProfile profile;
        profile.nodes.push_back({"kernel", true, 0.5, 0});
        return profile;
    }

private:
    StepResult run(std::span<const float> inputs, std::span<const float> targets, double rate)
    {
        StepResult result;
        const std::size_t batch = targets.size();
        result.lossWeight = static_cast<double>(batch);
        std::vector<double> gradient(m_classes * m_features);
        std::vector<double> p(m_classes);
        for (std::size_t i = 0; i < batch; ++i) {
            const auto row = inputs.subspan(i * m_features, m_features);
            const auto label = static_cast<std::size_t>(targets[i]);
            double sum = 0;
            for (std::size_t c = 0; c < m_classes; ++c) {
                double logit = rate > 0 ? 0.01 * m_noise.normal() : 0;
                for (std::size_t f = 0; f < m_features; ++f) {
                    logit += static_cast<double>(m_weight.floats()[c * m_features + f]) * row[f];
                }
                p[c] = std::exp(logit);
                sum += p[c];
            }
            std::size_t answer = 0;
            for (std::size_t c = 0; c < m_classes; ++c) {
                p[c] /= sum;
                answer = p[c] > p[answer] ? c : answer;
                for (std::size_t f = 0; f < m_features; ++f) {
                    gradient[c * m_features + f] += (p[c] - (c == label ? 1 : 0)) * row[f] / static_cast<double>(batch);
                }
            }
            result.loss -= std::log(p[label]) / static_cast<double>(batch);
            result.correct += answer == label ? 1 : 0;
        }
        if (rate > 0) {
            for (std::size_t k = 0; k < gradient.size(); ++k) {
                float& velocity = m_velocity.floats()[k];
                velocity = 0.9F * velocity + static_cast<float>(gradient[k]);
                m_weight.floats()[k] -= static_cast<float>(rate) * velocity;
            }
        }
        return result;
    }

    std::size_t m_features;
    std::size_t m_classes;
    std::int64_t m_steps = 0;
    Random m_noise;
    Tensor m_weight;
    Tensor m_velocity;
    ModelDescription m_model;
    ModelSummary m_summary;
};

} // namespace ty::engine
