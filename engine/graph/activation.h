#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace ty::engine {

enum class ActivationKind : std::uint8_t {
    None,
    Relu,
    LeakyRelu,
    Elu,
    Gelu,
    Silu,
    Sigmoid,
    Tanh,
    HardSigmoid,
    HardSwish,
    HardTanh,
    Scale
};

/// A function applied to each element. gelu is the exact one: x (1 + erf(x / sqrt 2)) / 2; silu: x sigmoid(x).
/// hardSigmoid: min(max(x / 6 + 1 / 2, 0), 1); hardSwish: x hardSigmoid(x); hardTanh: min(max(x, -1), 1); scale: alpha x.
/// Sources: Nair, Hinton (2010), Maas et al. (2013), Clevert et al. (2016), Hendrycks, Gimpel (2016), also of silu, Howard et
/// al., MobileNetV3 (2019).
struct Activation {
    ActivationKind kind = ActivationKind::None;
    float alpha = 0; ///< leakyRelu: slope below 0 (0.01); elu: limit below 0 (1); scale: the factor

    bool operator==(const Activation&) const = default;
};

const char* activationName(ActivationKind kind); ///< "none", "relu", "leakyRelu", ...
/// Empty for unknown names and "scale", which is no activation of a layer. The kind's usual alpha is set.
std::optional<Activation> activationFromName(const std::string& name);

/// Whether the derivative follows from the result alone, so that the argument need not be kept.
bool isDerivativeFromResult(ActivationKind kind);

} // namespace ty::engine
