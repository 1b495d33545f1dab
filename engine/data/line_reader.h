#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/data/byte_reader.h"
#include "engine/data/content_hash.h"
#include "engine/data/dataset.h"

namespace ty::engine {

/// The lines of a text file one after another, with what all readers of lines do alike: unpacking, the fingerprint,
/// progress, and the wish to stop. A byte order mark is passed over. Not thread-safe.
class LineReader {
public:
    static constexpr std::size_t kLongestLine = std::size_t{1} << 26;

    /// `options` must outlive this object. Errors: as ByteReader::open().
    static Result<LineReader> open(const std::string& path, const OpenOptions& options);

    /// Goes to the next line; false at the end. Errors: Cancelled, Io; InvalidInput for damaged gzip and a line above
    /// kLongestLine.
    Result<bool> next();
    /// Without its end, LF or CRLF. Valid until the next call of next().
    std::string_view line() const { return m_line; }
    std::uint64_t number() const { return m_number; } ///< of the line, from 1
    /// Whether the file ends right behind this line, without a line feed.
    bool isCutLine() const { return m_isCutLine; }
    bool isAtEnd() const { return m_isEnded && m_at == m_text.size(); }

    std::uint64_t fileBytes() const { return m_reader.fileBytes(); }
    /// Part of the file that the lines so far took, in (0, 1].
    double share() const;
    /// Over all that was read; nothing may be read afterwards.
    std::string fingerprint() { return m_hash.finish(); }

private:
    LineReader(ByteReader reader, std::string name, const OpenOptions& options);
    Result<void> readMore();

    ByteReader m_reader;
    std::string m_name;
    const OpenOptions* m_options;
    ContentHash m_hash;
    std::string m_text; ///< read and not yet given are the bytes from m_at on
    std::size_t m_at = 0;
    std::size_t m_searched = 0; ///< no line feed lies between m_at and here
    bool m_isStarted = false;
    bool m_isEnded = false;
    bool m_isCutLine = false;
    std::string_view m_line;
    std::uint64_t m_number = 0;
};

} // namespace ty::engine
