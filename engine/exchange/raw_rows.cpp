#include "engine/exchange/raw_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/base/random.h"
#include "engine/data/prepare/expression.h"
#include "engine/data/prepare/table_rows.h"
#include "engine/data/text_values.h"
#include "engine/exchange/onnx_steps.h"

namespace ty::engine {

namespace {

constexpr double kGoneShare = 0.1;
constexpr double kExactShare = 0.3;   ///< of numbers that are exactly where something changes
constexpr double kStrangeShare = 0.1; ///< of words that nobody has seen

/// Numbers that the steps and the encoding know of a column.
std::vector<double> knownNumbers(const Encoder& encoder, const std::string& column)
{
    std::vector<double> known;
    for (const EncodedColumn& encoded : encoder.columns()) {
        if (encoded.name == column && encoded.kind == EncodedColumn::Kind::Standardised) {
            known.insert(known.end(), {encoded.mean - encoded.deviation, encoded.mean, encoded.mean + encoded.deviation, encoded.fill});
        }
    }
    const auto add = [&](const std::optional<double>& number) {
        if (number) {
            known.push_back(*number);
        }
    };
    for (const PrepareStep& step : encoder.preparation().steps) {
        if (const auto found = step.fitted.find(column); found != step.fitted.end()) {
            add(found->second.low);
            add(found->second.high);
            known.insert(known.end(), found->second.edges.begin(), found->second.edges.end());
            double number = 0;
            if (parseNumber(found->second.value, number) || parseDate(found->second.value, number, DateOrder::YearMonthDay)) {
                known.push_back(number);
            }
        }
        const auto expression = step.expression.empty() ? Result<Expression>(Expression()) : Expression::parse(step.expression);
        for (const ExpressionNode& node : expression ? expression.value().nodes() : std::vector<ExpressionNode>()) {
            if (node.op == ExpressionOp::Number) {
                known.push_back(node.number);
            }
        }
    }
    for (const EncodedColumn& encoded : encoder.columns()) { // of numbers that became words
        for (const std::string& text : encoded.name == column ? encoded.categories : std::vector<std::string>()) {
            double number = 0;
            if (parseNumber(text, number)) {
                known.push_back(number);
            }
        }
    }
    return known;
}

LargeVector<float> madeNumbers(const Encoder& encoder, const ColumnInfo& column, std::uint64_t rows, Random& random)
{
    constexpr double kUsualDay = 19'000;
    constexpr double kUsualDays = 4'000;
    std::vector<double> known = knownNumbers(encoder, column.name);
    const bool isDate = column.type == ColumnType::Date;
    if (isDate) {
        known = {kUsualDay - kUsualDays, kUsualDay, kUsualDay + kUsualDays};
    } else if (known.empty()) {
        known = {-2, 0, 1, 50};
    }
    const auto [low, high] = std::minmax_element(known.begin(), known.end());
    const double span = std::max(1.0, *high - *low);
    LargeVector<float> numbers;
    for (std::uint64_t row = 0; row < rows; ++row) {
        const double kind = random.uniform();
        const double any = *low - span / 4 + 1.5 * span * random.uniform();
        const double number = kind < kGoneShare               ? std::numeric_limits<double>::quiet_NaN()
            : kind < kGoneShare + kExactShare ? known[random.below(known.size())]
                                              : any;
        numbers.push_back(static_cast<float>(isDate ? std::floor(number) : number));
    }
    return numbers;
}

LargeVector<std::int32_t> madeWords(std::size_t known, std::uint64_t rows, Random& random)
{
    LargeVector<std::int32_t> codes;
    for (std::uint64_t row = 0; row < rows; ++row) {
        const double kind = random.uniform();
        const bool isStrange = known == 0 || kind < kGoneShare + kStrangeShare;
        codes.push_back(static_cast<std::int32_t>(kind < kGoneShare ? -1 : isStrange ? static_cast<std::int64_t>(known) : static_cast<std::int64_t>(random.below(known))));
    }
    return codes;
}

} // namespace

TableContent makeRawColumns(const Encoder& encoder, std::uint64_t rows, std::uint64_t seed)
{
    TableContent content;
    content.path = "made-up rows";
    content.format = "csv";
    content.rows = rows;
    for (const ColumnInfo& info : encoder.columnsToRead()) {
        if (info.role != ColumnRole::Feature) {
            continue;
        }
        Random random(seed, content.columns.size());
        TableColumn column;
        column.name = info.name;
        if (info.type == ColumnType::Category || info.type == ColumnType::Text) {
            std::vector<std::string> texts = info.categories;
            texts.emplace_back("never seen");
            becomeCategory(column, madeWords(info.categories.size(), rows, random), texts);
        } else {
            becomeNumbers(column, madeNumbers(encoder, info, rows, random));
        }
        column.type = info.type;
        content.columns.push_back(std::move(column));
    }
    return content;
}

RawRows::RawRows(TableContent brought, std::unique_ptr<Dataset> prepared)
    : m_brought(std::move(brought))
    , m_prepared(std::move(prepared))
{
}

Result<std::unique_ptr<RawRows>> RawRows::make(const Encoder& encoder, TableContent brought)
{
    const DatasetInfo like = encoder.expectedData();
    OpenOptions options;
    options.like = &like;
    options.areDuplicatesSought = false;
    TY_TRY(auto prepared, makeTableDataset(brought, options));
    return std::unique_ptr<RawRows>(new RawRows(std::move(brought), std::move(prepared)));
}

Result<OnnxValues> RawRows::onnxRawInputs(const Encoder& encoder, std::span<const std::uint32_t> samples) const
{
    const auto ports = onnxRawPorts(encoder);
    OnnxValues inputs;
    std::size_t place = 0;
    for (const ColumnInfo& info : encoder.columnsToRead()) {
        if (info.role != ColumnRole::Feature) {
            continue;
        }
        const OnnxPort& port = ports[place++];
        const auto column = std::find_if(
            m_brought.columns.begin(), m_brought.columns.end(), [&](const TableColumn& one) { return one.name == info.name; });
        if (column == m_brought.columns.end()) {
            return Error{ErrorKind::InvalidInput, fmt::format("the data has no column \"{}\"", info.name), {}};
        }
        OnnxValue value{{static_cast<std::int64_t>(samples.size()), 1}, {}, {}};
        for (const std::uint32_t sample : samples) {
            if (port.dtype == "float32") {
                value.numbers.push_back(column->numbers[sample]);
            } else {
                const std::int32_t code = column->codes[sample];
                value.texts.push_back(code < 0 ? std::string() : std::string(column->texts.at(code)));
            }
        }
        inputs[port.name] = std::move(value);
    }
    return inputs;
}

} // namespace ty::engine
