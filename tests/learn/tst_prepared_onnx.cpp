#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

#include "../exchange/onnxruntime_judge.h"
#include "engine/base/files.h"
#include "engine/base/random.h"
#include "engine/exchange/onnx_check.h"
#include "engine/exchange/probe_data.h"
#include "engine/learn/foreign_model.h"
#include "run_fixture.h"

using namespace ty;
using namespace ty::engine;

namespace {

constexpr std::uint32_t kRows = 1000;

std::string writePeople(const std::string& file)
{
    Random random(3);
    std::ofstream out(file);
    out << "age,height,floor,city,born,mood,sick\n";
    const char* cities[] = {"Oslo", "Bergen", "Bodø"};
    const char* moods[] = {"low", "middle", "high"};
    for (int row = 0; row < 400; ++row) {
        const double age = 10 + 70 * random.uniform();
        const auto maybe = [&](const std::string& text) { return random.uniform() < 0.1 ? std::string() : text; };
        const auto city = random.below(3);
        const std::string mood = row % 50 == 7 ? "mood of " + std::to_string(row) : moods[random.below(3)]; // some in no training row
        out << maybe(fmt::format("{:.1f}", age)) << ',' << maybe(fmt::format("{:.0f}", 150 + 40 * random.uniform())) << ',' << maybe(std::to_string(random.below(4)))
            << ',' << maybe(cities[city]) << ',' << maybe(fmt::format("20{:02}-{:02}-{:02}", 10 + random.below(15), 1 + random.below(12), 1 + random.below(28))) << ','
            << maybe(mood) << ',' << (age + 20.0 * static_cast<double>(city) + 20 * random.normal() > 60 ? "yes" : "no") << '\n';
    }
    return file;
}

} // namespace

/// An exported model takes the columns as they lie in the data, and does the steps itself.
class TestPreparedOnnx : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::vector<std::string> m_cases;

    std::string path(const std::string& name) const { return m_folder.path().toStdString() + "/" + name; }

    Result<std::unique_ptr<Model>> trained(const std::string& learner, const std::string& steps)
    {
        RunRequest request;
        request.spec.learner = learner;
        request.spec.data.training = writePeople(path("people.csv"));
        request.spec.data.target = "sick";
        TY_TRY(const Json list, parseJson(steps, "steps"));
        TY_TRY(request.spec.data.preparation, Preparation::fromJson(list, "steps"));
        if (learner == "network") {
            request.spec.settings = {{"epochs", 3}};
        }
        request.folder.root = path("run" + std::to_string(m_runs++));
        request.threads = 1;
        CollectingSink sink;
        StoppableControl control;
        TY_CHECK(executeRun(request, sink, control));
        return loadModel(request.folder.modelFolder(), "cpu");
    }
    int m_runs = 0;

private slots:
    void theFileAnswersForRawRowsAsWeDo_data()
    {
        QTest::addColumn<QString>("learner");
        QTest::addColumn<QString>("steps");
        const auto row = [](const char* name, const char* learner, const char* steps) { QTest::newRow(name) << learner << steps; };
        row("fill numbers", "logistic", R"j([{"step":"fill","columns":["age","height"],"method":"mean"}])j");
        row("fill words", "logistic", R"j([{"step":"fill","columns":["city"],"method":"most-frequent"},{"step":"fill","columns":["mood"],"method":"value","value":"unsaid"}])j");
        row("fill a date", "logistic", R"j([{"step":"fill","columns":["born"],"method":"median"}])j");
        row("clip", "logistic", R"j([{"step":"clip","columns":["age"],"low":20,"high":70}])j");
        row("clip at percentiles", "logistic", R"j([{"step":"clip","columns":["age","height"],"method":"percentiles","low":5,"high":95}])j");
        row("bin by edges", "logistic", R"j([{"step":"bin","columns":["age"],"method":"edges","edges":[18,65]}])j");
        row("bin by quantiles", "logistic", R"j([{"step":"bin","columns":["age","height"],"method":"quantile","bins":5}])j");
        row("bin by width", "logistic", R"j([{"step":"bin","columns":["age"],"method":"width","bins":4,"labels":["a","b","c","d"]}])j");
        row("ordinal", "logistic", R"j([{"step":"encode","columns":["mood"],"method":"ordinal"},{"step":"encode","columns":["city"],"method":"ordinal"}])j");
        row("numbers as words", "logistic", R"j([{"step":"encode","columns":["floor"],"method":"one-hot"}])j");
        row("scale after filling", "logistic", R"j([{"step":"fill","columns":["age"],"method":"median"},{"step":"scale","columns":["age"],"method":"robust"}])j");
        row("arithmetic", "logistic",
            R"j([{"step":"compute","column":"bmi","expression":"age / (height / 100) ^ 2 - abs(floor - 2) + log(age) * sqrt(height) + exp(floor / 10)"}])j");
        row("conditions", "logistic",
            R"j([{"step":"compute","column":"old","expression":"if(age >= 65 and city = 'Oslo' or is_missing(mood), 1, if(not age < 18, 2, 0))"}])j");
        row("words of an expression", "logistic",
            R"j([{"step":"compute","column":"place","expression":"coalesce(if(city = 'Oslo', 'capital', mood), 'nowhere')"}])j");
        row("rounding", "logistic",
            R"j([{"step":"compute","column":"r","expression":"round(age / 4) + floor(height / 7) - ceil(height / 9) + min(age, height, 60) + max(floor, 1) + coalesce(age, height, 5) + -floor"}])j");
        row("calendar", "logistic",
            R"j([{"step":"compute","column":"m","expression":"month(born)"},{"step":"compute","column":"d","expression":"day(born)"},{"step":"compute","column":"y","expression":"year(born)"},{"step":"compute","column":"w","expression":"weekday(born)"}])j");
        row("one after the other", "forest",
            R"j([{"step":"fill","columns":["age"],"method":"median"},{"step":"compute","column":"ratio","expression":"age / height"},{"step":"clip","columns":["ratio"],"low":0.1,"high":0.4},{"step":"bin","columns":["age"],"method":"quantile","bins":3},{"step":"filter","expression":"height > 155"},{"step":"balance","method":"oversample"}])j");
        row("in a network", "network", R"j([{"step":"fill","columns":["city"],"method":"most-frequent"},{"step":"clip","columns":["age"],"low":20,"high":70},{"step":"compute","column":"five","expression":"5"}])j");
    }
    void theFileAnswersForRawRowsAsWeDo()
    {
        QFETCH(QString, learner);
        QFETCH(QString, steps);
        const auto model = trained(learner.toStdString(), steps.toStdString());
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        const Encoder& encoder = model.value()->encoder();
        const std::string file = path(std::string(QTest::currentDataTag()) + ".onnx");
        const auto exported = model.value()->exportTo("onnx", file);
        QVERIFY2(exported, exported ? "" : exported.error().message.c_str());
        QVERIFY2(!exported.value().contains("notes"), exported.value().dump().c_str());

        std::vector<std::string> names;
        for (const Json& port : exported.value()["inputs"]) {
            names.push_back(port["name"].get<std::string>());
            QCOMPARE(port["dtype"].get<std::string>(), std::string(names.back() == "city" || names.back() == "mood" ? "string" : "float32"));
        }
        QVERIFY((names == std::vector<std::string>{"age", "height", "floor", "city", "born", "mood"}));

        const auto expected = encoder.expectedData();
        const auto mood = std::find_if(expected.columns.begin(), expected.columns.end(), [](const ColumnInfo& one) { return one.name == "mood"; });
        QVERIFY(mood->type != ColumnType::Category || !mood->unseen.empty()); // which the file must pass over as we do

        const auto rows = makeProbeDataset(encoder, kRows, 5);
        std::vector<std::uint32_t> samples(kRows);
        std::iota(samples.begin(), samples.end(), 0U);
        const auto ours = model.value()->predict(*rows, samples);
        QVERIFY2(ours, ours ? "" : ours.error().message.c_str());
        const auto& probabilities = ours.value().probabilities;
        QVERIFY(*std::max_element(probabilities.begin(), probabilities.end()) > *std::min_element(probabilities.begin(), probabilities.end()));
        const auto difference = onnxMaxDifference(file, encoder, *rows, samples, std::vector<double>(probabilities.begin(), probabilities.end()));
        QVERIFY2(difference, difference ? "" : difference.error().message.c_str());
        QVERIFY2(difference.value() < 1e-5, std::to_string(difference.value()).c_str());

        Json test{{"model", file}, {"unit", 1.0}};
        const auto inputs = onnxInputs(encoder, *rows, samples);
        QVERIFY(inputs);
        for (const auto& [name, value] : inputs.value()) {
            test["inputs"][name] = ty::testing::valueJson(value);
        }
        test["outputs"]["probabilities"] = ty::testing::valueJson({{static_cast<std::int64_t>(kRows), 2}, probabilities, {}});
        m_cases.push_back(file + ".json");
        QVERIFY(writeJsonFile(m_cases.back(), test));
    }

    void onnxruntimeAgrees()
    {
        const auto judged = ty::testing::askOnnxruntime(m_cases);
        if (!judged.problem.isEmpty()) {
            QSKIP(qPrintable(judged.problem));
        }
        QVERIFY2(judged.failure.isEmpty(), qPrintable(judged.failure));
        const QString difference = ty::testing::firstDisagreement(judged, m_cases, 1e-5);
        QVERIFY2(difference.isEmpty(), qPrintable(difference));
    }

    /// A network comes back from the file with its steps; what is no network is refused in words.
    void aFileWithStepsComesBack_data()
    {
        QTest::addColumn<QString>("learner");
        QTest::newRow("logistic") << "logistic";
        QTest::newRow("network") << "network";
        QTest::newRow("forest") << "forest";
    }
    void aFileWithStepsComesBack()
    {
        QFETCH(QString, learner);
        const auto model = trained(
            learner.toStdString(),
            R"j([{"step":"fill","columns":["age"],"method":"median"},{"step":"clip","columns":["age"],"low":20,"high":70},{"step":"compute","column":"bmi","expression":"age / (height / 100) ^ 2"},{"step":"bin","columns":["floor"],"method":"edges","edges":[1,2]},{"step":"encode","columns":["mood"],"method":"ordinal"}])j");
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        const std::string file = path("back-" + learner.toStdString() + ".onnx");
        QVERIFY(model.value()->exportTo("onnx", file));
        const auto back = openNetworkFile(file, {}, {}, "cpu");
        if (learner == "forest") {
            QVERIFY(!back);
            QVERIFY2(back.error().message.find("model of this program that is no network") != std::string::npos, back.error().message.c_str());
            return;
        }
        QVERIFY2(back, back ? "" : back.error().message.c_str());
        const auto answersOf = [&](Model& one) {
            const DatasetInfo like = one.encoder().expectedData();
            OpenOptions options;
            options.like = &like;
            const auto data = openDataset(path("people.csv"), options);
            std::vector<std::uint32_t> samples(data ? data.value()->size() : 0);
            std::iota(samples.begin(), samples.end(), 0U);
            const auto answers = data ? one.predict(*data.value(), samples) : Result<Predictions>(data.error());
            return answers ? answers.value().probabilities : std::vector<float>();
        };
        const auto ours = answersOf(*model.value());
        const auto theirs = answersOf(*back.value());
        QCOMPARE(ours.size(), std::size_t{800});
        QCOMPARE(theirs.size(), ours.size());
        for (std::size_t i = 0; i < ours.size(); ++i) {
            QVERIFY(std::abs(ours[i] - theirs[i]) < 1e-5F);
        }
    }

    void aStepWithoutAFormIsNamedAndTheFileTakesPreparedColumns()
    {
        const auto model = trained(
            "logistic",
            R"j([{"step":"clip","columns":["age"],"low":20},{"step":"compute","column":"same","expression":"if(city = mood, 1, 0)"}])j");
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        const auto exported = model.value()->exportTo("onnx", path("half.onnx"));
        QVERIFY2(exported, exported ? "" : exported.error().message.c_str());
        const std::string note = exported.value()["notes"][0].get<std::string>();
        QVERIFY2(note.find("step 2 (compute)") != std::string::npos, note.c_str());
        QCOMPARE(exported.value()["inputs"][0]["name"].get<std::string>(), std::string("prepared_features"));
        QCOMPARE(exported.value()["inputs"][1]["name"].get<std::string>(), std::string("prepared_city"));
        QVERIFY(exported.value()["maxDifference"].get<double>() < 1e-5);
    }
};

QTEST_GUILESS_MAIN(TestPreparedOnnx)
#include "tst_prepared_onnx.moc"
