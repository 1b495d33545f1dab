#include "engine/data/formats/named_arrays.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "engine/data/content_hash.h"
#include "engine/data/formats/formats.h"
#include "engine/data/table_content.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

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
makeColumns(const NamedArraysFile& file, std::vector<NamedArray> arrays, std::string fingerprint, const OpenOptions& options)
{
    TableContent table;
    table.path = file.path;
    table.format = file.format;
    table.bytes = file.bytes;
    table.fingerprint = std::move(fingerprint);
    table.rows = arrays.front().array.header.shape[0];
    for (NamedArray& named : arrays) {
        TY_TRY(auto column, columnOf(named.array, named.name, fileName(file.path), table.rows));
        table.columns.push_back(std::move(column));
    }
    return makeTableDataset(std::move(table), options);
}

} // namespace

ArrayWords arrayWordsOf(const std::string& name)
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

Result<std::unique_ptr<Dataset>>
makeNamedArrays(const NamedArraysFile& origin, std::vector<NamedArray> arrays, const OpenOptions& options)
{
    const std::string file = fileName(origin.path);
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
    data.path = origin.path;
    data.format = origin.format;
    data.labelsName = file;
    data.bytes = origin.bytes;
    data.fingerprint = hash.finish();
    std::array<NamedArray*, 3> inputs{};
    std::array<NamedArray*, 3> labels{};
    for (NamedArray& named : arrays) {
        const ArrayWords words = arrays.size() == 1 ? ArrayWords{ArrayUse::Inputs, SplitPart::Training} : arrayWordsOf(named.name);
        if (words.use != ArrayUse::Unknown) {
            auto& place = (words.use == ArrayUse::Inputs ? inputs : labels)[static_cast<std::size_t>(words.part)];
            place = place == nullptr ? &named : place;
        }
    }
    if (inputs == std::array<NamedArray*, 3>{} || (areColumns(arrays) && arrays.size() > 1)) {
        if (areColumns(arrays)) {
            return makeColumns(origin, std::move(arrays), std::move(data.fingerprint), options);
        }
        return Error{
            ErrorKind::InvalidInput, fmt::format("{} does not say which array holds the inputs: {}", file, shapesOf(arrays)),
            origin.advice};
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

} // namespace ty::engine
