// The interpreter against numbers that others computed: node tests of the ONNX project, see "origin" in the file. The
// attributes that our ONNX rule writes are checked against those of the test's node.
#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "engine/base/json.h"
#include "engine/graph/op_rule.h"
#include "engine/graph/reference_interpreter.h"

using namespace ty;
using namespace ty::engine;

namespace {

Json readCases()
{
    return readJsonFile(std::string(TRAINYARD_SOURCE_DIR) + "/tests/graph/onnx_node_reference.json").value()["cases"];
}

template<std::size_t N>
std::array<std::int64_t, N> numbersOr(const Json& attributes, const char* name, std::array<std::int64_t, N> fallback)
{
    return attributes.contains(name) ? attributes[name].get<std::array<std::int64_t, N>>() : fallback;
}

/// Our op for the test's node, and the value that stands for its output.
struct Built {
    Graph graph;
    std::vector<ValueId> inputs;
    ValueId output = kNone;
};

Attributes attributesOf(const std::string& op, const Json& json)
{
    if (op == "Conv") {
        ConvolutionAttributes made;
        made.stride = numbersOr<2>(json, "strides", {1, 1});
        made.padding = numbersOr<4>(json, "pads", {});
        return made;
    }
    if (op == "MaxPool" || op == "AveragePool") {
        PoolAttributes made;
        made.kernel = numbersOr<2>(json, "kernel_shape", {});
        made.stride = numbersOr<2>(json, "strides", {1, 1});
        made.padding = numbersOr<4>(json, "pads", {});
        return made;
    }
    if (op == "BatchNormalization" || op == "LayerNormalization") {
        NormAttributes made;
        made.epsilon = json.value("epsilon", 1e-5);
        return made;
    }
    if (op == "Gemm") {
        return MatMulAttributes{json.value("transA", 0) != 0, json.value("transB", 0) != 0, {}};
    }
    if (op == "SoftmaxCrossEntropyLoss") {
        return LossAttributes{};
    }
    if (op == "Softmax") {
        return SoftmaxAttributes{};
    }
    if (op == "Concat") {
        return AxisAttributes{json.value("axis", std::int64_t{1})};
    }
    const std::map<std::string, const char*> activations{
        {"Relu", "relu"}, {"LeakyRelu", "leakyRelu"}, {"Elu", "elu"}, {"Sigmoid", "sigmoid"}, {"Tanh", "tanh"}};
    if (const auto found = activations.find(op); found != activations.end()) {
        Activation activation = *activationFromName(found->second);
        activation.alpha = json.value("alpha", activation.alpha);
        return ActivationAttributes{activation};
    }
    return {};
}

OpKind kindOf(const std::string& op)
{
    const std::map<std::string, OpKind> kinds{
        {"Conv", OpKind::Conv2d},
        {"MaxPool", OpKind::MaxPool},
        {"AveragePool", OpKind::AveragePool},
        {"GlobalAveragePool", OpKind::GlobalAveragePool},
        {"BatchNormalization", OpKind::BatchNormInference},
        {"LayerNormalization", OpKind::LayerNorm},
        {"Gemm", OpKind::MatMul},
        {"SoftmaxCrossEntropyLoss", OpKind::SoftmaxCrossEntropy},
        {"Softmax", OpKind::Softmax},
        {"Concat", OpKind::Concat}};
    const auto found = kinds.find(op);
    return found == kinds.end() ? OpKind::Activate : found->second;
}

Built build(const Json& item)
{
    Built built;
    const std::string op = item["op"];
    for (const Json& input : item["inputs"]) {
        Shape shape = input["shape"].get<Shape>();
        if (op == "Gemm" && built.inputs.size() == 2) {
            shape = {shape[1]}; // a bias is a row in their test
        }
        built.inputs.push_back(built.graph.addInput("x", shape));
    }
    std::vector<ValueId> operands = built.inputs;
    if (op == "SoftmaxCrossEntropyLoss" && operands.size() == 2) {
        const Shape classes{built.graph.shape(operands[0])[1]};
        operands.push_back(built.graph.apply(OpKind::Fill, {}, FillAttributes{classes, 1.0}));
    }
    built.output = built.graph.apply(kindOf(op), operands, attributesOf(op, item["attributes"]));
    return built;
}

} // namespace

class TestReferenceNumbers : public QObject {
    Q_OBJECT

private slots:
    void onnxNodeTestsAgree_data();
    void onnxNodeTestsAgree();
};

void TestReferenceNumbers::onnxNodeTestsAgree_data()
{
    QTest::addColumn<int>("number");
    const Json cases = readCases();
    for (std::size_t i = 0; i < cases.size(); ++i) {
        QTest::newRow(cases[i]["name"].get<std::string>().c_str()) << static_cast<int>(i);
    }
}

void TestReferenceNumbers::onnxNodeTestsAgree()
{
    QFETCH(int, number);
    const Json item = readCases()[static_cast<std::size_t>(number)];
    const Built built = build(item);
    ReferenceInterpreter interpreter(built.graph);
    for (std::size_t i = 0; i < built.inputs.size(); ++i) {
        interpreter.value(built.inputs[i]) = item["inputs"][i]["values"].get<std::vector<double>>();
    }
    interpreter.run();
    const auto expected = item["output"]["values"].get<std::vector<double>>();
    const auto& result = interpreter.value(built.output);
    QCOMPARE(result.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        // Their numbers are float32.
        QVERIFY2(
            std::abs(result[i] - expected[i]) <= 2e-6 * std::max(1.0, std::abs(expected[i])),
            fmt::format("element {}: {} instead of {}", i, result[i], expected[i]).c_str());
    }

    const Node& node = built.graph.nodes().back();
    if (ruleOf(node.kind).onnx != nullptr) {
        const OnnxForm form = ruleOf(node.kind).onnx(node);
        QCOMPARE(form.type, item["op"].get<std::string>());
        for (const auto& [name, value] : item["attributes"].items()) {
            if (form.attributes.contains(name)) {
                const double difference = value.is_number()
                    ? std::abs(value.get<double>() - form.attributes[name].get<double>())
                    : (value == form.attributes[name] ? 0.0 : 1.0);
                QVERIFY2(difference < 1e-6, name.c_str());
            }
        }
    }
}

QTEST_GUILESS_MAIN(TestReferenceNumbers)
#include "tst_reference_numbers.moc"
