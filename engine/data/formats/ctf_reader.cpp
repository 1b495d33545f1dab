#include "engine/data/formats/ctf_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "engine/data/line_reader.h"
#include "engine/data/problems.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

constexpr std::uint64_t kLinesBetweenLooks = 1024;
constexpr std::uint64_t kRoom = std::uint64_t{1} << 26; ///< above what so many lines become
constexpr std::size_t kMostInputs = 64;
constexpr std::size_t kWidest = 1U << 22;         ///< values of one sample
constexpr std::uint64_t kMostValues = 1ULL << 33; ///< of one input, when it is made dense

bool isDelimiter(char c)
{
    return (static_cast<unsigned char>(c) <= ' ' && c != '\n') || c == '\x7f';
}
bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// An input while it is read: dense rows as they come, sparse ones as places and values.
struct Collected {
    struct Place {
        std::uint64_t row;
        std::uint32_t index;
        float value;
    };

    CtfInput input;
    bool isSparse = false;
    bool isKnown = false; ///< a sample with values has been seen
    std::vector<Place> places;
    std::uint64_t shortRows = 0;
    std::vector<std::string> shortPlaces;
};

class CtfParser {
  public:
    explicit CtfParser(std::string name)
        : m_name(std::move(name))
    {
    }

    std::uint64_t rows() const { return m_content.lines.size(); }

    Result<void> takeLine(std::string_view line, std::uint64_t number)
    {
        m_line = number;
        std::size_t at = 0;
        while (at < line.size() && isDelimiter(line[at])) {
            ++at;
        }
        std::size_t digits = at;
        while (digits < line.size() && isDigit(line[digits])) {
            ++digits;
        }
        const std::string sequence(line.substr(at, digits - at));
        at = digits;
        while (at < line.size() && isDelimiter(line[at])) {
            ++at;
        }
        if (at == line.size() && sequence.empty()) {
            return {}; // an empty row
        }
        if (at == line.size() || line[at] != '|') {
            return bad(fmt::format(
                "\"|\" expected, \"{}\" found",
                at == line.size() ? "the end of the line" : shown(line.substr(at))));
        }
        if (!sequence.empty() && sequence == m_lastSequence) {
            return Error{
                ErrorKind::Unsupported,
                fmt::format(
                    "{} line {}: several rows form one sequence ({})", m_name, number, sequence),
                "Only files with one row for each sample are read."};
        }
        m_lastSequence = sequence;
        const std::uint64_t row = rows();
        m_isAnyTaken = false;
        while (at < line.size()) {
            TY_TRY(at, takeSample(line, at, row));
        }
        if (!m_isAnyTaken) {
            return {}; // a comment alone
        }
        m_content.lines.push_back(number);
        for (Collected& collected : m_collected) {
            if (collected.input.isPresent.size() <= row) {
                collected.input.isPresent.push_back(false);
            }
            if (!collected.isSparse) {
                collected.input.values.resize((row + 1) * collected.input.width, 0.0F);
            }
        }
        return {};
    }

    /// Moves dense values into scratch files, if the memory becomes scarce. Sparse ones become dense at the end.
    void lookForRoom()
    {
        if (!m_isInFile && placeFor(kRoom) == LargePlace::Memory) {
            return;
        }
        m_isInFile = true;
        for (Collected& collected : m_collected) {
            moveToFile(collected.input.values, 2 * collected.input.values.size());
        }
    }

    Result<CtfContent> finish()
    {
        for (Collected& collected : m_collected) {
            if (collected.isSparse) {
                TY_CHECK(makeDense(collected));
            }
            if (collected.shortRows > 0) {
                m_content.problems.push_back(
                    {ProblemSeverity::Warning,
                     "ragged-rows",
                     fmt::format(
                         "{} with fewer values of \"{}\" than the first: {}",
                         counted(collected.shortRows, "rows"),
                         collected.input.name,
                         collected.shortPlaces.front()),
                     "The values that are not there count as 0.",
                     collected.shortRows,
                     collected.shortPlaces});
            }
            m_content.inputs.push_back(std::move(collected.input));
        }
        return std::move(m_content);
    }

  private:
    Error bad(const std::string& reason) const
    {
        return {
            ErrorKind::InvalidInput,
            fmt::format("{} line {}: {}", m_name, m_line, reason),
            "The file may be cut off or damaged there."};
    }

    static std::string shown(std::string_view text)
    {
        std::string result;
        for (const char c : text.substr(0, 20)) {
            result += static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f
                          ? c
                          : '?';
        }
        return result;
    }

    /// From the "|" at `at` to behind the sample's last value.
    Result<std::size_t> takeSample(std::string_view line, std::size_t at, std::uint64_t row)
    {
        ++at;
        if (at < line.size() && line[at] == '#') {
            return skipComment(line, at);
        }
        const std::size_t begin = at;
        while (at < line.size() && !isDelimiter(line[at]) && line[at] != '|') {
            ++at;
        }
        if (at == begin) {
            return bad("a name is missing after \"|\"");
        }
        Collected* const collected = find(line.substr(begin, at - begin), row);
        if (collected == nullptr) {
            return bad(fmt::format("more than {} inputs", kMostInputs));
        }
        if (collected->input.isPresent.size() > row) {
            return bad(fmt::format(
                "\"{}\" is given twice; sequences are not read", collected->input.name));
        }
        collected->input.isPresent.push_back(true);
        m_isAnyTaken = true;
        m_dense.clear();
        for (;;) {
            while (at < line.size() && isDelimiter(line[at])) {
                ++at;
            }
            if (at == line.size() || line[at] == '|') {
                break;
            }
            TY_TRY(at, takeValue(line, at, *collected, row));
        }
        TY_CHECK(commitDense(*collected, row));
        return at;
    }

    /// Brings a dense sample to the width of the first.
    Result<void> commitDense(Collected& collected, std::uint64_t row)
    {
        CtfInput& input = collected.input;
        if (collected.isSparse || m_dense.empty()) {
            return {};
        }
        if (input.width == 0) {
            input.width = m_dense.size();
        }
        if (m_dense.size() > input.width) {
            return bad(fmt::format(
                "{} values of \"{}\", expected {}", m_dense.size(), input.name, input.width));
        }
        if (m_dense.size() < input.width) {
            ++collected.shortRows;
            if (collected.shortPlaces.size() < kMostProblemPlaces) {
                collected.shortPlaces.push_back(fmt::format(
                    "{} line {}: {} values of \"{}\", expected {}",
                    m_name,
                    m_line,
                    m_dense.size(),
                    input.name,
                    input.width));
            }
        }
        input.values.resize(row * input.width, 0.0F); // rows before that lacked it
        input.values.insert(input.values.end(), m_dense.begin(), m_dense.end());
        input.values.resize((row + 1) * input.width, 0.0F);
        return {};
    }

    Result<void> makeDense(Collected& collected)
    {
        CtfInput& input = collected.input;
        if (rows() * input.width > kMostValues) {
            return Error{
                ErrorKind::Unsupported,
                fmt::format(
                    "{}: {} rows of {} values of \"{}\" do not fit into memory",
                    m_name,
                    rows(),
                    input.width,
                    input.name),
                {}};
        }
        if (placeFor(rows() * input.width * sizeof(float)) == LargePlace::File) {
            moveToFile(input.values, rows() * input.width);
        }
        input.values.assign(rows() * input.width, 0.0F);
        for (const Collected::Place& place : collected.places) {
            input.values[place.row * input.width + place.index] = place.value;
        }
        collected.places = {};
        return {};
    }

    std::size_t skipComment(std::string_view line, std::size_t at) const
    {
        for (++at; at < line.size(); ++at) {
            if (line[at] == '|') {
                if (at + 1 < line.size() && line[at + 1] == '#') {
                    ++at; // an escaped "|"
                    continue;
                }
                break;
            }
        }
        return at;
    }

    Collected* find(std::string_view name, std::uint64_t row)
    {
        for (Collected& collected : m_collected) {
            if (collected.input.name == name) {
                return &collected;
            }
        }
        if (m_collected.size() == kMostInputs) {
            return nullptr;
        }
        Collected fresh;
        fresh.input.name = isUtf8(name) ? std::string(name) : utf8FromLatin1(name);
        fresh.input.isPresent.assign(row, false);
        m_collected.push_back(std::move(fresh));
        return &m_collected.back();
    }

    Result<std::size_t>
    takeValue(std::string_view line, std::size_t at, Collected& collected, std::uint64_t row)
    {
        std::size_t end = at;
        std::size_t colon = std::string_view::npos;
        while (end < line.size() && !isDelimiter(line[end]) && line[end] != '|') {
            colon = line[end] == ':' ? end : colon;
            ++end;
        }
        const std::string_view word = line.substr(at, end - at);
        const bool isSparse = colon != std::string_view::npos;
        if (!collected.isKnown) {
            collected.isKnown = true;
            collected.isSparse = isSparse;
        }
        if (isSparse != collected.isSparse) {
            return bad(
                fmt::format("\"{}\" mixes plain values and index:value", collected.input.name));
        }
        double value = 0;
        const std::string_view text = isSparse ? line.substr(colon + 1, end - colon - 1) : word;
        if (!parseNumber(text, value) || !std::isfinite(static_cast<float>(value))) {
            return bad(fmt::format("\"{}\" is not a number", shown(text)));
        }
        if (!isSparse) {
            m_dense.push_back(static_cast<float>(value));
            return m_dense.size() > kWidest
                       ? Result<std::size_t>(bad(fmt::format(
                             "\"{}\" has more than {} values", collected.input.name, kWidest)))
                       : Result<std::size_t>(end);
        }
        std::uint32_t index = 0;
        const char* const stop = line.data() + colon;
        const auto parsed = std::from_chars(line.data() + at, stop, index);
        if (parsed.ec != std::errc() || parsed.ptr != stop || index >= kWidest) {
            return bad(fmt::format("\"{}\" is not an index below {}", shown(word), kWidest));
        }
        collected.places.push_back({row, index, static_cast<float>(value)});
        collected.input.width =
            std::max<std::size_t>(collected.input.width, index + std::size_t{1});
        return end;
    }

    std::string m_name;
    CtfContent m_content;
    std::vector<Collected> m_collected;
    std::string m_lastSequence;
    std::uint64_t m_line = 0;
    bool m_isAnyTaken = false;
    bool m_isInFile = false; ///< the values
    std::vector<float> m_dense; ///< the sample at hand
};

} // namespace

Result<CtfContent>
readCtf(const std::string& path, std::uint64_t mostRows, const OpenOptions& options)
{
    TY_TRY(auto lines, LineReader::open(path, options));
    CtfParser parser(fileName(path));
    bool isWhole = true;
    while (parser.rows() < mostRows) {
        TY_TRY(const bool isThere, lines.next());
        if (!isThere) {
            break;
        }
        TY_CHECK(parser.takeLine(lines.line(), lines.number()));
        isWhole = parser.rows() < mostRows || lines.isAtEnd();
        if (lines.number() % kLinesBetweenLooks == 0) {
            parser.lookForRoom();
        }
    }
    TY_TRY(auto content, parser.finish());
    content.bytes = lines.fileBytes();
    content.isWhole = isWhole;
    content.fingerprint = lines.fingerprint();
    return content;
}

} // namespace ty::engine
