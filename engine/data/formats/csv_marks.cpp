#include "engine/data/formats/csv_marks.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace ty::engine {

#ifdef __SSE2__

namespace {

constexpr std::size_t kStride = 64;

/// A bit a character.
struct StrideBits {
    std::uint64_t quotes = 0;
    std::uint64_t delimiters = 0;
    std::uint64_t lineFeeds = 0;
    std::uint64_t above7Bits = 0;
};

class StrideReader {
  public:
    explicit StrideReader(char delimiter)
        : m_delimiter(_mm_set1_epi8(delimiter))
    {
    }

    StrideBits read(const char* at) const
    {
        StrideBits bits;
        for (unsigned part = 0; part < kStride / 16; ++part) {
            const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + 16 * part));
            const auto put = [shift = 16 * part](std::uint64_t& into, __m128i mask) {
                into |= static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(mask))) << shift;
            };
            put(bits.quotes, _mm_cmpeq_epi8(bytes, m_quote));
            put(bits.delimiters, _mm_cmpeq_epi8(bytes, m_delimiter));
            put(bits.lineFeeds, _mm_cmpeq_epi8(bytes, m_lineFeed));
            put(bits.above7Bits, bytes);
        }
        return bits;
    }

  private:
    __m128i m_quote = _mm_set1_epi8('"');
    __m128i m_lineFeed = _mm_set1_epi8('\n');
    __m128i m_delimiter;
};

/// Each bit tells whether the number of bits up to it and itself is odd.
std::uint64_t parityOfBits(std::uint64_t bits)
{
    for (const int shift : {1, 2, 4, 8, 16, 32}) {
        bits ^= bits << shift;
    }
    return bits;
}

/// Goes through a text and tells which of its characters lie in quotes.
class QuoteState {
  public:
    /// @return the characters inside quotes, the opening one among them and the closing one not
    std::uint64_t inside(const StrideBits& bits)
    {
        const std::uint64_t mayOpen = bits.quotes | bits.delimiters | bits.lineFeeds;
        std::uint64_t inside = m_carried;
        if (bits.quotes != 0) {
            inside ^= parityOfBits(bits.quotes);
            const std::uint64_t opening = bits.quotes & inside;
            m_isRegular = m_isRegular && (opening & ~(mayOpen << 1 | m_mayOpenFirst)) == 0;
            m_carried = static_cast<std::uint64_t>(static_cast<std::int64_t>(inside) >> 63);
        }
        m_mayOpenFirst = mayOpen >> 63;
        return inside;
    }

    /// Each quote so far opened a field, or was the second of two that stand for one.
    bool isRegular() const { return m_isRegular; }
    bool isOpen() const { return m_carried != 0; }

  private:
    std::uint64_t m_carried = 0;      ///< all bits set: the stride begins inside quotes
    std::uint64_t m_mayOpenFirst = 1; ///< its first character may open a field
    bool m_isRegular = true;
};

/// Calls `take` with the bits and the place of each stride; the last is filled up with zero bytes. Ends early when it says so.
template <typename Take>
void forEachStride(std::string_view text, char delimiter, const Take& take)
{
    const StrideReader reader(delimiter);
    std::size_t at = 0;
    for (; at + kStride <= text.size(); at += kStride) {
        if (!take(reader.read(text.data() + at), at)) {
            return;
        }
    }
    if (at < text.size()) {
        char rest[kStride] = {};
        std::memcpy(rest, text.data() + at, text.size() - at);
        take(reader.read(rest), at);
    }
}

bool isReadable(char delimiter)
{
    return delimiter != ' ' && delimiter != '\0' && delimiter != '"';
}

} // namespace

bool findCsvMarks(std::string_view text, char delimiter, CsvMarks& marks)
{
    marks.ends.clear();
    marks.quotedLineFeeds = 0;
    marks.isAscii = true;
    if (!isReadable(delimiter) || text.size() > std::numeric_limits<std::uint32_t>::max()) {
        return false;
    }
    QuoteState state;
    std::uint64_t above7Bits = 0;
    std::size_t count = 0;
    forEachStride(text, delimiter, [&](const StrideBits& bits, std::size_t at) {
        const std::uint64_t inside = state.inside(bits);
        above7Bits |= bits.above7Bits;
        marks.quotedLineFeeds += static_cast<std::uint64_t>(std::popcount(bits.lineFeeds & inside));
        if (marks.ends.size() < count + kStride) {
            marks.ends.resize(std::max<std::size_t>(2 * marks.ends.size(), text.size() / 8 + kStride));
        }
        for (std::uint64_t left = (bits.delimiters | bits.lineFeeds) & ~inside; left != 0; left &= left - 1) {
            marks.ends[count++] = static_cast<std::uint32_t>(at + static_cast<std::size_t>(std::countr_zero(left)));
        }
        return state.isRegular();
    });
    marks.ends.resize(count);
    marks.isAscii = above7Bits == 0;
    return state.isRegular() && !state.isOpen();
}

CsvBoundary findCsvBoundary(std::string_view text, char delimiter)
{
    CsvBoundary boundary;
    if (!isReadable(delimiter)) {
        return boundary;
    }
    QuoteState state;
    std::uint64_t lineFeeds = 0;
    forEachStride(text, delimiter, [&](const StrideBits& bits, std::size_t at) {
        const std::uint64_t ends = bits.lineFeeds & ~state.inside(bits);
        if (ends != 0) {
            const auto last = static_cast<unsigned>(63 - std::countl_zero(ends));
            boundary.end = at + last + 1;
            const std::uint64_t upToLast = ~std::uint64_t{0} >> (63 - last);
            boundary.lineFeeds = lineFeeds + static_cast<std::uint64_t>(std::popcount(bits.lineFeeds & upToLast));
        }
        lineFeeds += static_cast<std::uint64_t>(std::popcount(bits.lineFeeds));
        return state.isRegular();
    });
    boundary.isKnown = state.isRegular();
    boundary.isQuoteOpen = state.isOpen();
    return boundary;
}

#else

bool findCsvMarks(std::string_view, char, CsvMarks&)
{
    return false;
}

CsvBoundary findCsvBoundary(std::string_view, char)
{
    return {};
}

#endif

} // namespace ty::engine
