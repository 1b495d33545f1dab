#include "cloud/storage/blob_answers.h"

#include <charconv>

#include "cloud/http/url.h"
#include "cloud/storage/storage_access.h"
#include "cloud/storage/store_path.h"
#include "cloud/storage/xml.h"
#include "engine/base/base64.h"

namespace ty::cloud {

namespace {

constexpr std::size_t kMd5Bytes = 16;

/// A name; those with characters that XML forbids come percent-encoded.
std::string nameOf(const XmlNode& node)
{
    const XmlNode* name = node.child("Name");
    if (name == nullptr) {
        return {};
    }
    return name->attribute("Encoded") == "true" ? percentDecode(name->text) : name->text;
}

StoreEntry entryOf(const XmlNode& node, const std::string& path)
{
    StoreEntry entry;
    entry.path = path;
    entry.isDeleted = node.childText("Deleted") == "true";
    const XmlNode* properties = node.child("Properties");
    if (properties == nullptr) {
        return entry;
    }
    entry.modified = isoTimeOfHttpDate(properties->childText("Last-Modified"));
    entry.etag = quotedEtag(properties->childText("Etag"));
    entry.bytes = wholeNumber(properties->childText("Content-Length"));
    entry.md5 = md5HexOf(properties->childText("Content-MD5"));
    entry.contentType = properties->childText("Content-Type");
    entry.tier = properties->childText("AccessTier");
    return entry;
}

bool isFolderMark(const XmlNode& node)
{
    const XmlNode* metadata = node.child("Metadata");
    return metadata != nullptr && metadata->childText("hdi_isfolder") == "true";
}

} // namespace

std::optional<std::uint64_t> wholeNumber(const std::string& text)
{
    std::uint64_t value = 0;
    const char* last = text.data() + text.size();
    const auto [end, code] = std::from_chars(text.data(), last, value);
    return code == std::errc() && end == last && !text.empty() ? std::optional(value) : std::nullopt;
}

std::optional<std::uint64_t> hexNumber(const std::string& text)
{
    constexpr std::size_t kDigits = 16;
    std::uint64_t value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    const bool isWhole = text.size() == kDigits && failure == std::errc() && end == text.data() + text.size();
    return isWhole ? std::optional(value) : std::nullopt;
}

std::string quotedEtag(const std::string& etag)
{
    return etag.empty() || etag.starts_with('"') || etag.starts_with("W/") ? etag : "\"" + etag + "\"";
}

std::string md5HexOf(const std::string& base64)
{
    const auto raw = decodeBase64(base64);
    if (!raw || raw->size() != kMd5Bytes) {
        return {};
    }
    constexpr char kDigits[] = "0123456789abcdef";
    std::string hex;
    for (const char c : *raw) {
        const auto byte = static_cast<unsigned char>(c);
        hex += kDigits[byte >> 4];
        hex += kDigits[byte & 15];
    }
    return hex;
}

std::string md5Base64Of(const std::string& hex)
{
    if (hex.size() != 2 * kMd5Bytes) {
        return {};
    }
    std::string raw;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        unsigned int byte = 0;
        const auto [end, code] = std::from_chars(hex.data() + i, hex.data() + i + 2, byte, 16);
        if (code != std::errc() || end != hex.data() + i + 2) {
            return {};
        }
        raw += static_cast<char>(static_cast<unsigned char>(byte));
    }
    return encodeBase64(raw);
}

Result<ListPage> parseContainerList(const std::string& xml)
{
    TY_TRY(const XmlNode root, parseXml(xml));
    ListPage page;
    page.next = root.childText("NextMarker");
    if (const XmlNode* containers = root.child("Containers")) {
        for (const XmlNode& node : containers->children) {
            StoreEntry entry = entryOf(node, nameOf(node));
            entry.isFolder = true;
            entry.bytes.reset();
            page.entries.push_back(std::move(entry));
        }
    }
    return page;
}

Result<ListPage> parseBlobList(const std::string& xml, const std::string& container)
{
    TY_TRY(const XmlNode root, parseXml(xml));
    ListPage page;
    page.next = root.childText("NextMarker");
    const XmlNode* blobs = root.child("Blobs");
    if (blobs == nullptr) {
        return page;
    }
    const std::string asked = root.childText("Prefix");
    for (const XmlNode& node : blobs->children) {
        std::string name = nameOf(node);
        const bool isPrefix = node.name == "BlobPrefix";
        if (name.empty() || (node.name != "Blob" && !isPrefix) || (name == asked && name.ends_with('/'))) {
            continue; // the folder itself; a file may well have the name that was asked for
        }
        StoreEntry entry = entryOf(node, joinStorePath(container, name));
        entry.isFolder = isPrefix || isFolderMark(node);
        if (isPrefix) {
            entry.path.pop_back(); // the delimiter
        }
        if (entry.isFolder) {
            entry.bytes.reset();
            if (!page.entries.empty() && page.entries.back().path == entry.path && page.entries.back().isFolder) {
                continue; // the mark "images" and the prefix "images/"
            }
        }
        page.entries.push_back(std::move(entry));
    }
    return page;
}

StoreEntry blobEntryOf(const std::string& path, const Headers& headers)
{
    const auto header = [&](const char* name) { return headers.find(name).value_or(""); };
    StoreEntry entry;
    entry.path = path;
    entry.isFolder = header("x-ms-meta-hdi_isfolder") == "true";
    entry.bytes = wholeNumber(header("Content-Length"));
    entry.modified = isoTimeOfHttpDate(header("Last-Modified"));
    entry.etag = quotedEtag(header("ETag"));
    entry.md5 = md5HexOf(header("Content-MD5"));
    entry.crc64 = hexNumber(header(kCrc64Header));
    entry.contentType = header("Content-Type");
    entry.tier = header("x-ms-access-tier");
    return entry;
}

Result<BlobBlocks> parseBlocks(const std::string& xml)
{
    TY_TRY(const XmlNode root, parseXml(xml));
    const auto namesIn = [&](const char* list) {
        std::vector<std::string> names;
        if (const XmlNode* blocks = root.child(list)) {
            for (const XmlNode& node : blocks->children) {
                names.push_back(node.childText("Name"));
            }
        }
        return names;
    };
    return BlobBlocks{namesIn("CommittedBlocks"), namesIn("UncommittedBlocks")};
}

std::string blockListXml(const std::vector<std::string>& names)
{
    std::string xml = "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>";
    for (const std::string& name : names) {
        xml += "<Latest>" + escapeXml(name) + "</Latest>";
    }
    return xml + "</BlockList>";
}

} // namespace ty::cloud
