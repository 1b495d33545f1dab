#pragma once

#include <cstdint>

namespace ty::engine {

enum class KernelKind : std::uint8_t { Linear, Rbf };

/// How alike two rows are: x.z, or exp(-gamma |x - z|^2).
struct KernelFunction {
    KernelKind kind = KernelKind::Rbf;
    double gamma = 1;
};

} // namespace ty::engine
