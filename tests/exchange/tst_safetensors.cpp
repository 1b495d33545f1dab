#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <QTemporaryDir>
#include <QTest>

#include "engine/base/files.h"
#include "engine/exchange/float_weights.h"
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

/// A file with the one tensor "a" of zeros.
std::string zerosOf(const std::string& type, std::size_t count, std::size_t elementBytes)
{
    const auto bytes = count * elementBytes;
    return fileWith(
        R"({"a":{"dtype":")" + type + R"(","shape":[)" + std::to_string(count) + R"(],"data_offsets":[0,)" + std::to_string(bytes)
            + "]}}",
        bytes);
}

/// The same with `values`.
template<typename T>
std::string fileOf(const std::string& type, const std::vector<T>& values)
{
    std::string file = zerosOf(type, values.size(), sizeof(T));
    const std::size_t bytes = values.size() * sizeof(T);
    std::memcpy(file.data() + file.size() - bytes, values.data(), bytes);
    return file;
}

/// The tensor "a" as weights.
Result<std::vector<float>> weightsOf(const std::string& bytes)
{
    TY_TRY(auto file, parseSafetensors(bytes, "model.safetensors"));
    TY_CHECK(makeFloatWeights(file, "model.safetensors"));
    const auto values = std::as_const(file.tensors.at(0).tensor).floats();
    return std::vector<float>(values.begin(), values.end());
}

} // namespace

class TestSafetensors : public QObject {
    Q_OBJECT

private slots:
    void whatIsWrittenIsRead();
    void everyTypeOfOursIsReadAsItWasWritten();
    void float16IsReadExactly();
    void weightsBecomeFloat32();
    void typesThatAreNoWeightsAreNamed_data();
    void typesThatAreNoWeightsAreNamed();
    void onlyTensorsThatAreWeightsAreJudged();
    void numbersThatAreNoWeightsAreNamed_data();
    void numbersThatAreNoWeightsAreNamed();
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

void TestSafetensors::everyTypeOfOursIsReadAsItWasWritten()
{
    QTemporaryDir folder;
    const auto path = folder.filePath("types.safetensors").toStdString();
    for (const auto dtype : {DType::Float32, DType::Float64, DType::BFloat16, DType::Int32, DType::Int64, DType::UInt8}) {
        Tensor tensor(dtype, {3});
        std::memset(tensor.data(), 0x41, tensor.bytes());
        QVERIFY(writeSafetensors(path, std::vector<NamedTensor>{{"a", tensor}}, {}));

        const auto read = readSafetensors(path);

        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QCOMPARE(read->tensors.at(0).tensor.dtype(), dtype);
        QCOMPARE(std::memcmp(read->tensors.at(0).tensor.data(), tensor.data(), tensor.bytes()), 0);
    }
}

void TestSafetensors::float16IsReadExactly()
{
    // 1, -2, the nearest to 1/3, the largest, the smallest normal, the largest and the smallest subnormal, -0
    const std::vector<std::uint16_t> halves{0x3c00, 0xc000, 0x3555, 0x7bff, 0x0400, 0x03ff, 0x0001, 0x8000};

    const auto read = weightsOf(fileOf("F16", halves));

    QVERIFY2(read, read ? "" : read.error().message.c_str());
    const std::vector<float> expected{1, -2, 0.333251953125F, 65504, 0x1p-14F, 1023 * 0x1p-24F, 0x1p-24F, -0.0F};
    QCOMPARE(*read, expected);
    QVERIFY(std::signbit(read->back()));
}

void TestSafetensors::weightsBecomeFloat32()
{
    const auto brain = weightsOf(fileOf<std::uint16_t>("BF16", {0x3f80, 0xc049, 0x0001}));
    const auto wide = weightsOf(fileOf<double>("F64", {0.1, -3e38, 1e-60}));

    QVERIFY2(brain, brain ? "" : brain.error().message.c_str());
    QCOMPARE(*brain, (std::vector<float>{1, -3.140625F, 0x1p-133F}));
    QVERIFY2(wide, wide ? "" : wide.error().message.c_str());
    QCOMPARE(*wide, (std::vector<float>{0.1F, -3e38F, 0}));
}

void TestSafetensors::typesThatAreNoWeightsAreNamed_data()
{
    QTest::addColumn<int>("bytes");
    const std::vector<std::pair<const char*, int>> types{
        {"BOOL", 1}, {"U8", 1}, {"I8", 1}, {"F8_E5M2", 1}, {"F8_E4M3", 1}, {"I16", 2},
        {"U16", 2}, {"I32", 4}, {"U32", 4}, {"I64", 8}, {"U64", 8}};
    for (const auto& [type, bytes] : types) {
        QTest::newRow(type) << bytes;
    }
}

void TestSafetensors::typesThatAreNoWeightsAreNamed()
{
    QFETCH(int, bytes);
    const std::string type = QTest::currentDataTag();

    const auto weights = weightsOf(zerosOf(type, 3, static_cast<std::size_t>(bytes)));
    const auto misfit = parseSafetensors(zerosOf(type, 3, static_cast<std::size_t>(bytes) + 1), "misfit");

    QVERIFY(!weights && !misfit);
    QCOMPARE(weights.error().kind, ErrorKind::Unsupported);
    const auto& message = weights.error().message;
    QVERIFY2(message.starts_with("model.safetensors: tensor \"a\" is of type " + type + ","), message.c_str());
    QVERIFY2(misfit.error().message.find("shape (3) of " + type + " does not fit") != std::string::npos, misfit.error().message.c_str());
}

void TestSafetensors::onlyTensorsThatAreWeightsAreJudged()
{
    SafetensorsFile file;
    const float nothing = -std::numeric_limits<float>::infinity();
    file.tensors = {{"w", floats({1}, {2})}, {"mask", floats({1}, {nothing})}, {"steps", Tensor(DType::Int64, {})}};
    file.unread = {{"isCausal", "BOOL", {4}}};
    const std::set<std::string> names{"w", "b"};

    const auto done = makeFloatWeights(file, "file", &names);

    QVERIFY2(done, done ? "" : done.error().message.c_str());
    QCOMPARE(file.tensors[2].tensor.dtype(), DType::Int64);
}

void TestSafetensors::numbersThatAreNoWeightsAreNamed_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const std::string& bytes, const char* says) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes) << says;
    };
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    row("NaN", fileOf<float>("F32", {1, std::numeric_limits<float>::quiet_NaN()}), "NaN at place 2 of 2");
    row("infinite", fileOf<float>("F32", {-kInfinity, 1, 2}), "an infinite value at place 1 of 3");
    row("NaN of float16", fileOf<std::uint16_t>("F16", {0x7e00}), "NaN");
    row("infinite float16", fileOf<std::uint16_t>("F16", {0xfc00}), "an infinite value");
    row("infinite bfloat16", fileOf<std::uint16_t>("BF16", {0x7f80}), "an infinite value");
    row("infinite float64", fileOf<double>("F64", {std::numeric_limits<double>::infinity()}), "an infinite value");
    row("too large for float32", fileOf<double>("F64", {1e300}), "holds 1e+300, which is outside the range of float32");
}

void TestSafetensors::numbersThatAreNoWeightsAreNamed()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, says);

    const auto weights = weightsOf(bytes.toStdString());

    QVERIFY(!weights);
    QCOMPARE(weights.error().kind, ErrorKind::InvalidInput);
    const auto message = QString::fromStdString(weights.error().message);
    QVERIFY2(message.startsWith("model.safetensors: tensor \"a\"") && message.contains(says), qPrintable(message));
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
    row("size", R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", 8, "shape (3) of F32 does not fit the 8 bytes");
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
