#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cloud/http/message.h"
#include "cloud/storage/store.h"

namespace ty::cloud {

/// A page of shares (GET /?comp=list) as folders.
Result<ListPage> parseShareList(const std::string& xml);
/// A page of a directory; paths begin with `folder`.
Result<ListPage> parseFileList(const std::string& xml, const std::string& folder);
/// The answer's headers to a HEAD or GET of one file.
StoreEntry fileEntryOf(const std::string& path, const Headers& headers);

/// Bytes of a file that were written, both ends included.
struct FileRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
};
/// In order; neighbours joined.
Result<std::vector<FileRange>> parseRangeList(const std::string& xml);

} // namespace ty::cloud
