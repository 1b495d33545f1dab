#include <QTest>

#include <cmath>
#include <vector>

#include "engine/train/mixup.h"

using namespace ty::engine;

class TestMixup : public QObject {
    Q_OBJECT

private slots:
    void sharesOfASampleAreWholeAndFollowItsPicture()
    {
        constexpr std::size_t kSamples = 64;
        std::vector<float> inputs;
        std::vector<float> labels;
        for (std::size_t i = 0; i < kSamples; ++i) { // a picture that says its class
            labels.push_back(static_cast<float>(i % 4));
            for (std::size_t k = 0; k < 4; ++k) {
                inputs.push_back(k == i % 4 ? 1.0F : 0.0F);
            }
        }
        std::vector<float> targets(labels);
        ty::Random random(1, 2);
        mixSamples({0.2, 4}, kSamples, inputs, targets, random);
        QCOMPARE(targets.size(), 4 * kSamples);
        int mixed = 0;
        for (std::size_t i = 0; i < kSamples; ++i) {
            float total = 0;
            for (std::size_t k = 0; k < 4; ++k) {
                QVERIFY(std::abs(targets[4 * i + k] - inputs[4 * i + k]) < 1e-6);
                total += targets[4 * i + k];
            }
            QVERIFY(std::abs(total - 1) < 1e-6);
            const float own = targets[4 * i + static_cast<std::size_t>(labels[i])];
            QVERIFY(own >= 0.5F);
            mixed += own < 0.99F ? 1 : 0;
        }
        QVERIFY2(mixed > 5 && mixed < 50, std::to_string(mixed).c_str()); // alpha 0.2 leaves many nearly as they were
    }

    void numbersAreMixedAsTheirInputs()
    {
        std::vector<float> inputs{1, 2, 3, 4};
        std::vector<float> targets{10, 20, 30, 40};
        ty::Random random(3, 2);
        mixSamples({1, 0}, 4, inputs, targets, random);
        for (std::size_t i = 0; i < 4; ++i) {
            QVERIFY(std::abs(targets[i] - 10 * inputs[i]) < 1e-4);
        }
        QVERIFY(inputs != (std::vector<float>{1, 2, 3, 4}));
    }

    void theSameGeneratorMixesTheSame()
    {
        std::vector<float> a{1, 2, 3};
        std::vector<float> b(a);
        std::vector<float> none;
        for (auto* values : {&a, &b}) {
            std::vector<float> targets{0, 1, 0};
            ty::Random random(7, 1);
            mixSamples({0.4, 2}, 3, *values, targets, random);
        }
        QVERIFY(a == b);
    }
};

QTEST_GUILESS_MAIN(TestMixup)
#include "tst_mixup.moc"
