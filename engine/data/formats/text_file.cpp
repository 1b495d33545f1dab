#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/base/large_vector.h"
#include "engine/data/byte_reader.h"
#include "engine/data/content_hash.h"
#include "engine/data/formats/formats.h"
#include "engine/data/text_values.h"
#include "engine/data/words.h"

namespace ty::engine {

namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;
constexpr std::uint64_t kAllBytes = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kPreviewBytes = std::uint64_t{1} << 18;

/// A text as it stands in its file.
struct TextContent {
    std::string path;
    LargeVector<char> text;
    std::uint64_t bytes = 0; ///< on disk
    std::string fingerprint;
    bool isWhole = true;
};

Result<TextContent> readText(const std::string& path, std::uint64_t limit, const OpenOptions& options)
{
    TY_TRY(auto reader, ByteReader::open(path, options.files));
    TextContent content;
    content.path = path;
    content.bytes = reader.fileBytes();
    const std::uint64_t expected = std::min(limit, reader.isCompressed() ? 4 * content.bytes : content.bytes);
    content.text = LargeVector<char>(LargeAllocator<char>(placeFor(expected)));
    content.text.reserve(expected);
    ContentHash hash;
    std::vector<char> block(kBlockBytes);
    while (content.text.size() < limit) {
        if (options.stop.stop_requested()) {
            return cancelledError();
        }
        TY_TRY(const std::size_t read, reader.read(block.data(), block.size()));
        if (read == 0) {
            content.fingerprint = hash.finish();
            return content;
        }
        hash.add({block.data(), read});
        content.text.insert(content.text.end(), block.data(), block.data() + read);
        if (options.progress && content.bytes > 0) {
            options.progress(
                static_cast<double>(reader.filePosition()) / static_cast<double>(content.bytes), "reading the text");
        }
    }
    content.isWhole = false;
    const auto blank = std::find_if(content.text.rbegin(), content.text.rend(), [](char c) { return c == ' ' || c == '\n'; });
    content.text.erase(blank.base(), content.text.end()); // no half words, no half characters
    return content;
}

/// A running text, divided into pieces of so many words and the first one of the next piece, which is the last to be told.
class TextDataset final : public Dataset {
public:
    static Result<std::unique_ptr<Dataset>> make(TextContent content, const OpenOptions& options)
    {
        auto dataset = std::make_unique<TextDataset>();
        TY_CHECK(dataset->divide(std::move(content), options));
        return std::unique_ptr<Dataset>(std::move(dataset));
    }

    const DatasetInfo& info() const override { return m_info; }
    SplitPart partOf(std::uint64_t) const override { return SplitPart::Training; }
    std::string sampleId(std::uint64_t sample) const override { return "line " + std::to_string(m_lines[sample]); }
    std::int32_t classOf(std::uint64_t) const override { return -1; }
    double targetOf(std::uint64_t) const override { return std::numeric_limits<double>::quiet_NaN(); }
    std::span<const float> numericColumn(std::size_t) const override { return {}; }
    std::span<const std::int32_t> categoryColumn(std::size_t) const override { return {}; }
    std::string cellText(std::uint64_t sample, std::size_t) const override
    {
        const std::uint64_t begin = m_begins[sample];
        return {m_content.text.data() + begin, static_cast<std::size_t>(m_ends[sample] - begin)};
    }
    Result<void> readImage(std::uint64_t, std::span<std::uint8_t>) const override
    {
        return Error{ErrorKind::InvalidInput, m_info.name + " is a text, it holds no images", {}};
    }
    bool isReadQuickly() const override { return false; }

    Result<void> divide(TextContent content, const OpenOptions& options)
    {
        const DatasetInfo* like = options.like;
        m_content = std::move(content);
        const std::string file = fileName(m_content.path);
        if (like != nullptr && like->task != Task::NextWord) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format("{} is a running text, but the model was trained on {}", file,
                            like->kind == DataKind::Image ? "images" : "a table"),
                like->kind == DataKind::Image ? "" : "Give a table with the model's columns (CSV)."};
        }
        m_info.wordsPerSample = like != nullptr && like->wordsPerSample > 0 ? like->wordsPerSample
            : options.wordsPerSample > 0                                   ? options.wordsPerSample
                                                                           : kUsualWordsPerSample;
        useUtf8();
        const std::string_view text(m_content.text.data(), m_content.text.size());
        const std::uint64_t words = findPieces(text);
        if (m_ends.empty()) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format("{} has {} words; a language model needs at least {}", file, words, m_info.wordsPerSample + 1),
                "Give a longer text."};
        }
        describe();
        return {};
    }

private:
    /// Words are kept in files that know nothing but UTF-8.
    void useUtf8()
    {
        const std::string_view text(m_content.text.data(), m_content.text.size());
        if (isUtf8(text)) {
            return;
        }
        const std::string converted = utf8FromLatin1(text);
        m_content.text.assign(converted.begin(), converted.end());
        m_info.problems.push_back(
            {ProblemSeverity::Note, "encoding", fileName(m_content.path) + " is not UTF-8; it was read as Latin-1",
             "If letters look wrong, save the file as UTF-8.", 1, {}});
    }

    /// Gives the number of words.
    std::uint64_t findPieces(std::string_view text)
    {
        const auto each = static_cast<std::uint64_t>(m_info.wordsPerSample);
        WordReader reader(text, true);
        std::uint64_t words = 0;
        std::uint64_t line = 1;
        std::size_t counted = 0;
        while (reader.next()) {
            if (words % each == 0) {
                if (words > 0) {
                    m_ends.push_back(reader.end()); // of the piece before, which ends with this word
                }
                line += static_cast<std::uint64_t>(
                    std::count(text.data() + counted, text.data() + reader.begin(), '\n'));
                counted = reader.begin();
                m_begins.push_back(reader.begin());
                m_lines.push_back(line);
            }
            ++words;
        }
        return words;
    }

    void describe()
    {
        m_info.path = m_content.path;
        m_info.name = nameWithoutSuffix(m_content.path);
        m_info.format = "text";
        m_info.kind = DataKind::Table;
        m_info.task = Task::NextWord;
        m_info.samples = m_ends.size();
        m_info.bytes = m_content.bytes;
        m_info.target = "next word";
        m_info.givenSplit = {m_info.samples, 0, 0};
        m_info.fingerprint = m_content.fingerprint;
        ColumnInfo column;
        column.name = "text";
        column.type = ColumnType::Text;
        column.distinct = m_info.samples;
        m_info.columns.push_back(std::move(column));
    }

    DatasetInfo m_info;
    TextContent m_content;
    LargeVector<std::uint64_t> m_begins; ///< of each piece in the text
    LargeVector<std::uint64_t> m_ends;   ///< behind the word that follows each piece
    LargeVector<std::uint64_t> m_lines;  ///< from 1
};

} // namespace

bool looksLikeText(std::string_view head)
{
    const bool hasControls = std::any_of(head.begin(), head.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f';
    });
    WordReader reader(head, false);
    return !hasControls && reader.next();
}

Result<std::unique_ptr<Dataset>> openText(const std::string& path, const OpenOptions& options)
{
    TY_TRY(auto content, readText(path, kAllBytes, options));
    return TextDataset::make(std::move(content), options);
}

Result<Preview> previewText(const std::string& path, const OpenOptions& options)
{
    TY_TRY(auto content, readText(path, kPreviewBytes, options));
    const bool isWhole = content.isWhole;
    const auto read = static_cast<double>(content.text.size());
    TY_TRY(const auto dataset, TextDataset::make(std::move(content), options));
    Preview preview = previewOf(*dataset);
    preview.isComplete = isWhole;
    if (!isWhole) { // counts become guesses from the size on disk
        const double share = static_cast<double>(preview.info.bytes) / std::max(1.0, read);
        preview.info.samples = static_cast<std::uint64_t>(static_cast<double>(preview.info.samples) * std::max(1.0, share));
        preview.info.givenSplit = {preview.info.samples, 0, 0};
    }
    return preview;
}

} // namespace ty::engine
