#include <QTest>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <vector>

#include "engine/train/augment.h"

using namespace ty::engine;

class TestAugment : public QObject {
    Q_OBJECT

    static std::vector<float> ramp()
    {
        std::vector<float> image(2 * 6 * 5);
        std::iota(image.begin(), image.end(), 0.0F);
        return image;
    }

private slots:
    void theSameGeneratorGivesTheSamePicture()
    {
        Augmentation augmentation{0.1, 15, 0.1, true, 0.1};
        std::vector<float> scratch;
        auto a = ramp();
        auto b = ramp();
        ty::Random first(3, 9);
        ty::Random second(3, 9);
        augmentImage(augmentation, a, 2, 6, 5, first, scratch);
        augmentImage(augmentation, b, 2, 6, 5, second, scratch);
        QCOMPARE(a, b);
        QVERIFY(a != ramp());
    }

    void aFlipMirrorsEveryRowExactly()
    {
        Augmentation augmentation;
        augmentation.isFlipped = true;
        std::vector<float> scratch;
        int flipped = 0;
        for (std::uint64_t seed = 0; seed < 40; ++seed) {
            auto image = ramp();
            ty::Random random(seed);
            augmentImage(augmentation, image, 2, 6, 5, random, scratch);
            if (image == ramp()) {
                continue;
            }
            ++flipped;
            for (std::size_t row = 0; row < 12; ++row) {
                for (std::size_t x = 0; x < 5; ++x) {
                    QCOMPARE(image[row * 5 + x], ramp()[row * 5 + 4 - x]);
                }
            }
        }
        QVERIFY(flipped > 8 && flipped < 32);
    }

    void coloursKeepTheirOrderAndGreysStayGrey()
    {
        Augmentation augmentation;
        augmentation.colour = 0.2;
        QVERIFY(!augmentation.isOff());
        std::vector<float> scratch;
        std::vector<float> grey(3 * 4);
        for (std::size_t i = 0; i < grey.size(); ++i) {
            grey[i] = static_cast<float>(i % 4) - 1.5F; // the same in each channel; the mean is 0
        }
        std::set<float> first;
        for (std::uint64_t seed = 0; seed < 30; ++seed) {
            auto image = grey;
            ty::Random random(seed);
            augmentImage(augmentation, image, 3, 2, 2, random, scratch);
            for (std::size_t i = 0; i < 4; ++i) {
                QVERIFY(std::abs(image[i] - image[4 + i]) < 1e-6 && std::abs(image[i] - image[8 + i]) < 1e-6);
                QVERIFY(i == 0 || image[i] > image[i - 1]);
            }
            const float contrast = (image[3] - image[0]) / 3;
            QVERIFY(contrast >= 1 / 1.2001 && contrast <= 1.2001);
            QVERIFY(std::abs(image[0] + image[3]) / 2 <= 0.2001); // brightness
            first.insert(image[0]);
        }
        QVERIFY(first.size() > 25);
    }

    void saturationMovesTheChannelsApart()
    {
        Augmentation augmentation;
        augmentation.colour = 0.2;
        std::vector<float> scratch;
        double least = 10;
        double most = 0;
        for (std::uint64_t seed = 0; seed < 60; ++seed) {
            std::vector<float> image{-1, 1, 1, -1}; // two channels, as far apart in both pixels as pixels within a channel
            ty::Random random(seed);
            augmentImage(augmentation, image, 2, 1, 2, random, scratch);
            least = std::min(least, static_cast<double>(image[1] - image[0]));
            most = std::max(most, static_cast<double>(image[1] - image[0]));
        }
        QVERIFY(least < 2 / 1.1 && most > 2 * 1.1 && most <= 2 * 1.2 * 1.2001);
    }

    void valuesStayInsideThePicturesRange()
    {
        Augmentation augmentation{0.3, 30, 0.3, false, 0};
        std::vector<float> scratch;
        for (std::uint64_t seed = 0; seed < 50; ++seed) {
            auto image = ramp();
            ty::Random random(seed);
            augmentImage(augmentation, image, 2, 6, 5, random, scratch);
            for (std::size_t i = 0; i < image.size(); ++i) {
                const float low = i < 30 ? 0.0F : 30.0F;
                QVERIFY(image[i] >= low - 1e-3F && image[i] <= low + 29.0F + 1e-3F);
            }
        }
    }

    void noiseIsNearlyNormalAndOfTheDeviationAskedFor()
    {
        Augmentation augmentation;
        augmentation.noise = 0.5;
        std::vector<float> scratch;
        constexpr std::size_t kSide = 200;
        std::vector<float> image(kSide * kSide, 1.0F);
        std::vector<float> other = image;
        ty::Random random(7);
        augmentImage(augmentation, image, 1, kSide, kSide, random, scratch);
        augmentImage(augmentation, other, 1, kSide, kSide, random, scratch);
        QVERIFY(image != other);
        const auto count = static_cast<double>(image.size());
        const auto noise = [](float value) { return static_cast<double>(value) - 1; };
        double sum = 0;
        double squares = 0;
        double fourths = 0;
        double neighbours = 0;
        double pictures = 0;
        for (std::size_t i = 0; i < image.size(); ++i) {
            const double value = noise(image[i]);
            sum += value;
            squares += value * value;
            fourths += value * value * value * value;
            neighbours += i > 0 ? value * noise(image[i - 1]) : 0;
            pictures += value * noise(other[i]);
        }
        // 40,000 values tell a mean of such a deviation to 0.0025, and a correlation to 0.005.
        QVERIFY2(std::abs(sum / count) < 0.01, std::to_string(sum / count).c_str());
        QVERIFY2(std::abs(std::sqrt(squares / count) - 0.5) < 0.01, std::to_string(std::sqrt(squares / count)).c_str());
        const double kurtosis = fourths / count / (squares / count * squares / count);
        QVERIFY2(std::abs(kurtosis - 2.7) < 0.1, std::to_string(kurtosis).c_str()); // of the sum of four even draws; 3 is normal
        QVERIFY2(std::abs(neighbours / squares) < 0.02, std::to_string(neighbours / squares).c_str());
        QVERIFY2(std::abs(pictures / squares) < 0.02, std::to_string(pictures / squares).c_str());
    }

    void nothingOnChangesNothing()
    {
        Augmentation augmentation;
        QVERIFY(augmentation.isOff());
        std::vector<float> scratch;
        auto image = ramp();
        ty::Random random(1);
        augmentImage(augmentation, image, 2, 6, 5, random, scratch);
        QCOMPARE(image, ramp());
    }
};

QTEST_GUILESS_MAIN(TestAugment)
#include "tst_augment.moc"
