#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/data/data_files.h"
#include "engine/data/dataset.h"
#include "engine/data/formats/image_listing.h"

namespace ty::engine {

inline constexpr std::uint64_t kMostDescriptionBytes = std::uint64_t{1} << 28;

/// Collects what a description tells about files, and makes a listing of it in an order that is the same everywhere.
class DescribedFiles {
public:
    /// `options` outlives it.
    DescribedFiles(std::string folder, const OpenOptions& options);

    /// @param path  below the folder; one that leaves it is refused, one that is not there is passed over and counted.
    /// @param isOutsideFine  an absolute path of this computer is taken as it is
    Result<void> add(const std::string& path, const std::string& label, SplitPart part, bool isOutsideFine = false);
    /// A class that may have no files.
    void addClass(const std::string& label) { m_classes.try_emplace(label, 0); }
    std::size_t size() const { return m_found.size(); }
    std::size_t missing() const { return m_missing; }
    ImageListing finish();

private:
    bool isThere(const std::string& path, ImageListing::Entry& entry);

    std::string m_folder;
    const OpenOptions& m_options;
    std::map<std::string, std::int32_t> m_classes;
    std::map<std::string, std::map<std::string, DataEntry>> m_folders; ///< names in folders that were looked into
    std::vector<std::pair<ImageListing::Entry, std::string>> m_found;
    std::size_t m_missing = 0;
};

/// "train", "val", "test" and how they are called else; nothing for other words.
std::optional<SplitPart> partOfName(std::string_view name);
/// Whether it is called as a picture or a recording that can be read.
bool isSampleName(const std::string& name);
/// Whether it is called as a recording.
bool isRecordingName(const std::string& name);
/// Text without a byte order mark, split into lines without their ends.
std::vector<std::string_view> linesOf(std::string_view text);

} // namespace ty::engine
