#include <QTest>

#include <cmath>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/data/dataset.h"
#include "engine/learn/learner.h"
#include "tests/learn/classic_runs.h"

using namespace ty;
using namespace ty::engine;

namespace {

/// Nodes without a question.
std::size_t leaves(const Json& nodes)
{
    std::size_t count = 0;
    for (const Json& node : nodes) {
        count += node.contains("question") ? 0 : 1;
    }
    return count;
}

} // namespace

class TestTreeWords : public QObject {
    Q_OBJECT

    ClassicRuns m_runs;

private slots:
    void aTreeIsToldWholeAndAddsUp_data()
    {
        QTest::addColumn<std::string>("learner");
        QTest::addColumn<std::string>("answers");
        QTest::newRow("tree") << std::string("tree") << std::string("shares");
        QTest::newRow("forest") << std::string("forest") << std::string("shares");
        QTest::newRow("boosting") << std::string("boost") << std::string("addition");
    }

    void aTreeIsToldWholeAndAddsUp()
    {
        QFETCH(std::string, learner);
        QFETCH(std::string, answers);
        QVERIFY(m_runs.train(learner, writeClouds(m_runs.path("clouds.csv"), 300, 2), {}));
        const auto model = loadModel(m_runs.modelFolder, "cpu");
        QVERIFY(model);
        QVERIFY(model.value()->treeCount() >= 1);
        const auto told = model.value()->describeTree(model.value()->treeCount() - 1, nullptr, 0);
        QVERIFY2(told, told ? "" : told.error().message.c_str());
        const Json& nodes = told.value()["nodes"];
        QCOMPARE(told.value()["answers"].get<std::string>(), answers);
        QCOMPARE(leaves(nodes), nodes.size() / 2 + 1); // each question has two branches
        for (const Json& node : nodes) {
            if (node.contains("shares")) {
                const auto shares = node["shares"].get<std::vector<double>>();
                QVERIFY(std::abs(std::accumulate(shares.begin(), shares.end(), 0.0) - 1) < 1e-5);
            }
            if (node.contains("question")) {
                const double below = nodes[node["yes"].get<std::size_t>()]["samples"].get<double>() + nodes[node["no"].get<std::size_t>()]["samples"].get<double>();
                QCOMPARE(below, node["samples"].get<double>());
            }
        }
    }

    void theWayOfASampleEndsWhereTheModelAnswers()
    {
        const std::string file = writeClouds(m_runs.path("clouds.csv"), 200, 3);
        QVERIFY(m_runs.train("tree", file, {}));
        const auto model = std::move(loadModel(m_runs.modelFolder, "cpu")).value();
        const DatasetInfo expected = model->encoder().expectedData();
        OpenOptions reading;
        reading.like = &expected;
        const auto data = std::move(openDataset(file, reading)).value();
        std::vector<std::uint32_t> samples(data->size());
        std::iota(samples.begin(), samples.end(), 0U);
        const auto answers = model->predict(*data, samples);
        const std::size_t classes = model->encoder().classes().size();
        for (std::uint32_t sample = 0; sample < 60; ++sample) {
            const auto told = model->describeTree(0, data.get(), sample);
            const auto way = told.value()["way"].get<std::vector<std::size_t>>();
            QCOMPARE(way.front(), std::size_t(0));
            const Json& leaf = told.value()["nodes"][way.back()];
            QVERIFY(!leaf.contains("question"));
            for (std::size_t c = 0; c < classes; ++c) {
                QVERIFY(std::abs(leaf["shares"][c].get<double>() - static_cast<double>(answers.value().probabilities[sample * classes + c])) < 1e-6);
            }
        }
    }

    void questionsNameCategoriesAndTheShorterSide()
    {
        const std::string file = m_runs.path("colours.csv");
        std::ofstream out(file);
        out << "colour,size,kind\n";
        const char* colours[] = {"red", "green", "blue", "white"};
        for (int i = 0; i < 400; ++i) {
            out << colours[i % 4] << ',' << (i * 7) % 13 << ',' << (i % 4 == 0 ? "hot" : "cold") << '\n';
        }
        out.close();
        QVERIFY(m_runs.train("tree", file, {}));
        const auto told = loadModel(m_runs.modelFolder, "cpu").value()->describeTree(0, nullptr, 0);
        const auto question = told.value()["nodes"][0]["question"].get<std::string>();
        QVERIFY2(question == "colour is red" || question == "colour is not red", question.c_str());
    }

    void aBoostedTreeSaysWhatItAddsTo()
    {
        QVERIFY(m_runs.train("boost", writeTwoClouds(m_runs.path("two.csv"), 200, 3), {}));
        const auto two = loadModel(m_runs.modelFolder, "cpu").value();
        QCOMPARE(two->describeTree(0, nullptr, 0).value()["addsTo"].get<std::string>(), two->encoder().classes()[1]);
        QVERIFY(m_runs.train("boost", writeLine(m_runs.path("line.csv"), 200, 3), {}));
        const auto line = loadModel(m_runs.modelFolder, "cpu").value();
        QVERIFY(line->describeTree(0, nullptr, 0).value()["addsTo"].get<std::string>().empty());
    }

    void aModelWithoutTreesSaysSo()
    {
        QVERIFY(m_runs.train("gaussian-bayes", writeClouds(m_runs.path("clouds.csv"), 60, 3), {}));
        const auto model = loadModel(m_runs.modelFolder, "cpu").value();
        QCOMPARE(model->treeCount(), std::size_t(0));
        const auto told = model->describeTree(0, nullptr, 0);
        QVERIFY(!told);
        QVERIFY(!told.error().advice.empty());
    }
};

QTEST_GUILESS_MAIN(TestTreeWords)
#include "tst_tree_words.moc"
