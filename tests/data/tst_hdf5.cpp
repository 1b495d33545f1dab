// HDF5 files that h5py wrote, beside what h5py reads from them, and files that are damaged or made to do harm.
#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <stop_token>
#include <vector>

#include <QProcess>
#include <QTest>

#include "engine/base/files.h"
#include "engine/base/json.h"
#include "engine/data/data_files.h"
#include "engine/data/dataset.h"
#include "tests/data/data_files.h"
#include "tests/data/folder_as_store.h"
#include "tests/data/temporary_place.h"

using namespace ty;
using namespace ty::engine;

class TestHdf5 : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void numbersAreThoseThatH5pyReads();
    void arraysOfOneLengthAreColumns();
    void anArrayCanBeNamed();
    void aFileOfAStoreIsReadFromACopyThatGoes();
    void whatLeadsOutOfTheFileIsRefused();
    void damagedFilesAreErrorsAndNothingElse();
    void aFileThatIsCutIsRefused();
    void withoutTheProgramThatReadsThemThereIsAdvice();
    void readingCanBeCancelled();

private:
    std::string path(const char* name) const { return m_files.path(name); }
    FolderOfFiles m_files;
};

namespace {

std::string contentOf(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// What the sample brings, whatever kind of data it is.
std::vector<double> inputsOf(const Dataset& dataset, std::uint64_t sample)
{
    std::vector<double> values;
    if (dataset.info().kind == DataKind::Image) {
        const auto& shape = dataset.info().imageShape;
        std::vector<std::uint8_t> pixels(static_cast<std::size_t>(shape[0] * shape[1] * shape[2]));
        if (dataset.readImage(sample, pixels)) {
            values.assign(pixels.begin(), pixels.end());
        }
        return values;
    }
    for (std::size_t c = 0; c < dataset.info().columns.size(); ++c) {
        if (dataset.info().columns[c].role != ColumnRole::Target) {
            const auto numbers = dataset.numericColumn(c);
            const auto codes = dataset.categoryColumn(c);
            values.push_back(!numbers.empty() ? static_cast<double>(numbers[sample]) : std::stod(dataset.info().columns[c].categories[static_cast<std::size_t>(codes[sample])]));
        }
    }
    return values;
}

} // namespace

void TestHdf5::initTestCase()
{
    QProcess python;
    python.setProcessChannelMode(QProcess::MergedChannels);
    python.start(
        QStringLiteral("/usr/bin/python3"), // another python3 lacks Debian's modules
        {QStringLiteral(TRAINYARD_SOURCE_DIR "/tests/data/hdf5_files.py"), QString::fromStdString(m_files.folder())});
    QVERIFY(python.waitForFinished(100'000));
    const QByteArray said = python.readAll();
    if (said.contains("ModuleNotFoundError")) {
        QSKIP("python3-h5py is not installed");
    }
    QVERIFY2(python.exitCode() == 0, said.constData());
}

void TestHdf5::numbersAreThoseThatH5pyReads()
{
    const auto cases = readJsonFile(path("hdf5.json"));
    QVERIFY(cases);
    QVERIFY(cases->size() > 15);
    for (const Json& one : *cases) {
        const auto name = one["file"].get<std::string>();
        const auto opened = openDataset(path(name.c_str()), {});
        QVERIFY2(opened, (name + ": " + (opened ? "" : opened.error().message)).c_str());
        const Dataset& dataset = *opened.value();
        QCOMPARE(dataset.info().format, std::string("hdf5"));
        QCOMPARE(dataset.size(), static_cast<std::uint64_t>(one["inputs"].size()));
        for (std::size_t part = 0; part < 3; ++part) {
            QCOMPARE(dataset.info().givenSplit[part], one["parts"][part].get<std::uint64_t>());
        }
        for (std::uint64_t sample = 0; sample < dataset.size(); ++sample) {
            const auto values = inputsOf(dataset, sample);
            const auto expected = one["inputs"][sample].get<std::vector<double>>();
            QCOMPARE(values.size(), expected.size());
            for (std::size_t i = 0; i < values.size(); ++i) {
                const double tolerance = 1e-6 * std::abs(expected[i]) + 1e-7; // a float has seven digits
                QVERIFY2(std::abs(values[i] - expected[i]) <= tolerance, (name + " sample " + std::to_string(sample)).c_str());
            }
            const auto label = dataset.info().classes[static_cast<std::size_t>(dataset.classOf(sample))].name;
            QCOMPARE(std::stod(label), one["labels"][sample].get<double>());
        }
    }
}

void TestHdf5::arraysOfOneLengthAreColumns()
{
    OpenOptions options;
    options.target = "age";
    const auto opened = openDataset(path("columns.h5"), options);
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    QCOMPARE(opened.value()->info().columns.size(), std::size_t{2});
    QCOMPARE(opened.value()->info().target, std::string("age"));
    QCOMPARE(opened.value()->size(), std::uint64_t{50});
}

void TestHdf5::anArrayCanBeNamed()
{
    const auto unclear = openDataset(path("named.h5"), {});
    QVERIFY(!unclear);
    QVERIFY2(unclear.error().message.find("camera/left (50 x 5)") != std::string::npos, unclear.error().message.c_str());
    const auto named = openDataset(path("named.h5") + "::camera/right", {});
    QVERIFY2(named, named ? "" : named.error().message.c_str());
    QCOMPARE(named.value()->size(), std::uint64_t{50});
    QCOMPARE(named.value()->info().classes.size(), std::size_t{2});
    QVERIFY(!openDataset(path("named.h5") + "::camera/none", {}));
}

void TestHdf5::aFileOfAStoreIsReadFromACopyThatGoes()
{
    const TemporaryPlace temporary;
    const FolderAsStore store(m_files.folder());
    OpenOptions options;
    options.files = &store;

    const auto there = openDataset("az://box/named.h5::camera/right", options);

    const auto here = openDataset(path("named.h5") + "::camera/right", {});
    QVERIFY2(there, there ? "" : there.error().message.c_str());
    QVERIFY(here);
    QCOMPARE(there.value()->size(), here.value()->size());
    for (std::uint64_t sample = 0; sample < here.value()->size(); ++sample) {
        QCOMPARE(inputsOf(*there.value(), sample), inputsOf(*here.value(), sample));
    }
    QVERIFY(std::filesystem::is_empty(temporary.files().folder()));
}

void TestHdf5::whatLeadsOutOfTheFileIsRefused()
{
    const auto opened = openDataset(path("hostile.h5"), {});
    QVERIFY(!opened);
    const std::string message = opened.error().message;
    for (const char* why : {"lie in another file", "put together from other arrays", "another way than by deflate", "holds no numbers", "promises more numbers"}) {
        QVERIFY2(message.find(why) != std::string::npos, (std::string(why) + " | " + message).c_str());
    }
    QVERIFY2(message.find("x (120") == std::string::npos, message.c_str()); // a link to another file is not followed
}

void TestHdf5::damagedFilesAreErrorsAndNothingElse()
{
    // Whatever the library does with such bytes, it does in its own process.
    std::mt19937 random(11);
    int refused = 0;
    for (const char* name : {"kind_f4.h5", "chunks_latest_7_5.h5", "chunks_earliest_32_2.h5", "grown.h5"}) {
        const std::string whole = contentOf(path(name));
        for (int round = 0; round < 12; ++round) {
            std::string bytes = whole;
            for (int change = 0; change < 1 + round % 12; ++change) {
                // The first part holds what the file is made of.
                bytes[random() % std::min<std::size_t>(bytes.size(), round % 2 == 0 ? 800 : bytes.size())] = static_cast<char>(random());
            }
            refused += openDataset(m_files.write("damaged.h5", bytes), {}) ? 0 : 1;
        }
    }
    QVERIFY2(refused > 8, qPrintable(QString::number(refused)));
}

void TestHdf5::aFileThatIsCutIsRefused()
{
    const std::string whole = contentOf(path("chunks_earliest_7_5.h5"));
    const auto cut = openDataset(m_files.write("cut.h5", whole.substr(0, whole.size() / 2)), {});
    QVERIFY(!cut);
    QVERIFY(!cut.error().advice.empty());
}

void TestHdf5::withoutTheProgramThatReadsThemThereIsAdvice()
{
    qputenv("TRAINYARD_HDF5", "/nowhere/trainyard-hdf5");
    const auto opened = openDataset(path("kind_f4.h5"), {});
    qunsetenv("TRAINYARD_HDF5");
    QVERIFY(!opened);
    QVERIFY2(opened.error().message.find("trainyard-hdf5") != std::string::npos, opened.error().message.c_str());
}

void TestHdf5::readingCanBeCancelled()
{
    std::stop_source stop;
    stop.request_stop();
    OpenOptions options;
    options.stop = stop.get_token();
    const auto opened = openDataset(path("kind_f4.h5"), options);
    QVERIFY(!opened);
    QCOMPARE(opened.error().kind, ErrorKind::Cancelled);
}

QTEST_APPLESS_MAIN(TestHdf5)
#include "tst_hdf5.moc"
