#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cloud/http/message.h"
#include "cloud/storage/store.h"

namespace ty::cloud {

/// A page of containers (GET /?comp=list) as folders.
Result<ListPage> parseContainerList(const std::string& xml);
/// A page of blobs; paths begin with `container`, when it is not empty. Names that repeat the folder itself ("images/") and
/// the empty blobs by which other programs mark folders are folders.
Result<ListPage> parseBlobList(const std::string& xml, const std::string& container);
/// The answer's headers to a HEAD, GET or PUT of one blob.
StoreEntry blobEntryOf(const std::string& path, const Headers& headers);
/// Names of a blob's blocks.
struct BlobBlocks {
    std::vector<std::string> committed; ///< what it consists of, in order
    std::vector<std::string> uncommitted; ///< sent, and waiting to be committed
};
Result<BlobBlocks> parseBlocks(const std::string& xml);

/// "images/cat.jpg" and so on as the body that makes a blob of its blocks.
std::string blockListXml(const std::vector<std::string>& names);

/// Digits alone; nothing for any other text.
std::optional<std::uint64_t> wholeNumber(const std::string& text);
/// Sixteen hexadecimal digits; nothing for any other text.
std::optional<std::uint64_t> hexNumber(const std::string& text);
/// Where a blob that this program wrote has the CRC-64 of its whole content. Writing it anew by any other means takes it away. Without an
/// underscore, as some proxies drop headers with one.
inline constexpr const char* kCrc64Header = "x-ms-meta-trainyardcrc64";
/// Both ways in which a service writes an etag, "\"0x8D...\"" and without quotes, as it is wanted back.
std::string quotedEtag(const std::string& etag);

/// Base64 of raw MD5 to 32 hexadecimal digits and back; empty for anything else.
std::string md5HexOf(const std::string& base64);
std::string md5Base64Of(const std::string& hex);

} // namespace ty::cloud
