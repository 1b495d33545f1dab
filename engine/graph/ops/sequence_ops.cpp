#include "engine/graph/ops/rules.h"

namespace ty::engine::ops {

namespace {

Result<Specs> inferEmbedding(const Operands& operands, const Attributes& /*attributes*/)
{
    const Shape& table = operands[1]->shape;
    if (table.size() != 2) {
        return shapeError("embedding needs a table (vocabulary, features), it is {}", toString(table));
    }
    Shape shape = operands[0]->shape;
    shape.push_back(table[1]);
    return Specs{{shape}};
}

/// The numbers are no function of anything.
void differentiateEmbedding(GradientBuilder& builder, const Node& node)
{
    if (builder.isWanted(node.inputs[1])) {
        const ShapeAttributes table{builder.graph().shape(node.inputs[1])};
        builder.addGradient(
            node.inputs[1],
            builder.apply(OpKind::EmbeddingGrad, {builder.gradientOf(node.outputs[0]), node.inputs[0]}, table));
    }
}

Result<Specs> inferRecurrent(const Operands& operands, const Attributes& attributes)
{
    const auto& settings = std::get<RecurrentAttributes>(attributes);
    const Shape& x = operands[0]->shape;
    const Shape& weight = operands[1]->shape;
    const Shape& recurrent = operands[2]->shape;
    if (x.size() != 3) {
        return shapeError("a recurrent layer needs sequences (batch, steps, features), the input is {}", toString(x));
    }
    const std::int64_t gates = settings.gateCount();
    const std::int64_t units = recurrent.size() == 2 ? recurrent[1] : 0;
    const Shape state{x[0], units};
    if (weight != Shape{gates * units, x[2]} || recurrent != Shape{gates * units, units}
        || operands[3]->shape != Shape{settings.biasCount() * units} || operands[4]->shape != state
        || (settings.cell == RecurrentCell::Lstm && operands[5]->shape != state)) {
        return shapeError(
            "recurrent: weights {} and {} in {} gates, a bias {} and a state {} do not fit the input {}",
            toString(weight),
            toString(recurrent),
            gates,
            toString(operands[3]->shape),
            toString(operands[4]->shape),
            toString(x));
    }
    Specs specs{{{x[0], x[1], units}}, {{x[0], x[1], settings.biasCount() * units}}};
    if (settings.cell == RecurrentCell::Lstm) {
        specs.push_back({{x[0], x[1], units}});
    }
    return specs;
}

Result<Specs> inferRecurrentGrad(const Operands& operands, const Attributes& attributes)
{
    const bool isLstm = std::get<RecurrentAttributes>(attributes).cell == RecurrentCell::Lstm;
    Specs specs{{operands[3]->shape}, {operands[1]->shape}, {operands[4]->shape}};
    if (isLstm) {
        specs.push_back({operands[6]->shape});
    }
    return specs;
}

/// The steps are walked back once; everything that is no recursion is done for all steps at once.
void differentiateRecurrent(GradientBuilder& builder, const Node& node)
{
    const auto& settings = node.as<RecurrentAttributes>();
    const bool isLstm = settings.cell == RecurrentCell::Lstm;
    std::vector<ValueId> operands{
        builder.gradientOf(node.outputs[0]), node.inputs[2], node.outputs[0], node.outputs[1], node.inputs[4]};
    if (isLstm) {
        operands.push_back(node.outputs[2]);
        operands.push_back(node.inputs[5]);
    }
    const ValueId first = builder.apply(OpKind::RecurrentGrad, std::move(operands), settings);
    const std::vector<ValueId> made = builder.graph().node(builder.graph().value(first).producer).outputs;
    builder.addGradient(node.inputs[2], made[1]);
    builder.addGradient(node.inputs[4], made[2]);
    if (isLstm) {
        builder.addGradient(node.inputs[5], made[3]);
    }

    const Shape x = builder.graph().shape(node.inputs[0]);
    const std::int64_t rows = x[0] * x[1];
    const std::int64_t units = builder.graph().shape(node.inputs[2])[1];
    const std::int64_t biases = settings.biasCount() * units;
    const std::int64_t gates = settings.gateCount() * units;
    const ValueId dz = builder.apply(OpKind::Reshape, {made[0]}, ShapeAttributes{{rows, biases}});
    if (builder.isWanted(node.inputs[3])) {
        builder.addGradient(node.inputs[3], builder.apply(OpKind::SumChannels, {dz}));
    }
    const ValueId dgates =
        gates == biases ? dz : builder.apply(OpKind::Slice, {dz}, SliceAttributes{1, 0, gates});
    if (builder.isWanted(node.inputs[1])) {
        const ValueId flat = builder.apply(OpKind::Reshape, {node.inputs[0]}, ShapeAttributes{{rows, x[2]}});
        builder.addGradient(
            node.inputs[1], builder.apply(OpKind::MatMul, {dgates, flat}, MatMulAttributes{true, false, {}}));
    }
    if (builder.isWanted(node.inputs[0])) {
        const ValueId dx = builder.apply(OpKind::MatMul, {dgates, node.inputs[1]}, MatMulAttributes{});
        builder.addGradient(node.inputs[0], builder.apply(OpKind::Reshape, {dx}, ShapeAttributes{x}));
    }
}

/// ONNX has its own order of gates and wants the steps first; the writer sees to both.
OnnxForm recurrentOnnx(const Node& node)
{
    const auto& settings = node.as<RecurrentAttributes>();
    OnnxForm form;
    switch (settings.cell) {
    case RecurrentCell::Lstm: form.type = "LSTM"; break;
    case RecurrentCell::Gru:
        form.type = "GRU";
        form.attributes["linear_before_reset"] = 1;
        break;
    case RecurrentCell::Tanh:
    case RecurrentCell::Relu: form.type = "RNN"; break;
    }
    return form;
}

} // namespace

OpRule embedding()
{
    // After a Cast, because our numbers are float32.
    return {
        "Embedding",
        inferEmbedding,
        differentiateEmbedding,
        [](const Node&) { return OnnxForm{"Gather", {{"axis", 0}}}; },
        LayoutRule::Plain};
}

OpRule embeddingGrad()
{
    return {"EmbeddingGrad", givenShape<ShapeAttributes>, nullptr, nullptr, LayoutRule::Plain};
}

OpRule recurrent()
{
    return {"Recurrent", inferRecurrent, differentiateRecurrent, recurrentOnnx, LayoutRule::Plain};
}

OpRule recurrentGrad()
{
    return {"RecurrentGrad", inferRecurrentGrad, nullptr, nullptr, LayoutRule::Plain};
}

} // namespace ty::engine::ops
