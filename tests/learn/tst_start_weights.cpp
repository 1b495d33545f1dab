#include <QTest>

#include <QTemporaryDir>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "engine/base/files.h"
#include "engine/exchange/safetensors.h"
#include "engine/learn/onnx_network.h"
#include "engine/learn/start_weights.h"
#include "run_fixture.h"

using namespace ty::engine;

namespace {

NamedTensor filled(const std::string& name, const Shape& shape, float value)
{
    Tensor tensor(DType::Float32, shape);
    for (float& one : tensor.floats()) {
        one = value;
    }
    return {name, tensor};
}

bool has(const std::string& text, const char* word)
{
    return text.find(word) != std::string::npos;
}

/// A run whose network is given, and the text of its notes and warnings.
struct Started {
    ty::Result<ty::Json> result;
    std::string notes;
    std::string warnings;
};

Started runFrom(RunRequest request)
{
    CollectingSink sink;
    StoppableControl control;
    Started started{executeRun(request, sink, control), {}, {}};
    for (const ty::Json& note : sink.of("note")) {
        started.notes += note["text"].get<std::string>() + "\n";
    }
    for (const ty::Json& warning : sink.of("warning")) {
        started.warnings += warning["text"].get<std::string>() + "\n";
    }
    return started;
}

RunRequest requestFor(const QTemporaryDir& folder, const char* name, const std::string& data, const char* hidden)
{
    RunRequest request;
    request.spec.name = name;
    request.spec.data.training = data;
    request.spec.settings = {{"epochs", 2}, {"hiddenLayers", hidden}};
    request.folder.root = folder.path().toStdString() + "/" + name;
    request.threads = 1;
    return request;
}

std::vector<NamedTensor> weightsOf(const RunRequest& request)
{
    return readSafetensors(request.folder.modelFolder() + "/weights.safetensors").value().tensors;
}

bool isSame(const std::vector<NamedTensor>& a, const std::vector<NamedTensor>& b, const std::string& name)
{
    const auto find = [&](const std::vector<NamedTensor>& all) {
        return std::find_if(all.begin(), all.end(), [&](const NamedTensor& one) { return one.name == name; });
    };
    const auto one = find(a);
    const auto other = find(b);
    return one != a.end() && other != b.end() && one->tensor.shape() == other->tensor.shape()
        && std::memcmp(one->tensor.data(), other->tensor.data(), one->tensor.bytes()) == 0;
}

} // namespace

class TestStartWeights : public QObject {
    Q_OBJECT

private slots:
    void namesAndShapesMustBothAgree();
    void aLayerIsTakenWholeOrNotAtAll();
    void fineTuningKeepsFrozenLayersBitEqual();
    void aPartlyFittingStartSaysWhatWasTaken();
    void weightsThatFitNowhereAreRefused();
    void otherClassesAndColumnsAreWarnedOf();
    void weightsOfOtherTypesAreTakenAsFloat32();
    void weightsThatAreNoNumbersAreRefusedByName();
    void aFileThatEndsInTwoSoftmaxesIsTrainedOn();
};

void TestStartWeights::namesAndShapesMustBothAgree()
{
    const std::vector<NamedTensor> own{
        filled("a.weight", {3, 2}, 1), filled("b.weight", {2, 3}, 1), filled("c.weight", {4, 2}, 1), filled("d.weight", {3, 2}, 1)};
    // The same shape by another name, the same number of values in another shape, a name that only begins alike.
    const std::vector<NamedTensor> others{
        filled("a.weight", {3, 2}, 9), filled("b.weight", {3, 2}, 9), filled("cc.weight", {4, 2}, 9), filled("e.weight", {3, 2}, 9)};
    const FittedWeights fitted = fitWeights(own, others);
    QCOMPARE(fitted.taken, std::size_t{1});
    QCOMPARE(fitted.parameters.size(), own.size());
    for (std::size_t i = 0; i < own.size(); ++i) {
        QCOMPARE(fitted.parameters[i].name, own[i].name);
        QCOMPARE(fitted.parameters[i].tensor.shape(), own[i].tensor.shape());
        QCOMPARE(fitted.parameters[i].tensor.floats()[0], i == 0 ? 9.0F : 1.0F);
    }
    QCOMPARE(fitted.left.size(), std::size_t{3});
    QVERIFY2(has(fitted.left[0], "b (b.weight is (2, 3), there (3, 2))"), fitted.left[0].c_str());
    QVERIFY2(has(fitted.left[1], "c (not among them)"), fitted.left[1].c_str());
    QCOMPARE(fitted.unused, (std::vector<std::string>{"cc", "e"}));
}

void TestStartWeights::aLayerIsTakenWholeOrNotAtAll()
{
    // A bias that fits says nothing about weights that do not.
    const std::vector<NamedTensor> own{
        filled("a.weight", {3, 2}, 1), filled("a.bias", {3}, 1), filled("b.weight", {3, 3}, 1), filled("c.weight", {3, 3}, 1),
        filled("c.bias", {3}, 1)};
    const std::vector<NamedTensor> others{
        filled("a.weight", {3, 5}, 9), filled("a.bias", {3}, 9), filled("b.weight", {3, 3}, 9), filled("b.bias", {3}, 9),
        filled("c.bias", {3}, 9)};
    const FittedWeights fitted = fitWeights(own, others);
    QCOMPARE(fitted.taken, std::size_t{0});
    QCOMPARE(fitted.left.size(), std::size_t{3});
    for (const NamedTensor& parameter : fitted.parameters) {
        QCOMPARE(parameter.tensor.floats()[0], 1.0F);
    }
}

void TestStartWeights::fineTuningKeepsFrozenLayersBitEqual()
{
    const QTemporaryDir folder;
    const std::string data = writeClouds(folder.path().toStdString() + "/clouds.csv", 120, 1);
    const auto first = requestFor(folder, "first", data, "8, 6");
    QVERIFY(runFrom(first).result);
    auto second = requestFor(folder, "second", data, "8, 6");
    second.spec.start.from = first.folder.root;
    second.spec.settings["frozenLayers"] = "hidden*";
    const Started started = runFrom(second);
    QVERIFY2(started.result, started.result ? "" : started.result.error().message.c_str());
    QVERIFY2(!has(started.notes, "random") && started.warnings.empty(), started.notes.c_str());
    const auto before = weightsOf(first);
    const auto after = weightsOf(second);
    for (const char* name : {"hidden1.weight", "hidden1.bias", "hidden2.weight", "hidden2.bias"}) {
        QVERIFY2(isSame(before, after, name), name);
    }
    QVERIFY(!isSame(before, after, "output.weight") && !isSame(before, after, "output.bias"));
}

void TestStartWeights::aPartlyFittingStartSaysWhatWasTaken()
{
    const QTemporaryDir folder;
    const std::string data = writeClouds(folder.path().toStdString() + "/clouds.csv", 120, 1);
    const auto first = requestFor(folder, "first", data, "8, 6, 5");
    QVERIFY(runFrom(first).result);
    auto second = requestFor(folder, "second", data, "8, 7");
    second.spec.start.from = first.folder.root;
    second.spec.settings["frozenLayers"] = "hidden1"; // so that it is seen in the result that it was taken
    const Started started = runFrom(second);
    QVERIFY2(started.result, started.result ? "" : started.result.error().message.c_str());
    QVERIFY2(has(started.notes, "1 of 3 layers"), started.notes.c_str());
    QVERIFY2(has(started.notes, "hidden2 (hidden2.bias is (7), there (6))"), started.notes.c_str());
    QVERIFY2(has(started.notes, "output (output.weight is (3, 7), there (3, 5))"), started.notes.c_str());
    QVERIFY2(has(started.notes, "not used are hidden3"), started.notes.c_str());
    QVERIFY(isSame(weightsOf(first), weightsOf(second), "hidden1.weight"));
}

void TestStartWeights::weightsThatFitNowhereAreRefused()
{
    const QTemporaryDir folder;
    const std::string data = writeClouds(folder.path().toStdString() + "/clouds.csv", 120, 1);
    const auto first = requestFor(folder, "first", data, "8");
    QVERIFY(runFrom(first).result);
    auto second = requestFor(folder, "second", data, "9");
    second.spec.start.from = first.folder.root;
    const Started started = runFrom(second);
    QVERIFY(!started.result);
    QVERIFY2(has(started.result.error().message, "(9, 6), there (8, 6)") || has(started.result.error().message, "(9), there (8)"),
             started.result.error().message.c_str());
    QVERIFY(!started.result.error().advice.empty());
}

void TestStartWeights::otherClassesAndColumnsAreWarnedOf()
{
    const QTemporaryDir folder;
    const std::string root = folder.path().toStdString();
    const auto first = requestFor(folder, "first", writeTwoClouds(root + "/clouds.csv", 120, 1), "8");
    QVERIFY(runFrom(first).result);
    const std::string text = ty::readFile(root + "/clouds.csv").value();
    const auto startedWith = [&](const char* name, const std::string& from, const std::string& to) {
        std::string changed = text;
        for (std::size_t at = 0; (at = changed.find(from, at)) != std::string::npos; at += to.size()) {
            changed.replace(at, from.size(), to);
        }
        const std::string file = root + "/" + name + ".csv";
        (void)ty::writeFileAtomically(file, changed);
        auto request = requestFor(folder, name, file, "8");
        request.spec.start.from = first.folder.root;
        return runFrom(request);
    };
    const Started classes = startedWith("classes", "right", "above");
    QVERIFY2(classes.result && has(classes.warnings, "other classes: left, right"), classes.warnings.c_str());
    const Started columns = startedWith("columns", "x,y", "y,x");
    QVERIFY2(columns.result && has(columns.warnings, "other columns"), columns.warnings.c_str());
    const Started same = startedWith("same", "x,y", "x,y");
    QVERIFY2(same.result && same.warnings.empty(), same.warnings.c_str());
}

void TestStartWeights::weightsOfOtherTypesAreTakenAsFloat32()
{
    const QTemporaryDir folder;
    const std::string data = writeClouds(folder.path().toStdString() + "/clouds.csv", 120, 1);
    const auto first = requestFor(folder, "first", data, "8");
    QVERIFY(runFrom(first).result);
    // What other programs keep beside weights: the upper half of each number as bfloat16, and a counter.
    std::vector<NamedTensor> other;
    for (const NamedTensor& one : weightsOf(first)) {
        Tensor brief(DType::BFloat16, one.tensor.shape());
        for (std::int64_t i = 0; i < brief.size(); ++i) {
            std::memcpy(
                static_cast<std::byte*>(brief.data()) + 2 * i, static_cast<const std::byte*>(one.tensor.data()) + 4 * i + 2, 2);
        }
        other.push_back({one.name, brief});
    }
    other.push_back({"norm.num_batches_tracked", Tensor(DType::Int64, {})});
    const std::string file = folder.path().toStdString() + "/other.safetensors";
    QVERIFY(writeSafetensors(file, other, {}));
    auto second = requestFor(folder, "second", data, "8");
    second.spec.start.from = file;
    second.spec.settings["frozenLayers"] = "hidden1"; // so that it is seen in the result what was taken

    const Started started = runFrom(second);

    QVERIFY2(started.result, started.result ? "" : started.result.error().message.c_str());
    QVERIFY2(!has(started.notes, "at random"), started.notes.c_str());
    const auto after = weightsOf(second);
    const auto weight = std::find_if(after.begin(), after.end(), [](const auto& one) { return one.name == "hidden1.weight"; });
    const auto before = std::find_if(other.begin(), other.end(), [](const auto& one) { return one.name == "hidden1.weight"; });
    QVERIFY(weight != after.end() && before != other.end());
    QCOMPARE(weight->tensor.dtype(), DType::Float32);
    for (std::int64_t i = 0; i < weight->tensor.size(); ++i) {
        std::uint32_t given = 0;
        std::uint16_t upper = 0;
        std::memcpy(&given, static_cast<const std::byte*>(weight->tensor.data()) + 4 * i, 4);
        std::memcpy(&upper, static_cast<const std::byte*>(before->tensor.data()) + 2 * i, 2);
        QCOMPARE(given, static_cast<std::uint32_t>(upper) << 16U);
    }
}

void TestStartWeights::weightsThatAreNoNumbersAreRefusedByName()
{
    const QTemporaryDir folder;
    const std::string data = writeClouds(folder.path().toStdString() + "/clouds.csv", 120, 1);
    const auto first = requestFor(folder, "first", data, "8");
    QVERIFY(runFrom(first).result);
    const std::string file = folder.path().toStdString() + "/spoiled.safetensors";
    const auto refusedFor = [&](const char* name, const Tensor& bias) {
        auto weights = weightsOf(first);
        for (NamedTensor& one : weights) {
            one.tensor = one.name == "hidden1.bias" ? bias : one.tensor;
        }
        (void)writeSafetensors(file, weights, {});
        auto second = requestFor(folder, name, data, "8");
        second.spec.start.from = file;
        const Started started = runFrom(second);
        return started.result ? std::string() : started.result.error().message;
    };
    Tensor infinite(DType::Float32, {8});
    infinite.floats()[7] = std::numeric_limits<float>::infinity();

    const std::string notFinite = refusedFor("infinite", infinite);
    const std::string whole = refusedFor("whole", Tensor(DType::Int64, {8}));

    QVERIFY2(has(notFinite, "spoiled.safetensors: tensor \"hidden1.bias\": an infinite value"), notFinite.c_str());
    QVERIFY2(has(whole, "spoiled.safetensors: tensor \"hidden1.bias\" is of type I64"), whole.c_str());
}

void TestStartWeights::aFileThatEndsInTwoSoftmaxesIsTrainedOn()
{
    const QTemporaryDir folder;
    std::string text = "a,b,c,d,kind\n";
    for (int i = 0; i < 60; ++i) {
        text += std::to_string(i * 3 % 17) + ".5," + std::to_string(i * 5 % 13) + ".25," + std::to_string(i % 7) + ".5,"
            + std::to_string(i * 11 % 19) + ".5," + (i % 3 == 0 ? "x\n" : i % 3 == 1 ? "y\n" : "z\n");
    }
    const std::string data = folder.path().toStdString() + "/flowers.csv";
    QVERIFY(ty::writeFileAtomically(data, text));
    auto first = requestFor(folder, "first", data, "");
    first.spec.settings = {{"epochs", 2}, {"network", "iris-demo"}};
    const Started trained = runFrom(first);
    QVERIFY2(trained.result, trained.result ? "" : trained.result.error().message.c_str());
    const std::string file = folder.path().toStdString() + "/iris-demo.onnx";
    {
        const auto model = loadModel(first.folder.modelFolder(), "cpu");
        QVERIFY(model && model.value()->exportTo("onnx", file));
    }
    const auto network = readOnnxNetwork(file, {});
    QVERIFY2(network, network ? "" : network.error().message.c_str());
    auto second = requestFor(folder, "second", data, "");
    second.spec.settings = {{"epochs", 2}};
    second.spec.network = network->model.toJson();
    second.spec.start.from = file;

    const Started started = runFrom(second);

    QVERIFY2(started.result, started.result ? "" : started.result.error().message.c_str());
    QVERIFY2(has(started.notes, "begins with the weights") && !has(started.notes, "at random"), started.notes.c_str());
}

QTEST_GUILESS_MAIN(TestStartWeights)
#include "tst_start_weights.moc"
