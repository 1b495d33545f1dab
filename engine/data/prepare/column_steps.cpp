#include "engine/data/prepare/column_steps.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "engine/data/prepare/prepare_table.h"
#include "engine/data/prepare/table_rows.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

Error wrongColumn(const TableColumn& column, const std::string& reason, const std::string& advice = {})
{
    return {ErrorKind::InvalidInput, fmt::format("column \"{}\" {}", column.name, reason), advice};
}

bool isTrainingRow(const std::vector<SplitPart>& parts, std::size_t row)
{
    return parts.empty() || parts[row] == SplitPart::Training;
}

/// Values present in training rows, ascending.
LargeVector<float> sortedValues(const TableColumn& column, const std::vector<SplitPart>& parts)
{
    LargeVector<float> values{LargeAllocator<float>(placeFor(column.numbers.size() * sizeof(float)))};
    values.reserve(column.numbers.size());
    for (std::size_t row = 0; row < column.numbers.size(); ++row) {
        if (!std::isnan(column.numbers[row]) && isTrainingRow(parts, row)) {
            values.push_back(column.numbers[row]);
        }
    }
    std::sort(values.begin(), values.end());
    return values;
}

/// Between the two neighbours in proportion, as numpy.percentile does. @param share  0..1
double quantileOf(const LargeVector<float>& sorted, double share)
{
    const double place = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(std::floor(place));
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    const double part = place - std::floor(place);
    return sorted[below] + part * (static_cast<double>(sorted[above]) - sorted[below]);
}

std::string mostFrequent(const TableColumn& column, const std::vector<SplitPart>& parts)
{
    std::map<float, std::uint64_t> numbers;
    std::vector<std::uint64_t> texts(column.texts.size());
    for (std::size_t row = 0; row < column.numbers.size(); ++row) {
        if (!std::isnan(column.numbers[row]) && isTrainingRow(parts, row)) {
            ++numbers[column.numbers[row]];
        }
    }
    for (std::size_t row = 0; row < column.codes.size(); ++row) {
        if (column.codes[row] >= 0 && isTrainingRow(parts, row)) {
            ++texts[static_cast<std::size_t>(column.codes[row])];
        }
    }
    if (column.isNumber()) {
        const auto best = std::max_element(
            numbers.begin(), numbers.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
        return best == numbers.end() ? std::string() : formatNumber(best->first);
    }
    const auto best = std::max_element(texts.begin(), texts.end());
    return best == texts.end() ? std::string() : std::string(column.texts.at(static_cast<std::int32_t>(best - texts.begin())));
}

Result<FittedColumn> fitFill(const PrepareStep& step, const TableColumn& column, const std::vector<SplitPart>& parts)
{
    FittedColumn fitted;
    if (step.method == "value") {
        double number = 0;
        if (column.type == ColumnType::Date ? !parseDate(step.value, number, DateOrder::YearMonthDay)
                                            : column.isNumber() && !parseNumber(step.value, number)) {
            return wrongColumn(column, fmt::format("holds numbers, and \"{}\" is none", step.value));
        }
        fitted.value = step.value;
        return fitted;
    }
    if (step.method == "most-frequent") {
        fitted.value = mostFrequent(column, parts);
    } else if (!column.isNumber()) {
        return wrongColumn(column, "holds words, which have no " + step.method, "Fill with the most frequent one, or with a value.");
    } else if (const auto values = sortedValues(column, parts); !values.empty()) {
        double sum = 0;
        for (const float value : values) {
            sum += value;
        }
        const double middle = step.method == "mean" ? sum / static_cast<double>(values.size()) : quantileOf(values, 0.5);
        fitted.value = formatNumber(static_cast<float>(middle));
    }
    if (fitted.value.empty()) {
        return wrongColumn(column, "has no value in any row to fill the missing ones with");
    }
    return fitted;
}

Result<void> applyFill(const FittedColumn& fitted, TableColumn& column)
{
    if (!column.isNumber()) {
        const std::int32_t code = column.texts.intern(fitted.value);
        for (std::int32_t& one : column.codes) {
            one = one < 0 ? code : one;
        }
        recount(column);
        return {};
    }
    double value = 0;
    if (!parseNumber(fitted.value, value) && !parseDate(fitted.value, value, DateOrder::YearMonthDay)) {
        return wrongColumn(column, fmt::format("holds numbers, and \"{}\" is none", fitted.value));
    }
    for (float& one : column.numbers) {
        one = std::isnan(one) ? static_cast<float>(value) : one;
    }
    recount(column);
    return {};
}

Result<FittedColumn> fitClip(const PrepareStep& step, const TableColumn& column, const std::vector<SplitPart>& parts)
{
    FittedColumn fitted{step.low, step.high, {}, {}, {}};
    if (step.method == "percentiles") {
        const auto values = sortedValues(column, parts);
        if (values.empty()) {
            return wrongColumn(column, "has no value in any row");
        }
        fitted.low = step.low ? std::optional(quantileOf(values, *step.low / 100)) : std::nullopt;
        fitted.high = step.high ? std::optional(quantileOf(values, *step.high / 100)) : std::nullopt;
    }
    return fitted;
}

void applyClip(const FittedColumn& fitted, TableColumn& column)
{
    constexpr float kAny = std::numeric_limits<float>::infinity();
    const float low = fitted.low ? static_cast<float>(*fitted.low) : -kAny;
    const float high = fitted.high ? static_cast<float>(*fitted.high) : kAny;
    for (float& value : column.numbers) {
        value = std::isnan(value) ? value : std::min(std::max(value, low), high);
    }
    recount(column);
}

Result<FittedColumn> fitBin(const PrepareStep& step, const TableColumn& column, const std::vector<SplitPart>& parts)
{
    FittedColumn fitted;
    if (step.method == "edges") {
        fitted.edges = step.edges;
        return fitted;
    }
    const auto values = sortedValues(column, parts);
    if (values.empty()) {
        return wrongColumn(column, "has no value in any row");
    }
    const double low = values.front();
    const double width = (static_cast<double>(values.back()) - low) / step.bins;
    for (int i = 1; i < step.bins; ++i) {
        const double edge = step.method == "width" ? low + i * width : quantileOf(values, static_cast<double>(i) / step.bins);
        // As a column holds it, and of equal edges one: a value that comes often fills an interval alone.
        const double kept = static_cast<float>(edge);
        if (kept > low && (fitted.edges.empty() || kept > fitted.edges.back())) {
            fitted.edges.push_back(kept);
        }
    }
    if (fitted.edges.empty()) {
        return wrongColumn(column, "has the same value in all rows, there are no intervals of it");
    }
    if (!step.labels.empty() && step.labels.size() != fitted.edges.size() + 1) {
        return wrongColumn(column, fmt::format("gives {} intervals, because one value is so frequent, but there are {} labels",
                                               fitted.edges.size() + 1, step.labels.size()),
                           "Give the edges, or other labels.");
    }
    return fitted;
}

void applyBin(const PrepareStep& step, const FittedColumn& fitted, TableColumn& column)
{
    std::vector<float> edges;
    for (const double edge : fitted.edges) {
        edges.push_back(static_cast<float>(edge));
    }
    LargeVector<std::int32_t> codes{LargeAllocator<std::int32_t>(column.numbers.get_allocator().place())};
    codes.reserve(column.numbers.size());
    for (const float value : column.numbers) {
        const auto place = std::upper_bound(edges.begin(), edges.end(), value) - edges.begin();
        codes.push_back(std::isnan(value) ? StringPool::kNone : static_cast<std::int32_t>(place));
    }
    becomeCategory(column, std::move(codes), intervalLabels(step, fitted.edges));
}

/// The texts that training rows hold, by code.
std::vector<bool> textsSeen(const TableColumn& column, const std::vector<SplitPart>& parts)
{
    std::vector<bool> isSeen(column.texts.size(), false);
    for (std::size_t row = 0; row < column.codes.size(); ++row) {
        if (column.codes[row] >= 0 && isTrainingRow(parts, row)) {
            isSeen[static_cast<std::size_t>(column.codes[row])] = true;
        }
    }
    return isSeen;
}

Result<FittedColumn> fitEncode(const PrepareStep& step, const TableColumn& column, const std::vector<SplitPart>& parts)
{
    FittedColumn fitted;
    if (step.method != "ordinal") {
        return fitted;
    }
    if (column.isNumber()) {
        return wrongColumn(column, "holds numbers already");
    }
    if (!column.areTextsDistinct) {
        return wrongColumn(column, "holds too many different texts to number them");
    }
    fitted.order = step.order;
    if (step.order.empty()) {
        const auto isSeen = textsSeen(column, parts);
        for (std::size_t i = 0; i < isSeen.size(); ++i) {
            if (isSeen[i]) {
                fitted.order.emplace_back(column.texts.at(static_cast<std::int32_t>(i)));
            }
        }
        std::sort(fitted.order.begin(), fitted.order.end(), [](const std::string& a, const std::string& b) { return naturallyLess(a, b); });
        return fitted;
    }
    for (std::size_t i = 0; i < column.texts.size(); ++i) {
        const std::string text(column.texts.at(static_cast<std::int32_t>(i)));
        if (std::find(step.order.begin(), step.order.end(), text) == step.order.end()) {
            return wrongColumn(column, fmt::format("holds \"{}\", which the order does not name", text));
        }
    }
    return fitted;
}

void applyEncode(const PrepareStep& step, const FittedColumn& fitted, TableColumn& column)
{
    if (step.method != "ordinal") {
        if (column.isNumber()) {
            numbersToWords(column);
        }
        return;
    }
    if (column.isNumber()) {
        return; // new data has the numbers already
    }
    std::vector<float> numberOf(column.texts.size(), std::numeric_limits<float>::quiet_NaN());
    for (std::size_t i = 0; i < fitted.order.size(); ++i) {
        if (const std::int32_t code = column.texts.find(fitted.order[i]); code != StringPool::kNone) {
            numberOf[static_cast<std::size_t>(code)] = static_cast<float>(i);
        }
    }
    LargeVector<float> numbers{LargeAllocator<float>(column.codes.get_allocator().place())};
    numbers.reserve(column.codes.size());
    for (const std::int32_t code : column.codes) {
        numbers.push_back(code < 0 ? std::numeric_limits<float>::quiet_NaN() : numberOf[static_cast<std::size_t>(code)]);
    }
    becomeNumbers(column, std::move(numbers));
}

} // namespace

std::vector<std::string> intervalLabels(const PrepareStep& step, const std::vector<double>& edges)
{
    if (!step.labels.empty()) {
        return step.labels;
    }
    std::vector<std::string> labels;
    for (std::size_t i = 0; i <= edges.size(); ++i) {
        const auto edge = [&edges](std::size_t at) { return formatNumber(static_cast<float>(edges[at])); };
        labels.push_back(
            i == 0 ? "below " + edge(0) : i == edges.size() ? "from " + edge(i - 1) + " on" : edge(i - 1) + " to " + edge(i));
    }
    return labels;
}

Result<FittedColumn> fitStep(const PrepareStep& step, const TableColumn& column, const std::vector<SplitPart>& parts)
{
    const bool needsNumbers = step.kind == StepKind::Clip || step.kind == StepKind::Bin || step.kind == StepKind::Scale;
    if (needsNumbers && !column.isNumber()) {
        return wrongColumn(column, "holds words, not numbers");
    }
    switch (step.kind) {
    case StepKind::Fill:
        return fitFill(step, column, parts);
    case StepKind::Clip:
        return fitClip(step, column, parts);
    case StepKind::Bin:
        return fitBin(step, column, parts);
    case StepKind::Encode:
        return fitEncode(step, column, parts);
    default:
        return FittedColumn{};
    }
}

Result<void> applyStep(const PrepareStep& step, const FittedColumn& fitted, TableColumn& column)
{
    switch (step.kind) {
    case StepKind::Fill:
        return applyFill(fitted, column);
    case StepKind::Clip:
        applyClip(fitted, column);
        return {};
    case StepKind::Bin:
        applyBin(step, fitted, column);
        return {};
    case StepKind::Encode:
        applyEncode(step, fitted, column);
        return {};
    default:
        return {};
    }
}

} // namespace ty::engine
