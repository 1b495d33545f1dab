#include "engine/data/formats/described_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <tuple>
#include <utility>

#include "engine/data/data_files.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace fs = std::filesystem;

DescribedFiles::DescribedFiles(std::string folder, const OpenOptions& options)
    : m_folder(std::move(folder)), m_options(options)
{
}

/// Looks a folder up once: descriptions name thousands of files, and stores are far away.
bool DescribedFiles::isThere(const std::string& path, ImageListing::Entry& entry)
{
    const fs::path whole = fs::path(m_folder) / path;
    const std::string parent = whole.parent_path().string();
    const auto [place, isNew] = m_folders.try_emplace(parent);
    if (isNew) {
        const auto listed = listFolder(m_options.files, parent);
        for (const DataEntry& each : listed ? *listed : std::vector<DataEntry>()) {
            place->second.emplace(each.name, each);
        }
    }
    const auto found = place->second.find(whole.filename().string());
    if (found == place->second.end() || !found->second.isFile) {
        return false;
    }
    entry.bytes = found->second.bytes;
    entry.version = found->second.version;
    return true;
}

Result<void> DescribedFiles::add(const std::string& path, const std::string& label, SplitPart part, bool isOutsideFine)
{
    const fs::path given(path);
    const bool climbs = std::any_of(given.begin(), given.end(), [](const fs::path& each) { return each == ".."; });
    const bool isOutside = given.is_absolute() && !(isOutsideFine && m_options.files == nullptr);
    if (path.empty() || climbs || isOutside || path.find('\0') != std::string::npos) {
        return Error{
            ErrorKind::InvalidInput, fileName(m_folder) + " describes a file outside of itself: " + shortened(path),
            "Put the files below the folder."};
    }
    ImageListing::Entry entry;
    entry.path = given.lexically_normal().generic_string();
    entry.part = part;
    if (!isThere(entry.path, entry)) {
        ++m_missing;
        return {};
    }
    m_classes.try_emplace(label, 0);
    m_found.emplace_back(std::move(entry), label);
    return {};
}

ImageListing DescribedFiles::finish()
{
    ImageListing listing;
    for (const auto& [name, index] : m_classes) {
        listing.classes.push_back(name);
    }
    std::sort(listing.classes.begin(), listing.classes.end(), naturallyLess);
    for (std::size_t i = 0; i < listing.classes.size(); ++i) {
        m_classes[listing.classes[i]] = static_cast<std::int32_t>(i);
    }
    for (auto& [entry, label] : m_found) {
        entry.label = m_classes[label];
        listing.entries.push_back(std::move(entry));
    }
    std::sort(listing.entries.begin(), listing.entries.end(), [](const auto& a, const auto& b) {
        return std::tie(a.part, a.label) != std::tie(b.part, b.label) ? std::tie(a.part, a.label) < std::tie(b.part, b.label)
                                                                       : naturallyLess(a.path, b.path);
    });
    listing.skipped = m_missing;
    return listing;
}

std::optional<SplitPart> partOfName(std::string_view name)
{
    const std::string text = lowered(name);
    constexpr std::array<std::pair<std::string_view, SplitPart>, 9> kNames{
        {{"training", SplitPart::Training},
         {"train", SplitPart::Training},
         {"validation", SplitPart::Validation},
         {"valid", SplitPart::Validation},
         {"val", SplitPart::Validation},
         {"dev", SplitPart::Validation},
         {"testing", SplitPart::Test},
         {"test", SplitPart::Test},
         {"eval", SplitPart::Test}}};
    for (const auto& [word, part] : kNames) {
        // "train2017" is a part too.
        const bool isYear = text.size() == word.size() + 4 && text.find_first_not_of("0123456789", word.size()) == std::string::npos;
        if (text == word || (text.starts_with(word) && isYear)) {
            return part;
        }
    }
    return std::nullopt;
}

bool isRecordingName(const std::string& name)
{
    const std::string text = lowered(name);
    constexpr std::array<std::string_view, 5> kSuffixes{".wav", ".flac", ".ogg", ".aiff", ".opus"};
    return std::any_of(kSuffixes.begin(), kSuffixes.end(), [&](std::string_view suffix) { return text.ends_with(suffix); });
}

bool isSampleName(const std::string& name)
{
    const std::string text = lowered(name);
    return text.ends_with(".png") || text.ends_with(".jpg") || text.ends_with(".jpeg") || isRecordingName(name);
}

std::vector<std::string_view> linesOf(std::string_view text)
{
    if (text.starts_with("\xef\xbb\xbf")) {
        text.remove_prefix(3);
    }
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        lines.push_back(line);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

} // namespace ty::engine
