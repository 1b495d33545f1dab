#include <QDir>
#include <QFile>
#include <QTest>

#include <cmath>
#include <string>
#include <vector>

#include "runner_fixture.h"

using namespace ty;

/// `trainyard-run compare`: several learners on one table, and the table of the state-transition experiment.
class TestComparison : public QObject {
    Q_OBJECT

    RunnerFixture m_f;

    static QByteArray contentOf(const QString& file)
    {
        QFile open(file);
        return open.open(QIODevice::ReadOnly) ? open.readAll() : QByteArray();
    }

private slots:
    void oneTableIsSortedWithTheBaselineInIt()
    {
        const QString csv = m_f.path("table.csv");
        const Ended ended = m_f.run(
            {"compare", "--data", "sample:iris", "--learners", "baseline,tree,gaussian-bayes", "--set", "tree.maxDepth=3", "--json", "--csv", csv});
        QVERIFY2(ended.code == 0, ended.err);
        const Json json = ended.json();
        QCOMPARE(json["subjects"].size(), std::size_t{1});
        QCOMPARE(json["subjects"][0]["scores"].size(), std::size_t{3});
        // A line of progress a learner, on the other stream.
        QCOMPARE(ended.err.count("\"all\":3"), 3);
        const auto lines = contentOf(csv).trimmed().split('\n');
        QCOMPARE(lines.size(), qsizetype{4});
        QVERIFY(lines.front().startsWith("learner,"));
        QVERIFY(lines.back().startsWith("baseline,"));
    }

    void groupsAreComparedByHowFarApartTheyLie()
    {
        const Ended ended = m_f.run({"compare", "--data", "sample:iris", "--task", "grouping", "--json"});
        QVERIFY2(ended.code == 0, ended.err);
        const Json json = ended.json();
        QCOMPARE(json["learners"].size(), std::size_t{4}); // the isolation forest finds no groups
        for (const Json& score : json["subjects"][0]["scores"]) {
            QVERIFY2(score["problem"].is_null(), score.dump().c_str());
            QVERIFY2(score["metrics"]["silhouette"].get<double>() > 0.4, score.dump().c_str());
        }
        QVERIFY(json["weightedMeans"]["k-means"]["silhouette"].is_number());
    }

    void machinesBecomeSubjects()
    {
        // The smallest of the machines: 1,944 examples, as in the seed.
        QDir().mkpath(m_f.path("machines"));
        QVERIFY(QFile::copy(
            QStringLiteral(TRAINYARD_SOURCE_DIR "/resources/specs/M15_Mikrowelle.mch"), m_f.path("machines/M15_Mikrowelle.mch")));
        QVERIFY(QFile::copy(
            QStringLiteral(TRAINYARD_SOURCE_DIR "/resources/specs/M08_InvolvedSequences2.mch"), m_f.path("machines/M08_InvolvedSequences2.mch")));
        const QString markdown = m_f.path("table.md");
        const Ended ended = m_f.run({"compare", "--machines", m_f.path("machines"), "--json", "--markdown", markdown});
        QVERIFY2(ended.code == 0, ended.err);
        const Json json = ended.json();
        QCOMPARE(json["subjects"][0]["examples"].get<double>(), 2024.0);
        QCOMPARE(json["subjects"][1]["examples"].get<double>(), 1944.0);
        QVERIFY(json["learners"] == Json({"bernoulli-bayes", "logistic", "svm", "forest", "silas-like"}));
        QVERIFY(json["weightedMeans"]["forest"]["roc_auc"].get<double>() > 0.98);
        const QByteArray table = contentOf(markdown);
        QVERIFY(table.contains("| roc_auc | examples | bernoulli-bayes | logistic | svm | forest | silas-like |"));
        QVERIFY(table.contains("| mean, weighted by examples | 3968 |"));
        QVERIFY(table.contains("| accuracy |"));
    }

    void aSignalsLevelsAreFound()
    {
        std::string signal = "level\n";
        for (int t = 0; t < 400; ++t) {
            signal += std::to_string((t / 50 % 2 == 0 ? 10.0 : 20.0) + 0.3 * std::sin(2.7 * t)) + "\n";
        }
        const QString out = m_f.path("states.csv");
        const Ended ended = m_f.run({"sequence", m_f.write("signal.csv", signal), "--column", "level", "--json", "--out", out});
        QVERIFY2(ended.code == 0, ended.err);
        std::vector<double> means;
        const Json states = ended.json()["states"];
        QCOMPARE(states.size(), std::size_t{2});
        for (const Json& state : states) {
            means.push_back(state["mean"].get<double>());
        }
        QVERIFY(std::abs(std::min(means[0], means[1]) - 10) < 0.1 && std::abs(std::max(means[0], means[1]) - 20) < 0.1);
        const auto lines = contentOf(out).trimmed().split('\n');
        QCOMPARE(lines.size(), qsizetype{401});
        QVERIFY(lines[1].back() != lines[60].back() && lines[1].back() == lines[120].back());
    }

    void theBestWayThroughAWorldIsLearned()
    {
        const Ended ended = m_f.run({"world", "--json"});
        QVERIFY2(ended.code == 0, ended.err);
        QVERIFY(ended.json()["isBestWay"] == Json(true));
        const Ended bad = m_f.run({"world", m_f.write("bad.txt", "S.\n.?\n")});
        QVERIFY(bad.code != 0 && bad.err.contains("line 2, column 2"));
    }

    void wrongSettingsAreExplained()
    {
        const Ended ended = m_f.run({"compare", "--data", "sample:iris", "--learners", "tree", "--set", "tree.depth=3"});
        QVERIFY2(ended.out.contains("maxDepth") || ended.out.contains("depth"), ended.out);
        QCOMPARE(m_f.run({"compare"}).code, 2);
        QVERIFY(m_f.run({"compare", "--machines", m_f.path("nowhere")}).code != 0);
    }
};

QTEST_GUILESS_MAIN(TestComparison)
#include "tst_comparison.moc"
