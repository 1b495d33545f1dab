// The part of Encoder that turns texts into numbers of words.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "engine/data/encoder.h"
#include "engine/data/words.h"

namespace ty::engine {

namespace {

constexpr std::size_t kLineEnd = 0;
constexpr std::size_t kUnknown = 1;
constexpr std::uint64_t kFewestUses = 2; ///< a word that was seen once teaches what an unknown one means

/// The column whose words are read.
Result<std::size_t> findTextColumn(const DatasetInfo& info)
{
    std::vector<std::size_t> features;
    std::vector<std::size_t> texts;
    std::string names;
    for (std::size_t c = 0; c < info.columns.size(); ++c) {
        const ColumnInfo& column = info.columns[c];
        if (column.type == ColumnType::Text && column.role != ColumnRole::Target) {
            texts.push_back(c);
            names += (names.empty() ? "" : ", ") + column.name;
            if (column.role == ColumnRole::Feature) {
                features.push_back(c);
            }
        }
    }
    const auto& found = features.size() == 1 ? features : texts;
    if (found.empty()) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format(
                "the network takes words of a text, but {} {}",
                info.name,
                info.kind == DataKind::Image ? "holds pictures" : "has no column of text"),
            "Give a table with a column of text (set its type to text if need be), or choose another network."};
    }
    if (found.size() > 1) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format("the network reads one text, but {} has the text columns {}", info.name, names),
            "Give one of them the role \"feature\", and the others \"ignored\"."};
    }
    return found.front();
}

} // namespace

const std::vector<std::string>& Encoder::vocabulary() const
{
    static const std::vector<std::string> none;
    const bool isText = !m_columns.empty() && m_columns.front().kind == EncodedColumn::Kind::Words;
    return isText ? m_columns.front().categories : none;
}

void Encoder::rememberWords()
{
    m_words = StringPool();
    for (const std::string& word : vocabulary()) {
        m_words.intern(word);
    }
}

Result<void> Encoder::fitWords(
    const Dataset& dataset, std::span<const std::uint32_t> samples, const EncoderForm& form)
{
    const DatasetInfo& info = dataset.info();
    TY_TRY(const std::size_t source, findTextColumn(info));
    const bool isRunning = info.task == Task::NextWord;
    keepSourceColumns(info);
    m_sourceColumns[source].role = ColumnRole::Feature; // what other data has to bring along
    for (std::size_t c = 0; c < m_sourceColumns.size(); ++c) {
        if (c != source && m_sourceColumns[c].role == ColumnRole::Feature) {
            m_sourceColumns[c].role = ColumnRole::Ignored;
        }
    }

    StringPool words;
    std::vector<std::uint64_t> counts;
    for (const std::uint32_t sample : samples) {
        const std::string text = dataset.cellText(sample, source);
        WordReader reader(text, isRunning);
        for (std::int64_t n = 0; (!isRunning || n < form.words) && reader.next(); ++n) {
            const auto code = static_cast<std::size_t>(words.intern(reader.word()));
            counts.resize(std::max(counts.size(), code + 1));
            ++counts[code];
        }
    }
    std::vector<std::int32_t> order;
    for (std::size_t code = 0; code < counts.size(); ++code) {
        const std::string_view word = words.at(static_cast<std::int32_t>(code));
        if (counts[code] >= kFewestUses && word != kLineEndWord && word != kUnknownWord) {
            order.push_back(static_cast<std::int32_t>(code));
        }
    }
    if (order.empty()) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format("{}: no word of \"{}\" comes twice in the training part", info.name, info.columns[source].name),
            "Give more text."};
    }
    std::sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
        const std::uint64_t countA = counts[static_cast<std::size_t>(a)];
        const std::uint64_t countB = counts[static_cast<std::size_t>(b)];
        return countA != countB ? countA > countB : words.at(a) < words.at(b);
    });
    const auto most = static_cast<std::size_t>(std::max<std::int64_t>(form.vocabulary, 3)) - 2;
    order.resize(std::min(order.size(), most));

    EncodedColumn column;
    column.name = info.columns[source].name;
    column.kind = EncodedColumn::Kind::Words;
    column.sourceType = ColumnType::Text;
    column.words = static_cast<std::size_t>(form.words);
    column.categories = {kLineEndWord, kUnknownWord};
    for (const std::int32_t code : order) {
        column.categories.emplace_back(words.at(code));
    }
    m_columns.push_back(std::move(column));
    m_inputShape = {form.words};
    rememberWords();
    return {};
}

Result<void> Encoder::encodeWords(const Dataset& dataset, std::uint64_t sample, std::span<float> into) const
{
    const auto& sources = dataset.info().columns;
    const auto found = std::find_if(sources.begin(), sources.end(), [this](const ColumnInfo& column) {
        return column.name == m_columns.front().name;
    });
    if (found == sources.end()) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format("{} lacks the column \"{}\"", dataset.info().name, m_columns.front().name),
            {}};
    }
    const std::string text = dataset.cellText(sample, static_cast<std::size_t>(found - sources.begin()));
    WordReader reader(text, m_task == Task::NextWord);
    const bool areLastWanted = m_task == Task::NextWord && into.size() == inputSize();
    std::size_t count = 0;
    while ((areLastWanted || count < into.size()) && reader.next()) {
        if (count == into.size()) {
            std::move(into.begin() + 1, into.end(), into.begin());
            --count;
        }
        const std::int32_t number = m_words.find(reader.word());
        into[count++] = number == StringPool::kNone ? static_cast<float>(kUnknown) : static_cast<float>(number);
    }
    // A short text stands at the end, where the last state of a network is.
    std::move_backward(into.begin(), into.begin() + static_cast<std::ptrdiff_t>(count), into.end());
    std::fill(into.begin(), into.end() - static_cast<std::ptrdiff_t>(count), static_cast<float>(kLineEnd));
    return {};
}

} // namespace ty::engine
