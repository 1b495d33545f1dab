#include <QTest>

#include <QTemporaryDir>

#include <array>
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include "engine/base/files.h"
#include "engine/nn/zoo.h"
#include "run_fixture.h"

using namespace ty::engine;
using ty::Random;

namespace {

const std::string kDigits = TRAINYARD_SOURCE_DIR "/resources/samples/digits";

std::string fileIn(const QTemporaryDir& folder, const char* name)
{
    return folder.path().toStdString() + "/" + name;
}

/// Praise and blame among words that say nothing; the class is in the last but one word.
std::string writeReviews(const std::string& file, int rows, std::uint64_t seed)
{
    static const std::vector<std::string> filler{"the", "film", "we", "saw", "was", "it", "and", "then", "actor", "music"};
    static const std::vector<std::string> good{"great", "lovely", "superb"};
    static const std::vector<std::string> bad{"awful", "boring", "weak"};
    Random random(seed);
    std::ofstream out(file);
    out << "review,label\n";
    for (int i = 0; i < rows; ++i) {
        const bool isGood = i % 2 == 0;
        out << '"';
        for (std::uint64_t n = 4 + random.below(8); n > 0; --n) {
            out << filler[random.below(filler.size())] << ' ';
        }
        out << (isGood ? good : bad)[random.below(3)] << ' ' << i << ".\"," << (isGood ? "good" : "bad") << '\n';
    }
    return file;
}

/// Sentences whose every word but the first follows from the one before: a vocabulary of 12, of which a perfect model
/// is unsure of the subject (3 choices in each 5 words).
std::string writeStory(const std::string& file, int sentences, std::uint64_t seed)
{
    static const std::vector<std::string> endings{"cat drinks cold milk", "dog eats red meat", "bird finds small seeds"};
    Random random(seed);
    std::ofstream out(file);
    for (int i = 0; i < sentences; ++i) {
        out << endings[random.below(endings.size())] << '\n';
    }
    return file;
}

RunRequest requestFor(const QTemporaryDir& folder, const std::string& data, const ty::Json& settings)
{
    RunRequest request;
    request.spec.name = "words-1";
    request.spec.data.training = data;
    request.spec.preset = "fast";
    request.spec.settings = {{"earlyStop", false}};
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

/// A network of words that is quick to train.
ty::Json smallLanguageModel()
{
    return ty::Json::parse(R"({"input": [8], "layers": [
        {"name": "words", "type": "embedding", "vocabulary": 100, "units": 16},
        {"name": "memory", "type": "lstm", "units": 24, "output": "all", "carryState": true},
        {"name": "output", "type": "dense", "units": 100, "over": "last"}]})");
}

} // namespace

class TestWordNetworks : public QObject {
    Q_OBJECT

private slots:
    void textsAreClassified();
    void aLanguageModelLearnsWhatFollows();
    void anAutoencoderGivesPicturesAgain();
    void aStoppedRunResumesToTheSameEnd_data();
    void aStoppedRunResumesToTheSameEnd();
    void dataThatDoNotFitAreNamed_data();
    void dataThatDoNotFitAreNamed();
    void modelsAreLoadedAndExported_data();
    void modelsAreLoadedAndExported();
};

void TestWordNetworks::textsAreClassified()
{
    const QTemporaryDir folder;
    auto request = requestFor(folder, writeReviews(fileIn(folder, "reviews.csv"), 300, 1), {{"epochs", 4}});
    request.spec.data.split.test = 0.2;
    CollectingSink sink;
    const auto result = execute(request, sink);
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    QCOMPARE(sink.of("plan").front()["network"]["layers"][0]["type"].get<std::string>(), std::string("embedding"));
    QVERIFY2(result.value()["metrics"]["test"]["accuracy"].get<double>() > 0.95, result.value().dump().c_str());

    // The network of the zoo, and with a column that it does not read.
    const QTemporaryDir other;
    const std::string file = writeReviews(fileIn(other, "reviews.csv"), 40, 1);
    auto named = requestFor(other, file, {{"network", "lstm-classifier"}, {"epochs", 1}, {"repeats", 1}});
    CollectingSink named1;
    const auto done = execute(named, named1);
    QVERIFY2(done, done ? "" : done.error().message.c_str());
    const ty::Json plan = named1.of("plan").front();
    QCOMPARE(plan["network"]["layers"].size(), makeZooNetwork("lstm-classifier")->layers.size());
    QVERIFY(plan["network"]["layers"][0]["vocabulary"].get<int>() < 100);
}

void TestWordNetworks::aLanguageModelLearnsWhatFollows()
{
    const QTemporaryDir folder;
    auto request = requestFor(
        folder, writeStory(fileIn(folder, "story.txt"), 1500, 1), {{"epochs", 6}, {"batchSize", 16}, {"learningRate", 0.01}});
    request.spec.network = smallLanguageModel();
    request.spec.data.split.test = 0.1;
    CollectingSink sink;
    const auto result = execute(request, sink);
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    QCOMPARE(sink.of("data").front()["task"].get<std::string>(), std::string("next-word"));
    const ty::Json epoch = sink.of("epoch").back();
    const double perplexity = epoch["validation"]["perplexity"].get<double>();
    // One word of five is one of three at random: 3^(1/5) = 1.2457 is the least that can be reached.
    QVERIFY2(perplexity > 1.2 && perplexity < 1.35, std::to_string(perplexity).c_str());
    QVERIFY(std::abs(std::log(perplexity) - epoch["validation"]["loss"].get<double>()) < 1e-9);
    const ty::Json metrics = result.value()["metrics"]["validation"];
    QVERIFY2(std::abs(metrics["perplexity"].get<double>() - perplexity) < 1e-4, metrics.dump().c_str());
    QVERIFY2(metrics["accuracy"].get<double>() > 0.8, metrics.dump().c_str());
    QVERIFY(result.value()["metrics"]["test"]["perplexity"].get<double>() < 1.4);

    const auto model = loadModel(request.folder.modelFolder(), "cpu");
    QVERIFY2(model, model ? "" : model.error().message.c_str());
    const DatasetInfo expected = (*model)->encoder().expectedData();
    OpenOptions options;
    options.like = &expected;
    std::ofstream(fileIn(folder, "asked.txt")) << "dog eats red meat\ncat drinks cold milk\ndog eats red";
    std::ofstream(fileIn(folder, "asked.txt"), std::ios::app) << "\n"; // 15 words; the piece is the first 8 and its successor
    const auto asked = openDataset(fileIn(folder, "asked.txt"), options);
    QVERIFY2(asked, asked ? "" : asked.error().message.c_str());
    const std::vector<std::uint32_t> first{0};
    const auto answer = (*model)->predict(**asked, first);
    QVERIFY(answer);
    const auto& shares = answer->probabilities;
    QCOMPARE(shares.size(), (*model)->encoder().vocabulary().size());
    // "... cat drinks cold milk" is how the piece and its successor end.
    const auto best = static_cast<std::size_t>(std::max_element(shares.begin(), shares.end()) - shares.begin());
    QCOMPARE((*model)->encoder().vocabulary()[best], std::string("<eos>"));
    QVERIFY(predictToCsv(**model, **asked, fileIn(folder, "answers.csv")));
    const auto lines = ty::readFile(fileIn(folder, "answers.csv"), 1000);
    QVERIFY2(lines->find("line 1,<eos>,0.9") != std::string::npos, lines->c_str());
}

void TestWordNetworks::anAutoencoderGivesPicturesAgain()
{
    const QTemporaryDir folder;
    auto request = requestFor(folder, kDigits, {{"network", "autoencoder"}, {"epochs", 6}});
    request.spec.data.split.test = 0.2;
    CollectingSink sink;
    const auto result = execute(request, sink);
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    QCOMPARE(sink.of("data").front()["task"].get<std::string>(), std::string("reconstruction"));
    QVERIFY(!sink.of("data").front().contains("classes"));
    const ty::Json metrics = result.value()["metrics"]["test"];
    // The mean picture alone leaves 0.073 of squared error a pixel.
    QVERIFY2(metrics["mse"].get<double>() < 0.035, metrics.dump().c_str());
    QVERIFY(std::abs(metrics["rmse"].get<double>() - std::sqrt(metrics["mse"].get<double>())) < 1e-12);
    QVERIFY(sink.of("epoch").back()["validation"].contains("mse"));
    const auto samples = ty::readFile(request.folder.evaluationFolder() + "/test_samples.csv", 1 << 20);
    QVERIFY(samples);
    QVERIFY2(samples->find(",7,,,0.0") != std::string::npos, "the labels are named, though nothing is predicted");

    const auto model = loadModel(request.folder.modelFolder(), "cpu");
    QVERIFY(model);
    OpenOptions options;
    const auto expected = model.value()->encoder().expectedData();
    options.like = &expected;
    const auto digits = openDataset(kDigits, options);
    QVERIFY(digits);
    constexpr std::array<std::uint32_t, 1> kThird = {2};
    const auto pixels = model.value()->reconstruct(**digits, kThird[0]);
    QVERIFY(pixels && pixels->size() == 64);
    std::vector<float> seen(64);
    QVERIFY(model.value()->encoder().encodeInput(**digits, kThird[0], seen));
    double squares = 0;
    for (std::size_t i = 0; i < seen.size(); ++i) {
        squares += std::pow(static_cast<double>((*pixels)[i] - seen[i]), 2) / 64;
    }
    QVERIFY(std::abs(squares - model.value()->score(**digits, kThird)->front().loss) < 1e-6);
}

void TestWordNetworks::aStoppedRunResumesToTheSameEnd_data()
{
    QTest::addColumn<QString>("kind");
    for (const char* kind : {"reviews", "story", "pictures"}) {
        QTest::newRow(kind) << QString(kind);
    }
}

void TestWordNetworks::aStoppedRunResumesToTheSameEnd()
{
    QFETCH(QString, kind);
    const QTemporaryDir folder;
    RunRequest request;
    if (kind == "reviews") {
        request = requestFor(folder, writeReviews(fileIn(folder, "reviews.csv"), 80, 1), {{"epochs", 3}, {"repeats", 2}});
    } else if (kind == "story") {
        request = requestFor(folder, writeStory(fileIn(folder, "story.txt"), 200, 1), {{"epochs", 3}, {"repeats", 2}, {"batchSize", 8}});
        request.spec.network = smallLanguageModel();
    } else {
        request = requestFor(folder, kDigits, {{"network", "autoencoder"}, {"epochs", 3}});
        request.spec.data.split.validation = 0.9;
    }
    CollectingSink whole;
    const auto expected = execute(request, whole);
    QVERIFY2(expected, expected ? "" : expected.error().message.c_str());

    request.folder.root += "-again";
    CollectingSink first;
    StoppableControl stopping;
    first.onEvent = [&](const std::string& type, const ty::Json& fields) { // in the middle of the second epoch
        stopping.isStopped = stopping.isStopped || (type == "step" && fields["epoch"].get<double>() > 1.3);
        stopping.isStopped = stopping.isStopped || (type == "epoch" && fields["epoch"].get<int>() == 2);
    };
    QVERIFY(executeRun(request, first, stopping));
    request.isResuming = true;
    CollectingSink second;
    const auto resumed = execute(request, second);
    QVERIFY2(resumed, resumed ? "" : resumed.error().message.c_str());
    QVERIFY(resumed.value()["metrics"] == expected.value()["metrics"]);
    for (const char* part : {"training", "validation"}) {
        QVERIFY2(second.of("epoch").back()[part] == whole.of("epoch").back()[part], part);
    }
}

void TestWordNetworks::dataThatDoNotFitAreNamed_data()
{
    QTest::addColumn<QString>("data");
    QTest::addColumn<QString>("settings");
    QTest::addColumn<QString>("learner");
    QTest::addColumn<QString>("word");
    QTest::newRow("pictures for a network of words") << "pictures" << R"({"network":"lstm-classifier"})" << "network" << "pictures";
    QTest::newRow("numbers for a network of words") << "clouds" << R"({"network":"lstm-language-model"})" << "network" << "no column of text";
    QTest::newRow("a table for the autoencoder") << "clouds" << R"({"network":"autoencoder"})" << "network" << "is a table";
    QTest::newRow("a text for a network of pictures") << "story" << R"({"network":"cntk-convnet"})" << "network" << "text";
    QTest::newRow("a text for a classifier") << "story" << R"({"network":"lstm-classifier"})" << "network" << "(2)";
    QTest::newRow("texts for a language model") << "reviews" << R"({"network":"lstm-language-model"})" << "network" << "(32, ";
    QTest::newRow("texts for a linear model") << "reviews" << "{}" << "linear" << "text";
    QTest::newRow("a text for the baseline") << "story" << "{}" << "baseline" << "text";
    QTest::newRow("a loss of values for words") << "story" << R"({"loss":"squared"})" << "network" << "words";
    QTest::newRow("a loss of classes for pictures") << "pictures" << R"({"network":"autoencoder","loss":"crossEntropy"})" << "network" << "pictures again";
}

void TestWordNetworks::dataThatDoNotFitAreNamed()
{
    QFETCH(QString, data);
    QFETCH(QString, settings);
    QFETCH(QString, learner);
    QFETCH(QString, word);
    const QTemporaryDir folder;
    const std::string path = data == "pictures" ? kDigits
        : data == "clouds"                      ? writeClouds(fileIn(folder, "clouds.csv"), 60, 1)
        : data == "story"                       ? writeStory(fileIn(folder, "story.txt"), 100, 1)
                                                : writeReviews(fileIn(folder, "reviews.csv"), 60, 1);
    auto request = requestFor(folder, path, ty::Json::object());
    request.spec.settings = ty::Json::parse(settings.toStdString());
    request.spec.learner = learner.toStdString();
    CollectingSink sink;
    const auto result = execute(request, sink);
    QVERIFY(!result);
    QCOMPARE(result.error().kind, ty::ErrorKind::InvalidInput);
    QVERIFY2(result.error().message.find(word.toStdString()) != std::string::npos, result.error().message.c_str());
    QVERIFY2(!result.error().advice.empty(), result.error().message.c_str());
}

void TestWordNetworks::modelsAreLoadedAndExported_data()
{
    aStoppedRunResumesToTheSameEnd_data();
}

void TestWordNetworks::modelsAreLoadedAndExported()
{
    QFETCH(QString, kind);
    const QTemporaryDir folder;
    RunRequest request;
    if (kind == "reviews") {
        request = requestFor(folder, writeReviews(fileIn(folder, "reviews.csv"), 60, 1), {{"epochs", 1}, {"repeats", 2}});
    } else if (kind == "story") {
        request = requestFor(folder, writeStory(fileIn(folder, "story.txt"), 100, 1), {{"epochs", 1}, {"repeats", 2}});
        request.spec.network = smallLanguageModel();
    } else {
        request = requestFor(folder, kDigits, {{"network", "autoencoder"}, {"epochs", 1}});
        request.spec.data.split.validation = 0.9;
    }
    CollectingSink sink;
    QVERIFY(execute(request, sink));
    const auto model = loadModel(request.folder.modelFolder(), "cpu");
    QVERIFY2(model, model ? "" : model.error().message.c_str());
    const auto exported = (*model)->exportTo("onnx", fileIn(folder, "model.onnx"));
    QVERIFY2(exported, exported ? "" : exported.error().message.c_str());
    QVERIFY2(exported.value()["maxDifference"].get<double>() < 1e-5, exported.value().dump().c_str());
    QVERIFY((*model)->exportTo("safetensors", fileIn(folder, "model.safetensors")));
    const auto described = describeRun(request.spec, 1);
    QVERIFY2(described, described ? "" : described.error().message.c_str());
    QVERIFY(described.value()["secondsPerStep"].get<double>() > 0);
}

QTEST_GUILESS_MAIN(TestWordNetworks)
#include "tst_word_networks.moc"
