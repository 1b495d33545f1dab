#include "engine/data/prepare/table_rows.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace ty::engine {

namespace {

template<typename Values>
void keepUnmarked(Values& values, const std::vector<bool>& isLeftOut)
{
    if (values.empty()) {
        return;
    }
    std::size_t kept = 0;
    for (std::size_t row = 0; row < values.size(); ++row) {
        if (!isLeftOut[row]) {
            values[kept++] = values[row];
        }
    }
    values.resize(kept);
}

void keepUnmarked(RowLines& lines, const std::vector<bool>& isLeftOut)
{
    if (lines.isEmpty()) {
        return;
    }
    RowLines kept;
    for (std::size_t row = 0; row < isLeftOut.size(); ++row) {
        if (!isLeftOut[row]) {
            kept.add(lines.at(row));
        }
    }
    lines = std::move(kept);
}

void recountNumbers(TableColumn& column)
{
    column.statistics = {};
    column.statistics.add(std::span<const float>(column.numbers));
}

void recountTexts(TableColumn& column)
{
    column.missing = 0;
    column.characters = 0;
    std::vector<std::uint64_t> counts(column.texts.size(), 0);
    for (const std::int32_t code : column.codes) {
        column.missing += code < 0 ? 1 : 0;
        if (code >= 0) {
            ++counts[static_cast<std::size_t>(code)];
        }
    }
    StringPool used;
    std::vector<std::int32_t> newCode(counts.size(), StringPool::kNone);
    std::vector<std::uint64_t> usedCounts;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const std::string_view text = column.texts.at(static_cast<std::int32_t>(i));
        column.characters += counts[i] * text.size();
        if (counts[i] > 0) {
            newCode[i] = column.areTextsDistinct ? used.intern(text) : used.append(text);
            usedCounts.push_back(counts[i]);
        }
    }
    for (std::int32_t& code : column.codes) {
        code = code < 0 ? code : newCode[static_cast<std::size_t>(code)];
    }
    column.texts = std::move(used);
    column.counts = std::move(usedCounts);
}

} // namespace

void recount(TableColumn& column)
{
    if (column.isNumber()) {
        recountNumbers(column);
    } else {
        recountTexts(column);
    }
}

void leaveRowsOut(TableContent& content, const std::vector<bool>& isLeftOut)
{
    const auto gone = static_cast<std::uint64_t>(std::count(isLeftOut.begin(), isLeftOut.end(), true));
    if (gone == 0) {
        return;
    }
    if (content.lines.isEmpty() && content.rowNumbers.empty()) {
        content.rowNumbers.resize(content.rows);
        std::iota(content.rowNumbers.begin(), content.rowNumbers.end(), std::uint64_t{1});
    }
    for (TableColumn& column : content.columns) {
        keepUnmarked(column.numbers, isLeftOut);
        keepUnmarked(column.codes, isLeftOut);
        recount(column);
    }
    keepUnmarked(content.lines, isLeftOut);
    keepUnmarked(content.rowNumbers, isLeftOut);
    keepUnmarked(content.rowHashes, isLeftOut);
    keepUnmarked(content.parts, isLeftOut);
    content.rows -= gone;
    content.leftOut += gone;
}

void becomeCategory(TableColumn& column, LargeVector<std::int32_t> codes, const std::vector<std::string>& texts)
{
    column.type = ColumnType::Category;
    column.numbers = LargeVector<float>();
    column.statistics = {};
    column.codes = std::move(codes);
    column.texts = {};
    for (const std::string& text : texts) {
        column.texts.intern(text);
    }
    column.areTextsDistinct = column.texts.size() <= kMostComparedTexts;
    recount(column);
}

void becomeNumbers(TableColumn& column, LargeVector<float> numbers)
{
    column.type = ColumnType::Numeric;
    column.numbers = std::move(numbers);
    column.codes = LargeVector<std::int32_t>();
    column.texts = {};
    column.counts.clear();
    column.missing = 0;
    column.characters = 0;
    column.areTextsDistinct = true;
    recount(column);
}

} // namespace ty::engine
