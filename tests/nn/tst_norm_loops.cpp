#include <QtTest>

#include <cmath>
#include <cstring>
#include <limits>
#include <new>
#include <vector>

#include "engine/backends/cpu/loops/norm_loops.h"
#include "engine/base/random.h"

using namespace ty::engine;

namespace {

constexpr std::align_val_t kLine{64};

/// Floats on a cache line.
class Picture {
public:
    explicit Picture(std::int64_t count)
        : m_count(static_cast<std::size_t>(count)), m_values(static_cast<float*>(::operator new(m_count * sizeof(float), kLine)))
    {
        std::fill(m_values, m_values + m_count, -7.0F);
    }
    ~Picture() { ::operator delete(m_values, kLine); }
    Picture(const Picture&) = delete;
    Picture& operator=(const Picture&) = delete;

    float* data() { return m_values; }
    float& operator[](std::size_t i) { return m_values[i]; }
    std::size_t size() const { return m_count; }

private:
    std::size_t m_count;
    float* m_values;
};

} // namespace

class TestNormLoops : public QObject {
    Q_OBJECT

private slots:
    void storesPastTheCachesHaveTheSameBits_data();
    void storesPastTheCachesHaveTheSameBits();
};

void TestNormLoops::storesPastTheCachesHaveTheSameBits_data()
{
    QTest::addColumn<bool>("hasAddend");
    QTest::addColumn<bool>("isRelu");
    QTest::newRow("a line") << false << false;
    QTest::newRow("with relu") << false << true;
    QTest::newRow("with an addend") << true << false;
    QTest::newRow("with both") << true << true;
}

void TestNormLoops::storesPastTheCachesHaveTheSameBits()
{
    QFETCH(const bool, hasAddend);
    QFETCH(const bool, isRelu);
    loops::ChannelGroup group;
    group.images = 3;
    group.rows = 37;
    group.width = 16;
    group.imageStride = 4 * group.rows * group.width; // other channels lie between
    const std::int64_t count = group.images * group.imageStride;
    ty::Random random(5);
    Picture x(count);
    Picture addend(count);
    for (std::size_t i = 0; i < x.size(); ++i) {
        x[i] = static_cast<float>(random.normal());
        addend[i] = static_cast<float>(random.normal());
    }
    x[3] = std::numeric_limits<float>::quiet_NaN();
    x[20] = -std::numeric_limits<float>::infinity();
    x[41] = -0.0F;
    std::vector<float> factor(16);
    std::vector<float> offset(16);
    for (std::size_t c = 0; c < 16; ++c) {
        factor[c] = static_cast<float>(random.normal());
        offset[c] = static_cast<float>(random.normal());
    }
    Picture plain(count);
    Picture past(count);
    const float* added = hasAddend ? addend.data() : nullptr;
    loops::scaleShift(group, x.data(), factor.data(), offset.data(), added, isRelu, plain.data());
    if (loops::areStoresPastCachesFaster()) {
        loops::scaleShiftPastCaches(group, x.data(), factor.data(), offset.data(), added, isRelu, past.data());
        QCOMPARE(std::memcmp(plain.data(), past.data(), plain.size() * sizeof(float)), 0);
    } else {
        QSKIP("this processor stores through its caches");
    }
}

QTEST_GUILESS_MAIN(TestNormLoops)
#include "tst_norm_loops.moc"
