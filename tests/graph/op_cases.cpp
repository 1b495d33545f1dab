#include "op_cases.h"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "engine/base/random.h"

namespace ty::engine {

namespace {

void addMatMuls(std::vector<OpCase>& cases)
{
    const auto add = [&cases](const char* name, Shape a, Shape b, bool isLeft, bool isRight) {
        cases.push_back({fmt::format("matmul {}", name), [=](Graph& graph) {
                             return graph.apply(
                                 OpKind::MatMul,
                                 {graph.addParameter("a", a), graph.addParameter("b", b)},
                                 MatMulAttributes{isLeft, isRight, {}});
                         }});
    };
    add("plain", {5, 7}, {7, 3}, false, false);
    add("right transposed", {5, 7}, {3, 7}, false, true);
    add("left transposed", {7, 5}, {7, 3}, true, false);
    add("both transposed", {7, 5}, {3, 7}, true, true);
    add("one by one", {1, 1}, {1, 1}, false, true);
    add("large enough for a primitive", {33, 70}, {41, 70}, false, true);
    add("large left transposed", {70, 33}, {70, 41}, true, false);
    add("of three axes", {3, 5, 7}, {3, 4, 7}, false, true);
    add("of four axes, large", {2, 3, 20, 33}, {2, 3, 33, 17}, false, false);
    add("of four axes, left transposed", {2, 3, 33, 20}, {2, 3, 17, 33}, true, true);
    for (const char* activation : {"gelu", "hardSigmoid", "hardSwish", "hardTanh"}) {
        cases.push_back({fmt::format("dense with bias and {}", activation), [activation](Graph& graph) {
                             const ValueId product = graph.apply(
                                 OpKind::MatMul,
                                 {graph.addParameter("x", {40, 50}), graph.addParameter("w", {30, 50})},
                                 MatMulAttributes{false, true, {}});
                             const ValueId sum = graph.apply(OpKind::AddBias, {product, graph.addParameter("b", {30})});
                             return graph.apply(
                                 OpKind::Activate, {sum}, ActivationAttributes{*activationFromName(activation)});
                         }});
    }
}

struct ConvolutionCase {
    const char* name;
    Shape x;
    Shape w;
    ConvolutionAttributes attributes;
    const char* activation;
};

void addConvolutions(std::vector<OpCase>& cases)
{
    const auto attributes = [](std::int64_t stride, std::int64_t dilation, std::array<std::int64_t, 4> padding,
                               std::int64_t groups) {
        ConvolutionAttributes made;
        made.stride = {stride, stride};
        made.dilation = {dilation, dilation};
        made.padding = padding;
        made.groups = groups;
        return made;
    };
    const std::vector<ConvolutionCase> rows{
        {"3x3 same", {2, 3, 6, 5}, {4, 3, 3, 3}, attributes(1, 1, {1, 1, 1, 1}, 1), "relu"},
        {"blocked channels", {2, 16, 7, 7}, {32, 16, 3, 3}, attributes(1, 1, {1, 1, 1, 1}, 1), "relu"},
        {"stride 2, uneven padding", {2, 16, 8, 7}, {16, 16, 3, 3}, attributes(2, 1, {0, 0, 1, 1}, 1), "none"},
        {"dilated", {1, 4, 9, 9}, {5, 4, 3, 3}, attributes(1, 2, {2, 2, 2, 2}, 1), "tanh"},
        {"groups", {2, 8, 6, 6}, {12, 4, 3, 3}, attributes(1, 1, {1, 1, 1, 1}, 2), "none"},
        {"depthwise", {2, 16, 6, 6}, {16, 1, 3, 3}, attributes(1, 1, {1, 1, 1, 1}, 16), "relu"},
        {"1x1", {3, 20, 4, 4}, {24, 20, 1, 1}, attributes(1, 1, {0, 0, 0, 0}, 1), "silu"},
        {"whole picture", {2, 3, 5, 4}, {7, 3, 5, 4}, attributes(1, 1, {0, 0, 0, 0}, 1), "none"},
        {"one pixel", {1, 1, 1, 1}, {1, 1, 1, 1}, attributes(1, 1, {0, 0, 0, 0}, 1), "none"},
        {"one channel to 8", {3, 1, 8, 7}, {8, 1, 3, 3}, attributes(1, 1, {1, 1, 1, 1}, 1), "none"},
        {"one channel to 16", {3, 1, 8, 7}, {16, 1, 3, 3}, attributes(1, 1, {1, 1, 1, 1}, 1), "relu"},
        {"one channel to 32, stride 2", {2, 1, 9, 8}, {32, 1, 5, 5}, attributes(2, 1, {2, 2, 2, 2}, 1), "none"},
        {"two channels to 20", {2, 2, 7, 6}, {20, 2, 3, 3}, attributes(1, 1, {1, 1, 1, 1}, 1), "none"},
        {"colours to 32", {3, 3, 7, 6}, {32, 3, 3, 3}, attributes(1, 1, {1, 0, 1, 0}, 1), "tanh"},
        {"16 channels to one", {2, 16, 6, 7}, {1, 16, 3, 3}, attributes(1, 1, {1, 1, 1, 1}, 1), "none"},
        {"wide depthwise", {2, 16, 7, 7}, {16, 1, 5, 5}, attributes(1, 1, {2, 2, 2, 2}, 16), "none"},
        {"dilated depthwise", {2, 16, 7, 7}, {16, 1, 3, 3}, attributes(2, 2, {2, 2, 2, 2}, 16), "none"},
        {"dilated groups", {2, 16, 7, 7}, {16, 8, 3, 3}, attributes(1, 2, {2, 2, 2, 2}, 2), "none"},
    };
    for (const ConvolutionCase& row : rows) {
        cases.push_back({fmt::format("conv2d {}", row.name), [row](Graph& graph) {
                             const ValueId x = graph.addParameter("x", row.x);
                             const ValueId w = graph.addParameter("w", row.w);
                             const ValueId product = graph.apply(OpKind::Conv2d, {x, w}, row.attributes);
                             const ValueId sum =
                                 graph.apply(OpKind::AddBias, {product, graph.addParameter("b", {row.w[0]})});
                             return graph.apply(
                                 OpKind::Activate, {sum}, ActivationAttributes{*activationFromName(row.activation)});
                         }});
    }
    cases.push_back({"two convolutions with relu and pooling", [attributes](Graph& graph) {
                         const auto same = attributes(1, 1, {1, 1, 1, 1}, 1);
                         const ActivationAttributes relu{*activationFromName("relu")};
                         ValueId value = graph.apply(
                             OpKind::Conv2d,
                             {graph.addParameter("x", {2, 1, 8, 8}), graph.addParameter("w1", {16, 1, 3, 3})},
                             same);
                         value = graph.apply(OpKind::Activate, {value}, relu);
                         value = graph.apply(OpKind::MaxPool, {value}, PoolAttributes{});
                         value = graph.apply(OpKind::Conv2d, {value, graph.addParameter("w2", {32, 16, 3, 3})}, same);
                         value = graph.apply(OpKind::Activate, {value}, relu);
                         value = graph.apply(OpKind::MaxPool, {value}, PoolAttributes{});
                         return graph.apply(OpKind::Reshape, {value}, ShapeAttributes{{2, 128}});
                     }});
}

void addPools(std::vector<OpCase>& cases)
{
    struct Row {
        const char* name;
        Shape x;
        PoolAttributes pool;
    };
    const std::vector<Row> rows{
        {"2x2", {2, 3, 6, 4}, {{2, 2}, {2, 2}, {}, {}}},
        {"overlapping 3x3", {2, 16, 7, 7}, {{3, 3}, {2, 2}, {1, 1, 1, 1}, {}}},
        {"rest left out", {1, 20, 5, 7}, {{2, 2}, {2, 2}, {}, {}}},
        {"uneven", {2, 2, 6, 6}, {{3, 2}, {1, 3}, {0, 1, 1, 0}, {}}},
        {"one pixel", {1, 1, 1, 1}, {{1, 1}, {1, 1}, {}, {}}},
        {"16x16, as many as a byte counts", {1, 2, 18, 17}, {{16, 16}, {2, 1}, {}, {}}},
        {"a row of 257", {1, 2, 1, 300}, {{1, 257}, {1, 40}, {}, {}}},
        {"a row of 257 with padding", {2, 1, 1, 300}, {{1, 257}, {1, 100}, {0, 90, 0, 200}, {}}},
        {"a whole picture of 17x17", {2, 1, 17, 17}, {{17, 17}, {17, 17}, {}, {}}},
        {"18x15 over 17 channels", {1, 17, 20, 15}, {{18, 15}, {1, 1}, {1, 2, 1, 0}, {}}},
    };
    for (const Row& row : rows) {
        for (const OpKind kind : {OpKind::MaxPool, OpKind::AveragePool}) {
            cases.push_back(
                {fmt::format("{} pool {}", kind == OpKind::MaxPool ? "max" : "average", row.name),
                 [row, kind](Graph& graph) { return graph.apply(kind, {graph.addParameter("x", row.x)}, row.pool); }});
        }
    }
    cases.push_back({"global average pool", [](Graph& graph) {
                         return graph.apply(OpKind::GlobalAveragePool, {graph.addParameter("x", {3, 5, 4, 6})});
                     }});
}

void addNorms(std::vector<OpCase>& cases)
{
    for (const Shape& shape : {Shape{6, 5}, Shape{3, 4, 5, 2}, Shape{2, 16, 9, 9}, Shape{70, 3}, Shape{2, 1, 1, 1}}) {
        for (const bool hasRelu : {false, true}) {
            cases.push_back(
                {fmt::format("batch norm {}{}", toString(shape), hasRelu ? " relu" : ""), [=](Graph& graph) {
                     const ValueId x = graph.addParameter("x", shape);
                     ValueId value = graph.apply(
                         OpKind::BatchNorm,
                         {x,
                          graph.addParameter("scale", {shape[1]}),
                          graph.addParameter("shift", {shape[1]}),
                          graph.addState("mean", {shape[1]}),
                          graph.addState("weights", {shape[1]})},
                         NormAttributes{});
                     return hasRelu ? graph.apply(
                                OpKind::Activate, {value}, ActivationAttributes{*activationFromName("relu")})
                                    : value;
                 }});
        }
    }
    cases.push_back({"batch norm in inference", [](Graph& graph) {
                         return graph.apply(
                             OpKind::BatchNormInference,
                             {graph.addParameter("x", {2, 3, 4, 4}),
                              graph.addInput("scale", {3}),
                              graph.addInput("shift", {3}),
                              graph.addState("mean", {3}),
                              graph.addState("weights", {3})},
                             NormAttributes{});
                     }});
    struct ResidualRow {
        const char* name;
        Shape x;
        std::int64_t filters;
        bool isLast; ///< nothing but the gradient's norm reads the gradient in front of the relu
    };
    for (const ResidualRow& row :
         {ResidualRow{"of few channels", {3, 3, 5, 4}, 5, false}, ResidualRow{"of two blocks", {3, 16, 7, 5}, 32, false},
          ResidualRow{"of two chunks", {40, 16, 3, 3}, 32, false}, ResidualRow{"of three blocks", {2, 16, 18, 18}, 48, false},
          ResidualRow{"of an input", {3, 16, 7, 5}, 16, true}}) {
        cases.push_back(
            {fmt::format("residual block {}", row.name), [row](Graph& graph) {
                 const auto normed = [&](const std::string& name) {
                     const ValueId made = graph.apply(
                         OpKind::Conv2d,
                         {graph.find("x"), graph.addParameter(name, {row.filters, row.x[1], 1, 1})},
                         ConvolutionAttributes{});
                     return graph.apply(
                         OpKind::BatchNorm,
                         {made,
                          graph.addParameter(name + ".scale", {row.filters}),
                          graph.addParameter(name + ".shift", {row.filters}),
                          graph.addState(name + ".mean", {row.filters}),
                          graph.addState(name + ".weights", {row.filters})},
                         NormAttributes{});
                 };
                 graph.addParameter("x", row.x);
                 // What is added may be an input of the block's own shape, whose gradient nobody wants.
                 const ValueId skipped = row.isLast ? graph.addInput("skipped", row.x) : normed("skip");
                 const ValueId sum = graph.apply(OpKind::Add, {skipped, normed("left")});
                 const ValueId y =
                     graph.apply(OpKind::Activate, {sum}, ActivationAttributes{*activationFromName("relu")});
                 return graph.apply(
                     OpKind::Conv2d, {y, graph.addParameter("next", {16, row.filters, 1, 1})}, ConvolutionAttributes{});
             }});
    }
    cases.push_back({"convolution, batch norm, relu, pool", [](Graph& graph) {
                         ConvolutionAttributes same;
                         same.padding = {1, 1, 1, 1};
                         ValueId value = graph.apply(
                             OpKind::Conv2d,
                             {graph.addParameter("x", {3, 3, 8, 8}), graph.addParameter("w", {16, 3, 3, 3})},
                             same);
                         value = graph.apply(
                             OpKind::BatchNorm,
                             {value,
                              graph.addParameter("scale", {16}),
                              graph.addParameter("shift", {16}),
                              graph.addState("mean", {16}),
                              graph.addState("weights", {16})},
                             NormAttributes{});
                         value = graph.apply(
                             OpKind::Activate, {value}, ActivationAttributes{*activationFromName("relu")});
                         value = graph.apply(OpKind::MaxPool, {value}, PoolAttributes{});
                         return graph.apply(OpKind::GlobalAveragePool, {value});
                     }});
    for (const Shape& shape : {Shape{4, 7}, Shape{2, 3, 2, 2}, Shape{70, 5}}) {
        cases.push_back({fmt::format("layer norm {}", toString(shape)), [=](Graph& graph) {
                             const Shape features{elementCount(shape) / shape[0]};
                             return graph.apply(
                                 OpKind::LayerNorm,
                                 {graph.addParameter("x", shape),
                                  graph.addParameter("scale", features),
                                  graph.addParameter("shift", features)},
                                 NormAttributes{});
                         }});
    }
}

void addElementwise(std::vector<OpCase>& cases)
{
    for (const char* name : {"relu", "leakyRelu", "elu", "gelu", "silu", "sigmoid", "tanh", "hardSigmoid", "hardSwish", "hardTanh"}) {
        cases.push_back({name, [name](Graph& graph) {
                             return graph.apply(
                                 OpKind::Activate,
                                 {graph.addParameter("x", {3, 37})},
                                 ActivationAttributes{*activationFromName(name)});
                         }});
    }
    for (const OpKind kind : {OpKind::Add, OpKind::Multiply}) {
        cases.push_back({kind == OpKind::Add ? "add" : "multiply", [kind](Graph& graph) {
                             return graph.apply(
                                 kind, {graph.addParameter("a", {2, 3, 4, 5}), graph.addParameter("b", {2, 3, 4, 5})});
                         }});
    }
    cases.push_back({"scale", [](Graph& graph) {
                         return graph.apply(
                             OpKind::Activate,
                             {graph.addParameter("x", {3, 37})},
                             ActivationAttributes{{ActivationKind::Scale, -0.25F}});
                     }});
    cases.push_back({"square", [](Graph& graph) {
                         const ValueId x = graph.addParameter("x", {4, 3});
                         return graph.apply(OpKind::Multiply, {x, x});
                     }});
    cases.push_back({"chain of elementwise ops", [](Graph& graph) {
                         const ValueId a = graph.addParameter("a", {5, 700});
                         const ValueId b = graph.addParameter("b", {5, 700});
                         ValueId value = graph.apply(OpKind::Add, {a, b});
                         value = graph.apply(
                             OpKind::Activate, {value}, ActivationAttributes{*activationFromName("tanh")});
                         value = graph.apply(OpKind::Dropout, {value}, DropoutAttributes{0.3, 2});
                         return graph.apply(OpKind::Multiply, {value, a});
                     }});
    cases.push_back({"dropout", [](Graph& graph) {
                         return graph.apply(
                             OpKind::Dropout, {graph.addParameter("x", {9, 21})}, DropoutAttributes{0.4, 0});
                     }});
    cases.push_back({"softmax", [](Graph& graph) {
                         return graph.apply(OpKind::Softmax, {graph.addParameter("x", {4, 9})}, SoftmaxAttributes{});
                     }});
}

void addShapes(std::vector<OpCase>& cases)
{
    cases.push_back({"concat and slice", [](Graph& graph) {
                         const ValueId whole = graph.apply(
                             OpKind::Concat,
                             {graph.addParameter("a", {2, 3, 2, 2}),
                              graph.addParameter("b", {2, 1, 2, 2}),
                              graph.addParameter("c", {2, 4, 2, 2})},
                             AxisAttributes{1});
                         return graph.apply(OpKind::Slice, {whole}, SliceAttributes{1, 2, 4});
                     }});
    cases.push_back({"concat of rows", [](Graph& graph) {
                         return graph.apply(
                             OpKind::Concat, {graph.addParameter("a", {3, 2}), graph.addParameter("b", {3, 5})}, AxisAttributes{1});
                     }});
    cases.push_back({"reshape", [](Graph& graph) {
                         const ValueId x = graph.addParameter("x", {2, 3, 4, 5});
                         const ValueId flat = graph.apply(OpKind::Reshape, {x}, ShapeAttributes{{2, 60}});
                         return graph.apply(OpKind::Multiply, {flat, graph.addParameter("y", {2, 60})});
                     }});
}

void addLosses(std::vector<OpCase>& cases)
{
    for (const Shape& shape : {Shape{7, 4}, Shape{1, 2}, Shape{35, 16}, Shape{130, 33}}) {
        for (const double smoothing : {0.0, 0.1}) {
            cases.push_back({fmt::format("cross-entropy {} smoothing {}", toString(shape), smoothing), [=](Graph& graph) {
                                 LossAttributes attributes;
                                 attributes.labelSmoothing = smoothing;
                                 return graph.apply(
                                     OpKind::SoftmaxCrossEntropy,
                                     {graph.addParameter("logits", shape),
                                      graph.addInput("labels", {shape[0]}),
                                      graph.addInput("weights", {shape[1]})},
                                     attributes);
                             }});
        }
    }
    for (const Shape& shape : {Shape{7, 4}, Shape{1, 1}, Shape{13, 33}}) {
        cases.push_back({fmt::format("cross-entropy of shares {}", toString(shape)), [shape](Graph& graph) {
                             LossAttributes attributes;
                             attributes.labelSmoothing = 0.1;
                             return graph.apply(
                                 OpKind::SoftmaxCrossEntropy,
                                 {graph.addParameter("logits", shape),
                                  graph.addInput("shares", shape),
                                  graph.addInput("weights", {shape[1]})},
                                 attributes);
                         }});
    }
    cases.push_back({"binary cross-entropy with weights of no and yes", [](Graph& graph) {
                         LossAttributes attributes;
                         attributes.kind = RegressionLossKind::BinaryCrossEntropy;
                         attributes.labelSmoothing = 0.2;
                         return graph.apply(
                             OpKind::RegressionLoss,
                             {graph.addParameter("prediction", {9, 3}),
                              graph.addInput("labels", {9, 3}),
                              graph.addInput("weights", {2})},
                             attributes);
                     }});
    for (const auto kind :
         {RegressionLossKind::Squared,
          RegressionLossKind::Absolute,
          RegressionLossKind::Huber,
          RegressionLossKind::BinaryCrossEntropy,
          RegressionLossKind::Hinge}) {
        cases.push_back({fmt::format("regression loss {}", static_cast<int>(kind)), [=](Graph& graph) {
                             LossAttributes attributes;
                             attributes.kind = kind;
                             const bool isBinary = kind == RegressionLossKind::BinaryCrossEntropy;
                             attributes.labelSmoothing = isBinary ? 0.1 : 0.0;
                             return graph.apply(
                                 OpKind::RegressionLoss,
                                 {graph.addParameter("prediction", {11, 2}),
                                  graph.addInput(isBinary ? "labels" : "target", {11, 2})},
                                 attributes);
                         }});
    }
    for (const Shape& shape : {Shape{3, 6, 5}, Shape{1, 1, 2}, Shape{2, 9, 4}}) {
        cases.push_back({fmt::format("ctc {}", toString(shape)), [shape](Graph& graph) {
                             return graph.apply(
                                 OpKind::CtcLoss,
                                 {graph.addParameter("logits", shape), graph.addInput("readings", {shape[0], shape[1] + 1})});
                         }});
    }
}

void addAxes(std::vector<OpCase>& cases)
{
    struct Row {
        const char* name;
        OpKind kind;
        Shape x;
        Attributes attributes;
    };
    const std::vector<Row> rows{
        {"slice of the last axis", OpKind::Slice, {2, 3, 5}, SliceAttributes{2, 1, 3}},
        {"slice of a middle axis", OpKind::Slice, {2, 5, 3, 4}, SliceAttributes{2, 2, 1}},
        {"pad the width", OpKind::Pad, {2, 3, 4, 5}, SliceAttributes{3, 2, 9}},
        {"pad the features", OpKind::Pad, {3, 4}, SliceAttributes{1, 0, 6}},
        {"transpose", OpKind::Permute, {2, 3, 5}, PermuteAttributes{{0, 2, 1}}},
        {"transpose four axes", OpKind::Permute, {2, 3, 4, 5}, PermuteAttributes{{0, 2, 3, 1}}},
        {"transpose of nothing", OpKind::Permute, {3, 4}, PermuteAttributes{{0, 1}}},
        {"sum of the features", OpKind::SumAxis, {4, 7}, AxisAttributes{1}},
        {"sum of a middle axis", OpKind::SumAxis, {2, 5, 3, 4}, AxisAttributes{2}},
        {"repeat at the end", OpKind::RepeatAxis, {3, 4}, RepeatAttributes{2, 5}},
        {"repeat in the middle", OpKind::RepeatAxis, {2, 3, 4}, RepeatAttributes{1, 3}},
        {"upsample", OpKind::Upsample, {2, 3, 4, 5}, UpsampleAttributes{{2, 3}}},
        {"upsample a pixel", OpKind::Upsample, {2, 16, 1, 1}, UpsampleAttributes{{3, 1}}},
        {"softmax of three axes", OpKind::Softmax, {2, 3, 6}, SoftmaxAttributes{}},
        {"softmax of many narrow rows", OpKind::Softmax, {7, 5, 3}, SoftmaxAttributes{}},
        {"softmax of rows as wide as lanes", OpKind::Softmax, {18, 16}, SoftmaxAttributes{}},
        {"softmax of wide rows", OpKind::Softmax, {3, 17}, SoftmaxAttributes{}},
        {"causal softmax", OpKind::Softmax, {2, 2, 5, 5}, SoftmaxAttributes{true}},
    };
    for (const Row& row : rows) {
        cases.push_back({row.name, [row](Graph& graph) {
                             return graph.apply(row.kind, {graph.addParameter("x", row.x)}, row.attributes);
                         }});
    }
    cases.push_back({"concat of the last axis", [](Graph& graph) {
                         return graph.apply(
                             OpKind::Concat,
                             {graph.addParameter("a", {2, 3, 2}), graph.addParameter("b", {2, 3, 4})},
                             AxisAttributes{2});
                     }});
    cases.push_back({"attention", [](Graph& graph) {
                         const ValueId keys = graph.addParameter("k", {2, 3, 6, 4});
                         ValueId value = graph.apply(
                             OpKind::MatMul, {graph.addParameter("q", {2, 3, 6, 4}), keys}, MatMulAttributes{false, true, {}});
                         value = graph.apply(
                             OpKind::Activate, {value}, ActivationAttributes{{ActivationKind::Scale, 0.5F}});
                         value = graph.apply(OpKind::Softmax, {value}, SoftmaxAttributes{true});
                         return graph.apply(
                             OpKind::MatMul, {value, graph.addParameter("v", {2, 3, 6, 4})}, MatMulAttributes{});
                     }});
    cases.push_back({"convolution, upsample, convolution", [](Graph& graph) {
                         ConvolutionAttributes same;
                         same.padding = {1, 1, 1, 1};
                         ValueId value = graph.apply(
                             OpKind::Conv2d,
                             {graph.addParameter("x", {2, 16, 4, 4}), graph.addParameter("w1", {16, 16, 3, 3})},
                             same);
                         value = graph.apply(OpKind::Upsample, {value}, UpsampleAttributes{{2, 2}});
                         return graph.apply(OpKind::Conv2d, {value, graph.addParameter("w2", {16, 16, 3, 3})}, same);
                     }});
}

void addTransposedConvolutions(std::vector<OpCase>& cases)
{
    struct Row {
        const char* name;
        Shape x;
        Shape w;
        ConvolutionAttributes attributes; ///< with the result's shape
    };
    const auto attributes = [](std::int64_t stride, std::int64_t dilation, std::array<std::int64_t, 4> padding,
                               std::int64_t groups, Shape result) {
        ConvolutionAttributes made;
        made.stride = {stride, stride};
        made.dilation = {dilation, dilation};
        made.padding = padding;
        made.groups = groups;
        made.resultShape = std::move(result);
        return made;
    };
    const std::vector<Row> rows{
        {"3x3 doubling", {2, 16, 4, 5}, {16, 8, 3, 3}, attributes(2, 1, {1, 1, 1, 1}, 1, {2, 8, 8, 10})},
        {"2x2 tiles", {1, 3, 3, 3}, {3, 2, 2, 2}, attributes(2, 1, {0, 0, 0, 0}, 1, {1, 2, 6, 6})},
        {"dilated groups", {2, 4, 4, 4}, {4, 3, 3, 3}, attributes(1, 2, {1, 2, 1, 0}, 2, {2, 6, 6, 6})},
        {"one pixel", {1, 1, 1, 1}, {1, 1, 1, 1}, attributes(1, 1, {0, 0, 0, 0}, 1, {1, 1, 1, 1})},
    };
    for (const Row& row : rows) {
        cases.push_back({fmt::format("transposed convolution {}", row.name), [row](Graph& graph) {
                             const ValueId product = graph.apply(
                                 OpKind::Conv2dInputGrad,
                                 {graph.addParameter("x", row.x), graph.addParameter("w", row.w)},
                                 row.attributes);
                             return graph.apply(
                                 OpKind::AddBias,
                                 {product, graph.addParameter("b", {row.attributes.resultShape[1]})});
                         }});
    }
}

void addGroupNorms(std::vector<OpCase>& cases)
{
    for (const auto& [shape, groups] : std::vector<std::pair<Shape, std::int64_t>>{
             {{2, 6, 3, 2}, 3}, {{3, 4, 5, 5}, 1}, {{2, 16, 9, 9}, 16}, {{5, 8}, 2}, {{40, 4, 6}, 2}}) {
        cases.push_back({fmt::format("group norm {} in {}", toString(shape), groups),
                         [shape = shape, groups = groups](Graph& graph) {
                             NormAttributes attributes;
                             attributes.groups = groups;
                             return graph.apply(
                                 OpKind::GroupNorm,
                                 {graph.addParameter("x", shape),
                                  graph.addParameter("scale", {shape[1]}),
                                  graph.addParameter("shift", {shape[1]})},
                                 attributes);
                         }});
    }
    for (const auto& [shape, features] : std::vector<std::pair<Shape, std::int64_t>>{
             {{2, 5, 7}, 7}, {{2, 3, 4, 5}, 20}, {{3, 4, 1}, 1}}) {
        cases.push_back({fmt::format("layer norm {} over {}", toString(shape), features),
                         [shape = shape, features = features](Graph& graph) {
                             return graph.apply(
                                 OpKind::LayerNorm,
                                 {graph.addParameter("x", shape),
                                  graph.addParameter("scale", {features}),
                                  graph.addParameter("shift", {features})},
                                 NormAttributes{});
                         }});
    }
}

} // namespace

std::vector<OpCase> opCases()
{
    std::vector<OpCase> cases;
    addMatMuls(cases);
    addConvolutions(cases);
    addPools(cases);
    addNorms(cases);
    addElementwise(cases);
    addShapes(cases);
    addAxes(cases);
    addTransposedConvolutions(cases);
    addGroupNorms(cases);
    addSequenceCases(cases);
    addLosses(cases);
    return cases;
}

std::vector<double> makeOperand(const Value& value, std::uint64_t seed)
{
    Random random(seed);
    std::vector<double> values(static_cast<std::size_t>(value.size()));
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (value.name == "labels") {
            values[i] = static_cast<double>(random.below(2));
        } else if (value.name == "readings") {
            // All frames but one of the later samples, labels in pairs of equals, as many as fit.
            const auto width = static_cast<std::size_t>(value.shape[1]);
            const std::size_t at = i % width;
            const std::size_t frames = width - 1 - (i >= width ? 1 : 0);
            values[i] = at == 0 ? static_cast<double>(frames) : 3 * at <= frames ? 1 : -1;
        } else if (value.name == "words") {
            // Label 1 or 2, alike or not, and no more of them than half the frames, which fit in any case.
            const auto width = static_cast<std::size_t>(value.shape[1]);
            const std::size_t at = i % width;
            const std::size_t frames = width - 1 - (i >= width ? 1 : 0);
            const auto label = static_cast<double>(1 + random.below(2));
            values[i] = at == 0 ? static_cast<double>(frames) : 2 * at <= frames ? label : -1;
        } else if (value.name == "numbers") {
            values[i] = static_cast<double>(random.below(8));
        } else if (value.name == "shares") {
            values[i] = random.uniform(0.0, 1.0);
        } else if (value.name == "weights") {
            values[i] = random.uniform(0.5, 2.0);
        } else {
            // Exactly what float32 holds, so that both sides of a comparison begin with the same numbers.
            values[i] = static_cast<double>(static_cast<float>(random.normal()));
        }
    }
    return values;
}

} // namespace ty::engine
