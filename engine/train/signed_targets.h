#pragma once

#include <memory>
#include <utility>

#include "engine/train/sample_source.h"

namespace ty::engine {

/// Samples of two classes with the targets that LossKind::Hinge wants: -1 for class 0, 1 for class 1.
class SignedTargets final : public SampleSource {
public:
    explicit SignedTargets(std::unique_ptr<SampleSource> samples) : m_samples(std::move(samples)) {}

    std::size_t size() const override { return m_samples->size(); }
    std::size_t inputSize() const override { return m_samples->inputSize(); }
    Result<void> readInput(std::size_t position, std::span<float> into) const override
    {
        return m_samples->readInput(position, into);
    }
    Result<void> readPart(std::size_t position, Random& random, std::span<float> into) const override
    {
        return m_samples->readPart(position, random, into);
    }
    float target(std::size_t position) const override { return m_samples->target(position) > 0 ? 1.0F : -1.0F; }

private:
    std::unique_ptr<SampleSource> m_samples;
};

} // namespace ty::engine
