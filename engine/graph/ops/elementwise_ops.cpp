#include "engine/graph/ops/rules.h"

namespace ty::engine::ops {

namespace {

void differentiateDropout(GradientBuilder& builder, const Node& node)
{
    builder.addGradient(
        node.inputs[0],
        builder.apply(OpKind::Dropout, {builder.gradientOf(node.outputs[0])}, node.as<DropoutAttributes>()));
}

void differentiateActivate(GradientBuilder& builder, const Node& node)
{
    const auto& settings = node.as<ActivationAttributes>();
    const ValueId reference = isDerivativeFromResult(settings.activation.kind) ? node.outputs[0] : node.inputs[0];
    builder.addGradient(
        node.inputs[0],
        builder.apply(OpKind::ActivateGrad, {builder.gradientOf(node.outputs[0]), reference}, settings));
}

OnnxForm activateOnnx(const Node& node)
{
    const Activation& activation = node.as<ActivationAttributes>().activation;
    OnnxForm form;
    switch (activation.kind) {
    case ActivationKind::None: form.type = "Identity"; break;
    case ActivationKind::Relu: form.type = "Relu"; break;
    case ActivationKind::LeakyRelu:
        form.type = "LeakyRelu";
        form.attributes["alpha"] = activation.alpha;
        break;
    case ActivationKind::Elu:
        form.type = "Elu";
        form.attributes["alpha"] = activation.alpha;
        break;
    case ActivationKind::Sigmoid: form.type = "Sigmoid"; break;
    case ActivationKind::Tanh: form.type = "Tanh"; break;
    case ActivationKind::HardSigmoid:
        form.type = "HardSigmoid";
        form.attributes["alpha"] = 1.0 / 6.0;
        form.attributes["beta"] = 0.5;
        break;
    // The writer spells out the others: opset 13 has no gelu, silu and hardSwish, and operands come with the last two.
    case ActivationKind::Gelu: form.type = "Erf"; break;
    case ActivationKind::Silu: form.type = "Sigmoid"; break;
    case ActivationKind::HardSwish: form.type = "HardSigmoid"; break;
    case ActivationKind::HardTanh: form.type = "Clip"; break;
    case ActivationKind::Scale: form.type = "Mul"; break;
    }
    return form;
}

Result<Specs> inferPair(const char* op, const Operands& operands)
{
    if (operands[0]->shape != operands[1]->shape) {
        return shapeError(
            "{}: the shapes {} and {} differ", op, toString(operands[0]->shape), toString(operands[1]->shape));
    }
    return Specs{{operands[0]->shape}};
}

Result<Specs> inferAdd(const Operands& operands, const Attributes& /*attributes*/)
{
    return inferPair("add", operands);
}

void differentiateAdd(GradientBuilder& builder, const Node& node)
{
    const ValueId grad = builder.gradientOf(node.outputs[0]);
    builder.addGradient(node.inputs[0], grad);
    builder.addGradient(node.inputs[1], grad);
}

Result<Specs> inferMultiply(const Operands& operands, const Attributes& /*attributes*/)
{
    return inferPair("multiply", operands);
}

void differentiateMultiply(GradientBuilder& builder, const Node& node)
{
    const ValueId grad = builder.gradientOf(node.outputs[0]);
    for (std::size_t i = 0; i < 2; ++i) {
        if (builder.isWanted(node.inputs[i])) {
            builder.addGradient(node.inputs[i], builder.apply(OpKind::Multiply, {grad, node.inputs[1 - i]}));
        }
    }
}

Result<Specs> inferSoftmax(const Operands& operands, const Attributes& attributes)
{
    const Shape& shape = operands[0]->shape;
    if (shape.size() < 2) {
        return shapeError("softmax needs (batch, ..., features), the input is {}", toString(shape));
    }
    if (std::get<SoftmaxAttributes>(attributes).isCausal && shape[shape.size() - 2] != shape.back()) {
        return shapeError("softmax: causal rows need as many columns as rows, the input is {}", toString(shape));
    }
    return Specs{{shape}};
}

void differentiateSoftmax(GradientBuilder& builder, const Node& node)
{
    builder.addGradient(
        node.inputs[0],
        builder.apply(OpKind::SoftmaxGrad, {builder.gradientOf(node.outputs[0]), node.outputs[0]}));
}

} // namespace

OpRule dropout()
{
    // Training alone; an inference graph has no such node.
    return {"Dropout", sameAsFirst, differentiateDropout, nullptr, LayoutRule::Follow};
}

OpRule activate()
{
    return {"Activate", sameAsFirst, differentiateActivate, activateOnnx, LayoutRule::Follow};
}

OpRule activateGrad()
{
    return {"ActivateGrad", sameAsFirst, nullptr, nullptr, LayoutRule::Follow};
}

OpRule softmax()
{
    return {
        "Softmax",
        inferSoftmax,
        differentiateSoftmax,
        [](const Node&) { return OnnxForm{"Softmax", {{"axis", -1}}}; },
        LayoutRule::Plain};
}

OpRule softmaxGrad()
{
    return {"SoftmaxGrad", sameAsFirst, nullptr, nullptr, LayoutRule::Plain};
}

OpRule add()
{
    return {"Add", inferAdd, differentiateAdd, [](const Node&) { return OnnxForm{"Add"}; }, LayoutRule::Follow};
}

OpRule multiply()
{
    return {
        "Multiply", inferMultiply, differentiateMultiply, [](const Node&) { return OnnxForm{"Mul"}; }, LayoutRule::Follow};
}

OpRule elementwise()
{
    return {"Elementwise", sameAsFirst, nullptr, nullptr, LayoutRule::Follow};
}

} // namespace ty::engine::ops
