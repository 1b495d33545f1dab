// CIFAR-10 and CIFAR-100 in their binary form.
// Source: "The CIFAR-10 dataset", section "Binary version": a label (CIFAR-100: a coarse and a fine one), then 1,024 bytes each of
// red, green and blue, row by row.
#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "engine/data/content_hash.h"
#include "engine/data/data_files.h"
#include "engine/data/formats/described_files.h"
#include "engine/data/formats/formats.h"
#include "engine/data/memory_images.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

namespace fs = std::filesystem;

constexpr int kSide = 32;
constexpr std::size_t kPixelBytes = std::size_t{3} * kSide * kSide;
constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 29;

/// Which file holds what: "data_batch_1.bin", "test_batch.bin"; of CIFAR-100 "train.bin", "test.bin".
struct Batch {
    std::string name;
    SplitPart part = SplitPart::Training;
    std::size_t labels = 1; ///< bytes before the pixels
};

std::optional<Batch> batchOf(const std::string& file)
{
    const std::string name = lowered(fileName(file));
    if (!name.ends_with(".bin")) {
        return std::nullopt;
    }
    if (name.starts_with("data_batch")) {
        return Batch{fileName(file), SplitPart::Training, 1};
    }
    if (name == "test_batch.bin") {
        return Batch{fileName(file), SplitPart::Test, 1};
    }
    if (name == "train.bin") {
        return Batch{fileName(file), SplitPart::Training, 2};
    }
    return name == "test.bin" ? std::optional(Batch{fileName(file), SplitPart::Test, 2}) : std::nullopt;
}

bool hasWholeRecords(std::uint64_t bytes, const Batch& batch)
{
    return bytes > 0 && bytes % (kPixelBytes + batch.labels) == 0;
}

/// A name a line, in the order of the labels; empty when the file is not there.
std::vector<std::string> namesIn(const OpenOptions& options, const fs::path& folder)
{
    std::vector<std::string> names;
    for (const char* file : {"batches.meta.txt", "fine_label_names.txt"}) {
        const auto text = readDataFile(options.files, (folder / file).string(), kMostDescriptionBytes);
        if (!names.empty() || !text) {
            continue;
        }
        for (const std::string_view line : linesOf(*text)) {
            if (!trimmed(line).empty()) {
                names.emplace_back(trimmed(line));
            }
        }
    }
    return names;
}

Result<void> take(const std::string& path, const Batch& batch, const OpenOptions& options, MemoryImages& images, ContentHash& hash)
{
    TY_TRY(const std::string bytes, readDataFile(options.files, path, kMostBytes));
    const std::size_t record = kPixelBytes + batch.labels;
    if (!hasWholeRecords(bytes.size(), batch)) {
        return Error{
            ErrorKind::InvalidInput, fmt::format("{}: {} bytes are no whole number of pictures of {} bytes", batch.name, bytes.size(), record),
            "The file is cut off, or is no CIFAR."};
    }
    hash.addField(batch.name);
    hash.addField(bytes);
    images.bytes += bytes.size();
    for (std::size_t at = 0; at < bytes.size(); at += record) {
        if (options.stop.stop_requested()) {
            return cancelledError();
        }
        images.labels.push_back(static_cast<std::uint8_t>(bytes[at + batch.labels - 1])); // of CIFAR-100 the fine one
        images.parts.push_back(batch.part);
        const auto* first = reinterpret_cast<const std::uint8_t*>(bytes.data()) + at + batch.labels;
        images.pixels.insert(images.pixels.end(), first, first + kPixelBytes);
    }
    images.files.push_back(batch.name);
    images.fileEnds.push_back(images.labels.size());
    return {};
}

} // namespace

bool looksLikeCifar(const std::string& path, const DataFiles* files)
{
    const auto batch = batchOf(path);
    if (!batch) {
        return false;
    }
    const auto file = openDataFile(files, path);
    return file && hasWholeRecords((*file)->bytes(), *batch);
}

Result<std::unique_ptr<Dataset>> openCifar(const std::string& path, const OpenOptions& options)
{
    std::vector<std::string> paths{path};
    fs::path folder = fs::path(path).parent_path();
    if (isDataFolder(options.files, path)) {
        folder = path;
        paths.clear();
        TY_TRY(const auto entries, listFolder(options.files, path));
        for (const DataEntry& each : entries) {
            if (each.isFile && batchOf(each.name)) {
                paths.push_back((folder / each.name).string());
            }
        }
        std::sort(paths.begin(), paths.end(), naturallyLess);
    }
    MemoryImages images;
    images.shape = {3, kSide, kSide};
    images.path = path;
    images.format = "cifar";
    ContentHash hash;
    for (const std::string& file : paths) {
        if (const auto batch = batchOf(file)) {
            TY_CHECK(take(file, *batch, options, images, hash));
        }
    }
    images.fingerprint = hash.finish();
    images.classNames = namesIn(options, folder);
    const bool isOne = std::all_of(images.parts.begin(), images.parts.end(), [&](SplitPart part) { return part == images.parts.front(); });
    if (isOne) {
        images.parts.clear(); // a file by itself is what the person makes of it
    }
    return makeImageDataset(std::move(images), options);
}

Result<Preview> previewCifar(const std::string& path, const OpenOptions& options)
{
    OpenOptions quick = options;
    quick.areDuplicatesSought = false;
    TY_TRY(const auto dataset, openCifar(path, quick));
    return previewOf(*dataset);
}

} // namespace ty::engine
