#include <QTest>

#include <cmath>
#include <cstdint>
#include <vector>

#include "engine/train/curves.h"
#include "engine/train/metrics.h"

using namespace ty::engine;

// Reference numbers: the examples in the documentation of scikit-learn's metrics, unless worked out by hand beside them.
class TestMetrics : public QObject {
    Q_OBJECT
private slots:
    void areaUnderRocCountsOrderedPairs()
    {
        const std::vector<float> scores{0.1F, 0.4F, 0.35F, 0.8F};
        const std::vector<std::uint8_t> truth{0, 0, 1, 1};
        QCOMPARE(rocAuc(scores, truth), 0.75);
    }

    void tiedScoresCountHalf()
    {
        const std::vector<float> scores{0.5F, 0.5F, 0.5F, 0.5F};
        const std::vector<std::uint8_t> truth{0, 1, 0, 1};
        QCOMPARE(rocAuc(scores, truth), 0.5);
    }

    void areaIsUndefinedForOneKind()
    {
        const std::vector<float> scores{0.5F, 0.6F};
        const std::vector<std::uint8_t> truth{1, 1};
        QVERIFY(std::isnan(rocAuc(scores, truth)));
    }

    void binaryMetricsMatchTheReference()
    {
        // ham = 0, spam = 1
        const std::vector<float> p{0.9F, 0.1F, 0.1F, 0.9F, 0.2F, 0.8F, 0.65F, 0.35F};
        const std::vector<std::int32_t> labels{0, 1, 1, 0};
        const auto m = measureClassification(p, labels, 2);
        QVERIFY(std::abs(m.logLoss - 0.21616187) < 1e-6);
        QCOMPARE(m.accuracy, 1.0);
        QCOMPARE(m.rocAuc, 1.0);
        // (0.1^2 + 0.1^2 + 0.2^2 + 0.35^2) / 4
        QVERIFY(std::abs(m.brier - 0.045625) < 1e-6);
        // each of the four bins holds one right answer: mean of 0.1, 0.1, 0.2, 0.35
        QVERIFY(std::abs(m.calibrationError - 0.1875) < 1e-6);
    }

    void macroScoresMatchTheReference()
    {
        const std::vector<std::int32_t> labels{0, 1, 2, 0, 1, 2};
        const std::vector<int> answers{0, 2, 1, 0, 0, 1};
        std::vector<float> p(18, 0.1F);
        for (std::size_t i = 0; i < answers.size(); ++i) {
            p[i * 3 + static_cast<std::size_t>(answers[i])] = 0.8F;
        }
        const auto m = measureClassification(p, labels, 3);
        QVERIFY(std::abs(m.macroF1 - 0.26666667) < 1e-6);
        QVERIFY(std::abs(m.balancedAccuracy - 1.0 / 3) < 1e-9);
        QCOMPARE(m.confusion, (std::vector<std::uint64_t>{2, 0, 0, 1, 0, 1, 0, 2, 0}));
        QCOMPARE(m.perClass[0].support, std::uint64_t{2});
        QVERIFY(std::abs(m.perClass[0].precision - 2.0 / 3) < 1e-9);
        QCOMPARE(m.perClass[0].recall, 1.0);
    }

    void absentClassesDoNotPullMeans()
    {
        const std::vector<std::int32_t> labels{0, 1};
        const std::vector<float> p{0.8F, 0.1F, 0.1F, 0.1F, 0.8F, 0.1F};
        const auto m = measureClassification(p, labels, 3);
        QCOMPARE(m.balancedAccuracy, 1.0);
        QCOMPARE(m.macroF1, 1.0);
        QVERIFY(std::isnan(m.perClass[2].recall));
    }

    void certainAndWrongIsAFiniteLoss()
    {
        const std::vector<std::int32_t> labels{0};
        const std::vector<float> p{0.0F, 1.0F};
        QVERIFY(std::isfinite(measureClassification(p, labels, 2).logLoss));
    }

    void regressionMatchesTheReference()
    {
        const std::vector<double> actual{3, -0.5, 2, 7};
        const std::vector<double> predicted{2.5, 0.0, 2, 8};
        const auto m = measureRegression(predicted, actual);
        QVERIFY(std::abs(m.r2 - 0.9486081370449679) < 1e-12);
        QCOMPARE(m.mae, 0.5);
        QVERIFY(std::abs(m.rmse - std::sqrt(0.375)) < 1e-12);
        QCOMPARE(m.maxError, 1.0);
    }

    void equalTargetsLeaveR2Undefined()
    {
        const std::vector<double> actual{2, 2};
        const std::vector<double> predicted{1, 3};
        QVERIFY(std::isnan(measureRegression(predicted, actual).r2));
    }

    void curvesAreThinnedAndKeepTheirEnds()
    {
        std::vector<float> scores;
        std::vector<std::uint8_t> truth;
        for (int i = 0; i < 10'000; ++i) {
            scores.push_back(static_cast<float>(i) / 10'000.0F);
            truth.push_back(i % 3 == 0 ? 1 : 0);
        }
        const auto roc = rocCurve(scores, truth);
        QCOMPARE(roc.size(), std::size_t{200});
        QCOMPARE(roc.front().x, 0.0);
        QCOMPARE(roc.back().x, 1.0);
        QCOMPARE(roc.back().y, 1.0);
        QVERIFY(precisionRecallCurve(scores, truth).size() <= 200);
        QVERIFY(rocCurve(scores, std::vector<std::uint8_t>(scores.size(), 1)).empty());
    }

    void reliabilityLeavesEmptyBinsOut()
    {
        const std::vector<std::int32_t> labels{0, 0};
        const std::vector<float> p{0.95F, 0.05F, 0.93F, 0.07F};
        const auto bins = reliabilityCurve(p, labels, 2);
        QCOMPARE(bins.size(), std::size_t{1});
        QCOMPARE(bins[0].samples, std::uint64_t{2});
        QVERIFY(std::abs(bins[0].confidence - 0.94) < 1e-6);
    }
};

QTEST_GUILESS_MAIN(TestMetrics)
#include "tst_metrics.moc"
