#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/data/byte_reader.h"
#include "engine/data/content_hash.h"

namespace ty::engine {

/// Takes fields from delimited text, as RFC 4180 says and a little more gently: blanks may precede
/// a quote, text after a closing quote belongs to the field, a quote inside an unquoted field is a
/// character like others. Lines end with LF or CRLF.
class CsvFields {
  public:
    CsvFields(std::string_view text, char delimiter);

    enum class End : std::uint8_t { Field, Record, Text };

    /// The next field, valid until the next call. `Record`: it was the last of its record; `Text`:
    /// and the text ends.
    End next(std::string_view& field);
    /// Goes behind the next record. @return false if the text ends inside quotes
    bool skipRecord();

    bool isAtEnd() const { return m_at == m_end; }
    std::size_t position() const { return static_cast<std::size_t>(m_at - m_begin); }
    /// The last field was quoted, and its quote was never closed.
    bool isQuoteOpen() const { return m_isQuoteOpen; }
    /// Line feeds inside quotes since construction; they make a record longer than one line.
    std::uint64_t quotedLineFeeds() const { return m_quotedLineFeeds; }

    /// For the fast way of numbers: where the next field begins, and going on behind what the
    /// caller has read.
    const char* at() const { return m_at; }
    const char* end() const { return m_end; }
    void moveTo(const char* at) { m_at = at; }

  private:
    End endField(const char* stop);
    End nextQuoted(std::string_view& field);

    const char* m_begin;
    const char* m_at;
    const char* m_end;
    char m_delimiter;
    bool m_isQuoteOpen = false;
    std::uint64_t m_quotedLineFeeds = 0;
    std::string m_unquoted;
};

/// Whole records from a file, some megabytes at a time.
class CsvBlockReader {
  public:
    static constexpr std::size_t kBlockBytes = 1U << 21;
    static constexpr std::size_t kLongestRecord = 1U << 26;

    CsvBlockReader(ByteReader reader, std::string name, char delimiter, bool isCarriageReturnOnly);

    struct Block {
        std::string text;            ///< begins and ends at a record's boundary
        std::uint64_t firstLine = 1; ///< in the file
        bool isLast = false;
        bool endsWithoutLineFeed = false; ///< only the last can
    };
    /// Nothing at the end. Errors: Io; InvalidInput for damaged gzip, an unclosed quote, a record
    /// above kLongestRecord.
    Result<std::optional<Block>> next();

    const ByteReader& reader() const { return m_reader; }
    /// Over everything read, without the byte order mark; call at the end.
    std::string fingerprint() { return m_hash.finish(); }

  private:
    std::size_t boundaryIn(std::string_view text, bool isEnd);

    ByteReader m_reader;
    std::string m_name;
    char m_delimiter;
    bool m_isCarriageReturnOnly;
    bool m_isStarted = false;
    bool m_isEnded = false;
    std::string m_rest;
    std::uint64_t m_line = 1;
    ContentHash m_hash;
};

} // namespace ty::engine
