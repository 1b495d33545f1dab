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
#include "engine/data/formats/csv_marks.h"

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

    /// From now on fields are taken by these marks, which were found in this text and outlive this object.
    void useMarks(const CsvMarks& marks) { m_marks = &marks; }

    /// For the fast way of numbers: where the next field begins.
    const char* at() const { return m_at; }
    const char* end() const { return m_end; }
    bool hasMarks() const { return m_marks != nullptr; }
    /// The delimiter or line feed behind the next field, or the text's end. Needs marks.
    const char* endOfNext() const
    {
        return m_mark < m_marks->ends.size() ? m_begin + m_marks->ends[m_mark] : m_end;
    }
    /// Goes on behind a field that the caller has read up to `stop`: its delimiter or line feed, or the text's end.
    End passField(const char* stop)
    {
        ++m_mark;
        return endField(stop);
    }

  private:
    End endField(const char* stop);
    End nextMarked(std::string_view& field);
    End nextQuoted(std::string_view& field);

    const char* m_begin;
    const char* m_at;
    const char* m_end;
    char m_delimiter;
    bool m_isQuoteOpen = false;
    std::uint64_t m_quotedLineFeeds = 0;
    const CsvMarks* m_marks = nullptr;
    std::size_t m_mark = 0; ///< of the next field's end
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
    struct Boundary {
        std::size_t end = 0;         ///< of the last whole record; 0: there is none
        std::uint64_t lineFeeds = 0; ///< before it
    };
    Boundary boundaryIn(std::string_view text, bool isEnd) const;

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
