// Speed and memory of reading data. bench_data [CSV megabytes, 1000] [images, 20000]; prints JSON.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <png.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/json.h"
#include "engine/base/random.h"
#include "engine/data/byte_reader.h"
#include "engine/data/content_hash.h"
#include "engine/data/dataset.h"

using namespace ty;
using namespace ty::engine;

namespace {

namespace fs = std::filesystem;

double seconds()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

/// Runs `work` in a process of its own, so that its memory is its own too. @return {seconds,
/// cpuSeconds, peakMiB}
template <typename Work> Json measure(Work work)
{
    const double begin = seconds();
    const pid_t child = fork();
    if (child == 0) {
        _exit(work() ? 0 : 1);
    }
    int status = 0;
    rusage usage = {};
    wait4(child, &status, 0, &usage);
    const double elapsed = seconds() - begin;
    const auto cpu = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return {
        {"ok", WIFEXITED(status) && WEXITSTATUS(status) == 0},
        {"seconds", elapsed},
        {"cpuSeconds", cpu(usage.ru_utime) + cpu(usage.ru_stime)},
        {"peakMiB", usage.ru_maxrss / 1024}};
}

std::uint64_t writeCsv(const std::string& path, std::uint64_t bytes)
{
    Random random(1);
    std::string block;
    for (int row = 0; row < 20'000; ++row) {
        for (int column = 0; column < 8; ++column) {
            block += fmt::format("{:.4f},", random.uniform(-100, 100));
        }
        static constexpr const char* kColours[] = {"red", "green", "blue", "white"};
        block += fmt::format(
            "{},{},name{},{}\n",
            random.below(1000),
            kColours[random.below(4)],
            random.below(1'000'000'000),
            random.below(2));
    }
    std::ofstream file(path, std::ios::binary);
    file << "a,b,c,d,e,f,g,h,count,colour,title,class\n";
    for (std::uint64_t written = 0; written < bytes; written += block.size()) {
        file << block;
    }
    file.close();
    return fs::file_size(path);
}

void writeImages(const std::string& folder, int count)
{
    Random random(2);
    std::vector<std::uint8_t> pixels(28 * 28);
    for (int i = 0; i < count; ++i) {
        const std::string name = fmt::format("{}/class {}/{:05}.png", folder, i % 10, i);
        fs::create_directories(fs::path(name).parent_path());
        for (std::uint8_t& pixel : pixels) {
            pixel = static_cast<std::uint8_t>(random.below(4) * 85);
        }
        png_image image = {};
        image.version = PNG_IMAGE_VERSION;
        image.width = 28;
        image.height = 28;
        image.format = PNG_FORMAT_GRAY;
        png_image_write_to_file(&image, name.c_str(), 0, pixels.data(), 0, nullptr);
    }
}

/// What any reader of the file must at least do: read it, hash it, find its lines.
bool readFloor(const std::string& path)
{
    auto reader = ByteReader::open(path);
    ContentHash hash;
    std::string block(1U << 21, '\0');
    std::uint64_t lines = 0;
    for (;;) {
        const auto got = reader.value().read(block.data(), block.size());
        if (!got || got.value() == 0) {
            return lines > 0;
        }
        const std::string_view text(block.data(), got.value());
        hash.add(text);
        for (const char c : text) {
            lines += c == '\n' ? 1 : 0;
        }
    }
}

bool open(const std::string& path, bool areValuesKept)
{
    OpenOptions options;
    options.areValuesKept = areValuesKept;
    return openDataset(path, options).isOk();
}

Json withSpeed(Json measured, std::uint64_t bytes)
{
    measured["megabytesPerSecond"] =
        static_cast<double>(bytes) / 1e6 / measured["seconds"].get<double>();
    return measured;
}

} // namespace

int main(int argc, char** argv)
{
    const auto megabytes = static_cast<std::uint64_t>(argc > 1 ? std::atoi(argv[1]) : 1000);
    const int images = argc > 2 ? std::atoi(argv[2]) : 20'000;
    const std::string folder =
        (fs::temp_directory_path() / fmt::format("trainyard-bench-{}", getpid())).string();
    fs::create_directories(folder);

    const std::string csv = folder + "/table.csv";
    const std::uint64_t bytes = writeCsv(csv, megabytes * 1'000'000);
    readFloor(csv); // into the page cache
    Json result = {{"cores", std::thread::hardware_concurrency()}};
    result["csv"] = {
        {"bytes", bytes},
        {"floor", withSpeed(measure([&] { return readFloor(csv); }), bytes)},
        {"preview", measure([&] { return previewDataset(csv, {}).isOk(); })},
        {"describe", withSpeed(measure([&] { return open(csv, false); }), bytes)},
        {"open", withSpeed(measure([&] { return open(csv, true); }), bytes)}};
    writeImages(folder + "/pictures", images);
    result["imageFolder"] = {
        {"images", images},
        {"preview", measure([&] { return previewDataset(folder + "/pictures", {}).isOk(); })},
        {"open", measure([&] { return open(folder + "/pictures", true); })}};
    fs::remove_all(folder);
    std::cout << result.dump(2) << "\n";
    return 0;
}
