#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <QTest>

#include "engine/data/dataset.h"
#include "tests/data/data_files.h"

using namespace ty;
using namespace ty::engine;

namespace {

/// Rows of classes a, b, c, ... with the given numbers of samples, mixed.
std::unique_ptr<Dataset> makeDataset(const FolderOfFiles& files, const std::vector<int>& sizes)
{
    std::string text = "x,class\n";
    const int most = *std::max_element(sizes.begin(), sizes.end());
    for (int i = 0; i < most; ++i) {
        for (std::size_t c = 0; c < sizes.size(); ++c) {
            if (i < sizes[c]) {
                text += std::to_string(i * 1.5 + static_cast<double>(c)) + "," +
                        static_cast<char>('a' + c) + "\n";
            }
        }
    }
    auto dataset = openDataset(files.write("split.csv", text), {});
    return dataset ? std::move(dataset).value() : nullptr;
}

} // namespace

class TestSplit : public QObject {
    Q_OBJECT

  private slots:
    void partsAreDisjointCompleteAndStratified_data();
    void partsAreDisjointCompleteAndStratified();
    void theSeedDecides();
    void theSameSeedGivesTheSameSplitEverywhere();
    void givenPartsAreKept();
    void unlabelledSamplesAreLeftOut();
    void aClassOfOneStaysInTraining();
    void impossibleSplitsSaySo();
    void sizesToldBeforehandAreThoseOfTheSplit_data();
    void sizesToldBeforehandAreThoseOfTheSplit();
};

void TestSplit::partsAreDisjointCompleteAndStratified_data()
{
    QTest::addColumn<QList<int>>("sizes");
    QTest::addColumn<double>("validation");
    QTest::addColumn<double>("test");
    QTest::newRow("even") << QList<int>{50, 50, 50} << 0.2 << 0.0;
    QTest::newRow("odd sizes") << QList<int>{17, 41, 3, 90} << 0.2 << 0.1;
    QTest::newRow("many small classes") << QList<int>(40, 7) << 0.15 << 0.15;
    QTest::newRow("half") << QList<int>{9, 11} << 0.3 << 0.2;
}

void TestSplit::partsAreDisjointCompleteAndStratified()
{
    QFETCH(QList<int>, sizes);
    QFETCH(double, validation);
    QFETCH(double, test);
    const FolderOfFiles files;
    const auto dataset = makeDataset(files, {sizes.begin(), sizes.end()});
    QVERIFY(dataset != nullptr);

    const auto split = splitDataset(*dataset, {validation, test, 7, true}, false, false);

    QVERIFY2(split.isOk(), split.isOk() ? "" : split.error().message.c_str());
    std::set<std::uint32_t> seen;
    for (const auto* part :
         {&split.value().training, &split.value().validation, &split.value().test}) {
        QVERIFY(std::is_sorted(part->begin(), part->end()));
        seen.insert(part->begin(), part->end());
    }
    QCOMPARE(seen.size(), static_cast<std::size_t>(dataset->size()));
    QCOMPARE(
        split.value().training.size() + split.value().validation.size() + split.value().test.size(),
        seen.size());
    std::map<std::int32_t, int> held;
    std::map<std::int32_t, int> tested;
    for (const std::uint32_t sample : split.value().validation) {
        ++held[dataset->classOf(sample)];
    }
    for (const std::uint32_t sample : split.value().test) {
        ++tested[dataset->classOf(sample)];
    }
    for (int c = 0; c < sizes.size(); ++c) {
        QVERIFY(std::abs(held[c] - validation * sizes[c]) <= 1.0);
        QVERIFY(std::abs(tested[c] - test * sizes[c]) <= 1.0);
        QVERIFY(held[c] + tested[c] < sizes[c]);
    }
    QCOMPARE(
        split.value().validation.size(),
        static_cast<std::size_t>(std::llround(validation * static_cast<double>(dataset->size()))));
}

void TestSplit::theSeedDecides()
{
    const FolderOfFiles files;
    const auto dataset = makeDataset(files, {60, 60});
    const auto a = splitDataset(*dataset, {0.2, 0, 1, true}, false, false);
    const auto b = splitDataset(*dataset, {0.2, 0, 1, true}, false, false);
    const auto c = splitDataset(*dataset, {0.2, 0, 2, true}, false, false);
    QCOMPARE(a.value().validation, b.value().validation);
    QVERIFY(a.value().validation != c.value().validation);
}

void TestSplit::theSameSeedGivesTheSameSplitEverywhere()
{
    const FolderOfFiles files;
    const auto dataset = makeDataset(files, {10, 10});
    const auto split = splitDataset(*dataset, {0.2, 0, 42, true}, false, false);
    // Written down once; a change breaks runs that are resumed on another machine.
    QString text;
    for (const std::uint32_t sample : split.value().validation) {
        text += QString::number(sample) + " ";
    }
    QCOMPARE(text, QString("2 3 16 19 "));
}

void TestSplit::givenPartsAreKept()
{
    const FolderOfFiles files;
    const auto write = [&](const char* name, std::uint32_t count, char shift) {
        std::string pixels;
        std::string labels;
        for (std::uint32_t i = 0; i < count * 4; ++i) {
            pixels += static_cast<char>(i + static_cast<unsigned char>(shift));
        }
        for (std::uint32_t i = 0; i < count; ++i) {
            labels += static_cast<char>(i % 2);
        }
        files.write(std::string(name) + "-images", idxBytes({count, 2, 2}, pixels));
        files.write(std::string(name) + "-labels", idxBytes({count}, labels));
    };
    write("train", 20, 0);
    write("test", 6, 90);
    const auto dataset = openDataset(files.folder(), {});
    QVERIFY2(dataset.isOk(), dataset.isOk() ? "" : dataset.error().message.c_str());
    const auto split = splitDataset(**dataset, {0.25, 0.1, 1, true}, false, false);
    QVERIFY(split.isOk());
    QCOMPARE(split.value().training.size(), 15U);
    QCOMPARE(split.value().validation.size(), 5U);
    QCOMPARE(split.value().test.size(), 6U);
    const auto external = splitDataset(**dataset, {0.25, 0, 1, true}, true, false);
    QCOMPARE(external.value().training.size(), 20U);
    QVERIFY(external.value().validation.empty());
}

void TestSplit::unlabelledSamplesAreLeftOut()
{
    const FolderOfFiles files;
    const auto dataset =
        openDataset(files.write("u.csv", "x,class\n1,a\n2,\n3,b\n4,a\n5,b\n6,\n7,a\n8,b\n"), {});
    const auto split = splitDataset(**dataset, {0.34, 0, 1, true}, false, false);
    QVERIFY(split.isOk());
    QCOMPARE(split.value().training.size() + split.value().validation.size(), 6U);
    for (const std::uint32_t sample : split.value().training) {
        QVERIFY(sample != 1 && sample != 5);
    }
}

void TestSplit::aClassOfOneStaysInTraining()
{
    const FolderOfFiles files;
    const auto dataset = makeDataset(files, {30, 1, 2});
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        const auto split = splitDataset(*dataset, {0.4, 0.2, seed, true}, false, false);
        std::set<std::int32_t> classes;
        for (const std::uint32_t sample : split.value().training) {
            classes.insert(dataset->classOf(sample));
        }
        QCOMPARE(classes.size(), 3U);
    }
}

void TestSplit::impossibleSplitsSaySo()
{
    const FolderOfFiles files;
    const auto dataset = makeDataset(files, {3, 3});
    QVERIFY(!splitDataset(*dataset, {0.6, 0.4, 1, true}, false, false).isOk());
    QVERIFY(!splitDataset(*dataset, {std::nan(""), 0, 1, true}, false, false).isOk());
    const auto lonely = openDataset(files.write("l.csv", "x,class\n1,a\n2,b\n3,c\n"), {});
    QVERIFY(lonely.isOk());
    const auto split = splitDataset(**lonely, {0.3, 0, 1, true}, false, false);
    QVERIFY(!split.isOk());
    QCOMPARE(
        QString::fromStdString(split.error().message),
        QString("l has one sample in each class, so none can be held back"));
}

void TestSplit::sizesToldBeforehandAreThoseOfTheSplit_data()
{
    QTest::addColumn<QList<int>>("sizes");
    QTest::addColumn<double>("validation");
    QTest::addColumn<double>("test");
    QTest::addColumn<bool>("isStratified");
    QTest::newRow("even") << QList<int>{50, 50, 50} << 0.2 << 0.0 << true;
    QTest::newRow("odd sizes") << QList<int>{17, 41, 3, 90} << 0.2 << 0.15 << true;
    QTest::newRow("a class of one") << QList<int>{1, 12} << 0.3 << 0.3 << true;
    QTest::newRow("by chance") << QList<int>{17, 41, 3, 90} << 0.13 << 0.29 << false;
}

void TestSplit::sizesToldBeforehandAreThoseOfTheSplit()
{
    QFETCH(QList<int>, sizes);
    QFETCH(double, validation);
    QFETCH(double, test);
    QFETCH(bool, isStratified);
    const FolderOfFiles files;
    const auto dataset = makeDataset(files, {sizes.begin(), sizes.end()});
    QVERIFY(dataset);
    SplitSpec spec;
    spec.validation = validation;
    spec.test = test;
    spec.isStratified = isStratified;
    std::vector<std::uint64_t> groups(sizes.begin(), sizes.end());
    if (!isStratified) {
        groups = {dataset->size()};
    }
    const auto told = splitSizes(groups, spec);
    const auto split = splitDataset(*dataset, spec, false, false);
    QVERIFY(split);
    QCOMPARE(told[0], static_cast<std::uint64_t>(split->training.size()));
    QCOMPARE(told[1], static_cast<std::uint64_t>(split->validation.size()));
    QCOMPARE(told[2], static_cast<std::uint64_t>(split->test.size()));
}

QTEST_GUILESS_MAIN(TestSplit)
#include "tst_split.moc"
