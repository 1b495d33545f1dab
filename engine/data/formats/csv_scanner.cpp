#include "engine/data/formats/csv_scanner.h"

#include <algorithm>
#include <cstring>

#include "engine/data/text_values.h"

namespace ty::engine {

CsvFields::CsvFields(std::string_view text, char delimiter)
    : m_begin(text.data())
    , m_at(text.data())
    , m_end(text.data() + text.size())
    , m_delimiter(delimiter)
{
}

CsvFields::End CsvFields::endField(const char* stop)
{
    if (stop == m_end) {
        m_at = m_end;
        return End::Text;
    }
    m_at = stop + 1;
    if (*stop == m_delimiter) {
        return End::Field;
    }
    return m_at == m_end ? End::Text : End::Record;
}

CsvFields::End CsvFields::next(std::string_view& field)
{
    m_isQuoteOpen = false;
    if (m_marks != nullptr) {
        return nextMarked(field);
    }
    const char* at = m_at;
    while (at != m_end && *at == ' ') {
        ++at;
    }
    if (at != m_end && *at == '"') {
        m_at = at + 1;
        return nextQuoted(field);
    }
    while (at != m_end && *at != m_delimiter && *at != '\n') {
        ++at;
    }
    const char* last = at;
    if (last != m_at && at != m_end && *at == '\n' && last[-1] == '\r') {
        --last;
    } else if (at == m_end && last != m_at && last[-1] == '\r') {
        --last;
    }
    field = std::string_view(m_at, static_cast<std::size_t>(last - m_at));
    return endField(at);
}

CsvFields::End CsvFields::nextMarked(std::string_view& field)
{
    const char* const stop = endOfNext();
    ++m_mark;
    const bool isLineEnd = stop == m_end || *stop == '\n';
    const char* const last = isLineEnd && stop != m_at && stop[-1] == '\r' ? stop - 1 : stop;
    if (m_at == last || *m_at != '"') {
        field = std::string_view(m_at, static_cast<std::size_t>(last - m_at));
        return endField(stop);
    }
    const char* const inside = m_at + 1;
    const auto* const quote
        = static_cast<const char*>(std::memchr(inside, '"', static_cast<std::size_t>(last - inside)));
    if (quote == nullptr || quote + 1 != last || m_marks->quotedLineFeeds > 0) {
        m_at = inside; // doubled quotes, text behind the closing one, or line feeds to count
        return nextQuoted(field);
    }
    field = std::string_view(inside, static_cast<std::size_t>(quote - inside));
    return endField(stop);
}

CsvFields::End CsvFields::nextQuoted(std::string_view& field)
{
    const char* const start = m_at;
    const char* at = m_at;
    bool isCopied = false; // only doubled quotes and text behind the closing one need a copy
    const char* piece = start;
    m_isQuoteOpen = true;
    while (at != m_end) {
        const auto* quote =
            static_cast<const char*>(std::memchr(at, '"', static_cast<std::size_t>(m_end - at)));
        const char* const stop = quote == nullptr ? m_end : quote;
        m_quotedLineFeeds += static_cast<std::uint64_t>(std::count(at, stop, '\n'));
        if (quote == nullptr) {
            at = m_end;
            break;
        }
        if (quote + 1 != m_end && quote[1] == '"') {
            if (!isCopied) {
                m_unquoted.clear();
                isCopied = true;
            }
            m_unquoted.append(piece, quote + 1);
            at = quote + 2;
            piece = at;
            continue;
        }
        m_isQuoteOpen = false;
        at = quote;
        break;
    }
    const char* tail = m_isQuoteOpen ? m_end : at + 1;
    const char* stop = tail;
    while (stop != m_end && *stop != m_delimiter && *stop != '\n') {
        ++stop;
    }
    const char* last = stop;
    if (last != tail && (stop == m_end || *stop == '\n') && last[-1] == '\r') {
        --last;
    }
    const std::string_view behind(tail, static_cast<std::size_t>(last - tail));
    if (!trimmed(behind).empty()) {
        if (!isCopied) {
            m_unquoted.clear();
            isCopied = true;
        }
        m_unquoted.append(piece, at);
        m_unquoted.append(behind);
    } else if (isCopied) {
        m_unquoted.append(piece, at);
    }
    field = isCopied ? std::string_view(m_unquoted)
                     : std::string_view(start, static_cast<std::size_t>(at - start));
    return endField(stop);
}

bool CsvFields::skipRecord()
{
    std::string_view field;
    while (next(field) == End::Field) {
    }
    return !m_isQuoteOpen;
}

CsvBlockReader::CsvBlockReader(
    ByteReader reader, std::string name, char delimiter, bool isCarriageReturnOnly)
    : m_reader(std::move(reader))
    , m_name(std::move(name))
    , m_delimiter(delimiter)
    , m_isCarriageReturnOnly(isCarriageReturnOnly)
{
}

CsvBlockReader::Boundary CsvBlockReader::boundaryIn(std::string_view text, bool isEnd) const
{
    const auto linesBefore = [text](std::size_t end) {
        return Boundary{
            end, static_cast<std::uint64_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), '\n'))};
    };
    const CsvBoundary found = findCsvBoundary(text, m_delimiter);
    if (found.isKnown && !isEnd) {
        return {found.end, found.lineFeeds};
    }
    if (found.isKnown && !found.isQuoteOpen) {
        return {text.size(), found.lineFeeds}; // what follows the last line feed has none
    }
    if (std::memchr(text.data(), '"', text.size()) == nullptr) {
        if (isEnd) {
            return linesBefore(text.size());
        }
        const auto lineFeed = text.rfind('\n');
        return linesBefore(lineFeed == std::string_view::npos ? 0 : lineFeed + 1);
    }
    CsvFields fields(text, m_delimiter);
    std::size_t boundary = 0;
    while (!fields.isAtEnd()) {
        if (!fields.skipRecord()) {
            break;
        }
        if (!fields.isAtEnd() || isEnd || text.back() == '\n') {
            boundary = fields.position();
        }
    }
    return linesBefore(boundary);
}

Result<std::optional<CsvBlockReader::Block>> CsvBlockReader::next()
{
    if (m_isEnded) {
        return std::optional<Block>();
    }
    Block block;
    block.firstLine = m_line;
    block.text = std::move(m_rest);
    m_rest.clear();
    Boundary boundary;
    while (boundary.end == 0) {
        const std::size_t before = block.text.size();
        const std::size_t wanted = std::max(kBlockBytes, before);
        block.text.resize(before + wanted);
        auto got = m_reader.read(block.text.data() + before, wanted);
        if (!got) {
            return std::move(got).error();
        }
        block.text.resize(before + *got);
        m_isEnded = *got < wanted;
        if (m_isCarriageReturnOnly) {
            std::replace(
                block.text.begin() + static_cast<std::ptrdiff_t>(before),
                block.text.end(),
                '\r',
                '\n');
        }
        if (!m_isStarted && block.text.starts_with("\xef\xbb\xbf")) {
            block.text.erase(0, 3);
            m_hash.add(block.text);
        } else {
            m_hash.add(std::string_view(block.text).substr(before));
        }
        m_isStarted = true;
        if (block.text.empty()) {
            return std::optional<Block>();
        }
        boundary = boundaryIn(block.text, m_isEnded);
        if (m_isEnded && boundary.end != block.text.size()) {
            return Error{
                ErrorKind::InvalidInput,
                m_name + " line " + std::to_string(m_line + boundary.lineFeeds) + ": a quote is opened and never closed",
                "The file may be cut off. Copy it again, or close the quote in that line."};
        }
        if (boundary.end == 0 && block.text.size() > kLongestRecord) {
            return Error{
                ErrorKind::InvalidInput,
                m_name + " line " + std::to_string(m_line) + ": a record of more than 64 MiB",
                "Look for a quote that is opened and never closed."};
        }
    }
    m_rest.assign(block.text, boundary.end);
    block.text.resize(boundary.end);
    m_line += boundary.lineFeeds;
    block.isLast = m_isEnded;
    block.endsWithoutLineFeed = m_isEnded && block.text.back() != '\n';
    return std::optional<Block>(std::move(block));
}

} // namespace ty::engine
