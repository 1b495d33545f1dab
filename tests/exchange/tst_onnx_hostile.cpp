#include <cstdint>
#include <limits>
#include <map>
#include <string>

#include <QTest>

#include <sys/resource.h>

#include "engine/base/files.h"
#include "engine/exchange/onnx_import.h"
#include "tests/exchange/onnx_model_builder.h"

using namespace ty;
using namespace ty::engine;
using Builder = ty::testing::OnnxModelBuilder;

namespace {

constexpr long kMaxMiB = 1024; // of the whole test, which holds no model above a few MiB
constexpr std::int64_t kHuge = std::int64_t{1} << 40;
const std::string kFolder = TRAINYARD_SOURCE_DIR "/tests/data/onnx/";

/// A dense layer: what is sound before something is broken.
Builder sound()
{
    Builder builder;
    builder.weights("w", {4, 3});
    builder.node("MatMul", {"x", "w"}, {"y"});
    return builder;
}

/// A layer between "x" and "h", for graphs that go wrong behind it.
Builder begun(const std::vector<std::int64_t>& sample = {4})
{
    Builder builder(sample);
    builder.node("Relu", {"x"}, {"h"});
    return builder;
}

struct Hostile {
    std::string bytes;
    std::string says; ///< part of the message
};

std::map<std::string, Hostile> brokenFiles()
{
    std::map<std::string, Hostile> files;
    {
        auto b = sound();
        b.model.mutable_graph()->mutable_initializer(0)->set_dims(0, 400);
        files["dims beyond the data"] = {b.bytes(), "\"w\" has 12 values, expected 1200"};
    }
    {
        auto b = sound();
        b.model.mutable_graph()->mutable_initializer(0)->set_dims(0, -4);
        files["negative dims"] = {b.bytes(), "(-4, 3) is not possible"};
    }
    {
        auto b = sound();
        auto& tensor = *b.model.mutable_graph()->mutable_initializer(0);
        tensor.set_dims(0, kHuge);
        tensor.set_dims(1, kHuge);
        files["dims whose product overflows"] = {b.bytes(), "is not possible"};
    }
    {
        auto b = sound();
        auto& tensor = *b.model.mutable_graph()->mutable_initializer(0);
        tensor.set_data_location(onnx::TensorProto::EXTERNAL);
        auto& entry = *tensor.add_external_data();
        entry.set_key("location");
        entry.set_value("../../etc/passwd");
        files["constants in another file"] = {b.bytes(), "\"w\" lies in another file"};
    }
    {
        auto b = sound();
        b.model.mutable_graph()->mutable_initializer(0)->set_data_type(onnx::TensorProto::FLOAT16);
        files["half precision"] = {b.bytes(), "\"w\" has data type 10"};
    }
    files["nothing"] = {"", "no ONNX model: the file is empty"};
    files["a web page"] = {"\n<!DOCTYPE HTML>\n<html><body>Sign in</body></html>", "no ONNX model: it is a web page"};
    files["a pointer of Git LFS"] = {
        "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 7\n", "no ONNX model: it is the pointer that Git LFS"};
    files["a text"] = {"no model at all", "no ONNX model: its bytes cannot be read"};
    {
        Builder b;
        b.model.clear_graph();
        files["a model without a graph"] = {b.bytes(), "no ONNX model: it holds no graph"};
    }
    {
        auto b = sound();
        b.model.mutable_graph()->mutable_initializer(0)->set_float_data(7, std::numeric_limits<float>::quiet_NaN());
        files["weights that are NaN"] = {b.bytes(), "weights \"w\": NaN at place 8 of 12"};
    }
    {
        Builder b;
        b.weights("w", {4, 3});
        b.weights("b", {3}).set_float_data(1, -std::numeric_limits<float>::infinity());
        b.node("Gemm", {"x", "w", "b"}, {"y"});
        files["an infinite bias"] = {b.bytes(), "\"Gemm of y.bias\": an infinite value at place 2 of 3"};
    }
    {
        auto b = begun();
        b.weights("f", {4}).set_float_data(3, std::numeric_limits<float>::quiet_NaN());
        b.node("Mul", {"h", "f"}, {"y"});
        files["a factor that is NaN"] = {b.bytes(), "\"Mul of y\" (Mul): constant \"f\": NaN at place 4 of 4"};
    }
    {
        auto b = sound();
        b.model.mutable_graph()->clear_initializer();
        files["missing weights"] = {b.bytes(), "\"w\" is nowhere in the file"};
    }
    {
        auto b = sound();
        b.weights("w", {4, 3});
        files["weights given twice"] = {b.bytes(), "\"w\" is given twice"};
    }
    {
        auto b = sound();
        b.node("Relu", {"x"}, {"y"});
        files["a value given twice"] = {b.bytes(), "\"y\" is given twice"};
    }
    {
        Builder b;
        b.node("Add", {"x", "b"}, {"a"});
        b.node("Relu", {"a"}, {"b"});
        b.node("Relu", {"b"}, {"y"});
        files["a circle"] = {b.bytes(), "form a circle"};
    }
    {
        Builder b;
        b.node("Relu", {"y"}, {"y"});
        files["a node that reads itself"] = {b.bytes(), "form a circle"};
    }
    {
        auto b = begun();
        files["an output that nothing gives"] = {b.bytes(), "output \"y\" is nowhere"};
    }
    {
        Builder b;
        b.node("Identity", {"x"}, {"y"});
        files["no layer at all"] = {b.bytes(), "no layer"};
    }
    {
        auto b = begun();
        b.node("Relu", {}, {"y"});
        files["a node without inputs"] = {b.bytes(), ""};
    }
    {
        Builder b({kHuge, kHuge, kHuge});
        b.node("Relu", {"x"}, {"y"});
        files["huge samples"] = {b.bytes(), "samples of"};
    }
    {
        Builder b({-5});
        b.node("Relu", {"x"}, {"y"});
        files["negative samples"] = {b.bytes(), "samples of"};
    }
    {
        auto b = begun({1, 8, 8});
        b.weights("k", {1, 1, 1, 1});
        Builder::set(b.node("Conv", {"h", "k"}, {"y"}), "strides", std::vector<std::int64_t>{0, 0});
        files["a stride of 0"] = {b.bytes(), "strides (0, 0)"};
    }
    {
        auto b = begun({1, 8, 8});
        b.weights("k", {1, 1, 1, 1});
        Builder::set(b.node("Conv", {"h", "k"}, {"p"}), "pads", std::vector<std::int64_t>{1 << 20, 1 << 20, 1 << 20, 1 << 20});
        b.node("GlobalAveragePool", {"p"}, {"y"});
        files["huge pads"] = {b.bytes(), "too many values"};
    }
    {
        auto b = begun({1, 8, 8});
        b.integers("pads", {0, 0, 20'000, 20'000, 0, 0, 0, 0});
        b.node("Pad", {"h", "pads"}, {"p"});
        Builder::set(b.node("LayerNormalization", {"p"}, {"y"}), "axis", 1);
        files["pads of gigabytes"] = {b.bytes(), "more than a network needs"};
    }
    for (const char* mode : {"reflect", "edge"}) {
        auto b = begun({1, 8, 8});
        b.integers("pads", {0, 0, 0, 1 << 20, 0, 0, 0, 0});
        Builder::set(b.node("Pad", {"h", "pads"}, {"y"}), "mode", std::string(mode));
        files[std::string("copies without end: ") + mode] = {b.bytes(), "1048576 copies beside 8 places"};
    }
    {
        auto b = begun({1, 8, 8});
        b.integers("pads", {0, 0, 0, std::numeric_limits<std::int64_t>::max(), 0, 0, 0, 1});
        Builder::set(b.node("Pad", {"h", "pads"}, {"y"}), "mode", std::string("edge"));
        files["copies whose number overflows"] = {b.bytes(), "9223372036854775807 copies beside 8 places"};
    }
    {
        auto b = begun({1, 8, 8});
        b.integers("pads", {0, 0, 0, 8, 0, 0, 0, 0});
        Builder::set(b.node("Pad", {"h", "pads"}, {"y"}), "mode", std::string("reflect"));
        files["a reflection beyond the picture"] = {b.bytes(), "8 copies beside 8 places"};
    }
    {
        auto b = begun({1, 8, 8});
        b.weights("k", {1, 1, 9, 9});
        b.node("Conv", {"h", "k"}, {"y"});
        files["a window larger than the picture"] = {b.bytes(), "Conv of y"};
    }
    {
        auto b = begun({1, 8, 8});
        b.weights("k", {4, 3, 1, 1});
        Builder::set(b.node("Conv", {"h", "k"}, {"y"}), "group", std::numeric_limits<std::int64_t>::max());
        files["more groups than channels"] = {b.bytes(), "groups do not fit"};
    }
    {
        auto b = begun();
        b.integers("s", {kHuge});
        b.node("ConstantOfShape", {"s"}, {"c"});
        b.node("Add", {"h", "c"}, {"y"});
        files["a huge constant of a shape"] = {b.bytes(), "not possible"};
    }
    {
        auto b = begun();
        b.weights("one", {1});
        b.integers("s", {1 << 15, 1 << 15});
        b.node("Expand", {"one", "s"}, {"c"});
        b.node("Add", {"h", "c"}, {"y"});
        files["a huge expansion"] = {b.bytes(), "not possible"};
    }
    {
        auto b = begun({1});
        b.integers("s", {kHuge, kHuge, 1, kHuge});
        b.node("Expand", {"h", "s"}, {"y"});
        files["a value repeated hugely"] = {b.bytes(), "a value of"};
    }
    {
        auto b = begun({1});
        b.integers("s", {-7, 1, -7});
        b.node("Expand", {"h", "s"}, {"y"});
        files["a value repeated less than once"] = {b.bytes(), "would become"};
    }
    {
        auto b = begun({1 << 14});
        b.integers("column", {-1, 1 << 14, 1});
        b.integers("row", {-1, 1, 1 << 14});
        b.node("Reshape", {"h", "column"}, {"c"});
        b.node("Reshape", {"h", "row"}, {"r"});
        b.node("Mul", {"c", "r"}, {"y"});
        files["a table from its row and its column"] = {b.bytes(), "more than a network needs"};
    }
    {
        auto b = begun();
        b.integers("s", {-1, -1});
        b.node("Reshape", {"h", "s"}, {"y"});
        files["two unknown extents"] = {b.bytes(), "is no shape"};
    }
    {
        auto b = begun();
        b.integers("s", {std::numeric_limits<std::int64_t>::max(), 2, 0});
        b.node("Reshape", {"h", "s"}, {"y"});
        files["a shape that overflows"] = {b.bytes(), "is no shape"};
    }
    {
        auto b = begun();
        b.node("Sum", {}, {"s"});
        b.node("Add", {"h", "s"}, {"y"});
        files["a sum of nothing"] = {b.bytes(), "of constants alone"};
    }
    {
        auto b = begun();
        b.weights("c", {7, 2}).set_float_data(5, 0.25F); // an open batch is read as 7 samples
        Builder::set(b.node("Concat", {"c", "h"}, {"y"}), "axis", 1);
        files["a joined constant that knows the samples"] = {b.bytes(), "differs between the samples"};
    }
    {
        auto b = begun();
        b.weights("c", {2});
        Builder::set(b.node("Concat", {"c", "h"}, {"y"}), "axis", 1);
        files["a joined constant without a batch"] = {b.bytes(), "a constant of (2)"};
    }
    {
        auto b = begun();
        Builder::set(b.node("Transpose", {"h"}, {"y"}), "perm", std::vector<std::int64_t>{1, 1});
        files["an order with an axis twice"] = {b.bytes(), "does not fit"};
    }
    {
        auto b = begun();
        b.integers("starts", {std::numeric_limits<std::int64_t>::min()});
        b.integers("ends", {std::numeric_limits<std::int64_t>::max()});
        b.integers("axes", {99});
        b.node("Slice", {"h", "starts", "ends", "axes"}, {"y"});
        files["an axis that is not there"] = {b.bytes(), "no axis 99"};
    }
    {
        auto b = begun({5, 4});
        b.weights("w", {1, 16, 4});
        b.weights("r", {1, 16, 5});
        b.node("LSTM", {"h", "w", "r"}, {"y"});
        files["recurrent weights that do not fit"] = {b.bytes(), "LSTM of y"};
    }
    {
        auto b = begun();
        for (int i = 0; i < 3000; ++i) {
            const auto from = i == 0 ? std::string("h") : "v" + std::to_string(i - 1);
            b.node("Gemm", {from, i % 2 == 0 ? "up" : "down"}, {i == 2999 ? "y" : "v" + std::to_string(i)});
        }
        b.weights("up", {4, 20'000});
        b.weights("down", {20'000, 4});
        files["one weight in thousands of nodes"] = {b.bytes(), "more weights than the file holds"};
    }
    {
        auto b = begun();
        for (int i = 0; i < 12'000; ++i) {
            b.node("Relu", {i == 0 ? "h" : "v" + std::to_string(i - 1)}, {i == 11'999 ? "y" : "v" + std::to_string(i)})
                .set_name("same");
        }
        files["thousands of layers of one name"] = {b.bytes(), "more than 10000 layers"};
    }
    {
        auto b = begun();
        auto* graph = b.node("If", {"h"}, {"y"}).add_attribute()->mutable_g();
        for (int i = 0; i < 2000; ++i) {
            graph = graph->add_node()->add_attribute()->mutable_g();
        }
        files["graphs in graphs in graphs"] = {b.bytes(), "no ONNX model"};
    }
    return files;
}

} // namespace

class TestOnnxHostile : public QObject {
    Q_OBJECT

private slots:
    void brokenFilesAreRefused_data();
    void brokenFilesAreRefused();
    void tornFilesAreRefused();
    void tornFilesSayHowMuchIsMissing();
    void unknownOperatorsAreListedAtOnce();
    void whatDoesNotLeadToTheOutputIsNotJudged();
    void openExtentsAreTakenFromTheData();
    void namesInMessagesArePrintable();
    void littleMemoryWasUsed();
};

void TestOnnxHostile::brokenFilesAreRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("says");
    for (const auto& [name, file] : brokenFiles()) {
        QTest::newRow(name.c_str()) << QByteArray::fromStdString(file.bytes) << QString::fromStdString(file.says);
    }
}

void TestOnnxHostile::brokenFilesAreRefused()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, says);

    const auto network = importOnnxBytes(bytes.toStdString(), "broken.onnx", {});

    QVERIFY(!network);
    const auto& message = network.error().message;
    QVERIFY2(message.starts_with("broken.onnx: "), message.c_str());
    QVERIFY2(message.find(says.toStdString()) != std::string::npos, message.c_str());
    QVERIFY(message.size() < 600);
}

void TestOnnxHostile::tornFilesAreRefused()
{
    QVERIFY(importOnnxBytes(sound().bytes(), "sound.onnx", {}));
    for (const char* name : {"lenet.onnx", "transformer.onnx"}) {
        const auto bytes = readFile(kFolder + name).value();
        for (std::size_t size = 0; size < bytes.size(); size += 1 + bytes.size() / 300) {
            const auto network = importOnnxBytes(std::string_view(bytes).substr(0, size), "torn.onnx", {});
            QVERIFY(!network);
            QVERIFY2(network.error().message.starts_with("torn.onnx"), network.error().message.c_str());
        }
    }
}

void TestOnnxHostile::tornFilesSayHowMuchIsMissing()
{
    const auto bytes = readFile(kFolder + "lenet.onnx").value();
    const std::size_t half = bytes.size() / 2;

    const auto network = importOnnxBytes(std::string_view(bytes).substr(0, half), "torn.onnx", {});

    QVERIFY(!network);
    const auto& message = network.error().message;
    const auto begin = "torn.onnx: no ONNX model: it ends in the middle: " + std::to_string(half) + " bytes are there, ";
    QVERIFY2(message.starts_with(begin), message.c_str());
    const auto claimed = std::stoul(message.substr(begin.size())); // up to the graph's end; some fields follow it
    QVERIFY2(claimed > half && claimed <= bytes.size() && bytes.size() - claimed < 1000, message.c_str());
    QVERIFY2(network.error().advice.find("Get the file again") != std::string::npos, network.error().advice.c_str());
}

void TestOnnxHostile::unknownOperatorsAreListedAtOnce()
{
    auto b = begun();
    b.node("Foo", {"h"}, {"a"});
    b.node("Relu", {"a"}, {"b"});
    b.node("Foo", {"b"}, {"c"});
    b.node("NonZero", {"c"}, {"d"});
    b.node("Baz", {"d"}, {"e"}).set_domain("com.acme");
    b.node("Foo", {"e"}, {"y"});

    const auto network = importOnnxBytes(b.bytes(), "odd.onnx", {});

    QVERIFY(!network);
    QCOMPARE(network.error().kind, ErrorKind::Unsupported);
    QCOMPARE(
        network.error().message,
        std::string("odd.onnx: unknown operators: Foo (3 nodes), NonZero (node \"NonZero of d\"), com.acme:Baz (node "
                    "\"Baz of e\")"));
}

void TestOnnxHostile::whatDoesNotLeadToTheOutputIsNotJudged()
{
    auto b = sound();
    b.node("Foo", {"y"}, {"beyond"});

    QVERIFY(importOnnxBytes(b.bytes(), "fine.onnx", {}));
}

void TestOnnxHostile::openExtentsAreTakenFromTheData()
{
    auto b = sound();
    b.model.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->mutable_shape()->mutable_dim(1)->set_dim_param("features");
    OnnxImportOptions options;
    options.inputShape = {4};

    const auto unknown = importOnnxBytes(b.bytes(), "open.onnx", {});

    QVERIFY(!unknown);
    QVERIFY(unknown.error().advice.find("give the shape of a sample") != std::string::npos);
    QVERIFY(importOnnxBytes(b.bytes(), "open.onnx", options));
    options.inputShape = {2, 4};
    const auto wrong = importOnnxBytes(b.bytes(), "open.onnx", options);
    QVERIFY(!wrong);
    QCOMPARE(wrong.error().message, std::string("open.onnx: it takes samples of (-1), these are (2, 4)"));
}

void TestOnnxHostile::namesInMessagesArePrintable()
{
    auto b = begun();
    b.node("Foo", {"h"}, {"y"}).set_name("\xff\x01\n\"" + std::string(5000, 'n'));

    const auto network = importOnnxBytes(b.bytes(), "odd.onnx", {});

    QVERIFY(!network);
    QVERIFY(network.error().message.find("____nnn") != std::string::npos);
    QVERIFY(network.error().message.size() < 300);
}

void TestOnnxHostile::littleMemoryWasUsed()
{
    rusage usage{};
    QCOMPARE(::getrusage(RUSAGE_SELF, &usage), 0);
    qInfo("%ld MiB at most", usage.ru_maxrss / 1024);
    QVERIFY(usage.ru_maxrss / 1024 < kMaxMiB);
}

QTEST_GUILESS_MAIN(TestOnnxHostile)
#include "tst_onnx_hostile.moc"
