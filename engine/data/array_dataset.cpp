#include "engine/data/array_dataset.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "engine/base/large_vector.h"
#include "engine/data/content_hash.h"
#include "engine/data/memory_images.h"
#include "engine/data/table_content.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

constexpr std::uint64_t kLongestSide = 16'384;
constexpr std::uint64_t kMostColumns = 100'000;

/// {channels, height, width} and whether the channels are the last axis of the file.
Result<std::pair<std::array<int, 3>, bool>>
imageShape(const NpyHeader& header, const std::string& file)
{
    const auto& shape = header.shape;
    for (std::size_t i = 1; i < shape.size(); ++i) {
        if (shape[i] == 0 || shape[i] > kLongestSide) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format("{}: a side of {} is not possible", file, shape[i]),
                {}};
        }
    }
    const auto side = [&](std::size_t i) { return static_cast<int>(shape[i]); };
    if (shape.size() == 3) {
        return std::pair(std::array<int, 3>{1, side(1), side(2)}, false);
    }
    if (shape[3] == 1 || shape[3] == 3) {
        return std::pair(std::array<int, 3>{side(3), side(1), side(2)}, true);
    }
    if (shape[1] == 1 || shape[1] == 3) {
        return std::pair(std::array<int, 3>{side(1), side(2), side(3)}, false);
    }
    return Error{
        ErrorKind::Unsupported,
        fmt::format("{} is neither {{N, H, W, C}} nor {{N, C, H, W}} with 1 or 3 channels", file),
        {}};
}

/// 0..1, 0..255 or 0..65535 becomes 0..255.
Result<void>
fillPixels(const NpyArray& array, bool isChannelLast, MemoryImages& images, const std::string& file)
{
    double largest = 0;
    for (const float value : array.numbers) {
        if (!(value >= 0) || !std::isfinite(value)) {
            return Error{
                ErrorKind::InvalidInput,
                file +
                    " holds negative or missing values; pixels of 0 to 1 or 0 to 255 are expected",
                {}};
        }
        largest = std::max<double>(largest, value);
    }
    const bool areReals = array.header.kind == 'f' || array.header.kind == 'b';
    const double scale = !array.bytes.empty()       ? 1
                         : areReals && largest <= 1 ? 255
                         : largest > 255            ? 255 / (largest > 65535 ? largest : 65535.0)
                                                    : 1;
    const auto [channels, height, width] = images.shape;
    const std::uint64_t plane =
        static_cast<std::uint64_t>(height) * static_cast<std::uint64_t>(width);
    const auto depth = static_cast<std::uint64_t>(channels);
    images.pixels = LargeVector<std::uint8_t>(LargeAllocator<std::uint8_t>(placeFor(array.size())));
    images.pixels.resize(array.size());
    for (std::uint64_t i = 0; i < array.size(); ++i) {
        std::uint64_t to = i;
        if (isChannelLast) {
            const std::uint64_t sample = i / (plane * depth);
            const std::uint64_t within = i % (plane * depth);
            to = sample * plane * depth + within % depth * plane + within / depth;
        }
        images.pixels[to] =
            static_cast<std::uint8_t>(std::clamp(std::lround(array.at(i) * scale), 0L, 255L));
    }
    return {};
}

Result<std::unique_ptr<Dataset>>
makeImages(ArrayData data, std::optional<TableColumn> labels, const OpenOptions& options)
{
    const std::string file = fileName(data.path);
    TY_TRY(const auto layout, imageShape(data.inputs.header, file));
    MemoryImages images;
    images.path = data.path;
    images.format = data.format;
    images.bytes = data.bytes;
    images.fingerprint = std::move(data.fingerprint);
    images.parts = std::move(data.parts);
    images.shape = layout.first;
    TY_CHECK(fillPixels(data.inputs, layout.second, images, file));
    if (!labels) {
        images.labels.assign(options.like != nullptr ? images.samples() : 0, -1);
        return makeImageDataset(std::move(images), options);
    }
    if (!labels->isNumber()) {
        std::map<std::string, std::int32_t, decltype(&naturallyLess)> order(&naturallyLess);
        for (std::size_t i = 0; i < labels->texts.size(); ++i) {
            order.emplace(
                std::string(labels->texts.at(static_cast<std::int32_t>(i))),
                static_cast<std::int32_t>(i));
        }
        std::vector<std::int32_t> indexOf(labels->texts.size());
        for (const auto& [name, code] : order) {
            indexOf[static_cast<std::size_t>(code)] =
                static_cast<std::int32_t>(images.classNames.size());
            images.classNames.push_back(name);
        }
        for (const std::int32_t code : labels->codes) {
            images.labels.push_back(code < 0 ? -1 : indexOf[static_cast<std::size_t>(code)]);
        }
        return makeImageDataset(std::move(images), options);
    }
    const NumberStatistics& seen = labels->statistics;
    const bool areClasses = options.task != "regression" && seen.areAllIntegers &&
                            seen.present > 0 && seen.minimum >= 0 && seen.maximum < 100'000 &&
                            seen.distinct.size() <= 1000;
    for (const float value : labels->numbers) {
        if (areClasses) {
            images.labels.push_back(std::isnan(value) ? -1 : static_cast<std::int32_t>(value));
        } else {
            images.targets.push_back(value);
        }
    }
    return makeImageDataset(std::move(images), options);
}

Result<std::unique_ptr<Dataset>>
makeTable(ArrayData data, std::optional<TableColumn> labels, const OpenOptions& options)
{
    const NpyArray& array = data.inputs;
    const std::uint64_t rows = array.header.shape[0];
    const std::uint64_t width = array.header.shape[1];
    if (width == 0 || width > kMostColumns) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format("{}: {} columns are not possible", fileName(data.path), width),
            {}};
    }
    TableContent table;
    table.path = data.path;
    table.format = data.format;
    table.bytes = data.bytes;
    table.fingerprint = std::move(data.fingerprint);
    table.parts = std::move(data.parts);
    table.rows = rows;
    table.hasNames = labels.has_value();
    const LargePlace place = placeFor(rows * width * sizeof(float));
    for (std::uint64_t c = 0; c < width; ++c) {
        TableColumn column;
        column.name = fmt::format("column {}", c + 1);
        column.numbers = LargeVector<float>(LargeAllocator<float>(place));
        column.numbers.reserve(rows);
        for (std::uint64_t row = 0; row < rows; ++row) {
            const auto value = static_cast<float>(array.at(row * width + c));
            column.numbers.push_back(std::isfinite(value) ? value : std::nanf(""));
        }
        column.statistics.add(column.numbers);
        table.columns.push_back(std::move(column));
    }
    if (options.areDuplicatesSought) {
        for (std::uint64_t row = 0; row < rows; ++row) {
            std::uint64_t hash = 0;
            for (const TableColumn& column : table.columns) {
                const float value = column.numbers[row];
                hash =
                    quickHash({reinterpret_cast<const std::uint8_t*>(&value), sizeof value}, hash);
            }
            table.rowHashes.push_back(hash);
        }
    }
    OpenOptions chosen = options;
    if (labels) {
        chosen.target = options.target.empty() ? labels->name : options.target;
        table.columns.push_back(std::move(*labels));
    }
    return makeTableDataset(std::move(table), chosen);
}

} // namespace

Result<TableColumn> columnOf(const NpyArray& labels, std::string name, const std::string& file, std::uint64_t rows)
{
    const auto& shape = labels.header.shape;
    const bool isColumn = shape.size() == 1 || (shape.size() == 2 && shape[1] == 1);
    const bool isOneHot = shape.size() == 2 && shape[1] > 1 && labels.texts.empty();
    if ((!isColumn && !isOneHot) || shape.empty() || shape[0] != rows) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format(
                "{} does not fit: {} labels, one for each sample, are expected",
                file,
                grouped(rows)),
            "The two files do not belong together."};
    }
    TableColumn column;
    column.name = std::move(name);
    if (!labels.texts.empty() && isColumn) {
        column.type = ColumnType::Category;
        for (const std::string& text : labels.texts) {
            const std::int32_t code =
                isMissingToken(text) ? StringPool::kNone : column.texts.intern(text);
            column.counts.resize(column.texts.size());
            column.codes.push_back(code);
            if (code == StringPool::kNone) {
                ++column.missing;
            } else {
                ++column.counts[static_cast<std::size_t>(code)];
            }
        }
        return column;
    }
    for (std::uint64_t row = 0; row < rows; ++row) {
        double value = isColumn && row < labels.size() ? labels.at(row) : std::nan("");
        for (std::uint64_t i = 0; isOneHot && i < shape[1]; ++i) {
            const double cell = labels.at(row * shape[1] + i);
            if (cell == 1 && std::isnan(value)) {
                value = static_cast<double>(i);
            } else if (cell != 0) {
                return Error{
                    ErrorKind::Unsupported,
                    fmt::format("{} has {} values a sample that are not one-hot", file, shape[1]),
                    {}};
            }
        }
        column.numbers.push_back(std::isfinite(value) ? static_cast<float>(value) : std::nanf(""));
    }
    column.statistics.add(column.numbers);
    return column;
}

Result<std::array<int, 3>> imageShapeOf(const NpyHeader& header, const std::string& name)
{
    TY_TRY(const auto layout, imageShape(header, name));
    return layout.first;
}

Result<std::unique_ptr<Dataset>> makeArrayDataset(ArrayData data, const OpenOptions& options)
{
    const std::string file = fileName(data.path);
    const std::size_t rank = data.inputs.header.shape.size();
    if (rank < 2 || rank > 4) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format("{} is an array of {} axes: a table has 2, images have 3 or 4", file, rank),
            rank == 1
                ? "If it holds labels, give the file with the inputs; labels are found beside it."
                : ""};
    }
    if (data.inputs.header.shape[0] == 0) {
        return Error{ErrorKind::InvalidInput, file + " has no rows", {}};
    }
    if (!data.inputs.texts.empty()) {
        return Error{
            ErrorKind::Unsupported, file + " is an array of texts", "Save tables of words as CSV."};
    }
    std::optional<TableColumn> labels;
    if (data.labels) {
        TY_TRY(labels, columnOf(*data.labels, "label", data.labelsName, data.inputs.header.shape[0]));
    }
    return rank == 2 ? makeTable(std::move(data), std::move(labels), options)
                     : makeImages(std::move(data), std::move(labels), options);
}

} // namespace ty::engine
