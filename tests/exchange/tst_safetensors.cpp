#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>

#include <QTemporaryDir>
#include <QTest>

#include "engine/base/files.h"
#include "engine/exchange/safetensors.h"

using namespace ty;
using namespace ty::engine;

namespace {

Tensor floats(const Shape& shape, std::initializer_list<float> values)
{
    Tensor tensor(DType::Float32, shape);
    std::copy(values.begin(), values.end(), tensor.floats().begin());
    return tensor;
}

/// A file with the header as given and `dataBytes` zeros.
std::string fileWith(const std::string& header, std::size_t dataBytes)
{
    std::string bytes;
    for (unsigned i = 0; i < 8; ++i) {
        bytes.push_back(static_cast<char>((static_cast<std::uint64_t>(header.size()) >> (8 * i)) & 0xffU));
    }
    return bytes + header + std::string(dataBytes, '\0');
}

} // namespace

class TestSafetensors : public QObject {
    Q_OBJECT

private slots:
    void whatIsWrittenIsRead();
    void theLayoutIsTheFormats();
    void namesMustBeUnique();
    void damageIsNamed_data();
    void damageIsNamed();
    void noPrefixOfAFileIsAccepted();
    void foreignFilesAreRead();
    void aFolderInThePlaceIsAnError();
};

void TestSafetensors::whatIsWrittenIsRead()
{
    QTemporaryDir folder;
    const auto path = folder.filePath("model.safetensors").toStdString();
    Tensor counts(DType::Int64, {2});
    const std::int64_t big[2] = {-7, std::numeric_limits<std::int64_t>::max()};
    std::memcpy(counts.data(), big, sizeof(big));
    Tensor bytes(DType::UInt8, {3});
    const std::vector<NamedTensor> tensors{
        {"dense1.weight", floats({2, 3}, {1, -2, 3.5F, 0, 1e-30F, 6})},
        {"bytes", bytes},
        {"counts", counts},
        {"scalar", floats({}, {42})},
        {"empty", Tensor(DType::Float32, {0, 4})}};

    const auto written = writeSafetensors(path, tensors, {{"format", "trainyard"}, {"name", "Blüten \"1\""}});
    QVERIFY2(written, written ? "" : written.error().message.c_str());
    const auto read = readSafetensors(path);
    QVERIFY2(read, read ? "" : read.error().message.c_str());

    QCOMPARE(read.value().metadata.at("name"), std::string("Blüten \"1\""));
    QCOMPARE(read.value().tensors.size(), tensors.size());
    for (const auto& expected : tensors) {
        const auto& all = read.value().tensors;
        const auto found = std::find_if(all.begin(), all.end(), [&](const auto& t) { return t.name == expected.name; });
        QVERIFY2(found != all.end(), expected.name.c_str());
        QCOMPARE(found->tensor.dtype(), expected.tensor.dtype());
        QVERIFY(found->tensor.shape() == expected.tensor.shape());
        QVERIFY(
            expected.tensor.bytes() == 0
            || std::memcmp(found->tensor.data(), expected.tensor.data(), expected.tensor.bytes()) == 0);
    }
}

void TestSafetensors::theLayoutIsTheFormats()
{
    QTemporaryDir folder;
    const auto path = folder.filePath("a.safetensors").toStdString();
    Tensor wide(DType::Float64, {1});
    QVERIFY(writeSafetensors(path, std::vector<NamedTensor>{{"b", floats({1}, {2})}, {"a", floats({1}, {1})}, {"z", wide}}, {}));

    const auto bytes = readFile(path).value();

    const auto headerBytes = static_cast<std::size_t>(static_cast<unsigned char>(bytes[0]))
        + 256U * static_cast<std::size_t>(static_cast<unsigned char>(bytes[1]));
    QCOMPARE((8 + headerBytes) % 8, std::size_t{0});
    QCOMPARE(bytes.size(), 8 + headerBytes + 16);
    const auto z = bytes.find("\"z\"");
    const auto a = bytes.find("\"a\"");
    const auto b = bytes.find("\"b\"");
    QVERIFY(z < a && a < b); // the widest elements first, then by name
    float first = 0;
    std::memcpy(&first, bytes.data() + 8 + headerBytes + 8, 4);
    QCOMPARE(first, 1.0F);
}

void TestSafetensors::namesMustBeUnique()
{
    QTemporaryDir folder;
    const auto path = folder.filePath("a.safetensors").toStdString();

    const auto twice = writeSafetensors(path, std::vector<NamedTensor>{{"a", floats({1}, {2})}, {"a", floats({1}, {1})}}, {});
    const auto reserved = writeSafetensors(path, std::vector<NamedTensor>{{"__metadata__", floats({1}, {2})}}, {});

    QVERIFY(!twice && twice.error().kind == ErrorKind::InvalidInput);
    QVERIFY(!reserved);
    QVERIFY(!pathExists(path));
}

void TestSafetensors::damageIsNamed_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<int>("dataBytes");
    QTest::addColumn<QString>("words");
    const auto row = [](const char* name, const char* header, int dataBytes, const char* words) {
        QTest::newRow(name) << QByteArray(header) << dataBytes << words;
    };
    row("offsets outside", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 4, "lie outside the 4 bytes");
    row("offsets backwards", R"({"a":{"dtype":"F32","shape":[0],"data_offsets":[4,0]}})", 4, "lie outside");
    row("overlap",
        R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
        8, "overlaps");
    row("gap", R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", 8, "belong to none");
    row("rest", R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 8, "belong to no tensor");
    row("size", R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", 8, "shape (3) of float32 does not fit the 8 bytes");
    row("size overflows", R"({"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}})", 8, "does not fit");
    row("negative extent", R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,8]}})", 8, "not a whole number");
    row("fraction", R"({"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}})", 8, "not a whole number");
    row("dtype", R"({"a":{"dtype":"F4","shape":[2],"data_offsets":[0,8]}})", 8, "unknown dtype");
    row("no dtype", R"({"a":{"shape":[2],"data_offsets":[0,8]}})", 8, "needs dtype");
    row("offsets of texts", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":["0","8"]}})", 8, "two whole numbers");
    row("name twice",
        R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
        8, "used twice");
    row("metadata", R"({"__metadata__":{"a":1}})", 0, "must be a text");
    row("a list", R"([1,2])", 0, "no header");
    row("no JSON", R"({"a":)", 0, "line 1");
    row("rank", R"({"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}})", 4, "at most 16");
}

void TestSafetensors::damageIsNamed()
{
    QFETCH(QByteArray, header);
    QFETCH(int, dataBytes);
    QFETCH(QString, words);

    const auto read = parseSafetensors(fileWith(header.toStdString(), static_cast<std::size_t>(dataBytes)), "model.safetensors");

    QVERIFY(!read);
    const auto message = QString::fromStdString(read.error().message);
    QVERIFY2(message.contains(words), qPrintable(message));
    QVERIFY2(message.startsWith("model.safetensors"), qPrintable(message));
    QCOMPARE(read.error().kind, ErrorKind::InvalidInput);
}

void TestSafetensors::noPrefixOfAFileIsAccepted()
{
    const auto whole = fileWith(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 8);
    QVERIFY(parseSafetensors(whole, "whole"));
    for (std::size_t length = 0; length < whole.size(); ++length) {
        QVERIFY(!parseSafetensors(whole.substr(0, length), "torn"));
    }
    QVERIFY(!parseSafetensors(std::string(8, '\xff') + "{}", "giant header"));
}

void TestSafetensors::foreignFilesAreRead()
{
    // As other programs write it: unsorted, spaces, no metadata.
    const auto read = parseSafetensors(
        fileWith(
            "{\"w\": {\"dtype\": \"F32\", \"shape\": [1, 2], \"data_offsets\": [4, 12]}, "
            "\"n\": {\"dtype\": \"I32\", \"shape\": [], \"data_offsets\": [0, 4]}}   ",
            12),
        "foreign");

    QVERIFY2(read, read ? "" : read.error().message.c_str());
    QCOMPARE(read.value().tensors.size(), std::size_t{2});
    QCOMPARE(read.value().tensors[0].name, std::string("n"));
}

void TestSafetensors::aFolderInThePlaceIsAnError()
{
    QTemporaryDir folder;

    const auto written = writeSafetensors(folder.path().toStdString(), std::vector<NamedTensor>{{"a", floats({1}, {1})}}, {});
    const auto read = readSafetensors(folder.filePath("none").toStdString());

    QVERIFY(!written);
    QVERIFY(!read && read.error().kind == ErrorKind::NotFound);
}

QTEST_GUILESS_MAIN(TestSafetensors)
#include "tst_safetensors.moc"
