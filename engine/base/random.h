#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace ty {

/// xoshiro256** with the state exposed, so that a checkpoint can hold it. Same numbers on every machine.
/// Source: Blackman, Vigna, Scrambled Linear Pseudorandom Number Generators (2021).
class Random {
public:
    using State = std::array<std::uint64_t, 4>;

    explicit Random(std::uint64_t seed);
    /// An independent generator for (seed, stream): one a purpose, for example "shuffle of epoch 3".
    Random(std::uint64_t seed, std::uint64_t stream);

    std::uint64_t next();
    /// In [0, bound), unbiased; bound >= 1.
    std::uint64_t below(std::uint64_t bound);
    /// In [0, 1).
    double uniform();
    double uniform(double low, double high) { return low + (high - low) * uniform(); }
    /// Standard normal.
    double normal();
    /// Fisher-Yates.
    void shuffle(std::span<std::uint32_t> values);

    const State& state() const { return m_state; }
    void setState(const State& state) { m_state = state; }

private:
    State m_state;
};

} // namespace ty
