// Networks in the forms that the exporters of scikit-learn (skl2onnx) and TensorFlow (tf2onnx) write, with weights made
// here; onnxruntime says what they answer.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <QTemporaryDir>
#include <QTest>

#include "engine/base/files.h"
#include "engine/base/json.h"
#include "engine/base/random.h"
#include "engine/exchange/onnx_import.h"
#include "tests/exchange/imported_answers.h"
#include "tests/exchange/onnx_model_builder.h"
#include "tests/exchange/onnxruntime_judge.h"

using namespace ty;
using namespace ty::engine;
using ty::testing::OnnxModelBuilder;

namespace {

constexpr double kTolerance = 1e-5;

/// A file while it is written.
class File : public OnnxModelBuilder {
public:
    explicit File(std::vector<std::int64_t> sample, int opset = 13) : OnnxModelBuilder(std::move(sample))
    {
        model.mutable_opset_import(0)->set_version(opset);
        auto* learning = model.add_opset_import();
        learning->set_domain("ai.onnx.ml");
        learning->set_version(1);
        model.mutable_graph()->set_name("network");
    }

    std::vector<float> numbers(std::int64_t count)
    {
        std::vector<float> values;
        for (std::int64_t i = 0; i < count; ++i) {
            values.push_back(static_cast<float>(0.4 * m_random.normal()));
        }
        return values;
    }
    /// A constant of random numbers.
    std::string constant(const std::string& name, const std::vector<std::int64_t>& dims)
    {
        auto& tensor = weights(name, dims);
        const auto values = numbers(tensor.float_data_size());
        tensor.mutable_float_data()->Assign(values.begin(), values.end());
        return name;
    }
    std::string one(const std::string& name)
    {
        weights(name, {1}).set_float_data(0, 1.0F);
        return name;
    }
    onnx::NodeProto& learned(
        const std::string& type, const std::vector<std::string>& inputs, const std::vector<std::string>& outputs)
    {
        auto& added = node(type, inputs, outputs);
        added.set_domain("ai.onnx.ml");
        return added;
    }
    static void list(onnx::NodeProto& node, const std::string& name, const std::vector<float>& values)
    {
        auto& attribute = *node.add_attribute();
        attribute.set_name(name);
        attribute.set_type(onnx::AttributeProto::FLOATS);
        attribute.mutable_floats()->Assign(values.begin(), values.end());
    }
    static void texts(onnx::NodeProto& node, const std::string& name, const std::vector<std::string>& values)
    {
        auto& attribute = *node.add_attribute();
        attribute.set_name(name);
        attribute.set_type(onnx::AttributeProto::STRINGS);
        for (const auto& value : values) {
            attribute.add_strings(value);
        }
    }
    static void text(onnx::NodeProto& node, const std::string& name, const std::string& value)
    {
        auto& attribute = *node.add_attribute();
        attribute.set_name(name);
        attribute.set_type(onnx::AttributeProto::STRING);
        attribute.set_s(value);
    }
    void scaler(const std::string& from, const std::string& to, std::int64_t features)
    {
        auto& added = learned("Scaler", {from}, {to});
        list(added, "offset", numbers(features));
        list(added, "scale", numbers(features));
    }
    void denseLayer(const std::string& from, const std::string& to, std::int64_t inputs, std::int64_t units)
    {
        node("MatMul", {from, constant(to + "_coefficient", {inputs, units})}, {to + "_product"});
        node("Add", {to + "_product", constant(to + "_intercepts", {1, units})}, {to});
    }
    /// The label, as scikit-learn's exporter finds it behind the probabilities.
    void label(const std::string& probabilities, const std::vector<std::string>& names)
    {
        auto& classes = *model.mutable_graph()->add_initializer();
        classes.set_name("classes");
        classes.set_data_type(onnx::TensorProto::STRING);
        classes.add_dims(static_cast<std::int64_t>(names.size()));
        for (const auto& name : names) {
            classes.add_string_data(name);
        }
        auto& best = node("ArgMax", {probabilities}, {"best"});
        set(best, "axis", std::int64_t{1});
        learned("ArrayFeatureExtractor", {"classes", "best"}, {"label_row"});
        integers("label_shape", {-1});
        node("Reshape", {"label_row", "label_shape"}, {"label"});
        // The label is the first output of such a file.
        auto& outputs = *model.mutable_graph()->mutable_output();
        auto& added = *outputs.Add();
        added.set_name("label");
        added.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::STRING);
        outputs.SwapElements(0, 1);
    }
    /// A convolution as TensorFlow has it: channels last outside, turned inside.
    void channelsLastConvolution(
        const std::string& from, const std::string& to, const std::vector<std::int64_t>& weight, bool isSame, std::int64_t stride)
    {
        set(node("Transpose", {from}, {to + "_first"}), "perm", std::vector<std::int64_t>{0, 3, 1, 2});
        auto& convolution = node("Conv", {to + "_first", constant(to + "_kernel", weight)}, {to + "_conv"});
        set(convolution, "strides", std::vector<std::int64_t>{stride, stride});
        if (isSame) {
            text(convolution, "auto_pad", "SAME_UPPER");
        }
        set(node("Transpose", {to + "_conv"}, {to + "_last"}), "perm", std::vector<std::int64_t>{0, 2, 3, 1});
        node("Add", {to + "_last", constant(to + "_bias", {weight[0]})}, {to + "_biased"}); // BiasAdd
        node("Relu", {to + "_biased"}, {to});
    }

private:
    Random m_random{11};
};

std::string scikitPerceptron(bool isBinary)
{
    File file({4});
    file.scaler("x", "scaled", 4);
    OnnxModelBuilder::set(file.node("Cast", {"scaled"}, {"casted"}), "to", std::int64_t{1});
    file.denseLayer("casted", "hidden", 4, 6);
    file.node("Relu", {"hidden"}, {"active"});
    file.denseLayer("active", "raw", 6, isBinary ? 1 : 3);
    if (isBinary) {
        file.node("Sigmoid", {"raw"}, {"positive"});
        file.node("Sub", {file.one("unity"), "positive"}, {"negative"});
        OnnxModelBuilder::set(file.node("Concat", {"negative", "positive"}, {"y"}), "axis", std::int64_t{1});
        file.label("y", {"no", "yes"});
    } else {
        OnnxModelBuilder::set(file.node("Softmax", {"raw"}, {"y"}), "axis", std::int64_t{1});
        file.label("y", {"setosa", "versicolor", "virginica"});
    }
    return file.bytes();
}

std::string scikitLogistic(bool isBinary, bool hasTable)
{
    File file({4});
    file.scaler("x", "scaled", 4);
    auto& linear = file.learned("LinearClassifier", {"scaled"}, {"label", "scores"});
    auto coefficients = file.numbers(isBinary ? 4 : 12);
    auto intercepts = file.numbers(isBinary ? 1 : 3);
    if (isBinary) { // a row for either class, opposite
        const std::vector<float> row = coefficients;
        std::transform(row.begin(), row.end(), coefficients.begin(), [](float value) { return -value; });
        coefficients.insert(coefficients.end(), row.begin(), row.end());
        intercepts = {-intercepts[0], intercepts[0]};
    }
    File::list(linear, "coefficients", coefficients);
    File::list(linear, "intercepts", intercepts);
    File::text(linear, "post_transform", isBinary ? "LOGISTIC" : "SOFTMAX");
    OnnxModelBuilder::set(linear, "multi_class", std::int64_t{1});
    const std::vector<std::string> names = isBinary ? std::vector<std::string>{"bad", "good"} : std::vector<std::string>{"a", "b", "c"};
    File::texts(linear, "classlabels_strings", names);
    auto& normalizer = file.learned("Normalizer", {"scores"}, {hasTable ? "probabilities" : "y"});
    File::text(normalizer, "norm", "L1");
    if (hasTable) {
        File::texts(file.learned("ZipMap", {"probabilities"}, {"y"}), "classlabels_strings", names);
        file.model.mutable_graph()->mutable_output(0)->clear_type();
    }
    return file.bytes();
}

std::string scikitRegression()
{
    File file({4});
    file.scaler("x", "scaled", 4);
    auto& linear = file.learned("LinearRegressor", {"scaled"}, {"y"});
    File::list(linear, "coefficients", file.numbers(4));
    File::list(linear, "intercepts", file.numbers(1));
    return file.bytes();
}

std::string kerasPictures(std::int64_t channels)
{
    File file({12, 10, channels});
    file.channelsLastConvolution("x", "one", {6, channels, 3, 3}, true, 1);
    OnnxModelBuilder::set(file.node("Transpose", {"one"}, {"one_back"}), "perm", std::vector<std::int64_t>{0, 3, 1, 2});
    auto& pool = file.node("MaxPool", {"one_back"}, {"pooled"});
    OnnxModelBuilder::set(pool, "kernel_shape", std::vector<std::int64_t>{2, 2});
    OnnxModelBuilder::set(pool, "strides", std::vector<std::int64_t>{2, 2});
    OnnxModelBuilder::set(file.node("Transpose", {"pooled"}, {"pooled_last"}), "perm", std::vector<std::int64_t>{0, 2, 3, 1});
    file.channelsLastConvolution("pooled_last", "two", {5, 6, 3, 3}, false, 1);
    file.integers("flat", {-1, 4 * 3 * 5}); // channels last: another order than ours
    file.node("Reshape", {"two", "flat"}, {"features"});
    file.denseLayer("features", "logits", 60, 3);
    OnnxModelBuilder::set(file.node("Softmax", {"logits"}, {"y"}), "axis", std::int64_t{-1});
    return file.bytes();
}

/// With one channel a reshape does what a transpose would do; the mean over the pixels with the channels last.
std::string kerasDigits()
{
    File file({8, 8, 1});
    file.integers("turned", {-1, 1, 8, 8});
    file.node("Reshape", {"x", "turned"}, {"first"});
    file.node("Conv", {"first", file.constant("kernel", {4, 1, 3, 3}), file.constant("bias", {4})}, {"conv"});
    file.node("Relu", {"conv"}, {"active"});
    OnnxModelBuilder::set(file.node("Transpose", {"active"}, {"last"}), "perm", std::vector<std::int64_t>{0, 2, 3, 1});
    file.node("Mul", {"last", file.constant("gamma", {4})}, {"multiplied"}); // a batch norm in two halves
    file.node("Add", {"multiplied", file.constant("beta", {4})}, {"normed"});
    auto& mean = file.node("ReduceMean", {"normed"}, {"pooled"});
    OnnxModelBuilder::set(mean, "axes", std::vector<std::int64_t>{1, 2});
    OnnxModelBuilder::set(mean, "keepdims", std::int64_t{0});
    file.denseLayer("pooled", "y", 4, 10);
    return file.bytes();
}

/// Maxima of windows with more samples than a byte counts, and of the whole picture.
std::string kerasLargeWindows()
{
    File file({20, 24, 3});
    file.channelsLastConvolution("x", "one", {4, 3, 3, 3}, true, 1);
    OnnxModelBuilder::set(file.node("Transpose", {"one"}, {"first"}), "perm", std::vector<std::int64_t>{0, 3, 1, 2});
    auto& pool = file.node("MaxPool", {"first"}, {"large"});
    OnnxModelBuilder::set(pool, "kernel_shape", std::vector<std::int64_t>{17, 16});
    OnnxModelBuilder::set(pool, "strides", std::vector<std::int64_t>{2, 3});
    OnnxModelBuilder::set(pool, "pads", std::vector<std::int64_t>{1, 2, 0, 1});
    OnnxModelBuilder::set(pool, "ceil_mode", std::int64_t{1});
    file.node("Flatten", {"large"}, {"places"});
    file.node("GlobalMaxPool", {"first"}, {"largest"});
    file.node("Flatten", {"largest"}, {"best"});
    OnnxModelBuilder::set(file.node("Concat", {"places", "best"}, {"features"}), "axis", std::int64_t{1});
    file.denseLayer("features", "y", 4 * 3 * 5 + 4, 3);
    return file.bytes();
}

struct Case {
    std::string bytes;
    std::vector<std::int64_t> sample; ///< as the file sees it
};

std::map<std::string, Case> cases()
{
    return {
        {"MLPClassifier, two classes", {scikitPerceptron(true), {4}}},
        {"MLPClassifier, three classes", {scikitPerceptron(false), {4}}},
        {"LogisticRegression, two classes", {scikitLogistic(true, false), {4}}},
        {"LogisticRegression, three classes", {scikitLogistic(false, false), {4}}},
        {"LinearRegression", {scikitRegression(), {4}}},
        {"Keras, colours", {kerasPictures(3), {12, 10, 3}}},
        {"Keras, grey", {kerasPictures(1), {12, 10, 1}}},
        {"Keras, digits", {kerasDigits(), {8, 8, 1}}},
        {"Keras, large windows", {kerasLargeWindows(), {20, 24, 3}}},
    };
}

/// {H, W, C} as {C, H, W}.
std::vector<float> channelsFirst(const std::vector<float>& pixels, const std::vector<std::int64_t>& sample)
{
    std::vector<float> turned;
    const std::int64_t size = sample[0] * sample[1] * sample[2];
    for (std::size_t begin = 0; begin < pixels.size(); begin += static_cast<std::size_t>(size)) {
        for (std::int64_t c = 0; c < sample[2]; ++c) {
            for (std::int64_t p = 0; p < sample[0] * sample[1]; ++p) {
                turned.push_back(pixels[begin + static_cast<std::size_t>(p * sample[2] + c)]);
            }
        }
    }
    return turned;
}

} // namespace

class TestOnnxOtherPrograms : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void onnxruntimeAgreesWithWhatWasImported_data();
    void onnxruntimeAgreesWithWhatWasImported();
    void tablesOfProbabilitiesAndTheirNamesAreFound();
    void columnsThatAreJoinedFirstAreTheInputs();
    void whatNoLayerDoesIsNamed_data();
    void whatNoLayerDoesIsNamed();

private:
    QTemporaryDir m_folder;
    std::map<std::string, std::string> m_failures; ///< by case: why it could not be imported
    std::map<std::string, std::string> m_files;    ///< by case: for the judge
    testing::Judgements m_judgements;
};

void TestOnnxOtherPrograms::initTestCase()
{
    std::vector<std::string> files;
    int number = 0;
    for (const auto& [name, one] : cases()) {
        constexpr std::int64_t kBatch = 5;
        std::int64_t count = kBatch;
        for (const std::int64_t extent : one.sample) {
            count *= extent;
        }
        std::vector<float> inputs;
        Random random(5);
        for (std::int64_t i = 0; i < count; ++i) {
            inputs.push_back(static_cast<float>(random.normal()));
        }
        const auto network = importOnnxBytes(one.bytes, name, {});
        if (!network) {
            m_failures[name] = network.error().message;
            continue;
        }
        const bool isTurned = one.sample.size() == 3;
        QCOMPARE(network->isChannelsLast, isTurned);
        auto answers = testing::answersOf(*network, isTurned ? channelsFirst(inputs, one.sample) : inputs);
        if (!answers) {
            m_failures[name] = answers.error().message;
            continue;
        }
        std::vector<float> expected = *answers;
        if (network->output == OnnxOutput::Sigmoid) { // the file gives the other class's probability too
            expected.clear();
            for (const float share : *answers) {
                expected.insert(expected.end(), {1 - share, share});
            }
        }
        const std::string stem = m_folder.path().toStdString() + "/" + std::to_string(number++);
        QVERIFY(writeFileAtomically(stem + ".onnx", one.bytes));
        Shape dims{kBatch};
        dims.insert(dims.end(), one.sample.begin(), one.sample.end());
        const Json judged{
            {"model", stem + ".onnx"},
            {"unit", 1.0},
            {"inputs", {{"x", {{"dims", dims}, {"numbers", inputs}}}}},
            {"outputs", {{"y", {{"dims", {kBatch, std::ssize(expected) / kBatch}}, {"numbers", expected}}}}}};
        QVERIFY(writeJsonFile(stem + ".json", judged));
        m_files[name] = stem + ".json";
        files.push_back(stem + ".json");
    }
    m_judgements = testing::askOnnxruntime(files);
    QVERIFY2(m_judgements.failure.isEmpty(), qPrintable(m_judgements.failure));
}

void TestOnnxOtherPrograms::onnxruntimeAgreesWithWhatWasImported_data()
{
    QTest::addColumn<QString>("name");
    for (const auto& [name, one] : cases()) {
        QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }
}

void TestOnnxOtherPrograms::onnxruntimeAgreesWithWhatWasImported()
{
    QFETCH(QString, name);
    const std::string key = name.toStdString();
    QVERIFY2(!m_failures.contains(key), m_failures[key].c_str());
    if (!m_judgements.problem.isEmpty()) {
        QSKIP(qPrintable(m_judgements.problem));
    }
    const auto judgement = m_judgements.byCase[m_files[key]];
    QVERIFY2(!judgement.contains("error"), qPrintable(judgement["error"].toString()));
    qInfo("largest difference %.2g", judgement["maxDifference"].toDouble());
    QVERIFY(judgement["maxDifference"].isDouble() && judgement["maxDifference"].toDouble() <= kTolerance);
}

void TestOnnxOtherPrograms::tablesOfProbabilitiesAndTheirNamesAreFound()
{
    const auto plain = importOnnxBytes(scikitLogistic(false, false), "plain", {});
    const auto table = importOnnxBytes(scikitLogistic(false, true), "table", {});
    QVERIFY2(table, table ? "" : table.error().message.c_str());
    QVERIFY(plain);
    QCOMPARE(table->model.toJson().dump(), plain->model.toJson().dump());
    QCOMPARE(table->output, OnnxOutput::Softmax);
    QCOMPARE(table->classes, (std::vector<std::string>{"a", "b", "c"}));
    const auto two = importOnnxBytes(scikitPerceptron(true), "two", {});
    QVERIFY(two);
    QCOMPARE(two->output, OnnxOutput::Sigmoid);
    QCOMPARE(two->classes, (std::vector<std::string>{"no", "yes"}));
}

void TestOnnxOtherPrograms::columnsThatAreJoinedFirstAreTheInputs()
{
    File file({1});
    auto& graph = *file.model.mutable_graph();
    for (const char* name : {"age", "fare"}) {
        *graph.add_input() = graph.input(0);
        graph.mutable_input(graph.input_size() - 1)->set_name(name);
    }
    OnnxModelBuilder::set(file.node("Concat", {"age", "fare", "x"}, {"joined"}), "axis", std::int64_t{1});
    file.denseLayer("joined", "y", 3, 1);
    const auto network = importOnnxBytes(file.bytes(), "columns", {});
    QVERIFY2(network, network ? "" : network.error().message.c_str());
    QCOMPARE(network->model.input, Shape{3});
    QCOMPARE(network->columns, (std::vector<std::string>{"age", "fare", "x"}));
}

void TestOnnxOtherPrograms::whatNoLayerDoesIsNamed_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("expected");
    QTest::newRow("a tree") << "TreeEnsembleRegressor" << "ai.onnx.ml:TreeEnsembleRegressor";
    QTest::newRow("a kernel machine") << "SVMClassifier" << "ai.onnx.ml:SVMClassifier";
    QTest::newRow("a norm of samples") << "Normalizer" << "norm L2";
    QTest::newRow("one against the rest") << "LinearClassifier" << "against the rest";
}

void TestOnnxOtherPrograms::whatNoLayerDoesIsNamed()
{
    QFETCH(QString, type);
    QFETCH(QString, expected);
    File file({4});
    auto& node = file.learned(type.toStdString(), {"x"}, type == "LinearClassifier" ? std::vector<std::string>{"label", "y"} : std::vector<std::string>{"y"});
    if (type == "Normalizer") {
        File::text(node, "norm", "L2");
    } else if (type == "LinearClassifier") {
        File::list(node, "coefficients", file.numbers(12));
        File::list(node, "intercepts", file.numbers(3));
        File::text(node, "post_transform", "LOGISTIC");
    }
    const auto network = importOnnxBytes(file.bytes(), "other", {});
    QVERIFY(!network);
    QCOMPARE(network.error().kind, ErrorKind::Unsupported);
    QVERIFY2(network.error().message.find(expected.toStdString()) != std::string::npos, network.error().message.c_str());
}

QTEST_GUILESS_MAIN(TestOnnxOtherPrograms)
#include "tst_onnx_other_programs.moc"
