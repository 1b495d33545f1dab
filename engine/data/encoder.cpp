#include "engine/data/encoder.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "engine/base/large_vector.h"
#include "engine/data/encoded_categories.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

constexpr std::size_t kMostMeasuredImages = 5000; ///< more do not change a mean of pixels
constexpr std::size_t kNotFound = static_cast<std::size_t>(-1);

/// The column called `name`, looked for from `hint` on: an encoder's columns come in the order of
/// the table's.
std::size_t
findColumn(const std::vector<ColumnInfo>& columns, const std::string& name, std::size_t hint)
{
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const std::size_t c = hint + i < columns.size() ? hint + i : hint + i - columns.size();
        if (columns[c].name == name) {
            return c;
        }
    }
    return kNotFound;
}

/// How the person wants the numbers of a column brought to the learner: "standard" if nothing is said.
std::string scalingOf(const Preparation& preparation, const std::string& column)
{
    std::string method = "standard";
    for (const PrepareStep& step : preparation.steps) {
        const bool isMeant = std::find(step.columns.begin(), step.columns.end(), column) != step.columns.end();
        method = step.isEnabled && step.kind == StepKind::Scale && isMeant ? step.method : method;
    }
    return method;
}

/// Moves the zero and the unit of the encoded numbers. @param present  not empty; its order is changed
void scaleBy(const std::string& method, LargeVector<float>& present, EncodedColumn& column)
{
    const auto [least, most] = std::minmax_element(present.begin(), present.end());
    const double low = *least;
    const double high = *most;
    const auto quantile = [&present](double share) -> double {
        const auto place = present.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(present.size() - 1));
        std::nth_element(present.begin(), place, present.end());
        return *place;
    };
    double unit = column.deviation;
    if (method == "min-max") {
        column.mean = low;
        unit = high - low;
    } else if (method == "max-abs") {
        column.mean = 0;
        unit = std::max(std::abs(low), std::abs(high));
    } else if (method == "robust") {
        column.mean = quantile(0.5);
        unit = quantile(0.75) - quantile(0.25);
    } else if (method == "none") {
        column.mean = 0;
        unit = 1;
    }
    column.deviation = unit > 0 && std::isfinite(unit) ? unit : 1.0;
}

EncodedColumn encodeNumber(
    const ColumnInfo& source, std::span<const float> values, std::span<const std::uint32_t> samples,
    const Preparation& preparation)
{
    EncodedColumn column;
    column.name = source.name;
    column.sourceType = source.type;
    LargeVector<float> present{LargeAllocator<float>(placeFor(samples.size() * sizeof(float)))};
    present.reserve(samples.size());
    for (const std::uint32_t sample : samples) {
        if (!std::isnan(values[sample])) {
            present.push_back(values[sample]);
        }
    }
    column.hasMissingFlag = present.size() < samples.size();
    if (present.empty()) {
        return column;
    }
    double sum = 0;
    for (const float value : present) {
        sum += value;
    }
    column.mean = sum / static_cast<double>(present.size());
    double squares = 0;
    for (const float value : present) {
        squares += (value - column.mean) * (value - column.mean);
    }
    const double deviation = std::sqrt(squares / static_cast<double>(present.size()));
    column.deviation = deviation > 1e-12 * std::max(1.0, std::abs(column.mean)) ? deviation : 1.0;
    const auto middle = present.begin() + static_cast<std::ptrdiff_t>(present.size() / 2);
    std::nth_element(present.begin(), middle, present.end());
    column.fill = *middle;
    if (const std::string method = scalingOf(preparation, source.name); method != "standard") {
        scaleBy(method, present, column);
    }
    return column;
}

/// What is kept of a column for new data.
ColumnInfo outlineOf(const ColumnInfo& source)
{
    ColumnInfo kept;
    kept.name = source.name;
    kept.type = source.type;
    kept.role = source.role;
    if (source.role != ColumnRole::Ignored) {
        kept.categories = source.categories;
        kept.unseen = source.unseen;
    }
    return kept;
}

/// Whether codes of data that knows the first categories mean the second ones.
bool haveSameCodes(const std::vector<std::string>& there, const std::vector<std::string>& known)
{
    return there.size() >= known.size() && std::equal(known.begin(), known.end(), there.begin());
}

/// Whether dates reach over enough of a year for its course to mean something.
bool spansMonths(std::span<const float> days, std::span<const std::uint32_t> samples)
{
    float first = std::numeric_limits<float>::infinity();
    float last = -first;
    for (const std::uint32_t sample : samples) {
        if (!std::isnan(days[sample])) {
            first = std::min(first, days[sample]);
            last = std::max(last, days[sample]);
        }
    }
    return last - first >= 60.0F;
}

} // namespace

Result<Encoder>
Encoder::fit(const Dataset& dataset, std::span<const std::uint32_t> samples, const EncoderForm& form)
{
    const DatasetInfo& info = dataset.info();
    if (samples.empty()) {
        return Error{ErrorKind::InvalidInput, info.name + " has no sample to train on", {}};
    }
    Encoder encoder;
    encoder.m_kind = info.kind;
    encoder.m_task = form.isReconstruction ? Task::Reconstruction : info.task;
    if (form.isReconstruction && info.kind != DataKind::Image) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format("{} is a table, but the network learns to give pictures again", info.name),
            "Choose data with pictures, or another network."};
    }
    encoder.m_targetName = info.target;
    for (const ClassInfo& entry : info.classes) {
        encoder.m_classes.push_back(entry.name);
    }
    encoder.m_mergedClasses = info.mergedClasses;
    encoder.m_preparation = info.preparation;
    for (const ColumnInfo& column : info.rawColumns) {
        encoder.m_rawColumns.push_back(outlineOf(column));
    }
    if (encoder.m_task == Task::Regression) {
        double sum = 0;
        double squares = 0;
        for (const std::uint32_t sample : samples) {
            sum += dataset.targetOf(sample);
        }
        encoder.m_targetMean = sum / static_cast<double>(samples.size());
        for (const std::uint32_t sample : samples) {
            const double difference = dataset.targetOf(sample) - encoder.m_targetMean;
            squares += difference * difference;
        }
        const double deviation = std::sqrt(squares / static_cast<double>(samples.size()));
        encoder.m_targetDeviation = deviation > 0 ? deviation : 1.0;
        if (!std::isfinite(encoder.m_targetMean) || !std::isfinite(deviation)) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format(
                    "{}: training samples without a value of \"{}\"", info.name, info.target),
                {}};
        }
    }
    if (form.isReconstruction) {
        const auto channels = static_cast<std::size_t>(info.imageShape[0]);
        encoder.m_inputShape = {info.imageShape[0], info.imageShape[1], info.imageShape[2]};
        encoder.m_imageMean.assign(channels, 0.0F);
        encoder.m_imageDeviation.assign(channels, 255.0F);
    } else if (form.words > 0) {
        TY_CHECK(encoder.fitWords(dataset, samples, form));
    } else {
        TY_CHECK(
            info.kind == DataKind::Image ? encoder.fitImages(dataset, samples)
                                         : encoder.fitTable(dataset, samples, form));
    }
    return encoder;
}

void Encoder::keepSourceColumns(const DatasetInfo& info)
{
    for (const ColumnInfo& source : info.columns) {
        m_sourceColumns.push_back(outlineOf(source));
    }
}

Result<void> Encoder::fitTable(
    const Dataset& dataset, std::span<const std::uint32_t> samples, const EncoderForm& form)
{
    const DatasetInfo& info = dataset.info();
    keepSourceColumns(info);
    for (std::size_t c = 0; c < info.columns.size(); ++c) {
        const ColumnInfo& source = info.columns[c];
        if (source.role != ColumnRole::Feature || source.type == ColumnType::Text) {
            continue;
        }
        if (source.type == ColumnType::Category) {
            const auto codes = dataset.categoryColumn(c);
            if (codes.empty() || form.areCategoriesOfAllRows) {
                m_columns.push_back(encodeFirstCategories(source, form.categories));
                continue;
            }
            const auto counts = countCategories(source, codes, samples);
            m_columns.push_back(encodeCategory(source, counts, form.categories));
            m_sourceColumns[c].unseen.clear();
            for (std::size_t code = 0; code < counts.size(); ++code) {
                if (counts[code] == 0) {
                    m_sourceColumns[c].unseen.push_back(source.categories[code]);
                }
            }
            continue;
        }
        const auto values = dataset.numericColumn(c);
        if (values.empty()) {
            return Error{ErrorKind::Internal, info.name + " was opened without its values", {}};
        }
        m_columns.push_back(encodeNumber(source, values, samples, info.preparation));
        if (source.type == ColumnType::Date && spansMonths(values, samples)) {
            EncodedColumn cycle;
            cycle.name = source.name;
            cycle.kind = EncodedColumn::Kind::YearCycle;
            cycle.sourceType = ColumnType::Date;
            m_columns.push_back(std::move(cycle));
        }
    }
    std::int64_t width = 0;
    for (const EncodedColumn& column : m_columns) {
        width += static_cast<std::int64_t>(column.width());
    }
    if (width == 0) {
        return Error{
            ErrorKind::InvalidInput,
            info.target.empty() ? fmt::format("{} has no column to find groups by", info.name)
                                : fmt::format("{} has no column to predict \"{}\" from", info.name, info.target),
            "Give at least one column the role \"feature\"."};
    }
    m_inputShape = {width};
    rememberInputs();
    return {};
}

Result<void> Encoder::fitImages(const Dataset& dataset, std::span<const std::uint32_t> samples)
{
    const auto& shape = dataset.info().imageShape;
    m_inputShape = {shape[0], shape[1], shape[2]};
    const auto channels = static_cast<std::size_t>(shape[0]);
    const std::size_t plane =
        static_cast<std::size_t>(shape[1]) * static_cast<std::size_t>(shape[2]);
    std::vector<std::uint8_t> pixels(channels * plane);
    std::vector<std::uint64_t> sums(channels, 0);
    std::vector<std::uint64_t> squares(channels, 0);
    const std::size_t step = std::max<std::size_t>(1, samples.size() / kMostMeasuredImages);
    std::size_t read = 0;
    std::optional<Error> firstError;
    std::vector<std::uint32_t> measured;
    for (std::size_t i = 0; i < samples.size(); i += step) {
        measured.push_back(samples[i]);
    }
    dataset.expect(measured);
    for (std::size_t i = 0; i < samples.size(); i += step) {
        if (auto got = dataset.readImage(samples[i], pixels); !got) {
            firstError = firstError ? std::move(firstError)
                                    : got.error(); // an odd unreadable image spoils nothing
            continue;
        }
        ++read;
        for (std::size_t c = 0; c < channels; ++c) {
            for (std::size_t p = 0; p < plane; ++p) {
                const std::uint64_t value = pixels[c * plane + p];
                sums[c] += value;
                squares[c] += value * value;
            }
        }
    }
    if (read == 0) {
        return firstError ? *firstError
                          : Error{
                                ErrorKind::InvalidInput,
                                dataset.info().name + " has no image that can be read",
                                {}};
    }
    const auto count = static_cast<double>(read * plane);
    for (std::size_t c = 0; c < channels; ++c) {
        const double mean = static_cast<double>(sums[c]) / count;
        const double variance =
            std::max(0.0, static_cast<double>(squares[c]) / count - mean * mean);
        m_imageMean.push_back(static_cast<float>(mean));
        m_imageDeviation.push_back(
            variance > 1e-6 ? static_cast<float>(std::sqrt(variance)) : 1.0F);
    }
    return {};
}

std::vector<std::int64_t> Encoder::outputShape() const
{
    switch (m_task) {
    case Task::Classification:
    case Task::Grouping:
        return {static_cast<std::int64_t>(m_classes.size())};
    case Task::Reconstruction:
        return {static_cast<std::int64_t>(inputSize())};
    case Task::NextWord:
        return {m_inputShape.front(), static_cast<std::int64_t>(vocabulary().size())};
    case Task::Regression:
        break;
    }
    return {1};
}

std::size_t Encoder::targetSize() const
{
    return m_task == Task::Reconstruction || m_task == Task::NextWord ? inputSize() : 1;
}

std::size_t Encoder::inputSize() const
{
    std::size_t size = 1;
    for (const std::int64_t extent : m_inputShape) {
        size *= static_cast<std::size_t>(extent);
    }
    return size;
}

DatasetInfo Encoder::expectedData() const
{
    DatasetInfo info;
    info.kind = m_kind;
    // Whoever gives pictures again does not look at their labels, which stay what they are.
    info.task = m_task != Task::Reconstruction ? m_task : m_classes.empty() ? Task::Regression : Task::Classification;
    info.target = m_targetName;
    info.wordsPerSample = m_task == Task::NextWord ? static_cast<int>(m_inputShape.front()) : 0;
    info.columns = m_sourceColumns;
    info.preparation = m_preparation;
    info.rawColumns = m_rawColumns;
    for (const std::string& name : m_task == Task::Grouping ? std::vector<std::string>() : m_classes) { // no data say groups
        info.classes.push_back({name, 0});
    }
    info.mergedClasses = m_mergedClasses;
    if (m_kind == DataKind::Image) {
        for (std::size_t i = 0; i < 3; ++i) {
            info.imageShape[i] = static_cast<int>(m_inputShape[i]);
        }
    }
    return info;
}

Result<void> Encoder::checkFits(const Dataset& dataset) const
{
    const DatasetInfo& info = dataset.info();
    if (info.kind != m_kind) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format(
                "{} holds {}, but the model was trained on {}",
                info.name,
                info.kind == DataKind::Image ? "images" : "a table",
                m_kind == DataKind::Image ? "images" : "a table"),
            {}};
    }
    if (m_kind == DataKind::Image) {
        for (std::size_t i = 0; i < 3; ++i) {
            if (info.imageShape[i] != m_inputShape[i]) {
                return Error{
                    ErrorKind::InvalidInput,
                    fmt::format(
                        "{} has images of {}x{}x{}, the model takes {}x{}x{}",
                        info.name,
                        info.imageShape[0],
                        info.imageShape[1],
                        info.imageShape[2],
                        m_inputShape[0],
                        m_inputShape[1],
                        m_inputShape[2]),
                    {}};
            }
        }
        return {};
    }
    std::size_t hint = 0;
    for (const EncodedColumn& column : m_columns) {
        const std::size_t found = findColumn(info.columns, column.name, hint);
        if (found == kNotFound) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format(
                    "{} lacks the column \"{}\" that the model needs", info.name, column.name),
                {}};
        }
        hint = found;
        const ColumnInfo& source = info.columns[found];
        const bool areNumbers =
            source.type == ColumnType::Numeric || source.type == ColumnType::Date;
        if (column.kind == EncodedColumn::Kind::Words) {
            if (source.type != ColumnType::Text && source.type != ColumnType::Category) {
                return Error{
                    ErrorKind::InvalidInput,
                    fmt::format(
                        "{}: column \"{}\" is {}, the model takes text",
                        info.name,
                        column.name,
                        columnTypeName(source.type)),
                    {}};
            }
        } else if (column.kind != EncodedColumn::Kind::OneHot
                ? !areNumbers || source.type != column.sourceType
                : source.type != ColumnType::Category) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format(
                    "{}: column \"{}\" is {}, the model takes {}",
                    info.name,
                    column.name,
                    columnTypeName(source.type),
                    columnTypeName(column.sourceType)),
                {}};
        }
        if (column.kind == EncodedColumn::Kind::OneHot && !haveSameCodes(source.categories, knownCategories(column))) {
            return Error{
                ErrorKind::Internal,
                fmt::format(
                    "{} was opened without the model's categories of \"{}\"",
                    info.name,
                    column.name),
                {}};
        }
    }
    return {};
}

Result<void>
Encoder::encodeInput(const Dataset& dataset, std::uint64_t sample, std::span<float> into) const
{
    if (m_kind == DataKind::Image) {
        std::vector<std::uint8_t> pixels(into.size());
        TY_CHECK(dataset.readImage(sample, pixels));
        standardise(pixels, into);
        return {};
    }
    if (!m_columns.empty() && m_columns.front().kind == EncodedColumn::Kind::Words) {
        return encodeWords(dataset, sample, into);
    }
    const std::vector<ColumnInfo>& sources = dataset.info().columns;
    std::size_t hint = 0;
    std::size_t at = 0;
    for (std::size_t index = 0; index < m_columns.size(); ++index) {
        const EncodedColumn& column = m_columns[index];
        const std::size_t source = findColumn(sources, column.name, hint);
        if (source == kNotFound) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format("{} lacks the column \"{}\"", dataset.info().name, column.name),
                {}};
        }
        hint = source;
        if (column.kind == EncodedColumn::Kind::OneHot) {
            const auto codes = dataset.categoryColumn(source);
            const std::int32_t input = codes.empty() ? -1 : inputOf(index, codes[sample]);
            const auto inputs = into.subspan(at, column.categories.size());
            std::fill(inputs.begin(), inputs.end(), 0.0F);
            if (input >= 0) {
                inputs[static_cast<std::size_t>(input)] = 1.0F;
            }
        } else {
            const auto numbers = dataset.numericColumn(source);
            const bool isMissing = numbers.empty() || std::isnan(numbers[sample]);
            const double value = isMissing ? column.fill : static_cast<double>(numbers[sample]);
            if (column.kind == EncodedColumn::Kind::YearCycle) {
                const double angle = 2 * std::numbers::pi * (isMissing ? 0.0 : yearFraction(value));
                into[at] = isMissing ? 0.0F : static_cast<float>(std::sin(angle));
                into[at + 1] = isMissing ? 0.0F : static_cast<float>(std::cos(angle));
            } else {
                into[at] = static_cast<float>((value - column.mean) / column.deviation);
                if (column.hasMissingFlag) {
                    into[at + 1] = isMissing ? 1.0F : 0.0F;
                }
            }
        }
        at += column.width();
    }
    return {};
}

Result<void> Encoder::encodePart(const Dataset& dataset, std::uint64_t sample, double place, std::span<float> into) const
{
    std::vector<std::uint8_t> pixels(into.size());
    TY_CHECK(dataset.readPart(sample, place, pixels));
    standardise(pixels, into);
    return {};
}

void Encoder::standardise(std::span<const std::uint8_t> pixels, std::span<float> into) const
{
    const std::size_t plane = into.size() / m_imageMean.size();
    for (std::size_t c = 0; c < m_imageMean.size(); ++c) {
        const float mean = m_imageMean[c];
        const float scale = 1.0F / m_imageDeviation[c];
        for (std::size_t p = c * plane; p < (c + 1) * plane; ++p) {
            into[p] = (static_cast<float>(pixels[p]) - mean) * scale;
        }
    }
}

const std::vector<std::string>& Encoder::knownCategories(const EncodedColumn& column) const
{
    const std::size_t found = findColumn(m_sourceColumns, column.name, 0);
    const bool areTold = found != kNotFound && !m_sourceColumns[found].categories.empty();
    return areTold ? m_sourceColumns[found].categories : column.categories;
}

void Encoder::rememberInputs()
{
    m_inputOf.assign(m_columns.size(), {});
    for (std::size_t c = 0; c < m_columns.size(); ++c) {
        if (m_columns[c].kind != EncodedColumn::Kind::OneHot) {
            continue;
        }
        StringPool inputs;
        for (const std::string& category : m_columns[c].categories) {
            inputs.intern(category);
        }
        for (const std::string& category : knownCategories(m_columns[c])) {
            m_inputOf[c].push_back(inputs.find(category));
        }
    }
}

float Encoder::encodeTarget(const Dataset& dataset, std::uint64_t sample) const
{
    if (m_task == Task::Classification) {
        return static_cast<float>(dataset.classOf(sample));
    }
    if (m_task != Task::Regression) {
        return 0;
    }
    return static_cast<float>((dataset.targetOf(sample) - m_targetMean) / m_targetDeviation);
}

} // namespace ty::engine
