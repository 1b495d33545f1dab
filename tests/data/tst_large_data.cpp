#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <QDir>
#include <QTest>

#include "engine/base/random.h"
#include "engine/data/dataset.h"
#include "engine/data/sample_fixes.h"
#include "tests/data/data_files.h"
#include "tests/support/memory_limit.h"

using namespace ty;
using namespace ty::engine;

namespace {

QString messageOf(const Result<std::unique_ptr<Dataset>>& result)
{
    return result.isOk() ? QString("opened") : QString::fromStdString(result.error().message);
}

bool isEqual(std::span<const float> a, std::span<const float> b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](float x, float y) {
        return x == y || (std::isnan(x) && std::isnan(y));
    });
}

/// The first difference, in words; empty if there is none.
QString difference(const Dataset& a, const Dataset& b)
{
    if (a.info().toJson() != b.info().toJson()) {
        return "what they say about themselves";
    }
    for (std::size_t c = 0; c < a.info().columns.size(); ++c) {
        if (!isEqual(a.numericColumn(c), b.numericColumn(c))) {
            return QString("numbers of column %1").arg(c);
        }
        const auto one = a.categoryColumn(c);
        const auto other = b.categoryColumn(c);
        if (!std::equal(one.begin(), one.end(), other.begin(), other.end())) {
            return QString("codes of column %1").arg(c);
        }
    }
    const auto& shape = a.info().imageShape;
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(shape[0] * shape[1] * shape[2]));
    std::vector<std::uint8_t> others(pixels.size());
    for (std::uint64_t i = 0; i < a.size(); ++i) {
        if (a.classOf(i) != b.classOf(i) || a.sampleId(i) != b.sampleId(i) || a.partOf(i) != b.partOf(i)) {
            return QString("sample %1").arg(i);
        }
        if (a.info().kind == DataKind::Image &&
            (!a.readImage(i, pixels) || !b.readImage(i, others) || pixels != others)) {
            return QString("picture %1").arg(i);
        }
    }
    return {};
}

/// More than 16 MiB, because a table's reader asks for room every so often.
std::string wideCsv()
{
    Random random(1);
    std::string text = "a,b,c,d,when,colour,kind,note\n";
    const char* const colours[] = {"red", "green", "blue"};
    for (int i = 0; text.size() < (std::size_t{19} << 20); ++i) {
        fmt::format_to(
            std::back_inserter(text),
            "{:.6f},{:.3f},{},{:.4f},2020-{:02}-{:02},{},{},remark {}\n",
            random.normal(),
            100 * random.normal(),
            i % 13 == 0 ? std::string() : std::to_string(random.below(100'000)),
            random.uniform(),
            1 + i % 12,
            1 + i % 28,
            colours[random.below(3)],
            i % 2 == 0 ? "even" : "odd",
            i);
    }
    return text;
}

std::string randomBytes(std::size_t count, std::uint64_t most)
{
    Random random(2);
    std::string bytes(count, '\0');
    for (char& byte : bytes) {
        byte = static_cast<char>(random.below(most));
    }
    return bytes;
}

std::string squaresCtf()
{
    Random random(3);
    std::string text;
    for (int row = 0; row < 300; ++row) {
        text += row % 2 == 0 ? "|labels 1 0 |features" : "|labels 0 1 |features";
        for (int i = 0; i < 784; ++i) {
            text += ' ' + std::to_string(random.below(256));
        }
        text += '\n';
    }
    return text;
}

} // namespace

/// Data that do not fit into memory are the same data.
class TestLargeData : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase()
    {
        qputenv("XDG_CACHE_HOME", m_cache.path().toUtf8());
        m_files.write("wide/table.csv", wideCsv());
        m_files.write("idx/train-images-idx3-ubyte", idxBytes({3000, 28, 28}, randomBytes(3000 * 784, 256)));
        m_files.write("idx/train-labels-idx1-ubyte", idxBytes({3000}, randomBytes(3000, 10)));
        m_files.writeGzip("idx/t10k-images-idx3-ubyte.gz", idxBytes({500, 28, 28}, randomBytes(500 * 784, 256)));
        m_files.write("idx/t10k-labels-idx1-ubyte", idxBytes({500}, randomBytes(500, 10)));
        m_files.write("npy/images.npy", npyBytes("|u1", "(400, 16, 16)", randomBytes(400 * 256, 256)));
        m_files.write("npy/labels.npy", npyBytes("|u1", "(400,)", randomBytes(400, 4)));
        m_files.write("squares/train.ctf.txt", squaresCtf());
    }

    void theyAreTheSameInAFileAndInMemory_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<bool>("isTable");
        QTest::newRow("CSV") << "wide/table.csv" << true;
        QTest::newRow("IDX, also packed") << "idx" << false;
        QTest::newRow("NPY") << "npy/images.npy" << false;
        QTest::newRow("CNTK text") << "squares" << false;
    }
    void theyAreTheSameInAFileAndInMemory()
    {
        QFETCH(QString, path);
        QFETCH(bool, isTable);
        const std::string data = m_files.path(path.toStdString());
        OpenOptions options;
        options.target = isTable ? "kind" : "";
        const auto inMemory = openDataset(data, options);
        QVERIFY2(inMemory.isOk(), qPrintable(messageOf(inMemory)));
        QVERIFY(inMemory.value()->isReadQuickly());
        const MemoryLimit limit("1");
        const auto inFile = openDataset(data, options);
        QVERIFY2(inFile.isOk(), qPrintable(messageOf(inFile)));
        QCOMPARE(inFile.value()->isReadQuickly(), !isTable); // a row of such a table is scattered over its columns
        const QString found = difference(*inMemory.value(), *inFile.value());
        QVERIFY2(found.isEmpty(), qPrintable(found));
    }

    void repairsAndCorrectionsWorkOnThemToo()
    {
        OpenOptions options;
        options.target = "kind";
        options.areDuplicatesSought = false;
        options.repairs.missing["c"] = MissingValues::DropRows;
        const std::string data = m_files.path("wide/table.csv");
        SampleFixes fixes;
        fixes.labels["line 5"] = "even";
        fixes.excluded.insert("line 9");
        auto inMemory = fixSamples(openDataset(data, options).value(), fixes);
        QVERIFY2(inMemory.isOk(), qPrintable(messageOf(inMemory)));
        const MemoryLimit limit("1");
        auto inFile = fixSamples(openDataset(data, options).value(), fixes);
        QVERIFY2(inFile.isOk(), qPrintable(messageOf(inFile)));
        QVERIFY(inMemory.value()->isReadQuickly() && !inFile.value()->isReadQuickly());
        const QString found = difference(*inMemory.value(), *inFile.value());
        QVERIFY2(found.isEmpty(), qPrintable(found));
    }

  private:
    FolderOfFiles m_files;
    QTemporaryDir m_cache{QDir::currentPath() + "/scratch-XXXXXX"}; ///< on a disk; /tmp may be memory
};

QTEST_GUILESS_MAIN(TestLargeData)
#include "tst_large_data.moc"
