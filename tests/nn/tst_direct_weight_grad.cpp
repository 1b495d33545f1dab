#include <QTest>

#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "engine/backends/cpu/loops/direct_weight_grad.h"
#include "engine/base/random.h"

using namespace ty;
using namespace ty::engine::loops;

namespace {

std::vector<float> someNumbers(std::int64_t count, std::uint64_t seed)
{
    Random random(seed);
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float& value : values) {
        value = static_cast<float>(random.normal());
    }
    return values;
}

/// The place of a pixel in a picture {N, C / 16, H, W, 16}.
std::size_t placeOf(
    std::int64_t image, std::int64_t channel, std::int64_t row, std::int64_t column, std::int64_t channels, std::array<std::int64_t, 2> size)
{
    return static_cast<std::size_t>(
        ((image * (channels / 16) + channel / 16) * size[0] * size[1] + row * size[1] + column) * 16 + channel % 16);
}

/// One number of the gradient, by the definition of a convolution.
double gradientAt(
    const BlockedConvolution& c, const std::vector<float>& x, const std::vector<float>& dy,
    std::int64_t filter, std::int64_t channel, std::int64_t down, std::int64_t right)
{
    double sum = 0;
    for (std::int64_t image = 0; image < c.images; ++image) {
        for (std::int64_t row = 0; row < c.dst[0]; ++row) {
            for (std::int64_t column = 0; column < c.dst[1]; ++column) {
                const std::int64_t y = row * c.stride[0] + down - c.padding[0];
                const std::int64_t z = column * c.stride[1] + right - c.padding[1];
                if (y >= 0 && y < c.src[0] && z >= 0 && z < c.src[1]) {
                    sum += static_cast<double>(dy[placeOf(image, filter, row, column, c.filters, c.dst)])
                        * static_cast<double>(x[placeOf(image, channel, y, z, c.channels, c.src)]);
                }
            }
        }
    }
    return sum;
}

} // namespace

class TestDirectWeightGrad : public QObject {
    Q_OBJECT

private slots:
    void itIsTheSumOverAllPixels_data();
    void itIsTheSumOverAllPixels();
};

void TestDirectWeightGrad::itIsTheSumOverAllPixels_data()
{
    QTest::addColumn<int>("images");
    QTest::addColumn<int>("channels");
    QTest::addColumn<int>("filters");
    QTest::addColumn<int>("side"); // of the result
    QTest::addColumn<int>("kernel");
    QTest::addColumn<int>("stride");
    QTest::addColumn<int>("padding");
    QTest::newRow("one pixel") << 1 << 16 << 16 << 1 << 1 << 1 << 0;
    QTest::newRow("pixels of whole planes") << 6 << 32 << 48 << 7 << 1 << 1 << 0;
    QTest::newRow("every second pixel") << 3 << 16 << 32 << 7 << 1 << 2 << 0;
    QTest::newRow("windows") << 5 << 32 << 32 << 6 << 3 << 1 << 1;
    QTest::newRow("windows, every second") << 2 << 16 << 48 << 7 << 3 << 2 << 1;
    QTest::newRow("rows of large planes") << 2 << 16 << 32 << 31 << 3 << 1 << 1;
    QTest::newRow("rows longer than are taken at once") << 1 << 16 << 16 << 260 << 1 << 1 << 0;
    QTest::newRow("windows larger than the picture") << 2 << 16 << 16 << 2 << 5 << 1 << 2;
}

void TestDirectWeightGrad::itIsTheSumOverAllPixels()
{
    QFETCH(int, images);
    QFETCH(int, channels);
    QFETCH(int, filters);
    QFETCH(int, side);
    QFETCH(int, kernel);
    QFETCH(int, stride);
    QFETCH(int, padding);
    const std::int64_t source = (side - 1) * stride + kernel - 2 * padding;
    const BlockedConvolution c{
        images, channels, filters, {source, source}, {side, side}, {kernel, kernel}, {stride, stride}, {padding, padding}};
    const auto x = someNumbers(c.images * c.channels * source * source, 1);
    const auto dy = someNumbers(c.images * c.filters * side * side, 2);
    std::vector<float> grad(static_cast<std::size_t>(c.filters * c.channels * kernel * kernel), -7.0F);
    std::vector<float> inParts(grad);

    directWeightGrad(c, x.data(), dy.data(), 0, c.parts(), grad.data());
    for (std::int64_t part = c.parts(); part-- > 0;) {
        directWeightGrad(c, x.data(), dy.data(), part, part + 1, inParts.data());
    }

    QVERIFY(grad == inParts);
    for (std::int64_t filter = 0; filter < c.filters; filter += 5) {
        for (std::int64_t channel = 0; channel < c.channels; channel += 3) {
            for (std::int64_t place = 0; place < kernel * kernel; ++place) {
                const std::int64_t block = filter / 16 * (c.channels / 16) + channel / 16;
                const auto at = static_cast<std::size_t>(
                    ((block * kernel * kernel + place) * 16 + channel % 16) * 16 + filter % 16);
                const double expected = gradientAt(c, x, dy, filter, channel, place / kernel, place % kernel);
                // Sums of up to 67,600 products of about 1 in float32.
                QVERIFY2(
                    std::abs(static_cast<double>(grad[at]) - expected) < 1e-3,
                    fmt::format("filter {}, channel {}, place {}: {} instead of {}", filter, channel, place, grad[at], expected).c_str());
            }
        }
    }
}

QTEST_GUILESS_MAIN(TestDirectWeightGrad)
#include "tst_direct_weight_grad.moc"
