#include "engine/graph/ops/rules.h"

namespace ty::engine::ops {

namespace {

Result<Specs> inferCrossEntropy(const Operands& operands, const Attributes& /*attributes*/)
{
    const Shape& logits = operands[0]->shape;
    const Shape& labels = operands[1]->shape;
    if (logits.size() != 2 || (labels != Shape{logits[0]} && labels != logits) || operands[2]->shape != Shape{logits[1]}) {
        return shapeError(
            "cross-entropy: logits {}, labels {} and class weights {} do not fit",
            toString(logits),
            toString(labels),
            toString(operands[2]->shape));
    }
    return Specs{{{1}}};
}

void differentiateCrossEntropy(GradientBuilder& builder, const Node& node)
{
    builder.addGradient(
        node.inputs[0],
        builder.apply(
            OpKind::SoftmaxCrossEntropyGrad,
            {builder.gradientOf(node.outputs[0]), node.inputs[0], node.inputs[1], node.inputs[2]},
            node.as<LossAttributes>()));
}

Result<Specs> inferCrossEntropyStep(const Operands& operands, const Attributes& attributes)
{
    TY_TRY(Specs loss, inferCrossEntropy(operands, attributes));
    Specs specs{{operands[0]->shape}, loss[0], {{1}}};
    if (std::get<LossAttributes>(attributes).areSumsMade) {
        specs.push_back({{operands[0]->shape[1]}});
    }
    return specs;
}

Result<Specs> likeSecond(const Operands& operands, const Attributes& /*attributes*/)
{
    return Specs{{operands[1]->shape}};
}

Result<Specs> inferRegressionLoss(const Operands& operands, const Attributes& /*attributes*/)
{
    if (operands[0]->size() != operands[1]->size()) {
        return shapeError(
            "loss: predictions {} and targets {} differ in number",
            toString(operands[0]->shape),
            toString(operands[1]->shape));
    }
    if (operands.size() > 2 && operands[2]->shape != Shape{2}) {
        return shapeError("loss: the weights of no and yes are {}", toString(operands[2]->shape));
    }
    return Specs{{{1}}};
}

void differentiateRegressionLoss(GradientBuilder& builder, const Node& node)
{
    std::vector<ValueId> operands{builder.gradientOf(node.outputs[0])};
    operands.insert(operands.end(), node.inputs.begin(), node.inputs.end());
    builder.addGradient(
        node.inputs[0], builder.apply(OpKind::RegressionLossGrad, operands, node.as<LossAttributes>()));
}

Result<Specs> inferCtcLoss(const Operands& operands, const Attributes& /*attributes*/)
{
    const Shape& logits = operands[0]->shape;
    const Shape& targets = operands[1]->shape;
    if (logits.size() != 3 || logits[2] < 2 || targets.size() != 2 || targets[0] != logits[0]) {
        return shapeError("CTC: logits {} and targets {} do not fit", toString(logits), toString(targets));
    }
    return Specs{{{1}}};
}

void differentiateCtcLoss(GradientBuilder& builder, const Node& node)
{
    builder.addGradient(
        node.inputs[0],
        builder.apply(
            OpKind::CtcLossGrad, {builder.gradientOf(node.outputs[0]), node.inputs[0], node.inputs[1]}));
}

Result<Specs> oneNumber(const Operands& /*operands*/, const Attributes& /*attributes*/)
{
    return Specs{{{1}}};
}

Result<Specs> twoNumbers(const Operands& /*operands*/, const Attributes& /*attributes*/)
{
    return Specs{{{2}}};
}

} // namespace

OpRule softmaxCrossEntropy()
{
    return {"SoftmaxCrossEntropy", inferCrossEntropy, differentiateCrossEntropy, nullptr, LayoutRule::Plain};
}

OpRule softmaxCrossEntropyGrad()
{
    return {"SoftmaxCrossEntropyGrad", likeSecond, nullptr, nullptr, LayoutRule::Plain};
}

OpRule softmaxCrossEntropyStep()
{
    return {"SoftmaxCrossEntropyStep", inferCrossEntropyStep, nullptr, nullptr, LayoutRule::Plain};
}

OpRule regressionLoss()
{
    return {"RegressionLoss", inferRegressionLoss, differentiateRegressionLoss, nullptr, LayoutRule::Plain};
}

OpRule regressionLossGrad()
{
    return {"RegressionLossGrad", likeSecond, nullptr, nullptr, LayoutRule::Plain};
}

OpRule ctcLoss()
{
    return {"CtcLoss", inferCtcLoss, differentiateCtcLoss, nullptr, LayoutRule::Plain};
}

OpRule ctcLossGrad()
{
    return {"CtcLossGrad", likeSecond, nullptr, nullptr, LayoutRule::Plain};
}

OpRule ctcCorrect()
{
    return {"CtcCorrect", oneNumber, nullptr, nullptr, LayoutRule::Plain};
}

OpRule countSigns()
{
    return {"CountSigns", oneNumber, nullptr, nullptr, LayoutRule::Plain};
}

OpRule countCorrect()
{
    return {"CountCorrect", oneNumber, nullptr, nullptr, LayoutRule::Plain};
}

OpRule errorSums()
{
    return {"ErrorSums", twoNumbers, nullptr, nullptr, LayoutRule::Plain};
}

OpRule fill()
{
    return {"Fill", givenShape<FillAttributes>, nullptr, nullptr, LayoutRule::Plain};
}

} // namespace ty::engine::ops
