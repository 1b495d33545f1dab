#include "tests/exchange/tiny_dataset.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/base/random.h"

namespace ty::testing {

using namespace ty::engine;

namespace {

constexpr int kMissingStep = 7;
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

void addNumericColumn(TinyDataset& data, const std::string& name, ColumnType type, std::vector<float> cells)
{
    ColumnInfo column;
    column.name = name;
    column.type = type;
    double sum = 0;
    double squares = 0;
    std::uint64_t present = 0;
    for (const float cell : cells) {
        if (std::isnan(cell)) {
            ++column.missing;
            continue;
        }
        sum += cell;
        squares += static_cast<double>(cell) * cell;
        ++present;
        column.minimum = std::isnan(column.minimum) ? cell : std::min<double>(column.minimum, cell);
        column.maximum = std::isnan(column.maximum) ? cell : std::max<double>(column.maximum, cell);
    }
    column.mean = sum / static_cast<double>(present);
    column.deviation = std::sqrt(std::max(0.0, squares / static_cast<double>(present) - column.mean * column.mean));
    column.distinct = present;
    data.description.columns.push_back(column);
    data.numbers.push_back(std::move(cells));
    data.codes.emplace_back();
}

void addCategoryColumn(
    TinyDataset& data, const std::string& name, std::vector<std::string> categories, ColumnRole role, std::vector<std::int32_t> codes)
{
    ColumnInfo column;
    column.name = name;
    column.type = ColumnType::Category;
    column.role = role;
    column.distinct = categories.size();
    column.categories = std::move(categories);
    column.missing = static_cast<std::uint64_t>(std::count(codes.begin(), codes.end(), -1));
    data.description.columns.push_back(column);
    data.numbers.emplace_back();
    data.codes.push_back(std::move(codes));
}

std::vector<float> randomCells(Random& random, std::uint64_t samples, double mean, double deviation, bool hasMissing)
{
    std::vector<float> cells;
    for (std::uint64_t i = 0; i < samples; ++i) {
        const double value = mean + deviation * random.normal();
        cells.push_back(hasMissing && (i + static_cast<std::uint64_t>(mean)) % kMissingStep == 0 ? kNan : static_cast<float>(value));
    }
    return cells;
}

} // namespace

double TinyDataset::targetOf(std::uint64_t sample) const
{
    return targets.empty() ? std::numeric_limits<double>::quiet_NaN() : targets[sample];
}

std::string TinyDataset::cellText(std::uint64_t sample, std::size_t column) const
{
    if (!numbers[column].empty()) {
        const float number = numbers[column][sample];
        return std::isnan(number) ? std::string() : std::to_string(number);
    }
    const auto code = codes[column][sample];
    return code < 0 ? std::string() : description.columns[column].categories[static_cast<std::size_t>(code)];
}

Result<void> TinyDataset::readImage(std::uint64_t sample, std::span<std::uint8_t> chw) const
{
    std::copy(images[sample].begin(), images[sample].end(), chw.begin());
    return {};
}

std::unique_ptr<TinyDataset> tinyImages(const std::array<int, 3>& shape, int classes, std::uint64_t samples)
{
    auto data = std::make_unique<TinyDataset>();
    auto& info = data->description;
    info.name = "tiny images";
    info.format = "idx";
    info.kind = DataKind::Image;
    info.task = Task::Classification;
    info.samples = samples;
    info.target = "label";
    info.imageShape = shape;
    for (int c = 0; c < classes; ++c) {
        info.classes.push_back({"class " + std::to_string(c), samples / static_cast<std::uint64_t>(classes)});
    }
    Random random(11);
    const auto pixels = static_cast<std::size_t>(shape[0]) * static_cast<std::size_t>(shape[1]) * static_cast<std::size_t>(shape[2]);
    for (std::uint64_t i = 0; i < samples; ++i) {
        const int label = static_cast<int>(i) % classes;
        std::vector<std::uint8_t> image(pixels);
        for (auto& pixel : image) {
            pixel = static_cast<std::uint8_t>(random.below(static_cast<std::uint64_t>(200 + 5 * label)));
        }
        data->images.push_back(std::move(image));
        data->labels.push_back(label);
    }
    return data;
}

std::unique_ptr<TinyDataset> tinyTable(const TinyTableOptions& options, std::uint64_t samples)
{
    auto data = std::make_unique<TinyDataset>();
    auto& info = data->description;
    info.name = "tiny table";
    info.format = "csv";
    info.kind = DataKind::Table;
    info.task = options.task;
    info.samples = samples;
    info.target = "outcome";
    Random random(13);
    addNumericColumn(*data, "length", ColumnType::Numeric, randomCells(random, samples, 5, 1, options.hasMissing));
    if (options.hasCategories) {
        std::vector<std::int32_t> codes;
        for (std::uint64_t i = 0; i < samples; ++i) {
            codes.push_back(options.hasMissing && i % kMissingStep == 3 ? -1 : static_cast<std::int32_t>(random.below(3)));
        }
        addCategoryColumn(*data, "colour", {"red", "grün", "blue, dark"}, ColumnRole::Feature, std::move(codes));
    }
    addNumericColumn(*data, "price", ColumnType::Numeric, randomCells(random, samples, 250000, 40000, options.hasMissing));
    addNumericColumn(*data, "share", ColumnType::Numeric, randomCells(random, samples, 0, 1e-4, false));
    if (options.hasDate) {
        addNumericColumn(*data, "sold", ColumnType::Date, randomCells(random, samples, 19800, 2, options.hasMissing));
        addNumericColumn(*data, "built", ColumnType::Date, randomCells(random, samples, 9000, 4000, options.hasMissing));
    }
    if (options.hasCategories) {
        std::vector<std::int32_t> codes;
        for (std::uint64_t i = 0; i < samples; ++i) {
            codes.push_back(static_cast<std::int32_t>(random.below(2)));
        }
        addCategoryColumn(*data, "features", {"yes", "no"}, ColumnRole::Feature, std::move(codes)); // a name that the file uses itself
    }
    addNumericColumn(*data, "weight", ColumnType::Numeric, randomCells(random, samples, -20, 3, false));

    const std::vector<std::string> classes{"setosa", "virginica", "versi color"};
    std::vector<std::int32_t> labels;
    std::vector<float> values;
    for (std::uint64_t i = 0; i < samples; ++i) {
        const float weight = data->numbers.back()[i];
        labels.push_back(weight < -21.5F ? 0 : weight < -18.5F ? 1 : 2);
        values.push_back(1000.0F * weight + 300.0F * static_cast<float>(random.normal()));
    }
    if (options.task == Task::Classification) {
        data->labels = labels;
        for (const auto& name : classes) {
            info.classes.push_back({name, samples / 3});
        }
        addCategoryColumn(*data, "outcome", classes, ColumnRole::Target, std::move(labels));
    } else {
        data->targets.assign(values.begin(), values.end());
        addNumericColumn(*data, "outcome", ColumnType::Numeric, std::move(values));
        info.columns.back().role = ColumnRole::Target;
    }
    return data;
}

} // namespace ty::testing
