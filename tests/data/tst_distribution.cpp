#include <cmath>
#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <QTest>

#include "engine/data/column_statistics.h"
#include "engine/data/dataset.h"
#include "engine/data/distribution.h"
#include "tests/data/data_files.h"

using namespace ty;
using namespace ty::engine;

namespace {

std::vector<float> bellCurve(std::size_t count, double mean, double deviation)
{
    std::mt19937 random(7);
    std::normal_distribution<double> values(mean, deviation);
    std::vector<float> numbers;
    for (std::size_t i = 0; i < count; ++i) {
        numbers.push_back(static_cast<float>(values(random)));
    }
    return numbers;
}

std::uint64_t sumOf(const std::vector<std::uint64_t>& counts)
{
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

/// Counted one by one between the histogram's own edges.
std::vector<std::uint64_t> countedByHand(const std::vector<float>& values, const ValueHistogram& bins)
{
    std::vector<std::uint64_t> counts(bins.counts().size());
    for (const float value : values) {
        for (std::size_t i = 0; i < counts.size(); ++i) {
            const double from = bins.from() + bins.width() * static_cast<double>(i);
            counts[i] += value >= from && value < from + bins.width() ? 1 : 0;
        }
    }
    return counts;
}

} // namespace

class TestDistribution : public QObject {
    Q_OBJECT

  private slots:
    void everyValueIsInItsBin_data();
    void everyValueIsInItsBin();
    void piecesInAnyOrderGiveTheSameBins();
    void wholeNumbersAreNotCut();
    void missingAndInfiniteValuesAreInNoBin();
    void columnsOfATableTellHowTheirValuesAreSpread();
    void leavingRowsOutChangesTheDistribution();
};

void TestDistribution::everyValueIsInItsBin_data()
{
    QTest::addColumn<QList<float>>("values");
    const auto row = [](const char* name, const std::vector<float>& values) {
        QTest::newRow(name) << QList<float>(values.begin(), values.end());
    };
    row("few different values", {1.5F, 2.5F, 2.5F, -3.0F});
    row("one value", {42.0F});
    row("more than are told apart", bellCurve(30'000, 0, 1));
    row("far from zero", bellCurve(30'000, 1e6, 3));
    row("very small", bellCurve(20'000, 0, 1e-30));
    std::vector<float> outlier = bellCurve(20'000, 0, 1);
    outlier.push_back(1e30F);
    row("one far away", outlier);
}

void TestDistribution::everyValueIsInItsBin()
{
    QFETCH(QList<float>, values);
    const std::vector<float> numbers(values.begin(), values.end());
    NumberStatistics statistics;
    for (std::size_t first = 0; first < numbers.size(); first += 1000) {
        statistics.add(std::span(numbers).subspan(first, std::min<std::size_t>(1000, numbers.size() - first)));
    }
    const ValueHistogram spread = statistics.spread();
    QVERIFY(spread.counts().size() <= 32);
    QCOMPARE(sumOf(spread.counts()), static_cast<std::uint64_t>(numbers.size()));
    QCOMPARE(spread.counts(), countedByHand(numbers, spread));
}

void TestDistribution::piecesInAnyOrderGiveTheSameBins()
{
    const auto values = bellCurve(50'000, -20, 7);
    NumberStatistics forward;
    NumberStatistics pieces;
    forward.add(values);
    std::vector<NumberStatistics> parts;
    for (std::size_t first = 0; first < values.size(); first += 7000) {
        parts.emplace_back();
        parts.back().add(std::span(values).subspan(first, std::min<std::size_t>(7000, values.size() - first)));
    }
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
        pieces.add(*part);
    }
    QCOMPARE(pieces.spread().counts(), forward.spread().counts());
    QCOMPARE(pieces.spread().from(), forward.spread().from());
    QCOMPARE(pieces.spread().width(), forward.spread().width());
}

void TestDistribution::wholeNumbersAreNotCut()
{
    NumberStatistics statistics;
    statistics.add(std::vector<float>{1, 1, 2, 4});
    const ValueHistogram spread = statistics.spread();
    QCOMPARE(spread.width(), 1.0);
    QCOMPARE(spread.counts(), (std::vector<std::uint64_t>{2, 1, 0, 1}));
}

void TestDistribution::missingAndInfiniteValuesAreInNoBin()
{
    ValueHistogram bins;
    bins.add(std::vector<float>{1.0F, std::nanf(""), INFINITY, -INFINITY, 1.0F});
    QCOMPARE(sumOf(bins.counts()), std::uint64_t{2});
}

void TestDistribution::columnsOfATableTellHowTheirValuesAreSpread()
{
    const FolderOfFiles files;
    std::string text = "size,colour,kind\n";
    for (int i = 0; i < 40; ++i) {
        text += std::to_string(i % 4) + "," + (i % 8 == 0 ? "red" : "blue") + "," + (i < 20 ? "a" : "b") + "\n";
    }
    OpenOptions options;
    options.areValuesKept = false; // as inspect does
    const auto dataset = openDataset(files.write("things.csv", text), options);
    QVERIFY(dataset);
    const auto& columns = dataset.value()->info().columns;
    QCOMPARE(columns[0].distribution.counts, (std::vector<std::uint64_t>{10, 10, 10, 10}));
    QCOMPARE(columns[0].distribution.from, 0.0);
    QCOMPARE(columns[0].distribution.to, 4.0);
    QCOMPARE(columns[1].distribution.names, (std::vector<std::string>{"blue", "red"}));
    QCOMPARE(columns[1].distribution.counts, (std::vector<std::uint64_t>{35, 5}));
    QCOMPARE(columns[1].distribution.toSparkline(), std::string("█▂"));
    const Json json = dataset.value()->info().toJson();
    QCOMPARE(json["columns"][1]["distribution"]["names"][0].get<std::string>(), std::string("blue"));
}

void TestDistribution::leavingRowsOutChangesTheDistribution()
{
    const FolderOfFiles files;
    std::string text = "size,age,kind\n";
    for (int i = 0; i < 40; ++i) {
        text += std::to_string(i % 4) + "," + (i % 4 == 3 ? "" : "7") + "," + (i < 20 ? "a" : "b") + "\n";
    }
    OpenOptions options;
    options.repairs.missing["age"] = MissingValues::DropRows;
    const auto dataset = openDataset(files.write("things.csv", text), options);
    QVERIFY(dataset);
    QCOMPARE(dataset.value()->info().columns[0].distribution.counts, (std::vector<std::uint64_t>{10, 10, 10}));
}

QTEST_APPLESS_MAIN(TestDistribution)
#include "tst_distribution.moc"
