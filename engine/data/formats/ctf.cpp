#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/base/large_vector.h"
#include "engine/data/byte_reader.h"
#include "engine/data/content_hash.h"
#include "engine/data/formats/ctf_reader.h"
#include "engine/data/formats/formats.h"
#include "engine/data/memory_images.h"
#include "engine/data/table_content.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

constexpr std::uint64_t kAllRows = static_cast<std::uint64_t>(-1);

/// The class of a row of zeros and a single one; -1 for a row of zeros alone, nothing for anything
/// else.
std::optional<std::int32_t> oneHotClass(const CtfInput& input, std::uint64_t row)
{
    std::int32_t found = -1;
    for (std::size_t i = 0; i < input.width; ++i) {
        const float value = input.values[row * input.width + i];
        if (value == 1.0F && found < 0) {
            found = static_cast<std::int32_t>(i);
        } else if (value != 0.0F) {
            return std::nullopt;
        }
    }
    return found;
}

bool isOneHot(const CtfInput& input, std::uint64_t rows)
{
    for (std::uint64_t row = 0; row < rows; ++row) {
        if (!oneHotClass(input, row)) {
            return false;
        }
    }
    return input.width >= 2;
}

/// The input that is predicted: by its name, else the last that is one-hot, else the last that is
/// one number.
std::optional<std::size_t> findTarget(const CtfContent& content, const OpenOptions& options)
{
    static constexpr std::array<std::string_view, 9> kNames = {
        "labels", "label", "target", "targets", "class", "classes", "species", "y", "output"};
    const auto named = [&](std::string_view name) -> std::optional<std::size_t> {
        for (std::size_t i = 0; i < content.inputs.size(); ++i) {
            if (lowered(content.inputs[i].name) == lowered(name)) {
                return i;
            }
        }
        return std::nullopt;
    };
    if (!options.target.empty()) {
        return named(options.target);
    }
    if (options.like != nullptr) {
        return named(options.like->target);
    }
    for (const std::string_view name : kNames) {
        if (const auto found = named(name)) {
            return found;
        }
    }
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < content.inputs.size(); ++i) {
        if (isOneHot(content.inputs[i], content.lines.size())) {
            found = i;
        }
    }
    for (std::size_t i = 0; i < content.inputs.size() && !found; ++i) {
        const std::size_t last = content.inputs.size() - 1 - i;
        if (content.inputs[last].width == 1) {
            found = last;
        }
    }
    return found;
}

/// {channels, height, width} if the values are pixels: 0..255 in a square, or three squares one
/// after the other.
std::optional<std::array<int, 3>> pixelShape(const CtfInput& input)
{
    for (const int channels : {1, 3}) {
        const auto side =
            static_cast<int>(std::lround(std::sqrt(static_cast<double>(input.width) / channels)));
        if (side < 8 || static_cast<std::size_t>(channels) * static_cast<std::size_t>(side) *
                                static_cast<std::size_t>(side) !=
                            input.width) {
            continue;
        }
        float largest = 0;
        for (const float value : input.values) {
            if (value < 0 || value > 255 || value != std::floor(value)) {
                return std::nullopt;
            }
            largest = std::max(largest, value);
        }
        return largest >= 16 ? std::optional(std::array<int, 3>{channels, side, side})
                             : std::nullopt;
    }
    return std::nullopt;
}

class CtfDataset {
  public:
    CtfDataset(const std::string& path, CtfContent content, const OpenOptions& options)
        : m_path(path)
        , m_file(fileName(path))
        , m_content(std::move(content))
        , m_options(options)
        , m_rows(m_content.lines.size())
    {
    }

    Result<std::unique_ptr<Dataset>> make()
    {
        if (m_rows == 0) {
            return Error{ErrorKind::InvalidInput, m_file + " has no rows", {}};
        }
        m_target = findTarget(m_content, m_options);
        if (!m_target && m_options.like == nullptr) {
            return Error{
                ErrorKind::InvalidInput,
                m_options.target.empty()
                    ? m_file + " has no input that could be predicted"
                    : fmt::format("{} has no input \"{}\"", m_file, m_options.target),
                "Name the input of the labels \"labels\"."};
        }
        std::vector<std::size_t> features;
        for (std::size_t i = 0; i < m_content.inputs.size(); ++i) {
            if (i != m_target && m_content.inputs[i].width > 0) {
                features.push_back(i);
            }
        }
        if (features.empty()) {
            return Error{
                ErrorKind::InvalidInput, m_file + " has labels only, nothing to predict from", {}};
        }
        if (m_target) {
            const CtfInput& target = m_content.inputs[*m_target];
            m_isOneHot = isOneHot(target, m_rows);
            if (!m_isOneHot && target.width != 1) {
                return Error{
                    ErrorKind::Unsupported,
                    fmt::format(
                        "{}: \"{}\" has {} values that are not one-hot; one class or one number is "
                        "predicted",
                        m_file,
                        target.name,
                        target.width),
                    {}};
            }
        }
        const bool isImageWanted =
            m_options.like == nullptr || m_options.like->kind == DataKind::Image;
        const auto shape = features.size() == 1 && isImageWanted
                               ? pixelShape(m_content.inputs[features.front()])
                               : std::nullopt;
        return shape ? makeImages(m_content.inputs[features.front()], *shape) : makeTable(features);
    }

  private:
    Result<std::unique_ptr<Dataset>> makeImages(CtfInput& input, const std::array<int, 3>& shape)
    {
        MemoryImages images;
        images.path = m_path;
        images.format = "ctf";
        images.bytes = m_content.bytes;
        images.fingerprint = m_content.fingerprint;
        images.problems = std::move(m_content.problems);
        images.shape = shape;
        images.pixels = LargeVector<std::uint8_t>(LargeAllocator<std::uint8_t>(placeFor(input.values.size())));
        images.pixels.reserve(input.values.size());
        for (const float value : input.values) {
            images.pixels.push_back(static_cast<std::uint8_t>(value));
        }
        input.values = LargeVector<float>();
        if (m_target) {
            const CtfInput& target = m_content.inputs[*m_target];
            const bool areWhole =
                std::all_of(target.values.begin(), target.values.end(), [](float v) {
                    return v >= 0 && v < 1000 && v == std::floor(v);
                });
            for (std::size_t i = 0; m_isOneHot && i < target.width; ++i) {
                images.classNames.push_back(std::to_string(i));
            }
            for (std::uint64_t row = 0; row < m_rows; ++row) {
                const bool isThere = target.isPresent[row];
                if (m_isOneHot) {
                    images.labels.push_back(isThere ? *oneHotClass(target, row) : -1);
                } else if (areWhole && m_options.task != "regression") {
                    images.labels.push_back(
                        isThere ? static_cast<std::int32_t>(target.values[row]) : -1);
                } else {
                    images.targets.push_back(isThere ? target.values[row] : std::nan(""));
                }
            }
        }
        return makeImageDataset(std::move(images), m_options);
    }

    Result<std::unique_ptr<Dataset>> makeTable(const std::vector<std::size_t>& features)
    {
        TableContent table;
        table.path = m_path;
        table.format = "ctf";
        table.bytes = m_content.bytes;
        table.fingerprint = m_content.fingerprint;
        table.rows = m_rows;
        for (const std::uint64_t line : m_content.lines) {
            table.lines.add(line);
        }
        table.problems = std::move(m_content.problems);
        for (const std::size_t i : features) {
            addNumbers(table, m_content.inputs[i]);
        }
        if (m_target && m_isOneHot) {
            addClasses(table, m_content.inputs[*m_target]);
        } else if (m_target) {
            addNumbers(table, m_content.inputs[*m_target]);
        }
        if (m_options.areDuplicatesSought) {
            hashRows(table);
        }
        OpenOptions options = m_options;
        options.target = m_target ? m_content.inputs[*m_target].name : std::string();
        return makeTableDataset(std::move(table), options);
    }

    void addNumbers(TableContent& table, const CtfInput& input) const
    {
        for (std::size_t i = 0; i < input.width; ++i) {
            TableColumn column;
            column.name = input.width == 1 ? input.name : fmt::format("{} {}", input.name, i + 1);
            column.numbers = LargeVector<float>(input.values.get_allocator());
            column.numbers.reserve(m_rows);
            for (std::uint64_t row = 0; row < m_rows; ++row) {
                column.numbers.push_back(
                    input.isPresent[row] ? input.values[row * input.width + i] : std::nanf(""));
            }
            column.statistics.add(column.numbers);
            table.columns.push_back(std::move(column));
        }
    }

    void addClasses(TableContent& table, const CtfInput& input) const
    {
        TableColumn column;
        column.name = input.name;
        column.type = ColumnType::Category;
        for (std::size_t i = 0; i < input.width; ++i) {
            column.texts.intern(std::to_string(i));
        }
        column.counts.resize(input.width);
        for (std::uint64_t row = 0; row < m_rows; ++row) {
            const std::int32_t code = *oneHotClass(input, row);
            column.codes.push_back(code);
            if (code < 0) {
                ++column.missing;
            } else {
                ++column.counts[static_cast<std::size_t>(code)];
            }
        }
        table.columns.push_back(std::move(column));
    }

    void hashRows(TableContent& table) const
    {
        table.rowHashes.assign(m_rows, 0);
        for (const CtfInput& input : m_content.inputs) {
            const auto* bytes = reinterpret_cast<const std::uint8_t*>(input.values.data());
            const std::size_t size = input.width * sizeof(float);
            for (std::uint64_t row = 0; row < m_rows && size > 0; ++row) {
                table.rowHashes[row] = quickHash({bytes + row * size, size}, table.rowHashes[row]);
            }
        }
    }

    std::string m_path;
    std::string m_file;
    CtfContent m_content;
    const OpenOptions& m_options;
    std::uint64_t m_rows;
    std::optional<std::size_t> m_target;
    bool m_isOneHot = false;
};

} // namespace

bool looksLikeCtf(std::string_view head)
{
    // Comments and blank lines may come first; a cut last line is fine.
    for (std::size_t at = 0; at < head.size();) {
        const std::size_t feed = std::min(head.find('\n', at), head.size());
        const std::string_view line = trimmed(head.substr(at, feed - at));
        at = feed + 1;
        if (line.empty() || line.starts_with("|#")) {
            continue;
        }
        const std::size_t bar = line.find_first_not_of("0123456789 \t");
        if (bar == std::string_view::npos || line[bar] != '|' || bar + 1 >= line.size()) {
            return false;
        }
        // "|name value": a table divided by bars has no number behind a blank there.
        const std::size_t blank = line.find_first_of(" \t", bar);
        const std::size_t next = line.find('|', bar + 1);
        if (blank == std::string_view::npos || blank == bar + 1 || next < blank) {
            return false;
        }
        const std::string_view value = trimmed(line.substr(
            blank + 1, std::min(line.find_first_of(" \t|", blank + 1), line.size()) - blank - 1));
        double number = 0;
        const std::size_t colon = value.find(':');
        return parseNumber(
            colon == std::string_view::npos ? value : value.substr(0, colon), number);
    }
    return false;
}

Result<std::unique_ptr<Dataset>> openCtf(const std::string& path, const OpenOptions& options)
{
    TY_TRY(auto content, readCtf(path, kAllRows, options));
    return CtfDataset(path, std::move(content), options).make();
}

Result<Preview> previewCtf(const std::string& path, const OpenOptions& options)
{
    TY_TRY(auto content, readCtf(path, 500, options));
    const bool isWhole = content.isWhole;
    const std::uint64_t lines = content.lines.size();
    OpenOptions quick = options;
    quick.areDuplicatesSought = false;
    TY_TRY(const auto dataset, CtfDataset(path, std::move(content), quick).make());
    Preview preview = previewOf(*dataset);
    preview.isComplete = isWhole;
    if (!isWhole) { // counts become guesses from the size on disk
        TY_TRY(const auto head, readHead(path, 1U << 16, options.files));
        const auto seen = static_cast<std::uint64_t>(std::count(head.begin(), head.end(), '\n'));
        const double bytesPerLine = static_cast<double>(head.size()) /
                                    static_cast<double>(std::max<std::uint64_t>(seen, 1));
        preview.info.samples = std::max(
            lines,
            static_cast<std::uint64_t>(static_cast<double>(preview.info.bytes) / bytesPerLine));
        preview.info.givenSplit = {preview.info.samples, 0, 0};
    }
    return preview;
}

} // namespace ty::engine
