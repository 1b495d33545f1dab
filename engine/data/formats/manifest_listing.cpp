// Files that a table or a list describes: manifests of any making, and Kaldi's.
#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <utility>

#include "engine/data/data_files.h"
#include "engine/data/formats/described_files.h"
#include "engine/data/formats/described_listing.h"
#include "engine/data/formats/formats.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostManifestBytes = std::size_t{1} << 26;

/// The fields of one line; a field in quotes may hold the separator, and two quotes for one.
std::vector<std::string> fieldsOf(std::string_view line, char separator)
{
    std::vector<std::string> fields(1);
    bool isQuoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (c == '"' && isQuoted && i + 1 < line.size() && line[i + 1] == '"') {
            fields.back() += '"';
            ++i;
        } else if (c == '"' && (isQuoted || fields.back().empty())) {
            isQuoted = !isQuoted;
        } else if (c == separator && !isQuoted) {
            fields.emplace_back();
        } else {
            fields.back() += c;
        }
    }
    for (std::string& field : fields) {
        field = std::string(trimmed(field));
    }
    return fields;
}

/// Which of the columns bears one of these names; -1: none.
int columnOf(const std::vector<std::string>& header, std::initializer_list<std::string_view> names)
{
    for (const std::string_view name : names) {
        for (std::size_t i = 0; i < header.size(); ++i) {
            if (lowered(header[i]) == name) {
                return static_cast<int>(i);
            }
        }
    }
    return -1;
}

struct Manifest {
    std::vector<std::string_view> lines;
    char separator = ',';
    int file = -1;
    int label = -1;
    int part = -1;
};

/// Whether the first line names the columns that a manifest needs.
bool readHeader(const std::string& text, Manifest& manifest)
{
    manifest.lines = linesOf(text);
    if (manifest.lines.size() < 2) {
        return false;
    }
    for (const char separator : {'\t', ',', ';'}) {
        if (manifest.lines.front().find(separator) == std::string_view::npos) {
            continue;
        }
        const auto header = fieldsOf(manifest.lines.front(), separator);
        manifest.separator = separator;
        manifest.file = columnOf(header, {"file", "filename", "file_name", "filepath", "path", "image", "image_path", "audio", "wav"});
        manifest.label = columnOf(header, {"label", "class", "category", "target", "class_name"});
        manifest.part = columnOf(header, {"split", "part", "set", "subset", "fold"});
        return manifest.file >= 0 && manifest.label >= 0;
    }
    return false;
}

/// The tables of a folder that may be manifests, by name.
Result<std::vector<std::string>> tablesIn(const std::string& folder, const OpenOptions& options)
{
    TY_TRY(const auto entries, listFolder(options.files, folder));
    std::vector<std::string> names;
    for (const DataEntry& each : entries) {
        const std::string name = lowered(each.name);
        if (each.isFile && (name.ends_with(".csv") || name.ends_with(".tsv")) && each.bytes <= kMostManifestBytes) {
            names.push_back(each.name);
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

} // namespace

Result<std::optional<ImageListing>> listManifest(const std::string& folder, const OpenOptions& options)
{
    TY_TRY(const auto tables, tablesIn(folder, options));
    for (const std::string& table : tables) {
        TY_TRY(const std::string text, readDataFile(options.files, (fs::path(folder) / table).string(), kMostManifestBytes));
        Manifest manifest;
        if (!readHeader(text, manifest)) {
            continue;
        }
        // A manifest beside several ("train.csv", "test.csv") may tell the part by its own name.
        const SplitPart usual = partOfName(fs::path(table).stem().string()).value_or(SplitPart::Training);
        DescribedFiles files(folder, options);
        for (std::size_t i = 1; i < manifest.lines.size(); ++i) {
            if (options.stop.stop_requested()) {
                return cancelledError();
            }
            const auto fields = fieldsOf(manifest.lines[i], manifest.separator);
            const auto field = [&](int column) {
                return column >= 0 && static_cast<std::size_t>(column) < fields.size() ? fields[static_cast<std::size_t>(column)] : std::string();
            };
            const std::string file = field(manifest.file);
            if (file.empty() || field(manifest.label).empty() || !isSampleName(file)) {
                continue;
            }
            TY_CHECK(files.add(file, field(manifest.label), partOfName(field(manifest.part)).value_or(usual)));
        }
        if (files.size() > 0) {
            return std::optional<ImageListing>(files.finish());
        }
    }
    return std::optional<ImageListing>();
}

Result<std::optional<ImageListing>> listKaldi(const std::string& folder, const OpenOptions& options)
{
    const fs::path root(folder);
    const std::string scp = (root / "wav.scp").string();
    const std::string words = (root / "text").string();
    if (!isDataFile(options.files, scp) || !isDataFile(options.files, words)) {
        return std::optional<ImageListing>();
    }
    const auto pairsOf = [&](const std::string& file) -> Result<std::map<std::string, std::string>> {
        TY_TRY(const std::string text, readDataFile(options.files, file, kMostManifestBytes));
        std::map<std::string, std::string> pairs;
        for (const std::string_view whole : linesOf(text)) {
            const std::string_view line = trimmed(whole);
            const auto end = line.find_first_of(" \t");
            if (end != std::string_view::npos) {
                pairs[std::string(line.substr(0, end))] = std::string(trimmed(line.substr(end)));
            }
        }
        return pairs;
    };
    TY_TRY(const auto recordings, pairsOf(scp));
    TY_TRY(const auto texts, pairsOf(words));
    DescribedFiles files(folder, options);
    for (const auto& [utterance, place] : recordings) {
        if (place.ends_with('|')) {
            return Error{
                ErrorKind::Unsupported, "wav.scp of " + fileName(folder) + " runs programs (\"... |\"), which is not done here",
                "Write the recordings as WAV or FLAC files and name those."};
        }
        const auto text = texts.find(utterance);
        if (text != texts.end()) {
            TY_CHECK(files.add(place, text->second, SplitPart::Training, true));
        }
    }
    if (files.size() == 0) {
        return Error{
            ErrorKind::InvalidInput, "none of the " + std::to_string(files.missing()) + " recordings of wav.scp is there",
            "Put them where wav.scp says they are."};
    }
    return std::optional<ImageListing>(files.finish());
}

} // namespace ty::engine
