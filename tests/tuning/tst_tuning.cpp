#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "../learn/run_fixture.h"
#include "engine/base/files.h"
#include "engine/learn/chosen_learner.h"
#include "engine/tuning/trial_book.h"
#include "engine/tuning/tuning.h"

using namespace ty;
using namespace ty::engine;

namespace {

Json trialOf(int number, double score, double seconds, double bytes)
{
    return {{"trial", number}, {"share", 1.0}, {"state", "done"}, {"score", score}, {"seconds", seconds}, {"bytes", bytes}};
}

} // namespace

/// Searches for settings.
class TestTuning : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_count = 0;

    std::string path(const std::string& name) const { return m_folder.path().toStdString() + "/" + name; }

    TuningRequest request(const std::string& learner, const std::string& data, const std::vector<std::string>& ranges = {})
    {
        TuningRequest made;
        made.spec.learner = learner;
        made.spec.data.training = data;
        const ParameterTable table = findLearner(learner).value()->parameters();
        made.space = ranges.empty() ? SearchSpace::of(table) : SearchSpace::parse(table, ranges).value();
        made.runs = 8;
        made.threads = 1;
        made.folder = path("study" + std::to_string(m_count++));
        return made;
    }

    Result<Json> tune(const TuningRequest& request, const TrialTold& told = [](const Json&) {})
    {
        CommandedControl control;
        return tuneLearner(request, control, told);
    }

    static Json withoutTimes(Json result)
    {
        for (Json& trial : result["trials"]) {
            trial.erase("seconds");
        }
        for (const char* key : {"best", "first"}) {
            if (result[key].is_object()) {
                result[key].erase("seconds");
            }
        }
        result.erase("fronts");
        result.erase("folder");
        return result;
    }

private slots:
    void aSearchFindsTheSettingThatMatters_data()
    {
        QTest::addColumn<QString>("search");
        QTest::newRow("grid") << "grid";
        QTest::newRow("random") << "random";
        QTest::newRow("halton") << "halton";
    }

    // A checkerboard: a tree of one question answers by chance, a deep one finds the fields.
    void aSearchFindsTheSettingThatMatters()
    {
        QFETCH(QString, search);
        const std::string board = path("board.csv");
        std::ofstream out(board);
        out << "x,y,field\n";
        Random random(3);
        for (int i = 0; i < 600; ++i) {
            const double x = 4 * random.uniform();
            const double y = 4 * random.uniform();
            out << x << ',' << y << ',' << ((static_cast<int>(x) + static_cast<int>(y)) % 2 == 0 ? "black" : "white") << '\n';
        }
        out.close();
        TuningRequest asked = request("tree", board, {"maxDepth=1..12"});
        asked.spec.settings = {{"maxDepth", 1}};
        asked.method = searchMethodNamed(search.toStdString()).value();
        asked.metric = "accuracy";
        const auto result = tune(asked);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        const Json& json = result.value();
        QCOMPARE(json["first"]["settings"]["maxDepth"].get<int>(), 1);
        QVERIFY(json["best"]["settings"]["maxDepth"].get<int>() >= 4);
        QVERIFY(json["best"]["score"].get<double>() > json["first"]["score"].get<double>() + 0.2);
        QVERIFY(json["trials"][0]["trial"] == json["best"]["trial"]);
        QVERIFY(json["trials"].size() <= 8);
        QVERIFY(json["fronts"]["bytes"].size() >= 1);
        QVERIFY(json["best"]["bytes"].get<double>() > 0);
    }

    void halvingTriesManyOnLittleAndFewOnAll()
    {
        TuningRequest asked = request("forest", writeClouds(path("halving.csv"), 900, 1));
        asked.spec.preset = "fast";
        asked.method = SearchMethod::Halving;
        asked.runs = 9;
        const auto result = tune(asked);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        std::map<int, int> fits;
        std::map<int, double> shares;
        for (const Json& trial : result.value()["trials"]) {
            ++fits[trial["rung"].get<int>()];
            shares[trial["rung"].get<int>()] = trial["share"].get<double>();
        }
        QVERIFY((fits == std::map<int, int>{{0, 9}, {1, 3}, {2, 1}}));
        QVERIFY(std::abs(shares[0] - 1.0 / 9) < 1e-12 && shares[2] == 1);
        QCOMPARE(result.value()["best"]["share"].get<double>(), 1.0);
    }

    void aSearchEndedHalfWayGoesOnToTheSameEnd()
    {
        TuningRequest asked = request("svm", writeTwoClouds(path("resumed.csv"), 150, 2));
        asked.folds = 3;
        const auto whole = tune(asked);
        QVERIFY(whole);
        asked.folder = path("resumed");
        CommandedControl control;
        int trials = 0;
        const auto part = tuneLearner(asked, control, [&](const Json&) {
            if (++trials == 3) {
                control.pending = "stop";
            }
        });
        QVERIFY(part);
        QVERIFY(part.value()["outcome"] == "stopped");
        QCOMPARE(part.value()["trials"].size(), std::size_t{3});
        asked.isResuming = true;
        const auto resumed = tune(asked);
        QVERIFY2(resumed, resumed ? "" : resumed.error().message.c_str());
        QVERIFY(withoutTimes(resumed.value()) == withoutTimes(whole.value()));
        asked.runs = 10; // more of the same is the same search
        const auto more = tune(asked);
        QVERIFY(more && more.value()["trials"].size() == 10);
        asked.metric = "accuracy";
        const auto other = tune(asked);
        QVERIFY(!other && other.error().kind == ErrorKind::Conflict);
    }

    void anotherSeedTriesOtherSettings()
    {
        const std::string clouds = writeTwoClouds(path("seeds.csv"), 100, 3);
        std::set<std::string> tried;
        for (const std::uint64_t seed : {1, 2}) {
            TuningRequest asked = request("svm", clouds, {"cost=0.01..100"});
            asked.spec.seed = seed;
            asked.runs = 4;
            const auto result = tune(asked);
            QVERIFY(result);
            for (const Json& trial : result.value()["trials"]) {
                tried.insert(trial["settings"]["cost"].dump());
            }
        }
        QCOMPARE(tried.size(), std::size_t{7}); // the first trial is what was set, each time
    }

    void poorSettingsAreGivenUp()
    {
        // Ridge on a straight line: the stronger the penalty, the worse.
        TuningRequest asked = request("ridge", writeLine(path("line.csv"), 200, 4), {"penalty=0.001..1000000:log"});
        asked.folds = 4;
        asked.runs = 20;
        const auto result = tune(asked);
        QVERIFY(result);
        std::set<std::string> states;
        for (const Json& trial : result.value()["trials"]) {
            states.insert(trial["state"].get<std::string>());
            if (trial["state"] == "given-up") {
                QVERIFY(trial["foldScores"].size() < 4);
                QVERIFY(trial["score"].get<double>() < result.value()["best"]["score"].get<double>());
            }
        }
        QVERIFY(states.contains("given-up"));
        asked.isPoorGivenUp = false;
        asked.folder = path("all");
        const auto all = tune(asked);
        QVERIFY(all);
        // And nothing was lost by it.
        QVERIFY(std::abs(all.value()["best"]["score"].get<double>() - result.value()["best"]["score"].get<double>()) < 1e-3);
    }

    void networksAreTunedAndGivenUpByTheirEpochs()
    {
        TuningRequest asked = request("network", writeTwoClouds(path("network.csv"), 300, 5), {"learningRate=0.000001..0.05:log"});
        asked.spec.settings = {{"epochs", 24}, {"learningRate", 0.02}};
        asked.runs = 12;
        const auto result = tune(asked);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QVERIFY(result.value()["best"]["score"].get<double>() > 0.9);
        int givenUp = 0;
        for (const Json& trial : result.value()["trials"]) {
            givenUp += trial["state"] == "given-up" ? 1 : 0;
        }
        QVERIFY(givenUp >= 1);
        QVERIFY(!pathExists(asked.folder + "/scratch"));
    }

    void theTimeIsABudget()
    {
        TuningRequest asked = request("forest", writeClouds(path("time.csv"), 3000, 6), {"trees=500..2000"});
        asked.runs = 1000;
        asked.minutes = 0.03;
        const auto start = std::chrono::steady_clock::now();
        const auto result = tune(asked);
        QVERIFY(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));
        QVERIFY(!result || result.value()["outcome"] == "out-of-time");
        QVERIFY(result || result.error().kind == ErrorKind::Cancelled);
    }

    void aLearnerWithoutRangesSaysSo()
    {
        const auto result = tune(request("baseline", writeTwoClouds(path("none.csv"), 50, 7)));
        QVERIFY(!result && result.error().message.find("nothing to search") != std::string::npos);
    }

    void theFrontHoldsWhatNobodyBeats()
    {
        TrialBook book("accuracy");
        book.add(trialOf(0, 0.80, 1.0, 100));
        book.add(trialOf(1, 0.90, 2.0, 50));
        book.add(trialOf(2, 0.85, 3.0, 10)); // slower and worse than 1, but small
        book.add(trialOf(3, 0.90, 4.0, 60));
        book.add({{"trial", 4}, {"share", 0.5}, {"state", "done"}, {"score", 0.99}, {"seconds", 0.1}, {"bytes", 1}});
        QVERIFY(book.front("seconds") == Json({0, 1}));
        QVERIFY(book.front("bytes") == Json({2, 1}));
        QCOMPARE(book.best()->at("trial").get<int>(), 1); // of equals the first; what saw half the samples does not count
        QCOMPARE(book.sorted().back().at("trial").get<int>(), 4);
    }

    void aLossIsBetterWhenLower()
    {
        TrialBook book("log_loss");
        book.add(trialOf(0, 0.5, 1, 1));
        book.add(trialOf(1, 0.3, 1, 1));
        QCOMPARE(book.best()->at("trial").get<int>(), 1);
    }
};

QTEST_GUILESS_MAIN(TestTuning)
#include "tst_tuning.moc"
