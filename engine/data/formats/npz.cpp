#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/data/archive_reader.h"
#include "engine/data/array_dataset.h"
#include "engine/data/content_hash.h"
#include "engine/data/data_files.h"
#include "engine/data/formats/formats.h"
#include "engine/data/table_content.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

struct NamedArray {
    std::string name;
    NpyArray array;
};

enum class ArrayUse { Inputs, Labels, Unknown };

/// What an array's name says: "x_train" are inputs for training, "test_labels" labels for testing.
struct ArrayWords {
    ArrayUse use = ArrayUse::Unknown;
    SplitPart part = SplitPart::Training;
};

ArrayWords wordsOf(const std::string& name)
{
    static constexpr std::array<std::string_view, 8> kInputs = {"x", "data", "images", "image", "features", "inputs", "input", "arr0"};
    static constexpr std::array<std::string_view, 8> kLabels = {"y", "labels", "label", "target", "targets", "classes", "class", "arr1"};
    ArrayWords words;
    std::string word;
    const std::string text = lowered(name) + "_";
    for (const char c : text) {
        if (c != '_' && c != '-' && c != '.' && c != '/') {
            word += c;
            continue;
        }
        if (word == "test") {
            words.part = SplitPart::Test;
        } else if (word == "val" || word == "valid" || word == "validation") {
            words.part = SplitPart::Validation;
        } else if (word == "arr") {
            continue; // "arr_0", what numpy.savez calls an array without a name
        } else if (std::find(kInputs.begin(), kInputs.end(), word) != kInputs.end()) {
            words.use = ArrayUse::Inputs;
        } else if (std::find(kLabels.begin(), kLabels.end(), word) != kLabels.end()) {
            words.use = ArrayUse::Labels;
        }
        word.clear();
    }
    return words;
}

Result<std::vector<NamedArray>> readArrays(const std::string& path, const OpenOptions& options)
{
    TY_TRY(auto archive, ArchiveReader::open(path, options.files));
    std::vector<NamedArray> arrays;
    for (;;) {
        if (options.stop.stop_requested()) {
            return cancelledError();
        }
        TY_TRY(const bool isThere, archive.next());
        if (!isThere) {
            return arrays;
        }
        NamedArray named;
        named.name = archive.name();
        NpySource source;
        source.name = fmt::format("{} in {}", named.name, fileName(path));
        source.read = [&archive](char* into, std::size_t size) { return archive.read(into, size); };
        constexpr std::uint64_t kMostPerPackedByte = 1032; // of deflate
        source.mostBytes = std::min(archive.mostBytes(), archive.packedBytes() * kMostPerPackedByte);
        TY_TRY(named.array, readNpy(source));
        if (named.name.ends_with(".npy")) {
            named.name.resize(named.name.size() - 4);
        }
        arrays.push_back(std::move(named));
    }
}

std::string shapesOf(const std::vector<NamedArray>& arrays)
{
    constexpr std::size_t kMostNamed = 12;
    std::string text;
    for (std::size_t i = 0; i < std::min(arrays.size(), kMostNamed); ++i) {
        text += fmt::format("{}{} ({})", i == 0 ? "" : ", ", arrays[i].name, fmt::join(arrays[i].array.header.shape, " x "));
    }
    return text;
}

/// The samples of `more` behind those of `whole`.
Result<void> append(NpyArray& whole, NpyArray more, const std::string& name)
{
    auto& shape = whole.header.shape;
    const auto& other = more.header.shape;
    const bool isAlike = shape.size() == other.size() && std::equal(shape.begin() + 1, shape.end(), other.begin() + 1) &&
                         whole.bytes.empty() == more.bytes.empty() && whole.texts.empty() == more.texts.empty();
    if (shape.empty() || !isAlike) {
        return Error{ErrorKind::InvalidInput, name + ": the arrays of its parts have other shapes or types than each other", {}};
    }
    shape[0] += other[0];
    whole.numbers.insert(whole.numbers.end(), more.numbers.begin(), more.numbers.end());
    whole.bytes.insert(whole.bytes.end(), more.bytes.begin(), more.bytes.end());
    whole.texts.insert(whole.texts.end(), more.texts.begin(), more.texts.end());
    return {};
}

/// Columns that were saved by their names: numpy.savez(file, age=..., weight=...).
bool areColumns(const std::vector<NamedArray>& arrays)
{
    return std::all_of(arrays.begin(), arrays.end(), [&](const NamedArray& one) {
        return one.array.header.shape.size() == 1 && one.array.header.shape == arrays.front().array.header.shape;
    });
}

Result<std::unique_ptr<Dataset>>
makeColumns(const std::string& path, std::vector<NamedArray> arrays, std::uint64_t bytes, std::string fingerprint, const OpenOptions& options)
{
    TableContent table;
    table.path = path;
    table.format = "npz";
    table.bytes = bytes;
    table.fingerprint = std::move(fingerprint);
    table.rows = arrays.front().array.header.shape[0];
    for (NamedArray& named : arrays) {
        TY_TRY(auto column, columnOf(named.array, named.name, fileName(path), table.rows));
        table.columns.push_back(std::move(column));
    }
    return makeTableDataset(std::move(table), options);
}

} // namespace

Result<bool> looksLikeNpz(const std::string& path, const DataFiles* files)
{
    TY_TRY(auto archive, ArchiveReader::open(path, files));
    TY_TRY(const bool isThere, archive.next());
    return isThere && archive.name().ends_with(".npy");
}

Result<std::unique_ptr<Dataset>> openNpz(const std::string& path, const OpenOptions& options)
{
    const std::string file = fileName(path);
    TY_TRY(auto arrays, readArrays(path, options));
    if (arrays.empty()) {
        return Error{ErrorKind::InvalidInput, file + " holds no array", {}};
    }
    std::sort(arrays.begin(), arrays.end(), [](const NamedArray& a, const NamedArray& b) { return a.name < b.name; });
    ContentHash hash;
    for (const NamedArray& named : arrays) {
        hash.addField(named.name);
        hash.addField(named.array.digest);
    }
    ArrayData data;
    data.path = path;
    data.format = "npz";
    data.labelsName = file;
    TY_TRY(const auto source, openDataFile(options.files, path));
    data.bytes = source->bytes();
    data.fingerprint = hash.finish();
    std::array<NamedArray*, 3> inputs{};
    std::array<NamedArray*, 3> labels{};
    for (NamedArray& named : arrays) {
        const ArrayWords words = arrays.size() == 1 ? ArrayWords{ArrayUse::Inputs, SplitPart::Training} : wordsOf(named.name);
        if (words.use != ArrayUse::Unknown) {
            auto& place = (words.use == ArrayUse::Inputs ? inputs : labels)[static_cast<std::size_t>(words.part)];
            place = place == nullptr ? &named : place;
        }
    }
    if (inputs == std::array<NamedArray*, 3>{} || (areColumns(arrays) && arrays.size() > 1)) {
        if (areColumns(arrays)) {
            return makeColumns(path, std::move(arrays), data.bytes, std::move(data.fingerprint), options);
        }
        return Error{
            ErrorKind::InvalidInput, fmt::format("{} does not say which array holds the inputs: {}", file, shapesOf(arrays)),
            "Call them x and y, or x_train, y_train, x_test and y_test: numpy.savez(file, x=inputs, y=labels)."};
    }
    bool isBegun = false;
    for (std::size_t part = 0; part < inputs.size(); ++part) {
        if (inputs[part] == nullptr) {
            continue;
        }
        if ((labels[part] != nullptr) != data.labels.has_value() && isBegun) {
            return Error{ErrorKind::InvalidInput, fmt::format("{} has labels for some of its parts alone: {}", file, shapesOf(arrays)), {}};
        }
        const auto& shape = inputs[part]->array.header.shape;
        data.parts.insert(data.parts.end(), shape.empty() ? 0 : shape[0], static_cast<SplitPart>(part));
        if (!std::exchange(isBegun, true)) {
            data.inputs = std::move(inputs[part]->array);
            if (labels[part] != nullptr) {
                data.labels = std::move(labels[part]->array);
            }
            continue;
        }
        TY_CHECK(append(data.inputs, std::move(inputs[part]->array), file));
        if (labels[part] != nullptr) {
            TY_CHECK(append(*data.labels, std::move(labels[part]->array), file));
        }
    }
    const bool isOnePart = std::all_of(data.parts.begin(), data.parts.end(), [&](SplitPart part) { return part == data.parts.front(); });
    if (isOnePart) {
        data.parts.clear(); // a test part alone is simply data
    }
    return makeArrayDataset(std::move(data), options);
}

Result<Preview> previewNpz(const std::string& path, const OpenOptions& options)
{
    OpenOptions quick = options;
    quick.areDuplicatesSought = false;
    TY_TRY(const auto dataset, openNpz(path, quick));
    return previewOf(*dataset);
}

} // namespace ty::engine
