#include <QTest>

#include <QTemporaryDir>

#include <cmath>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "engine/base/files.h"
#include "engine/base/random.h"
#include "engine/data/dataset.h"
#include "engine/exchange/safetensors.h"
#include "engine/learn/idle_settings.h"
#include "engine/learn/network_table.h"
#include "engine/nn/zoo.h"
#include "engine/train/checkpoint.h"
#include "run_fixture.h"

using namespace ty::engine;

namespace {

std::string fileIn(const QTemporaryDir& folder, const char* name)
{
    return folder.path().toStdString() + "/" + name;
}

/// A run with a few quick epochs.
RunRequest requestFor(const QTemporaryDir& folder, const std::string& data, const ty::Json& settings)
{
    RunRequest request;
    request.spec.name = "settings-1";
    request.spec.data.training = data;
    request.spec.settings = {{"epochs", 4}, {"hiddenLayers", "8, 6"}, {"earlyStop", false}};
    request.spec.settings.update(settings);
    request.folder.root = folder.path().toStdString() + "/run";
    request.threads = 1;
    return request;
}

ty::Result<ty::Json> execute(const RunRequest& request, CollectingSink& sink)
{
    StoppableControl control;
    return executeRun(request, sink, control);
}

const std::string kDigits = TRAINYARD_SOURCE_DIR "/resources/samples/digits";

std::string notesOf(const CollectingSink& sink)
{
    std::string text;
    for (const ty::Json& note : sink.of("note")) {
        text += note["text"].get<std::string>() + "\n";
    }
    return text;
}

} // namespace

class TestNetworkSettings : public QObject {
    Q_OBJECT

private slots:
    void everySettingHasAnEffectAndResumesExactly_data();
    void everySettingHasAnEffectAndResumesExactly();
    void aResumedRunKeepsItsBatchWhateverMemoryIsFree();
    void aResumedRunMayNameALossThatWasIgnored();
    void lossesOfTwoClassesMakeWholeModels_data();
    void lossesOfTwoClassesMakeWholeModels();
    void networksAreChosenByName_data();
    void networksAreChosenByName();
    void theIrisDemosLossHasAFloorThatItsOwnVersionPasses();
    void descriptionsAreAdaptedToTheData();
    void settingsThatANetworkMakesVoidAreWarnedOf();
    void settingsThatChangeNothingAreNamed();
    void samplesThatDoNotFollowOneAnotherBeginAnew();
    void aBatchOfOneLeavesNothingOfABatchNorm();
    void namedNetworksAnswerWithoutTheirLastActivation();
    void anEmbeddingOfGivenNumbersIsTrainedAndExported();
    void columnsThatAreNoRowsOfAnEmbeddingAreNamed_data();
    void columnsThatAreNoRowsOfAnEmbeddingAreNamed();
    void layersThatTheDataOrThePersonHasOtherwiseAreNamed();
    void aNameAndADescriptionExcludeEachOther();
    void describingTellsLayersMemoryAndTime();
    void describingALearnerWithoutANetworkIsRefused();
};

void TestNetworkSettings::everySettingHasAnEffectAndResumesExactly_data()
{
    QTest::addColumn<QString>("settings");
    QTest::addColumn<QString>("plain"); // what the setting is compared with
    QTest::newRow("nesterov") << R"({"optimizer":"nesterov","learningRate":0.02})" << R"({"optimizer":"sgd","learningRate":0.02})";
    QTest::newRow("adagrad") << R"({"optimizer":"adagrad","learningRate":0.02})" << R"({"optimizer":"rmsprop","learningRate":0.02})";
    QTest::newRow("l1") << R"({"l1":0.01})" << R"({})";
    QTest::newRow("clipValue") << R"({"clipValue":0.001,"optimizer":"sgd"})" << R"({"optimizer":"sgd"})";
    QTest::newRow("stepList") << R"({"schedule":"stepList","steps":"25%: 0.1"})" << R"({"schedule":"constant"})";
    QTest::newRow("plateau") << R"({"schedule":"plateau","plateauPatience":0,"learningRate":0.5})" << R"({"schedule":"constant","learningRate":0.5})";
    QTest::newRow("frozenLayers") << R"({"frozenLayers":"hidden1"})" << R"({})";
    QTest::newRow("binaryCrossEntropy") << R"({"loss":"binaryCrossEntropy"})" << R"({})";
    QTest::newRow("hinge") << R"({"loss":"hinge"})" << R"({"loss":"binaryCrossEntropy"})";
    QTest::newRow("classWeights") << R"({"classWeights":"list","classWeightList":"left: 5"})" << R"({"classWeights":"none"})";
    QTest::newRow("augmentColour") << R"({"augmentColour":true})" << R"({"augmentMixup":false})";
    QTest::newRow("augmentMixup") << R"({"augmentMixup":true})" << R"({"augmentColour":false})";
    QTest::newRow("network") << R"({"network":"playground"})" << R"({})";
}

void TestNetworkSettings::everySettingHasAnEffectAndResumesExactly()
{
    QFETCH(QString, settings);
    QFETCH(QString, plain);
    const QTemporaryDir folder;
    const bool isForPictures = settings.contains("augment");
    const std::string data = isForPictures ? kDigits : writeTwoClouds(fileIn(folder, "clouds.csv"), 120, 1);
    const auto requestWith = [&](const QString& text) {
        auto made = requestFor(folder, data, ty::Json::parse(text.toStdString()));
        if (isForPictures) {
            made.spec.data.split.validation = 0.9; // few to train on
            made.spec.settings.erase("hiddenLayers");
        }
        return made;
    };
    CollectingSink without;
    auto request = requestWith(plain);
    request.folder.root += "-plain";
    QVERIFY(execute(request, without));

    CollectingSink whole;
    request = requestWith(settings);
    const auto expected = execute(request, whole);
    QVERIFY2(expected, expected ? "" : expected.error().message.c_str());
    QVERIFY(whole.of("epoch").back()["training"] != without.of("epoch").back()["training"]);

    request.folder.root += "-again";
    CollectingSink first;
    StoppableControl stopping;
    first.onEvent = [&](const std::string& type, const ty::Json& fields) {
        stopping.isStopped = stopping.isStopped || (type == "epoch" && fields["epoch"].get<int>() == 2);
    };
    QVERIFY(executeRun(request, first, stopping));
    request.isResuming = true;
    CollectingSink second;
    const auto resumed = execute(request, second);
    QVERIFY2(resumed, resumed ? "" : resumed.error().message.c_str());
    QVERIFY(resumed.value()["metrics"] == expected.value()["metrics"]);
    QCOMPARE(second.of("epoch").size(), std::size_t{2});
    for (std::size_t i = 0; i < 2; ++i) {
        for (const char* field : {"training", "validation", "learningRate"}) {
            QVERIFY2(second.of("epoch")[i][field] == whole.of("epoch")[2 + i][field], field);
        }
    }
}

void TestNetworkSettings::aResumedRunKeepsItsBatchWhateverMemoryIsFree()
{
    const QTemporaryDir folder;
    auto request = requestFor(folder, writeTwoClouds(fileIn(folder, "clouds.csv"), 200, 1), {{"batchSize", 24}});
    CollectingSink first;
    StoppableControl stopping;
    first.onEvent = [&](const std::string& type, const ty::Json&) { stopping.isStopped = stopping.isStopped || type == "epoch"; };
    QVERIFY(executeRun(request, first, stopping));
    // As if 24 had been what the memory of that day allowed: the description says automatic, the checkpoint says 24.
    request.spec.settings["batchSize"] = nullptr;
    QVERIFY(request.spec.save(request.folder.specFile()));
    request.isResuming = true;
    CollectingSink second;
    const auto resumed = execute(request, second);
    QVERIFY2(resumed, resumed ? "" : resumed.error().message.c_str());
    QCOMPARE(second.of("plan").front()["batchSize"].get<int>(), 24);
}

void TestNetworkSettings::aResumedRunMayNameALossThatWasIgnored()
{
    const QTemporaryDir folder;
    auto request = requestFor(folder, writeClouds(fileIn(folder, "clouds.csv"), 90, 1), ty::Json::object());
    CollectingSink first;
    StoppableControl stopping;
    first.onEvent = [&](const std::string& type, const ty::Json&) { stopping.isStopped = stopping.isStopped || type == "epoch"; };
    QVERIFY(executeRun(request, first, stopping));
    request.spec.settings["loss"] = "squared"; // as older versions let it be said of classes
    QVERIFY(request.spec.save(request.folder.specFile()));
    request.isResuming = true;
    CollectingSink second;
    const auto resumed = execute(request, second);
    QVERIFY2(resumed, resumed ? "" : resumed.error().message.c_str());
    request.isResuming = false;
    request.folder.root += "-new";
    QVERIFY(!execute(request, second));
}

void TestNetworkSettings::lossesOfTwoClassesMakeWholeModels_data()
{
    QTest::addColumn<QString>("loss");
    QTest::addColumn<QString>("learner");
    for (const char* loss : {"binaryCrossEntropy", "hinge"}) {
        for (const char* learner : {"network", "linear"}) {
            QTest::addRow("%s, %s", loss, learner) << loss << learner;
        }
    }
}

void TestNetworkSettings::lossesOfTwoClassesMakeWholeModels()
{
    QFETCH(QString, loss);
    QFETCH(QString, learner);
    const QTemporaryDir folder;
    const std::string data = writeTwoClouds(fileIn(folder, "clouds.csv"), 300, 1);
    auto request = requestFor(folder, data, {{"loss", loss.toStdString()}, {"epochs", 8}});
    if (learner == "linear") {
        request.spec.learner = "linear";
        request.spec.settings.erase("hiddenLayers");
    }
    request.spec.data.split.test = 0.2;
    CollectingSink sink;
    const auto result = execute(request, sink);
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    QVERIFY(result.value()["metrics"]["test"]["accuracy"].get<double>() > 0.9);
    // The epochs' own accuracy is that of the model, not of its mirror.
    QVERIFY(sink.of("epoch").back()["validation"]["accuracy"].get<double>() > 0.9);

    const auto model = loadModel(request.folder.modelFolder(), "auto");
    QVERIFY2(model, model ? "" : model.error().message.c_str());
    const auto dataset = openDataset(data, {});
    QVERIFY(dataset);
    const std::vector<std::uint32_t> samples{0, 1, 2, 3};
    const auto answers = model.value()->predict(*dataset.value(), samples);
    QVERIFY(answers);
    QCOMPARE(answers.value().probabilities.size(), std::size_t{8});
    for (std::size_t i = 0; i < 4; ++i) {
        const float sum = answers.value().probabilities[2 * i] + answers.value().probabilities[2 * i + 1];
        QVERIFY(std::abs(sum - 1.0F) < 1e-5F);
    }
    const auto exported = model.value()->exportTo("onnx", fileIn(folder, "model.onnx"));
    QVERIFY2(exported, exported ? "" : exported.error().message.c_str());
    QVERIFY(exported.value()["maxDifference"].get<double>() < 1e-5);

    // The weights serve a further run of the same kind, whose network has no layer for both classes.
    request.spec.start.from = request.folder.root;
    request.folder.root += "-next";
    CollectingSink next;
    const auto second = execute(request, next);
    QVERIFY2(second, second ? "" : second.error().message.c_str());
    QVERIFY2(notesOf(next).find("random") == std::string::npos, notesOf(next).c_str());
    QVERIFY(next.of("epoch").front()["training"]["loss"] < sink.of("epoch").front()["training"]["loss"]);
}

void TestNetworkSettings::networksAreChosenByName_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("isForPictures");
    QTest::newRow("playground") << "playground" << false;
    QTest::newRow("iris-demo") << "iris-demo" << false;
    QTest::newRow("cntk-convnet") << "cntk-convnet" << true;
    QTest::newRow("alexnet-cifar") << "alexnet-cifar" << true;
}

/// The larger ones are described by tests/runner, which takes no step of them; steps cost seconds.
void TestNetworkSettings::networksAreChosenByName()
{
    QFETCH(QString, name);
    QFETCH(bool, isForPictures);
    const QTemporaryDir folder;
    auto request = requestFor(
        folder, isForPictures ? kDigits : writeClouds(fileIn(folder, "clouds.csv"), 90, 1),
        {{"network", name.toStdString()}, {"epochs", 1}, {"repeats", 1}, {"hiddenLayers", ""}});
    if (isForPictures) {
        request.spec.data.split.validation = 0.9; // few to train on
    }
    CollectingSink sink;
    const auto result = execute(request, sink);
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    const ModelDescription own = makeZooNetwork(name.toStdString()).value();
    const ty::Json plan = sink.of("plan").front();
    const auto& layers = plan["network"]["layers"];
    QCOMPARE(layers.size(), own.layers.size());
    for (std::size_t i = 0; i < own.layers.size(); ++i) {
        QCOMPARE(layers[i]["name"].get<std::string>(), own.layers[i].name);
    }
    if (isForPictures) {
        QVERIFY(plan["network"]["input"] == ty::Json(own.input));
        QCOMPARE(plan["network"]["summary"]["parameters"].get<std::int64_t>(), summarise(own)->parameters);
    } else {
        QVERIFY2(notesOf(sink).find(toString(own.input)) != std::string::npos, notesOf(sink).c_str());
    }
    const auto model = loadModel(request.folder.modelFolder(), "auto");
    QVERIFY2(model, model ? "" : model.error().message.c_str());
    const LayerDescription& first = own.layers.front();
    if (isForPictures && first.type == "scale") {
        // Made for pixels of 0 to 255, which the encoder has divided by their deviation.
        const auto& deviation = (*model)->encoder().imageDeviation();
        QCOMPARE(deviation.size(), std::size_t{1});
        const double factor = plan["network"]["layers"][0]["factor"].get<double>();
        QVERIFY(std::abs(factor - first.settings["factor"].get<double>() * deviation[0]) < 1e-6);
        QVERIFY(factor > 0.1 && factor < 1.0);
    }
}

/// The demo's loss takes the softmax of what is a softmax already: the best that three classes can give is
/// -log(e / (e + 2)). Without the first softmax the same layers have no such floor.
void TestNetworkSettings::theIrisDemosLossHasAFloorThatItsOwnVersionPasses()
{
    const double floor = std::log(1 + 2 / std::exp(1.0));
    QVERIFY(std::abs(floor - 0.5514) < 5e-5);
    const ty::Json demo{
        {"hiddenLayers", ""}, {"optimizer", "sgd"}, {"learningRate", 0.05}, {"momentum", 0.0}, {"batchSize", 5},
        {"schedule", "constant"}, {"warmUp", 0.0}, {"gradientClip", 0.0}, {"weightDecay", 0.0}, {"repeats", 1},
        {"epochs", 200}};
    const QTemporaryDir folder;
    RunRequest request = requestFor(folder, TRAINYARD_SOURCE_DIR "/resources/samples/iris.csv", demo);
    request.spec.settings["network"] = "iris-demo";
    CollectingSink twice;
    QVERIFY(execute(request, twice));

    ModelDescription once = makeZooNetwork("iris-demo").value();
    QCOMPARE(once.layers.size(), std::size_t{4});
    once.layers.resize(2); // without the softmax, and the scale that keeps it from being taken for the answer
    request.spec.settings.erase("network");
    request.spec.network = once.toJson();
    request.folder.root += "-own";
    CollectingSink own;
    QVERIFY(execute(request, own));

    for (const char* part : {"training", "validation"}) {
        for (const ty::Json& epoch : twice.of("epoch")) {
            QVERIFY(epoch[part]["loss"].get<double>() > floor);
        }
        const double last = own.of("epoch").back()[part]["loss"].get<double>();
        QVERIFY2(last < 0.3, qPrintable(QString("%1: %2").arg(part).arg(last)));
    }
    const ty::Json learned = twice.of("epoch").back()["training"];
    QVERIFY(learned["loss"] < 0.75 && learned["accuracy"] > 0.9); // as low as the demo comes: it did learn
}

void TestNetworkSettings::descriptionsAreAdaptedToTheData()
{
    const QTemporaryDir folder;
    auto request = requestFor(folder, writeClouds(fileIn(folder, "clouds.csv"), 90, 1), {{"hiddenLayers", ""}});
    request.spec.network = ty::Json::parse(
        R"({"input":[99],"layers":[{"name":"wide","type":"dense","units":12,"activation":"silu"},{"name":"out","type":"dense","units":5}]})");
    CollectingSink sink;
    const auto result = execute(request, sink);
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    const ty::Json network = sink.of("plan").front()["network"];
    QCOMPARE(network["layers"][0]["activation"].get<std::string>(), std::string("silu"));
    QCOMPARE(network["layers"][1]["units"].get<int>(), 3);
    QVERIFY2(notesOf(sink).find("\"out\" (dense) has 3 units instead of 5") != std::string::npos, notesOf(sink).c_str());
    // It is told once, not again when the run goes on.
    request.isResuming = true;
    CollectingSink again;
    QVERIFY(execute(request, again));
    QVERIFY(again.of("note").empty());
}

void TestNetworkSettings::settingsThatANetworkMakesVoidAreWarnedOf()
{
    const QTemporaryDir folder;
    const std::string data = writeClouds(fileIn(folder, "clouds.csv"), 90, 1);
    const auto warningsOf = [&](const char* name, const ty::Json& settings) {
        auto request = requestFor(folder, data, settings);
        request.folder.root = fileIn(folder, name);
        request.spec.settings.update({{"epochs", 1}});
        CollectingSink sink;
        std::string texts = execute(request, sink) ? "" : "failed ";
        for (const ty::Json& warning : sink.of("warning")) {
            texts += warning["text"].get<std::string>() + "\n";
        }
        return texts;
    };

    const std::string both = warningsOf("both", {{"network", "playground"}, {"hiddenLayers", "64, 32"}, {"size", "large"}});
    QVERIFY2(both.find("hiddenLayers \"64, 32\" and size \"large\" does not count") != std::string::npos, both.c_str());
    QCOMPARE(warningsOf("network", {{"network", "playground"}, {"hiddenLayers", ""}}), std::string());
    QCOMPARE(warningsOf("layers", {{"hiddenLayers", "64, 32"}}), std::string());
}

void TestNetworkSettings::settingsThatChangeNothingAreNamed()
{
    const auto told = [](ty::Json given, Task task, DataKind kind) {
        const ty::Json settings = makeNetworkTable().complete(given).value();
        std::string all;
        for (const std::string& sentence : idleSettings(settings, task, kind)) {
            all += sentence + "\n";
        }
        return QString::fromStdString(all);
    };
    QCOMPARE(told(ty::Json::object(), Task::Classification, DataKind::Image), QString());
    QCOMPARE(told(ty::Json::object(), Task::Regression, DataKind::Table), QString());

    const ty::Json varied = {{"augmentMixup", true}, {"augmentFlip", true}};
    QVERIFY(told(varied, Task::Classification, DataKind::Table).contains("augmentMixup true does not count: only pictures"));
    QVERIFY(told(varied, Task::Classification, DataKind::Table).contains("augmentFlip"));
    QCOMPARE(told(varied, Task::Classification, DataKind::Image), QString());

    const ty::Json classes = {{"classWeights", "balanced"}, {"labelSmoothing", 0.1}};
    QVERIFY(told(classes, Task::Regression, DataKind::Table).contains("classWeights \"balanced\""));
    QVERIFY(told(classes, Task::Regression, DataKind::Table).contains("labelSmoothing 0.1"));
    QVERIFY(!told(classes, Task::NextWord, DataKind::Table).contains("labelSmoothing"));
    QCOMPARE(told(classes, Task::Classification, DataKind::Table), QString());

    QVERIFY(told({{"classWeightList", "a: 2"}}, Task::Classification, DataKind::Table).contains("the class weights are none"));
    QCOMPARE(told({{"classWeightList", "a: 2"}, {"classWeights", "list"}}, Task::Classification, DataKind::Table), QString());

    QVERIFY(told({{"momentum", 0.5}}, Task::Classification, DataKind::Table).contains("momentum 0.5 does not count: the optimizer is adamw"));
    QCOMPARE(told({{"momentum", 0.5}, {"optimizer", "sgd"}}, Task::Classification, DataKind::Table), QString());
    QVERIFY(told({{"steps", "50%: 0.5"}}, Task::Classification, DataKind::Table).contains("the schedule is cosine"));
    QVERIFY(told({{"warmUp", 0.2}, {"schedule", "oneCycle"}}, Task::Classification, DataKind::Table).contains("warmUp 0.2"));
    QVERIFY(told({{"plateauPatience", 3}}, Task::Classification, DataKind::Table).contains("plateauPatience 3"));
    QVERIFY(told({{"plateauPatience", 5}, {"schedule", "plateau"}}, Task::Classification, DataKind::Table).contains("never falls"));
    QCOMPARE(told({{"plateauPatience", 4}, {"schedule", "plateau"}}, Task::Classification, DataKind::Table), QString());
}

void TestNetworkSettings::samplesThatDoNotFollowOneAnotherBeginAnew()
{
    const QTemporaryDir folder;
    auto request = requestFor(folder, writeClouds(fileIn(folder, "clouds.csv"), 90, 1), {{"epochs", 1}});
    request.spec.network = ty::Json::parse(R"({"input":[6],"layers":[{"name":"r","type":"reshape","shape":[6,1]},
        {"name":"memory","type":"lstm","units":3,"carryState":true},{"name":"o","type":"dense","units":2}]})");
    CollectingSink sink;
    const auto result = execute(request, sink);
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    std::string notes;
    for (const ty::Json& note : sink.of("note")) {
        notes += note["text"].get<std::string>() + "\n";
    }
    QVERIFY2(notes.find("\"memory\" begins each sample anew") != std::string::npos, notes.c_str());
}

void TestNetworkSettings::aBatchOfOneLeavesNothingOfABatchNorm()
{
    const QTemporaryDir folder;
    const std::string data = writeClouds(fileIn(folder, "clouds.csv"), 90, 1);
    const auto trained = [&](int batch, const char* extra) {
        auto request = requestFor(folder, data, {{"epochs", 1}, {"repeats", 1}, {"batchSize", batch}});
        request.folder.root += std::to_string(batch) + extra;
        const QString text = R"({"input":[6],"layers":[{"type":"dense","units":4},{"name":"n","type":"batchNorm"%1},{"name":"o","type":"dense","units":2}]})";
        request.spec.network = ty::Json::parse(text.arg(extra).toStdString());
        CollectingSink sink;
        return execute(request, sink);
    };
    const auto alone = trained(1, "");
    QVERIFY(!alone);
    QVERIFY2(alone.error().message.find("layer \"n\" (batchNorm)") == 0, alone.error().message.c_str());
    QVERIFY(alone.error().advice.find("2 or more") != std::string::npos);
    QVERIFY(trained(2, ""));
    QVERIFY(trained(1, R"(,"frozen":true)")); // by its running statistics
}

void TestNetworkSettings::namedNetworksAnswerWithoutTheirLastActivation()
{
    const QTemporaryDir folder;
    auto request = requestFor(
        folder, writeClouds(fileIn(folder, "clouds.csv"), 90, 1),
        {{"network", "playground"}, {"epochs", 1}, {"repeats", 1}, {"hiddenLayers", ""}});
    CollectingSink sink;
    QVERIFY(execute(request, sink));
    QVERIFY2(notesOf(sink).find("ends the network without tanh") != std::string::npos, notesOf(sink).c_str());
    QVERIFY(!sink.of("plan").front()["network"]["layers"].back().contains("activation"));
    // A network of one's own is left as it is, and it is said.
    request.folder.root += "-own";
    request.spec.settings.erase("network");
    request.spec.network = makeZooNetwork("playground").value().toJson();
    CollectingSink own;
    QVERIFY(execute(request, own));
    QVERIFY2(notesOf(own).find("ends the network with tanh") != std::string::npos, notesOf(own).c_str());
    QCOMPARE(own.of("plan").front()["network"]["layers"].back()["activation"].get<std::string>(), std::string("tanh"));
}

void TestNetworkSettings::anEmbeddingOfGivenNumbersIsTrainedAndExported()
{
    const QTemporaryDir folder;
    const std::string data = fileIn(folder, "words.csv");
    {
        std::ofstream out(data);
        out << "a,b,c,d,kind\n";
        ty::Random random(1);
        for (int i = 0; i < 120; ++i) {
            const int shift = i % 2 == 0 ? 0 : 10;
            for (int k = 0; k < 4; ++k) {
                out << shift + static_cast<int>(random.below(10)) << ',';
            }
            out << (i % 2 == 0 ? "low" : "high") << '\n';
        }
    }
    auto request = requestFor(folder, data, {{"epochs", 12}, {"learningRate", 0.02}});
    request.spec.start.pixels = "0..1"; // as a run that begins with another program's network: numbers come as they are
    request.spec.network = ty::Json::parse(R"({"input":[4],"layers":[{"type":"embedding","vocabulary":20,"units":3},
        {"type":"gru","units":4},{"name":"o","type":"dense","units":2}]})");
    CollectingSink sink;
    const auto result = execute(request, sink);
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    QVERIFY(sink.of("epoch").back()["validation"]["accuracy"].get<double>() > 0.9);
    const auto model = loadModel(request.folder.modelFolder(), "auto");
    QVERIFY(model);
    const auto exported = model.value()->exportTo("onnx", fileIn(folder, "words.onnx"));
    QVERIFY2(exported, exported ? "" : exported.error().message.c_str());
    QVERIFY(exported.value()["maxDifference"].get<double>() <= 1e-5);
}

void TestNetworkSettings::columnsThatAreNoRowsOfAnEmbeddingAreNamed_data()
{
    QTest::addColumn<QString>("cell"); // the second of b
    QTest::addColumn<QString>("message");
    QTest::newRow("whole numbers") << "3" << "";
    QTest::newRow("too large") << "20" << "the column \"b\" has values from 0 to 20";
    QTest::newRow("negative") << "-1" << "the column \"b\" has values from -1 to 19";
    QTest::newRow("missing") << "" << "the column \"b\" lacks 1 of its values";
    QTest::newRow("a fraction") << "2.5" << "is 2.5, the embedding takes whole numbers from 0 to 19";
    QTest::newRow("a category") << "x" << "the column \"b\" is not one of numbers";
}

void TestNetworkSettings::columnsThatAreNoRowsOfAnEmbeddingAreNamed()
{
    QFETCH(QString, cell);
    QFETCH(QString, message);
    const QTemporaryDir folder;
    const std::string data = fileIn(folder, "numbers.csv");
    {
        std::ofstream out(data);
        out << "a,b,kind\n";
        for (int i = 0; i < 60; ++i) {
            out << i % 20 << ',' << (i == 1 ? cell.toStdString() : std::to_string(i * 7 % 20)) << (i % 2 == 0 ? ",low\n" : ",high\n");
        }
    }
    auto request = requestFor(folder, data, {{"epochs", 1}});
    request.spec.start.pixels = "0..1";
    request.spec.network = ty::Json::parse(R"({"input":[2],"layers":[{"name":"rows","type":"embedding","vocabulary":20,"units":3},
        {"type":"gru","units":4},{"name":"o","type":"dense","units":2}]})");
    if (cell == "x") {
        request.spec.network["input"] = {21};
        request.spec.data.columns["b"].type = "category";
    }
    CollectingSink sink;
    const auto result = execute(request, sink);
    QCOMPARE(static_cast<bool>(result), message.isEmpty());
    QVERIFY2(result || result.error().message.find(message.toStdString()) != std::string::npos, result ? "" : result.error().message.c_str());
}

void TestNetworkSettings::layersThatTheDataOrThePersonHasOtherwiseAreNamed()
{
    const QTemporaryDir folder;
    const std::string data = writeClouds(fileIn(folder, "clouds.csv"), 90, 1);
    const std::string texts = fileIn(folder, "texts.csv");
    {
        std::ofstream out(texts);
        out << "text,kind\n";
        for (int i = 0; i < 60; ++i) {
            out << (i % 2 == 0 ? "a good and bright day number " : "a bad and dark night number ") << i << (i % 2 == 0 ? ",up\n" : ",down\n");
        }
    }
    const auto notesOf = [&](const std::string& path, const char* name, const ty::Json& settings) {
        auto request = requestFor(folder, path, settings);
        request.folder.root = fileIn(folder, name);
        request.spec.settings.update({{"epochs", 1}});
        CollectingSink sink;
        const auto result = execute(request, sink);
        std::string all = result ? "" : "failed: " + result.error().message;
        for (const ty::Json& note : sink.of("note")) {
            all += note["text"].get<std::string>() + "\n";
        }
        return QString::fromStdString(all);
    };

    const QString text = notesOf(texts, "text", {{"hiddenLayers", "7, 7"}});
    const QString both = notesOf(data, "both", {{"hiddenLayers", "8"}, {"size", "large"}});
    QVERIFY2(text.contains("hiddenLayers \"7, 7\" does not count: the data is a text"), qPrintable(text));
    QVERIFY2(both.contains("size \"large\" does not count: hiddenLayers says"), qPrintable(both));
    QVERIFY(!notesOf(data, "alone", {{"hiddenLayers", "8"}}).contains("does not count"));
    QVERIFY(!notesOf(data, "size", {{"size", "small"}, {"hiddenLayers", ""}}).contains("does not count"));
}

void TestNetworkSettings::aNameAndADescriptionExcludeEachOther()
{
    const QTemporaryDir folder;
    auto request = requestFor(folder, writeClouds(fileIn(folder, "clouds.csv"), 90, 1), {{"network", "playground"}});
    request.spec.network = makeZooNetwork("iris-demo").value().toJson();
    CollectingSink sink;
    const auto result = execute(request, sink);
    QVERIFY(!result);
    QVERIFY2(result.error().message.find("playground") != std::string::npos, result.error().message.c_str());
}

void TestNetworkSettings::describingTellsLayersMemoryAndTime()
{
    const QTemporaryDir folder;
    auto request = requestFor(folder, writeClouds(fileIn(folder, "clouds.csv"), 90, 1), {{"batchSize", 10}});
    const auto description = describeRun(request.spec, 1);
    QVERIFY2(description, description ? "" : description.error().message.c_str());
    const ty::Json& json = description.value();
    const ty::Json& layers = json["network"]["summary"]["layers"];
    QCOMPARE(layers.size(), std::size_t{3});
    // width with a flag for missing values, height, three colours: 6 inputs.
    QCOMPARE(layers[0]["parameters"].get<int>(), 6 * 8 + 8);
    QCOMPARE(layers[1]["parameters"].get<int>(), 8 * 6 + 6);
    QCOMPARE(layers[2]["parameters"].get<int>(), 6 * 3 + 3);
    QCOMPARE(json["network"]["summary"]["parameters"].get<int>(), 56 + 54 + 21);
    QCOMPARE(json["batchSize"].get<int>(), 10);
    QCOMPARE(json["trainingSamples"].get<int>(), 72);
    // As many passes of 8 steps as make 50 updates: 7 times 72 samples are 50.4 batches.
    QCOMPARE(json["stepsPerEpoch"].get<int>(), 51);
    QVERIFY(json["secondsPerStep"].get<double>() > 0);
    QCOMPARE(json["secondsPerEpoch"].get<double>(), 51 * json["secondsPerStep"].get<double>());
    QVERIFY(json["memoryBytes"].get<std::uint64_t>() > 4 * 4 * 131);
    // Describing leaves nothing behind.
    QVERIFY(!ty::pathExists(request.folder.root));
}

void TestNetworkSettings::describingALearnerWithoutANetworkIsRefused()
{
    const QTemporaryDir folder;
    auto request = requestFor(folder, writeClouds(fileIn(folder, "clouds.csv"), 90, 1), ty::Json::object());
    request.spec.learner = "baseline";
    request.spec.settings = ty::Json::object();
    const auto description = describeRun(request.spec, 1);
    QVERIFY(!description);
    QVERIFY(description.error().kind == ty::ErrorKind::Unsupported);
}

QTEST_GUILESS_MAIN(TestNetworkSettings)
#include "tst_network_settings.moc"
