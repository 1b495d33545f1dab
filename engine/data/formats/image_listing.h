#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/data/dataset.h"

namespace ty::engine {

/// The pictures below a folder, before any of them is opened.
struct ImageListing {
    struct Entry {
        std::string path;       ///< relative to the folder, with "/": "train/3/0012.png"
        std::int32_t label = 0; ///< index into classes; -1: in no class folder
        SplitPart part = SplitPart::Training;
        std::uint64_t bytes = 0;  ///< where the folder tells it, as `version`
        std::string version = {}; ///< DataEntry::version
    };
    std::vector<std::string>
        classes; ///< in the order in which people sort names; also those without pictures
    std::vector<Entry> entries; ///< by part, then class, then path; the same on every machine
    std::uint64_t skipped = 0;  ///< files that are no pictures by their name
};

/// A folder for each class; or train, val and test folders with such folders in them. Hidden files,
/// __MACOSX, Thumbs.db and links are passed over.
Result<ImageListing> listImages(const std::string& folder, const OpenOptions& options);

/// Quickly: whether a folder looks like one of pictures.
bool looksLikeImageFolder(const std::string& folder, const DataFiles* files);

} // namespace ty::engine
