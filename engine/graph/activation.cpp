#include "engine/graph/activation.h"

#include <array>

namespace ty::engine {

namespace {

struct NamedActivation {
    const char* name;
    Activation activation;
};

constexpr std::array<NamedActivation, 12> kActivations{{
    {"none", {ActivationKind::None, 0.0F}},
    {"relu", {ActivationKind::Relu, 0.0F}},
    {"leakyRelu", {ActivationKind::LeakyRelu, 0.01F}},
    {"elu", {ActivationKind::Elu, 1.0F}},
    {"gelu", {ActivationKind::Gelu, 0.0F}},
    {"silu", {ActivationKind::Silu, 0.0F}},
    {"sigmoid", {ActivationKind::Sigmoid, 0.0F}},
    {"tanh", {ActivationKind::Tanh, 0.0F}},
    {"hardSigmoid", {ActivationKind::HardSigmoid, 0.0F}},
    {"hardSwish", {ActivationKind::HardSwish, 0.0F}},
    {"hardTanh", {ActivationKind::HardTanh, 0.0F}},
    {"scale", {ActivationKind::Scale, 1.0F}},
}};

} // namespace

const char* activationName(ActivationKind kind)
{
    return kActivations.at(static_cast<std::size_t>(kind)).name;
}

std::optional<Activation> activationFromName(const std::string& name)
{
    for (const NamedActivation& row : kActivations) {
        if (name == row.name && row.activation.kind != ActivationKind::Scale) {
            return row.activation;
        }
    }
    return std::nullopt;
}

bool isDerivativeFromResult(ActivationKind kind)
{
    return kind != ActivationKind::Gelu && kind != ActivationKind::Silu && kind != ActivationKind::HardSwish;
}

} // namespace ty::engine
