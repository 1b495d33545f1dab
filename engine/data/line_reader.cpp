#include "engine/data/line_reader.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "engine/data/formats/formats.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

constexpr std::size_t kLineBlockBytes = std::size_t{1} << 20;

} // namespace

LineReader::LineReader(ByteReader reader, std::string name, const OpenOptions& options)
    : m_reader(std::move(reader))
    , m_name(std::move(name))
    , m_options(&options)
{
}

Result<LineReader> LineReader::open(const std::string& path, const OpenOptions& options)
{
    TY_TRY(auto reader, ByteReader::open(path, options.files));
    return LineReader(std::move(reader), fileName(path), options);
}

Result<void> LineReader::readMore()
{
    if (m_options->stop.stop_requested()) {
        return cancelledError();
    }
    m_searched -= m_at;
    m_text.erase(0, std::exchange(m_at, 0));
    const std::size_t before = m_text.size();
    if (before > kLongestLine) {
        return Error{
            ErrorKind::InvalidInput, fmt::format("{} line {}: a line of more than 64 MiB", m_name, m_number + 1), {}};
    }
    m_text.resize(before + kLineBlockBytes);
    TY_TRY(const std::size_t got, m_reader.read(m_text.data() + before, kLineBlockBytes));
    m_text.resize(before + got);
    m_isEnded = got < kLineBlockBytes;
    m_hash.add(std::string_view(m_text).substr(before));
    if (!std::exchange(m_isStarted, true) && m_text.starts_with("\xef\xbb\xbf")) {
        m_at = 3;
        m_searched = 3;
    }
    if (m_options->progress) {
        const auto bytes = static_cast<double>(std::max<std::uint64_t>(m_reader.fileBytes(), 1));
        m_options->progress(
            std::min(1.0, static_cast<double>(m_reader.filePosition()) / bytes), "reading line " + grouped(m_number + 1));
    }
    return {};
}

Result<bool> LineReader::next()
{
    std::size_t feed = m_text.find('\n', m_searched);
    while (feed == std::string::npos && !m_isEnded) {
        m_searched = m_text.size();
        TY_CHECK(readMore());
        feed = m_text.find('\n', m_searched);
    }
    if (m_at == m_text.size()) {
        return false;
    }
    m_isCutLine = feed == std::string::npos;
    const std::size_t stop = std::min(feed, m_text.size());
    m_line = std::string_view(m_text).substr(m_at, stop - m_at);
    if (m_line.ends_with('\r')) {
        m_line.remove_suffix(1);
    }
    m_at = m_isCutLine ? m_text.size() : feed + 1;
    m_searched = m_at;
    ++m_number;
    return true;
}

double LineReader::share() const
{
    if (isAtEnd()) {
        return 1;
    }
    // Unpacked bytes that wait to be given belong to packed ones that have been taken.
    const double taken = static_cast<double>(m_reader.filePosition()) /
                         static_cast<double>(std::max<std::uint64_t>(m_reader.fileBytes(), 1));
    const double given = static_cast<double>(m_at) / static_cast<double>(std::max<std::size_t>(m_text.size(), 1));
    return std::clamp(taken * given, 1e-12, 1.0);
}

} // namespace ty::engine
