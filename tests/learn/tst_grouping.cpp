#include <QTest>

#include <array>
#include <fstream>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "classic_runs.h"
#include "engine/base/files.h"

using namespace ty;
using namespace ty::engine;

namespace {

/// Half of the rows young and thrifty, a third old and thrifty, the rest lavish, and nobody says which is which.
std::string writeCustomers(const std::string& file, int rows, std::uint64_t seed)
{
    Random random(seed);
    std::ofstream out(file);
    out << "customer_id,age,spending,plan\n";
    for (int i = 0; i < rows; ++i) {
        const std::array<double, 2> centre = i % 6 < 3 ? std::array{20.0, 1.0} : i % 6 < 5 ? std::array{60.0, 1.0} : std::array{40.0, 9.0};
        out << i + 1 << ',' << fmt::format("{:.3f},{:.3f},", centre[0] + random.normal(), centre[1] + 0.2 * random.normal())
            << (i % 6 == 5 ? "gold" : "basic") << '\n';
    }
    return file;
}

std::vector<std::string> answersIn(const std::string& csv)
{
    std::vector<std::string> answers;
    std::istringstream lines(readFile(csv).value());
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
        const auto first = line.find(',');
        answers.push_back(line.substr(first + 1, line.find(',', first + 1) - first - 1));
    }
    return answers;
}

} // namespace

class TestGrouping : public QObject {
    Q_OBJECT

    ClassicRuns m_runs;

    Result<std::uint64_t> predict(const std::string& data, const std::string& file)
    {
        TY_TRY(auto model, loadModel(m_runs.modelFolder, "cpu"));
        const DatasetInfo like = model->encoder().expectedData();
        OpenOptions options;
        options.like = &like;
        TY_TRY(const auto dataset, openDataset(data, options));
        return predictToCsv(*model, *dataset, file);
    }

private slots:
    void initTestCase() { m_runs.task = "grouping"; }

    void aTableWithoutATargetIsAllInput()
    {
        OpenOptions options;
        options.task = "grouping";
        const auto data = openDataset(writeCustomers(m_runs.path("all.csv"), 30, 1), options);
        QVERIFY(data);
        const DatasetInfo& info = data.value()->info();
        QVERIFY(info.task == Task::Grouping && info.target.empty() && info.classes.empty());
        std::vector<std::string> features;
        for (const ColumnInfo& column : info.columns) {
            if (column.role == ColumnRole::Feature) {
                features.push_back(column.name);
            }
        }
        QCOMPARE(features, (std::vector<std::string>{"age", "spending", "plan"})); // a number of the row says nothing
    }

    void whoNamesATargetAndWantsNoneIsTold()
    {
        OpenOptions options;
        options.task = "grouping";
        options.target = "plan";
        const auto data = openDataset(writeCustomers(m_runs.path("both.csv"), 30, 1), options);
        QVERIFY(!data && data.error().message.find("plan") != std::string::npos);
    }

    void theGroupsThatAreThereAreFound_data()
    {
        QTest::addColumn<std::string>("learner");
        for (const char* learner : {"k-means", "mixture", "dbscan", "hierarchical"}) {
            QTest::addRow("%s", learner) << std::string(learner);
        }
    }

    void theGroupsThatAreThereAreFound()
    {
        QFETCH(std::string, learner);
        const std::string file = writeCustomers(m_runs.path("customers.csv"), 300, 3);
        // A place is dense for dbscan if a twentieth of a cloud is near; nobody says how many groups there are.
        const auto result = m_runs.train(learner, file, {}, learner == "dbscan" ? Json{{"reach", 0.8}} : Json::object());
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        const Json& metrics = result.value()["metrics"]["validation"];
        QCOMPARE(metrics.value("groups", 0), 3);
        QVERIFY(metrics["silhouette"].get<double>() > 0.7);
        QVERIFY(!metrics.contains("accuracy") && !metrics.contains("loss") && result.value()["baseline"]["validation"].is_null());

        const std::string answers = m_runs.path(learner + ".csv");
        const auto written = predict(file, answers);
        QVERIFY2(written, written ? "" : written.error().message.c_str());
        const auto groupOf = answersIn(answers);
        QCOMPARE(groupOf.size(), std::size_t{300});
        std::map<std::string, int> sizes;
        for (std::size_t i = 0; i < groupOf.size(); ++i) {
            const char* expected = i % 6 < 3 ? "group 1" : i % 6 < 5 ? "group 2" : "group 3"; // the largest is the first
            if (groupOf[i] != "noise") {
                QCOMPARE(groupOf[i], std::string(expected));
            }
            ++sizes[groupOf[i]];
        }
        QVERIFY(sizes["noise"] <= (learner == "dbscan" ? 15 : 0));
        // Who looks at rows by their group needs the rows.
        QVERIFY(readFile(answers).value().find(",customer_id,age,spending,plan\n") != std::string::npos);
    }

    void groupsAreDescribedByWhatIsUsualInThem()
    {
        const auto result = m_runs.train("k-means", writeCustomers(m_runs.path("told.csv"), 300, 4), {});
        QVERIFY(result);
        const auto report = readJsonFile(m_runs.modelFolder + "/../evaluation/validation.json").value();
        QCOMPARE(report["groups"].size(), std::size_t{3});
        QVERIFY(report["groups"][0]["samples"].get<int>() >= report["groups"][1]["samples"].get<int>());
        std::map<std::string, Json> profile;
        for (const Json& column : report["profile"]) {
            profile[column["column"].get<std::string>()] = column;
        }
        QVERIFY(std::abs(profile["age"]["groups"][0].get<double>() - 20) < 1);
        QVERIFY(std::abs(profile["age"]["groups"][1].get<double>() - 60) < 1);
        QCOMPARE(profile["plan"]["groups"][2]["value"].get<std::string>(), std::string("gold"));
        QVERIFY(!profile.contains("customer_id"));
        QVERIFY(profile["spending"]["difference"].get<double>() > 0.9);
    }

    void aRowFarFromAllOthersIsNoise()
    {
        QVERIFY(m_runs.train("dbscan", writeCustomers(m_runs.path("dense.csv"), 300, 5), {}, {{"reach", 0.8}}));
        std::ofstream(m_runs.path("far.csv")) << "customer_id,age,spending,plan\n1,20,1,basic\n2,150,1,basic\n";
        QVERIFY(predict(m_runs.path("far.csv"), m_runs.path("far-groups.csv")));
        QCOMPARE(answersIn(m_runs.path("far-groups.csv")), (std::vector<std::string>{"group 1", "noise"}));
    }

    void theIsolationForestTellsAsManyUnusualRowsAsWereAskedFor()
    {
        const std::string file = writeCustomers(m_runs.path("odd.csv"), 300, 6);
        std::ofstream(file, std::ios::app) << "301,95,30,gold\n";
        const auto result = m_runs.train("isolation-forest", file, {}, {{"unusual", 0.02}});
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QVERIFY(result.value()["metrics"]["validation"].contains("unusual_share"));
        QVERIFY(predict(file, m_runs.path("odd-told.csv")));
        const auto told = answersIn(m_runs.path("odd-told.csv"));
        QCOMPARE(told.back(), std::string("unusual"));
        QVERIFY(std::count(told.begin(), told.end(), "unusual") <= 15);
        QVERIFY(loadModel(m_runs.modelFolder, "cpu").value()->exportTo("onnx", m_runs.path("odd.onnx")));
    }

    void rowsThatAreAllAlikeAreOneGroupWithoutASilhouette()
    {
        std::ofstream file(m_runs.path("alike.csv"));
        for (int i = 0; i < 40; ++i) {
            file << (i == 0 ? "width,height\n" : "") << "1,2\n";
        }
        file.close();
        const auto result = m_runs.train("k-means", m_runs.path("alike.csv"), {});
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QCOMPARE(result.value()["metrics"]["validation"].value("groups", 0), 1);
        QVERIFY(result.value()["metrics"]["validation"]["silhouette"].is_null());
        const auto forest = m_runs.train("isolation-forest", m_runs.path("alike.csv"), {});
        QVERIFY(forest);
        QCOMPARE(forest.value()["metrics"]["validation"]["unusual_share"].get<double>(), 0.0);
    }

    void aLearnerThatNeedsATargetSaysSo()
    {
        const auto result = m_runs.train("forest", writeCustomers(m_runs.path("forest.csv"), 60, 7), {});
        QVERIFY(!result && result.error().message.find("grouping") != std::string::npos && !result.error().advice.empty());
    }

    void fewerRowsThanGroupsIsSaid()
    {
        const auto result = m_runs.train("k-means", writeCustomers(m_runs.path("few.csv"), 12, 8), {}, {{"groups", 50}});
        QVERIFY(!result && result.error().message.find("50") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestGrouping)
#include "tst_grouping.moc"
