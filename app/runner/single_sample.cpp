#include "app/runner/single_sample.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "engine/base/files.h"
#include "engine/data/formats/image_codec.h"
#include "engine/data/image_resize.h"
#include "engine/data/prepare/prepare_pictures.h"
#include "engine/data/table_builder.h"
#include "engine/data/text_values.h"

namespace ty::runner {

namespace {

using namespace ty::engine;

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

} // namespace

SingleSample::SingleSample(DatasetInfo expected)
    : m_info(std::move(expected))
{
    m_info.name = "sample";
    m_info.samples = 1;
    m_read = m_info.columnsToRead();
    m_numbers.assign(m_read.size(), kMissing);
    m_codes.assign(m_read.size(), -1);
    m_texts.resize(m_read.size());
    m_pixels.assign(
        static_cast<std::size_t>(m_info.imageShape[0]) * static_cast<std::size_t>(m_info.imageShape[1])
            * static_cast<std::size_t>(m_info.imageShape[2]),
        0);
}

Result<void> SingleSample::setRow(const Json& row)
{
    if (m_info.kind != DataKind::Table) {
        return Error{ErrorKind::InvalidInput, "the model takes an image, not a row", {}};
    }
    if (!row.is_object()) {
        return Error{ErrorKind::InvalidInput, "\"row\" must be an object of columns and values", {}};
    }
    for (std::size_t i = 0; i < m_read.size(); ++i) {
        m_numbers[i] = kMissing;
        m_codes[i] = -1;
        m_texts[i].clear();
    }
    for (const auto& item : row.items()) {
        const std::string& name = item.key();
        const auto found = std::find_if(
            m_read.begin(), m_read.end(), [&](const ColumnInfo& column) { return column.name == name; });
        if (found == m_read.end()) {
            return Error{ErrorKind::InvalidInput, "the model knows no column \"" + name + "\"", {}};
        }
        TY_CHECK(setCell(static_cast<std::size_t>(found - m_read.begin()), item.value()));
    }
    return m_info.rawColumns.empty() ? Result<void>() : prepare();
}

/// The steps know tables alone, so the row becomes one.
Result<void> SingleSample::prepare()
{
    OpenOptions options;
    options.like = &m_info;
    TableBuilder builder("sample", "row", options);
    for (std::size_t i = 0; i < m_read.size(); ++i) {
        const bool isNumber = m_read[i].type == ColumnType::Numeric || m_read[i].type == ColumnType::Date;
        const std::size_t column = builder.addColumn(m_read[i].name, isNumber ? m_read[i].type : ColumnType::Category);
        if (isNumber && !std::isnan(m_numbers[i])) {
            builder.setNumber(column, m_numbers[i]);
        } else if (!isNumber && !isMissingToken(m_texts[i])) {
            builder.setText(column, m_texts[i], "sample");
        }
    }
    builder.endRow(0);
    TY_TRY(auto content, builder.finish(1, {}));
    TY_TRY(m_prepared, makeTableDataset(std::move(content), options));
    return {};
}

Result<void> SingleSample::setCell(std::size_t column, const Json& value)
{
    const ColumnInfo& info = m_read[column];
    const std::string text = value.is_string() ? value.get<std::string>() : value.is_null() ? "" : value.dump();
    m_texts[column] = text;
    if (isMissingToken(text)) {
        return {};
    }
    double number = 0;
    switch (info.type) {
    case ColumnType::Numeric:
        if (!parseNumber(text, number)) {
            return Error{
                ErrorKind::InvalidInput, fmt::format("column \"{}\": \"{}\" is not a number", info.name, text), {}};
        }
        m_numbers[column] = static_cast<float>(number);
        break;
    case ColumnType::Date:
        if (!parseDate(text, number, DateOrder::YearMonthDay)) {
            return Error{
                ErrorKind::InvalidInput, fmt::format("column \"{}\": \"{}\" is not a date", info.name, text),
                "Write it as 2026-11-21."};
        }
        m_numbers[column] = static_cast<float>(number);
        break;
    case ColumnType::Category: {
        const auto found = std::find(info.categories.begin(), info.categories.end(), text);
        if (found != info.categories.end()) {
            m_codes[column] = static_cast<std::int32_t>(found - info.categories.begin());
        }
        break;
    }
    case ColumnType::Text:
        break;
    }
    return {};
}

Result<void> SingleSample::setPixels(
    int width, int height, int channels, const std::vector<std::uint8_t>& pixels)
{
    if (m_info.kind != DataKind::Image) {
        return Error{ErrorKind::InvalidInput, "the model takes a row, not an image", {}};
    }
    constexpr int kLargestSide = 16384;
    const bool isSane = width > 0 && height > 0 && width <= kLargestSide && height <= kLargestSide
        && (channels == 1 || channels == 3 || channels == 4);
    const std::size_t area = isSane ? static_cast<std::size_t>(width) * static_cast<std::size_t>(height) : 0;
    if (!isSane || pixels.size() != area * static_cast<std::size_t>(channels)) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format("the image is said to be {} x {} with {} channels, but has {} bytes", width, height, channels,
                        pixels.size()),
            {}};
    }
    Pixels source;
    source.channels = channels == 1 ? 1 : 3;
    source.width = width;
    source.height = height;
    source.bytes.resize(area * static_cast<std::size_t>(source.channels));
    const auto stride = static_cast<std::size_t>(channels);
    for (std::size_t c = 0; c < static_cast<std::size_t>(source.channels); ++c) {
        for (std::size_t p = 0; p < area; ++p) {
            unsigned value = pixels[p * stride + c];
            if (channels == 4) { // over white, as files with transparency are read
                const unsigned alpha = pixels[p * stride + 3];
                value = (value * alpha + 255U * (255U - alpha) + 127U) / 255U;
            }
            source.bytes[c * area + p] = static_cast<std::uint8_t>(value);
        }
    }
    resizeInto(source, m_info.imageShape, m_pixels);
    return {};
}

Result<void> SingleSample::setImageFile(const std::string& path)
{
    if (m_info.kind != DataKind::Image) {
        return Error{ErrorKind::InvalidInput, "the model takes a row, not an image", {}};
    }
    constexpr std::uint64_t kLargestFile = std::uint64_t{256} << 20;
    TY_TRY(const std::string file, readFile(path, kLargestFile));
    if (!looksLikeImage(file)) {
        return Error{ErrorKind::InvalidInput, path + " is neither a PNG nor a JPEG picture", {}};
    }
    auto pixels = decodeImage(file, {m_info.imageShape[1], m_info.imageShape[2]}, audioFormOf(m_info));
    if (!pixels) {
        return std::move(pixels).error().withContext(path);
    }
    resizeInto(pixels.value(), m_info.imageShape, m_pixels);
    return {};
}

double SingleSample::targetOf(std::uint64_t) const
{
    return std::numeric_limits<double>::quiet_NaN();
}

std::span<const float> SingleSample::numericColumn(std::size_t column) const
{
    return m_prepared ? m_prepared->numericColumn(column) : std::span<const float>(m_numbers).subspan(column, 1);
}

std::span<const std::int32_t> SingleSample::categoryColumn(std::size_t column) const
{
    return m_prepared ? m_prepared->categoryColumn(column) : std::span<const std::int32_t>(m_codes).subspan(column, 1);
}

std::string SingleSample::cellText(std::uint64_t, std::size_t column) const
{
    return m_prepared ? m_prepared->cellText(0, column) : m_texts[column];
}

Result<void> SingleSample::readImage(std::uint64_t, std::span<std::uint8_t> chw) const
{
    std::copy_n(m_pixels.begin(), std::min(chw.size(), m_pixels.size()), chw.begin());
    return {};
}

} // namespace ty::runner
