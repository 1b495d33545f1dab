#include <QTest>

#include <cmath>
#include <vector>

#include "engine/validation/score_summary.h"
#include "engine/validation/student_t.h"

using namespace ty::engine;

class TestScoreSummary : public QObject {
    Q_OBJECT

private slots:
    void probabilitiesAreThoseOfScipy_data()
    {
        QTest::addColumn<double>("t");
        QTest::addColumn<double>("freedom");
        QTest::addColumn<double>("expected"); // scipy 1.10.1, stats.t.cdf
        QTest::newRow("below") << -2.5 << 4.0 << 0.03338327240599406;
        QTest::newRow("Cauchy") << 1.0 << 1.0 << 0.75;
        QTest::newRow("no whole number of degrees") << 0.3 << 9.5 << 0.6146808209944097;
        QTest::newRow("far above") << 12.0 << 30.0 << 0.999999999999721;
        QTest::newRow("middle") << 0.0 << 7.0 << 0.5;
    }

    void probabilitiesAreThoseOfScipy()
    {
        QFETCH(double, t);
        QFETCH(double, freedom);
        QFETCH(double, expected);
        QVERIFY(std::abs(studentProbability(t, freedom) - expected) < 1e-13);
        if (t < 10) { // beyond, a difference of the last bit of the probability is one in the second digit of t
            QVERIFY(std::abs(studentQuantile(expected, freedom) - t) < 1e-10);
        }
    }

    // The last one is the root of its cdf: its own quantile is right to nine digits there.
    void quantilesAreThoseOfScipy()
    {
        QVERIFY(std::abs(studentQuantile(0.975, 4) - 2.7764451051977987) < 1e-10);
        QVERIFY(std::abs(studentQuantile(0.975, 14) - 2.1447866879169273) < 1e-10);
        QVERIFY(std::abs(studentQuantile(0.01, 2.5) + 5.353111173030874) < 1e-9);
    }

    // numpy and scipy 1.10.1: the mean difference, its standard error with the variance times 1/10 + 1/4, t with 9 degrees.
    void aPairedComparisonIsTheCorrectedResampledTest()
    {
        const std::vector<double> a{.91, .93, .90, .95, .92, .94, .90, .91, .93, .92};
        const std::vector<double> b{.90, .91, .91, .93, .90, .92, .90, .90, .91, .90};
        const PairedComparison compared = comparePaired(a, b, 0.25);
        QVERIFY(std::abs(compared.difference.mean - 0.013) < 1e-12);
        QVERIFY(std::abs(compared.difference.deviation - 0.010593499054713795) < 1e-12);
        QVERIFY(std::abs(compared.probability - 0.06789030141564456) < 1e-10);
        QVERIFY(std::abs(compared.difference.interval->low + 0.0011773881105340972) < 1e-10);
        QVERIFY(std::abs(compared.difference.interval->high - 0.027177388110534075) < 1e-10);
        QVERIFY(!compared.isClear); // a plain t-test would have said 0.004
        QCOMPARE(
            QString::fromStdString(comparisonWords(compared, "Forest", "Tree", "roc_auc")),
            QStringLiteral("No clear difference between Forest and Tree: 0.0130 ROC AUC (95 % interval -0.0012 to 0.0272)."));
    }

    void wordsSayWhoIsBetter()
    {
        const std::vector<double> a{.90, .91, .92, .90, .91};
        const std::vector<double> b{.80, .80, .83, .79, .81};
        const PairedComparison compared = comparePaired(a, b, 0.25);
        QVERIFY(compared.isClear && compared.probability < 0.001);
        QVERIFY(comparisonWords(compared, "Forest", "Tree", "accuracy").starts_with("Forest is better than Tree by 0.1020 Accuracy"));
        // Of a loss less is better, and the interval is told for the winner.
        const std::string words = comparisonWords(compared, "Forest", "Tree", "log_loss");
        QVERIFY2(words.starts_with("Tree is better than Forest by 0.1020 Log loss (95 % interval 0.0"), words.c_str());
    }

    void nothingCertainIsToldOfOneFold()
    {
        const PairedComparison one = comparePaired(std::vector<double>{.9}, std::vector<double>{.8}, 0.25);
        QVERIFY(!one.isClear && std::isnan(one.probability) && !one.difference.interval);
        QVERIFY(comparisonWords(one, "A", "B", "accuracy").starts_with("One fold tells nothing certain"));
        const PairedComparison same = comparePaired(std::vector<double>{.9, .8}, std::vector<double>{.9, .8}, 0.25);
        QCOMPARE(same.probability, 1.0);
        QVERIFY(!same.isClear);
    }
};

QTEST_GUILESS_MAIN(TestScoreSummary)
#include "tst_score_summary.moc"
