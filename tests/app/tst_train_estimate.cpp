#include <cmath>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <QTemporaryDir>
#include <QTest>

#include "app/catalog/paths.h"
#include "app/models/dataset_summary.h"
#include "app/models/rough_network.h"
#include "app/models/train_estimate.h"
#include "app/services/settings_service.h"
#include "engine/base/random.h"
#include "engine/data/dataset.h"
#include "engine/learn/learner.h"
#include "engine/nn/model_description.h"

using namespace ty;
using namespace ty::app;

namespace {

/// A running text whose words are as rare as those of a language (Zipf): the n-th comes with a chance of about 1 / n.
std::string writeText(const std::string& file, int words)
{
    Random random(7);
    std::ofstream out(file);
    for (int i = 0; i < words; ++i) {
        out << 'w' << static_cast<int>(std::exp(random.uniform() * std::log(8000.0))) << (i % 12 == 11 ? '\n' : ' ');
    }
    return file;
}

/// Reviews: a text and whether it was good.
std::string writeReviews(const std::string& file, int rows)
{
    Random random(8);
    std::ofstream out(file);
    out << "review,verdict\n";
    for (int i = 0; i < rows; ++i) {
        out << '"';
        for (int word = 0; word < 30; ++word) {
            out << "word" << random.below(400) << ' ';
        }
        out << (i % 2 == 0 ? "fine\",good\n" : "poor\",bad\n");
    }
    return file;
}

std::string writeTable(const std::string& file, int rows)
{
    Random random(9);
    std::ofstream out(file);
    out << "a,b,c,d,e,f,kind\n";
    for (int i = 0; i < rows; ++i) {
        for (int column = 0; column < 6; ++column) {
            out << random.normal() + (column == i % 3 ? 2 : 0) << ',';
        }
        out << "k" << i % 3 << '\n';
    }
    return file;
}

/// The guessed network's size as a part of the real one's: parameters, and operations of a sample.
struct Compared {
    double parameters = 0;
    double flops = 0;
};

Compared compare(const std::string& data, const Json& settings)
{
    engine::OpenOptions options;
    options.areDuplicatesSought = false;
    const auto dataset = engine::openDataset(data, options).value();
    const DatasetSummary summary = DatasetSummary::fromJson(dataset->info().toJson()).value();
    RunSpec spec;
    spec.data.training = data;
    spec.learner = "network";
    spec.preset = "balanced";
    spec.settings = settings;
    const Json described = engine::describeRun(spec, 1).value();
    const auto rough = roughNetwork(
        summary, QStringLiteral("network"), described["settings"], nullptr, described["trainingSamples"].get<qint64>());
    const engine::ModelSummary guessed = engine::summarise(*rough).value();
    const Json& real = described["network"]["summary"];
    return {static_cast<double>(guessed.parameters) / real["parameters"].get<double>(), guessed.flops / real["flops"].get<double>()};
}

} // namespace

class TestTrainEstimate : public QObject {
    Q_OBJECT

private slots:
    void theGuessedNetworkIsLikeTheRealOne();
    void aNetworkByNameCountsInsteadOfThePreset();
    void moreSamplesAndLargerNetworksTakeLonger();
    void otherLearnersHaveNoNetwork();
    void aRunThatHasEndedCorrectsItsKind();
    void ofOtherLearnersOnlyWhatIsShortOrWasMeasuredIsTold();
};

void TestTrainEstimate::theGuessedNetworkIsLikeTheRealOne()
{
    const QTemporaryDir folder;
    const std::string at = folder.path().toStdString();
    const std::string text = writeText(at + "/text.txt", 40'000);
    const std::vector<std::pair<const char*, Compared>> all{
        {"a running text", compare(text, {{"size", "small"}})},
        {"texts with a class", compare(writeReviews(at + "/reviews.csv", 300), Json::object())},
        {"a table", compare(writeTable(at + "/table.csv", 5'000), Json::object())},
        {"pictures", compare(TRAINYARD_SOURCE_DIR "/resources/samples/digits", Json::object())},
        {"pictures and a network by name",
         compare(TRAINYARD_SOURCE_DIR "/resources/samples/digits", {{"network", "cntk-convnet"}, {"batchSize", 32}})}};
    for (const auto& [name, one] : all) {
        qInfo("%s: %.2f of the parameters, %.2f of the operations", name, one.parameters, one.flops);
        QVERIFY2(one.parameters > 0.3 && one.parameters < 3, name); // vocabularies are guessed
        QVERIFY2(one.flops > 0.4 && one.flops < 2.5, name);
    }
}

namespace {

DatasetSummary pictures()
{
    DatasetSummary data;
    data.kind = QStringLiteral("image");
    data.imageShape = {1, 28, 28};
    data.classes.resize(10);
    return data;
}

TrainWork networkWork(const DatasetSummary& data, const Json& settings, qint64 samples)
{
    return trainWorkOf(data, QStringLiteral("network"), settings, nullptr, samples);
}

} // namespace

void TestTrainEstimate::aNetworkByNameCountsInsteadOfThePreset()
{
    const double preset = networkWork(pictures(), {{"size", "medium"}}, 60'000).epochSeconds;
    const double small = networkWork(pictures(), {{"size", "medium"}, {"network", "cntk-convnet"}}, 60'000).epochSeconds;
    const double large = networkWork(pictures(), {{"size", "medium"}, {"network", "resnet50"}}, 60'000).epochSeconds;
    QVERIFY(small < preset);
    QVERIFY(large > 50 * preset);
    const Json own = roughNetwork(pictures(), QStringLiteral("network"), {{"network", "resnet50"}}, nullptr, 60'000)->toJson();
    QCOMPARE(trainWorkOf(pictures(), QStringLiteral("network"), Json::object(), own, 60'000).epochSeconds, large);
}

void TestTrainEstimate::moreSamplesAndLargerNetworksTakeLonger()
{
    DatasetSummary text;
    text.kind = QStringLiteral("table");
    text.task = QStringLiteral("next-word");
    const double small = networkWork(text, {{"size", "small"}}, 10'000).epochSeconds;
    QCOMPARE(networkWork(text, {{"size", "small"}}, 10'000).kind, QStringLiteral("words"));
    QVERIFY(networkWork(text, {{"size", "large"}}, 10'000).epochSeconds > 4 * small);
    QVERIFY(networkWork(text, {{"size", "small"}}, 100'000).epochSeconds > 9 * small);
}

void TestTrainEstimate::otherLearnersHaveNoNetwork()
{
    const TrainWork work = trainWorkOf(pictures(), QStringLiteral("baseline"), Json::object(), nullptr, 60'000);
    QCOMPARE(work.epochSeconds, 0.0);
    const TrainWork linear = trainWorkOf(pictures(), QStringLiteral("linear"), Json::object(), nullptr, 60'000);
    QVERIFY(linear.epochSeconds > 0 && linear.epochSeconds < networkWork(pictures(), Json::object(), 60'000).epochSeconds);
}

void TestTrainEstimate::aRunThatHasEndedCorrectsItsKind()
{
    const QTemporaryDir folder;
    SettingsService settings(catalog::Paths::below(folder.path().toStdString()));
    TrainEstimate estimate(settings);
    TrainWork work = networkWork(pictures(), {{"epochs", 10}}, 60'000);
    QVERIFY(!estimate.isMeasured(work));
    const double before = estimate.seconds(work);
    estimate.learn(work, 3 * before);
    QVERIFY(estimate.isMeasured(work));
    QVERIFY(estimate.seconds(work) > 2 * before);
    work.kind = QStringLiteral("table");
    QVERIFY(!estimate.isMeasured(work));
}

void TestTrainEstimate::ofOtherLearnersOnlyWhatIsShortOrWasMeasuredIsTold()
{
    const QTemporaryDir folder;
    SettingsService settings(catalog::Paths::below(folder.path().toStdString()));
    TrainEstimate estimate(settings);
    const auto work = [](const char* learner, int trees, qint64 samples) {
        return trainWorkOf(pictures(), QLatin1String(learner), {{"trees", trees}}, nullptr, samples);
    };
    QVERIFY(estimate.isTold(work("forest", 10, 200)));
    const TrainWork large = work("forest", 1000, 60'000);
    QVERIFY(!estimate.isTold(large));
    QVERIFY(work("forest", 2000, 60'000).epochs == 2 * large.epochs);
    const double machines = work("svm", 0, 60'000).epochSeconds; // rows meet one another
    QVERIFY(machines > 3.9 * work("svm", 0, 30'000).epochSeconds);

    estimate.learn(large, 0.1); // what is over at once says nothing of longer runs
    QVERIFY(!estimate.isTold(large));
    estimate.learn(large, 25);
    QVERIFY(estimate.isTold(large));
    QVERIFY(std::abs(estimate.seconds(large) - 25) < 5);
    QVERIFY(!estimate.isTold(work("svm", 0, 60'000)));
}

QTEST_GUILESS_MAIN(TestTrainEstimate)
#include "tst_train_estimate.moc"
