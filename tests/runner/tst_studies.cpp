#include <QFile>
#include <QTest>

#include <csignal>

#include "runner_fixture.h"

using namespace ty;

/// `trainyard-run validate` and `trainyard-run tune`, as scripts and the window use them.
class TestStudies : public QObject {
    Q_OBJECT

    RunnerFixture m_f;

    static QString breastCancer() { return QStringLiteral(TRAINYARD_SOURCE_DIR "/tests/data/learners/breast-cancer_train.csv.gz"); }

    static Json withoutTimes(Json result)
    {
        for (Json& trial : result["trials"]) {
            trial.erase("seconds");
        }
        return result["trials"];
    }

private slots:
    void learnersAreValidatedBesideTheBaseline()
    {
        const QString csv = m_f.path("folds.csv");
        const Ended ended = m_f.run(
            {"validate", "sample:iris", "--learner", "tree,svm:cost=10:kernel=linear", "--folds", "4", "--repeats", "2", "--json", "--csv", csv});
        QVERIFY2(ended.code == 0, ended.err);
        const Json json = ended.json();
        QCOMPARE(json["learners"].size(), std::size_t{3});
        QVERIFY(json["learners"][2]["learner"] == "baseline");
        QVERIFY(json["learners"][0]["label"] == "Support vectors (cost 10, kernel linear)" || json["learners"][1]["label"] == "Support vectors (cost 10, kernel linear)");
        QCOMPARE(json["learners"][0]["summary"]["accuracy"]["count"].get<int>(), 8);
        QVERIFY(!json.contains("folder"));
        QCOMPARE(ended.err.count("\"all\":24"), 24); // a line of progress a fit
        QFile table(csv);
        QVERIFY(table.open(QIODevice::ReadOnly));
        QCOMPARE(table.readAll().trimmed().split('\n').size(), qsizetype{25});
    }

    void foldsCanBeUsedAgain()
    {
        const QString out = m_f.path("first");
        const Ended first = m_f.run({"validate", "sample:iris", "--learner", "gaussian-bayes", "--folds", "3", "--fold-seed", "8", "--out", out, "--json"});
        QVERIFY2(first.code == 0, first.err);
        const Ended again = m_f.run({"validate", "sample:iris", "--learner", "gaussian-bayes", "--plan", out + "/folds.json", "--json"});
        QVERIFY2(again.code == 0, again.err);
        QVERIFY(first.json()["learners"][0]["summary"]["accuracy"] == again.json()["learners"][0]["summary"]["accuracy"]);
    }

    void wordsForAPersonNameTheBetterOne()
    {
        const Ended ended = m_f.run({"validate", breastCancer(), "--learner", "logistic", "--curve", "--shares", "0.2,1"});
        QVERIFY2(ended.code == 0, ended.err);
        QVERIFY2(ended.out.contains("Logistic regression is better than Baseline by 0."), ended.out);
        QVERIFY(ended.out.contains("Learning curve, ROC AUC"));
        QVERIFY(ended.out.contains(" ± "));
    }

    void aSearchKilledAnywhereGoesOnToTheSameEnd()
    {
        const QStringList question{"tune", breastCancer(), "--learner", "svm", "--runs", "10", "--folds", "4", "--threads", "1", "--json"};
        const Ended whole = m_f.run(question);
        QVERIFY2(whole.code == 0, whole.err);
        const QStringList kept = question + QStringList{"--out", m_f.path("killed"), "--resume"};
        for (int kill = 1; kill <= 3; ++kill) {
            QProcess process;
            m_f.prepare(process);
            process.start(RunnerFixture::program(), kept);
            QByteArray told;
            while (told.count('\n') < 2 * kill && process.waitForReadyRead(30'000)) {
                process.setReadChannel(QProcess::StandardError);
                told += process.readAllStandardError();
            }
            process.kill();
            QVERIFY(process.waitForFinished());
        }
        const Ended resumed = m_f.run(kept);
        QVERIFY2(resumed.code == 0, resumed.err);
        QVERIFY(withoutTimes(resumed.json()) == withoutTimes(whole.json()));
    }

    void finishNowKeepsWhatThereIs()
    {
        const Ended ended = m_f.run({"tune", breastCancer(), "--learner", "boost", "--runs", "5000", "--json"}, "{\"command\":\"finish\"}\n");
        // The command may come before the first trial; then there is nothing to keep, and it says so.
        QVERIFY(ended.code == 0 ? ended.json()["outcome"] == "finished-now" : ended.out.contains("before a trial was done"));
    }

    void wrongQuestionsAreExplained_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("words");
        QTest::newRow("no data") << QStringList{"validate"} << QByteArray("name what to learn from");
        QTest::newRow("unknown learner") << QStringList{"tune", "sample:iris", "--learner", "forests"} << QByteArray("unknown learner \"forests\"");
        QTest::newRow("unknown range") << QStringList{"tune", "sample:iris", "--learner", "svm", "--range", "costs=1..2"} << QByteArray("no setting \"costs\"");
        QTest::newRow("unknown setting") << QStringList{"validate", "sample:iris", "--learner", "svm:costs=1"} << QByteArray("costs");
        QTest::newRow("group") << QStringList{"validate", "sample:iris", "--learner", "tree", "--group", "garden"} << QByteArray("no column \"garden\"");
        QTest::newRow("nothing to search") << QStringList{"tune", "sample:iris", "--learner", "baseline"} << QByteArray("nothing to search");
    }

    void wrongQuestionsAreExplained()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, words);
        const Ended ended = m_f.run(arguments);
        QVERIFY(ended.code != 0 && !ended.isCrashed);
        QVERIFY2(ended.err.contains(words), ended.err);
    }
};

QTEST_GUILESS_MAIN(TestStudies)
#include "tst_studies.moc"
