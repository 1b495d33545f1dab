#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include "engine/base/files.h"
#include "engine/learn/run_data.h"
#include "run_fixture.h"

using namespace ty;
using namespace ty::engine;

namespace {

constexpr int kRows = 60;

/// "size" has no value in every sixth row; `wild` of a row replaces its size.
std::string writeTable(const std::string& file, int wildRow, const std::string& wild)
{
    std::ofstream out(file);
    out << "size,shape,kind\n";
    for (int row = 0; row < kRows; ++row) {
        const std::string size = row == wildRow ? wild : row % 6 == 5 ? "" : std::to_string(row % 13);
        out << size << "," << (row % 3 == 0 ? "round" : row % 3 == 1 ? "square" : "flat") << "," << (row % 2 == 0 ? "a" : "b") << "\n";
    }
    return file;
}

Preparation stepsFrom(const std::string& json)
{
    return Preparation::fromJson(parseJson(json, "steps").value(), "steps").value();
}

DataSpec specOf(const std::string& file, const std::string& steps)
{
    DataSpec spec;
    spec.training = file;
    spec.target = "kind";
    spec.split.validation = 0.2;
    spec.split.test = 0.2;
    spec.preparation = stepsFrom(steps);
    return spec;
}

const FittedColumn& foundIn(const Preparation& steps, std::size_t step, const std::string& column)
{
    return steps.steps[step].fitted.at(column);
}

int rowOf(const Dataset& dataset, std::uint32_t sample)
{
    return std::stoi(dataset.sampleId(sample).substr(5)) - 2; // "line 2" is the first one
}

} // namespace

/// What steps find is of the training part, wherever the split comes from.
class TestStepsOfTraining : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::string path(const std::string& name) const { return m_folder.path().toStdString() + "/" + name; }

private slots:
    void aWildValueOfAnotherPartChangesNothing_data()
    {
        QTest::addColumn<QString>("step");
        QTest::newRow("mean") << R"([{"step":"fill","columns":["size"],"method":"mean"}])";
        QTest::newRow("median") << R"([{"step":"fill","columns":["size"],"method":"median"}])";
        QTest::newRow("percentiles") << R"([{"step":"clip","columns":["size"],"method":"percentiles","low":1,"high":99}])";
        QTest::newRow("widths") << R"([{"step":"bin","columns":["size"],"method":"width","bins":4}])";
        QTest::newRow("quantiles") << R"([{"step":"bin","columns":["size"],"method":"quantile","bins":4}])";
    }
    void aWildValueOfAnotherPartChangesNothing()
    {
        QFETCH(QString, step);
        const auto tame = RunData::open(specOf(writeTable(path("tame.csv"), -1, ""), step.toStdString()));
        QVERIFY2(tame, tame ? "" : tame.error().message.c_str());
        const FittedColumn found = foundIn(tame.value().training->info().preparation, 0, "size");
        const auto& split = tame.value().split;
        for (const std::uint32_t sample : {split.test.front(), split.validation.front()}) {
            const int row = rowOf(*tame.value().training, sample);
            const auto wild = RunData::open(specOf(writeTable(path("wild.csv"), row, "1000000"), step.toStdString()));
            QVERIFY(wild);
            QVERIFY(wild.value().split.test == split.test);
            QVERIFY(foundIn(wild.value().training->info().preparation, 0, "size") == found);
        }
        const int row = rowOf(*tame.value().training, split.training.front());
        const auto learned = RunData::open(specOf(writeTable(path("learned.csv"), row, "1000000"), step.toStdString()));
        QVERIFY(learned);
        const bool isRobust = step.contains("median") || step.contains("quantile");
        QVERIFY(isRobust || !(foundIn(learned.value().training->info().preparation, 0, "size") == found));
    }

    void theMeanIsThatOfTheTrainingRows()
    {
        const auto data = RunData::open(specOf(writeTable(path("t.csv"), -1, ""), R"([{"step":"fill","columns":["size"],"method":"mean"}])"));
        QVERIFY(data);
        double sum = 0;
        int count = 0;
        for (const std::uint32_t sample : data.value().split.training) {
            const int row = rowOf(*data.value().training, sample);
            sum += row % 6 == 5 ? 0 : row % 13;
            count += row % 6 == 5 ? 0 : 1;
        }
        const std::string filled = foundIn(data.value().training->info().preparation, 0, "size").value;
        QVERIFY(std::abs(std::stod(filled) - sum / count) < 1e-5);
        // and the rows of every part have been filled with it
        for (const std::uint32_t sample : data.value().split.test) {
            const int row = rowOf(*data.value().training, sample);
            const double value = data.value().training->numericColumn(0)[sample];
            QVERIFY(std::abs(value - (row % 6 == 5 ? sum / count : row % 13)) < 1e-5);
        }
    }

    void rowsThatAFilterLeavesOutStayOut()
    {
        const std::string steps =
            R"([{"step":"fill","columns":["size"],"method":"mean"},{"step":"filter","expression":"size < 1000"},{"step":"clip","columns":["size"],"method":"percentiles","high":100}])";
        const auto data = RunData::open(specOf(writeTable(path("f.csv"), 7, "5000"), steps));
        QVERIFY2(data, data ? "" : data.error().message.c_str());
        QCOMPARE(data.value().training->size(), std::uint64_t{kRows - 1});
        const Preparation& done = data.value().training->info().preparation;
        QVERIFY(std::stod(foundIn(done, 0, "size").value) > 50); // the filter comes later
        QVERIFY(*foundIn(done, 2, "size").high < 1000);
        for (std::uint32_t sample = 0; sample < data.value().training->size(); ++sample) {
            QVERIFY(rowOf(*data.value().training, sample) != 7);
        }
    }

    void categoriesOfOtherPartsAreUnknown()
    {
        const std::string steps = R"([{"step":"encode","columns":["shape"],"method":"ordinal"}])";
        const auto before = RunData::open(specOf(writeTable(path("o.csv"), -1, ""), steps));
        QVERIFY(before);
        const int row = rowOf(*before.value().training, before.value().split.test.front());
        std::string text = readFile(path("o.csv")).value();
        std::vector<std::string> lines{""};
        for (const char c : text) {
            c == '\n' ? lines.emplace_back() : lines.back().append(1, c);
        }
        std::string& line = lines[static_cast<std::size_t>(row) + 1];
        line = line.substr(0, line.find(',')) + ",oval" + line.substr(line.rfind(','));
        std::ofstream out(path("o.csv"));
        for (const std::string& one : lines) {
            out << one << (&one == &lines.back() ? "" : "\n");
        }
        out.close();
        const auto after = RunData::open(specOf(path("o.csv"), steps));
        QVERIFY(after);
        QVERIFY((foundIn(after.value().training->info().preparation, 0, "shape").order == std::vector<std::string>{"flat", "round", "square"}));
        QVERIFY(std::isnan(after.value().training->numericColumn(1)[after.value().split.test.front()]));
    }

    /// One-hot inputs are of what is learned from; what other parts hold beside it counts as missing, and that is told.
    void categoriesOfTrainingRowsAloneHaveInputs_data()
    {
        QTest::addColumn<QString>("learner");
        QTest::addColumn<int>("version");
        QTest::newRow("logistic") << "logistic" << 2;
        QTest::newRow("forest") << "forest" << 2;
        QTest::newRow("network") << "network" << 2;
        QTest::newRow("a run of an older version goes on as it began") << "logistic" << 1;
    }
    void categoriesOfTrainingRowsAloneHaveInputs()
    {
        QFETCH(QString, learner);
        QFETCH(int, version);
        const auto plain = RunData::open(specOf(writeTable(path("h.csv"), -1, ""), "[]"));
        QVERIFY(plain);
        const auto row = static_cast<std::size_t>(rowOf(*plain.value().training, plain.value().split.test.front()));
        std::vector<std::string> lines{""};
        const auto text = readFile(path("h.csv"));
        QVERIFY(text);
        for (const char c : text.value()) {
            c == '\n' ? lines.emplace_back() : lines.back().append(1, c);
        }
        std::string& line = lines[row + 1];
        line = line.substr(0, line.find(',')) + ",oval" + line.substr(line.rfind(','));
        std::ofstream out(path("h.csv"));
        for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
            out << lines[i] << '\n';
        }
        out.close();

        RunRequest request;
        request.spec.learner = learner.toStdString();
        request.spec.data = specOf(path("h.csv"), "[]");
        request.folder.root = path("unseen-" + std::string(QTest::currentDataTag()));
        request.threads = 1;
        if (version == 1) { // begun, and killed before its first checkpoint
            QVERIFY(makeFolders(request.folder.root));
            std::ofstream(request.folder.eventsFile()) << R"({"seq":1,"time":"","event":"started"})" << '\n'
                                                       << R"({"seq":2,"time":"","event":"data","task":"classification"})" << '\n';
            request.isResuming = true;
        }
        CollectingSink sink;
        StoppableControl control;
        const auto result = executeRun(request, sink, control);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QCOMPARE(sink.of("data").front()["inputs"].get<int>(), version);
        const auto model = loadModel(request.folder.modelFolder(), "cpu");
        QVERIFY(model);
        std::vector<std::string> wanted{"flat", "round", "square"};
        if (version == 1) {
            wanted.insert(wanted.begin() + 1, "oval");
        }
        for (const EncodedColumn& column : model.value()->encoder().columns()) {
            QVERIFY(column.name != "shape" || column.categories == wanted);
        }
        const auto notes = sink.of("note");
        const bool isTold = std::any_of(notes.begin(), notes.end(), [](const Json& note) { return note["text"].get<std::string>().find("\"oval\"") != std::string::npos; });
        QCOMPARE(isTold, version == 2);
    }

    void classesMadeOfANumberStayTheQuestion()
    {
        auto spec = specOf(writeTable(path("q.csv"), -1, ""), R"([{"step":"bin","columns":["size"],"method":"quantile","bins":2},{"step":"fill","columns":["shape"],"method":"most-frequent"}])");
        spec.target = "size";
        OpenOptions options;
        options.target = "size";
        options.preparation = spec.preparation;
        const auto whole = openDataset(spec.training, options);
        const auto data = RunData::open(spec);
        QVERIFY2(data, data ? "" : data.error().message.c_str());
        QVERIFY(foundIn(data.value().training->info().preparation, 0, "size") == foundIn(whole.value()->info().preparation, 0, "size"));
        QCOMPARE(data.value().training->info().classes.front().name, whole.value()->info().classes.front().name);
    }

    void correctionsAndRepairsGoOnToHold()
    {
        auto spec = specOf(writeTable(path("c.csv"), -1, ""), R"([{"step":"fill","columns":["size"],"method":"mean"}])");
        spec.fixes["training"].excluded = {"line 4", "line 9"};
        spec.fixes["training"].labels = {{"line 3", "a"}};
        spec.repairs.mergedClasses = {{"b", "bee"}};
        const auto data = RunData::open(spec);
        QVERIFY2(data, data ? "" : data.error().message.c_str());
        QCOMPARE(data.value().training->size(), std::uint64_t{kRows - 2});
        QCOMPARE(data.value().training->info().classes.back().name, std::string("bee"));
        QCOMPARE(data.value().training->sampleId(1), std::string("line 3"));
        QCOMPARE(data.value().training->classOf(1), 0);
        QVERIFY(!std::isnan(data.value().training->numericColumn(0)[3]));
    }

    void theModelKeepsWhatTheTrainingPartSaid()
    {
        const std::string file = writeTable(path("m.csv"), -1, "");
        RunRequest request;
        request.spec.learner = "logistic";
        request.spec.data = specOf(file, R"([{"step":"fill","columns":["size"],"method":"mean"}])");
        request.folder.root = path("run");
        request.threads = 1;
        CollectingSink sink;
        StoppableControl control;
        const auto result = executeRun(request, sink, control);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        const auto model = loadModel(request.folder.modelFolder(), "cpu");
        QVERIFY(model);
        const auto data = RunData::open(request.spec.data);
        QVERIFY(foundIn(model.value()->encoder().preparation(), 0, "size") == foundIn(data.value().training->info().preparation, 0, "size"));

        // A model of an earlier version says itself what its steps found.
        Preparation others = model.value()->encoder().preparation();
        others.steps[0].fitted.at("size").value = "77";
        const auto asItWas = RunData::open(request.spec.data, {}, nullptr, &others);
        QVERIFY(asItWas);
        QCOMPARE(asItWas.value().training->numericColumn(0)[5], 77.0F);
    }
};

QTEST_GUILESS_MAIN(TestStepsOfTraining)
#include "tst_steps_of_training.moc"
