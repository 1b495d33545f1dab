#include "engine/bench/data_benchmark.h"

#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "engine/base/files.h"
#include "engine/base/random.h"
#include "engine/data/byte_reader.h"
#include "engine/data/dataset.h"
#include "engine/data/formats/image_codec.h"
#include "engine/data/formats/npy_array.h"

namespace ty::engine {

namespace {

namespace fs = std::filesystem;

double nowInSeconds()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Result<void> repeatBlock(const std::string& path, const std::string& head, const std::string& block, std::uint64_t bytes)
{
    std::ofstream file(path, std::ios::binary);
    file << head;
    for (std::uint64_t written = 0; written < bytes; written += block.size()) {
        file << block;
    }
    file.close();
    return file ? Result<void>() : Error{ErrorKind::DiskFull, "cannot write " + path, "Name another folder in TMPDIR."};
}

/// Numbers of all lengths, few and many words, dates and gaps.
Result<std::string> makeCsv(const std::string& folder, std::uint64_t megabytes)
{
    Random random(1);
    constexpr int kRows = 20'000;
    static constexpr const char* kColours[] = {"red", "green", "blue", "white"};
    std::string block;
    for (int row = 0; row < kRows; ++row) {
        for (int column = 0; column < 8; ++column) {
            block += column == 3 && random.below(20) == 0 ? "," : fmt::format("{:.4f},", random.uniform(-100, 100));
        }
        block += fmt::format(
            "{},{},\"name, {}\",2024-{:02}-{:02},{}\n", random.below(1000), kColours[random.below(4)], random.below(1'000'000'000),
            1 + random.below(12), 1 + random.below(28), random.below(2));
    }
    const std::string path = folder + "/table.csv";
    TY_CHECK(repeatBlock(path, "a,b,c,d,e,f,g,h,count,colour,title,when,class\n", block, megabytes * 1'000'000));
    return path;
}

std::string randomBytes(std::size_t size)
{
    Random random(2);
    std::string bytes(size, '\0');
    for (char& byte : bytes) {
        byte = static_cast<char>(random.below(256));
    }
    return bytes;
}

Result<std::string> makeNpy(const std::string& folder, std::uint64_t megabytes)
{
    constexpr std::size_t kColumns = 32;
    Random random(3);
    std::vector<float> values(1U << 18);
    for (float& value : values) {
        value = static_cast<float>(random.normal());
    }
    const std::string block(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
    const std::uint64_t blocks = (megabytes * 1'000'000 + block.size() - 1) / block.size();
    std::string header = fmt::format(
        "{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", blocks * values.size() / kColumns, kColumns);
    constexpr std::size_t kHeader = 118; // 128 with the ten bytes before it
    header.resize(kHeader, ' ');
    header.back() = '\n';
    const std::string path = folder + "/table.npy";
    TY_CHECK(repeatBlock(path, std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header, block, megabytes * 1'000'000));
    return path;
}

std::string idxHead(std::initializer_list<std::uint32_t> extents)
{
    std::string head = {0, 0, 8, static_cast<char>(extents.size())};
    for (const std::uint32_t extent : extents) {
        for (const int shift : {24, 16, 8, 0}) {
            head += static_cast<char>(extent >> shift & 0xffU);
        }
    }
    return head;
}

Result<std::string> makeIdx(const std::string& folder, std::uint64_t megabytes)
{
    constexpr std::uint32_t kSide = 28;
    constexpr std::uint32_t kImages = 1000;
    const std::string block = randomBytes(std::size_t{kImages} * kSide * kSide);
    const std::uint64_t blocks = (megabytes * 1'000'000 + block.size() - 1) / block.size();
    const auto images = static_cast<std::uint32_t>(blocks * kImages);
    TY_CHECK(repeatBlock(folder + "/train-labels-idx1-ubyte", idxHead({images}), std::string(images, '\3'), images));
    const std::string path = folder + "/train-images-idx3-ubyte";
    TY_CHECK(repeatBlock(path, idxHead({images, kSide, kSide}), block, megabytes * 1'000'000));
    return path;
}

/// 128 x 128 in four classes, about 5 kB each.
Result<std::string> makeJpegs(const std::string& folder, std::uint64_t megabytes)
{
    const std::uint64_t images = std::max<std::uint64_t>(40, megabytes * 4);
    constexpr int kSide = 128;
    Random random(4);
    Pixels pixels{3, kSide, kSide, std::vector<std::uint8_t>(std::size_t{3} * kSide * kSide)};
    for (std::uint64_t i = 0; i < images; ++i) {
        const double a = random.uniform(0.02, 0.3);
        const double b = random.uniform(0.02, 0.3);
        for (std::size_t k = 0; k < pixels.bytes.size(); ++k) {
            const auto x = static_cast<double>(k % kSide);
            const auto y = static_cast<double>(k / kSide % kSide);
            const double wave = 100 + 60 * std::sin(a * x + static_cast<double>(k / (kSide * kSide))) + 40 * std::cos(b * y);
            pixels.bytes[k] = static_cast<std::uint8_t>(wave + static_cast<double>(random.below(16)));
        }
        TY_TRY(const std::string file, encodeJpeg(pixels, 85));
        const std::string path = fmt::format("{}/pictures/class {}/{:06}.jpg", folder, i % 4, i);
        fs::create_directories(fs::path(path).parent_path());
        TY_CHECK(repeatBlock(path, file, " ", 0));
    }
    return folder + "/pictures";
}

Result<void> openAsRunsDo(const std::string& path)
{
    OpenOptions options;
    options.areDuplicatesSought = false;
    TY_CHECK(openDataset(path, options));
    return {};
}

Result<void> readArray(const std::string& path)
{
    TY_CHECK(readNpy(path, nullptr));
    return {};
}

/// Every picture in full size, on one core.
Result<void> decodeFolder(const std::string& path)
{
    OpenOptions options;
    options.areDuplicatesSought = false;
    options.isOutlineEnough = true;
    TY_TRY(const auto dataset, openDataset(path, options));
    const auto [channels, height, width] = dataset->info().imageShape;
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(channels * height * width));
    for (std::uint64_t sample = 0; sample < dataset->size(); ++sample) {
        TY_CHECK(dataset->readImage(sample, pixels));
    }
    return {};
}

/// The file's bytes, and where its lines end.
Result<double> scanLines(const std::string& path)
{
    const double begin = nowInSeconds();
    TY_TRY(auto reader, ByteReader::open(path));
    std::string block(std::size_t{1} << 21, '\0');
    std::uint64_t lines = 0;
    for (;;) {
        TY_TRY(const std::size_t got, reader.read(block.data(), block.size()));
        for (const char* at = block.data(); (at = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(block.data() + got - at)))) != nullptr; ++at) {
            ++lines;
        }
        if (got < block.size()) {
            return lines > 0 ? nowInSeconds() - begin : Result<double>(Error{ErrorKind::Internal, path + " has no lines", {}});
        }
    }
}

/// memcpy of as many bytes as the file has into new memory.
Result<double> copyBytes(const std::string& path)
{
    TY_TRY(const std::string bytes, readFile(path));
    const double begin = nowInSeconds();
    const std::unique_ptr<char[]> copy(new char[bytes.size()]); // not set to 0 first
    std::memcpy(copy.get(), bytes.data(), bytes.size());
    return nowInSeconds() - begin + (copy[bytes.size() / 2] == '\1' ? 1e-12 : 0);
}

/// Decoding alone, of files that are in memory.
Result<double> decodeAlone(const std::string& path)
{
    std::vector<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
        if (entry.is_regular_file()) {
            TY_TRY(auto file, readFile(entry.path().string()));
            files.push_back(std::move(file));
        }
    }
    const double begin = nowInSeconds();
    for (const std::string& file : files) {
        TY_CHECK(decodeImage(file, {0, 0}));
    }
    return nowInSeconds() - begin;
}

} // namespace

std::vector<DataCase> dataSuite()
{
    constexpr double kHalfAGiB = 512;
    return {
        {"csv", "CSV to typed columns", "reading the file and finding its lines, one core", "3 x pandas, 512 MiB", 3, 0, kHalfAGiB, makeCsv,
         openAsRunsDo, scanLines},
        {"npy", "NPY to an array", "memcpy of its bytes into new memory", "60 % of memcpy", 0, 0.6, 0, makeNpy, readArray, copyBytes},
        {"idx", "IDX to images", "memcpy of its bytes into new memory", "60 % of memcpy", 0, 0.6, 0, makeIdx, openAsRunsDo, copyBytes},
        {"jpeg", "JPEG folder, one core", "decoding alone, files in memory", "1.5 x Pillow", 1.5, 0, 0, makeJpegs, decodeFolder, decodeAlone},
    };
}

} // namespace ty::engine
