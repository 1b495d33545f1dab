#include "cloud/storage/files_answers.h"

#include <algorithm>

#include "cloud/storage/blob_answers.h"
#include "cloud/storage/storage_access.h"
#include "cloud/storage/store_path.h"
#include "cloud/storage/xml.h"

namespace ty::cloud {

namespace {

/// In lists times are either as in headers or "2026-11-21T10:00:00.1234567Z".
std::string timeOf(const std::string& text)
{
    const std::string iso = isoTimeOfHttpDate(text);
    constexpr std::size_t kToSeconds = 19;
    const bool isIso = iso.empty() && text.size() > kToSeconds && text[10] == 'T';
    return isIso ? text.substr(0, kToSeconds) + "Z" : iso;
}

StoreEntry entryIn(const XmlNode& node, const std::string& folder)
{
    StoreEntry entry;
    entry.path = joinStorePath(folder, node.childText("Name"));
    if (const XmlNode* properties = node.child("Properties")) {
        const std::string written = properties->childText("LastWriteTime");
        entry.modified = timeOf(written.empty() ? properties->childText("Last-Modified") : written);
        entry.etag = quotedEtag(properties->childText("Etag"));
        entry.bytes = wholeNumber(properties->childText("Content-Length"));
    }
    return entry;
}

} // namespace

Result<ListPage> parseShareList(const std::string& xml)
{
    TY_TRY(const XmlNode root, parseXml(xml));
    ListPage page;
    page.next = root.childText("NextMarker");
    if (const XmlNode* shares = root.child("Shares")) {
        for (const XmlNode& node : shares->children) {
            StoreEntry entry = entryIn(node, {});
            entry.isFolder = true;
            entry.bytes.reset();
            page.entries.push_back(std::move(entry));
        }
    }
    return page;
}

Result<ListPage> parseFileList(const std::string& xml, const std::string& folder)
{
    TY_TRY(const XmlNode root, parseXml(xml));
    ListPage page;
    page.next = root.childText("NextMarker");
    const XmlNode* const entries = root.child("Entries");
    if (entries == nullptr) {
        return page;
    }
    for (const XmlNode& node : entries->children) {
        const bool isFolder = node.name == "Directory";
        if ((!isFolder && node.name != "File") || node.childText("Name").empty()) {
            continue;
        }
        StoreEntry entry = entryIn(node, folder);
        entry.isFolder = isFolder;
        if (isFolder) {
            entry.bytes.reset();
        }
        page.entries.push_back(std::move(entry));
    }
    return page;
}

StoreEntry fileEntryOf(const std::string& path, const Headers& headers)
{
    StoreEntry entry = blobEntryOf(path, headers);
    entry.tier.clear();
    // A part of a file is answered with its own MD5; that of the whole has a header of its own then.
    if (headers.find("x-ms-content-md5")) {
        entry.md5 = md5HexOf(headers.find("x-ms-content-md5").value_or(""));
    }
    return entry;
}

Result<std::vector<FileRange>> parseRangeList(const std::string& xml)
{
    TY_TRY(const XmlNode root, parseXml(xml));
    std::vector<FileRange> ranges;
    for (const XmlNode& node : root.children) {
        const auto first = wholeNumber(node.childText("Start"));
        const auto last = wholeNumber(node.childText("End"));
        if (node.name == "Range" && first && last && *first <= *last) {
            ranges.push_back({*first, *last});
        }
    }
    std::sort(ranges.begin(), ranges.end(), [](const FileRange& a, const FileRange& b) { return a.first < b.first; });
    std::vector<FileRange> joined;
    for (const FileRange& range : ranges) {
        if (!joined.empty() && range.first <= joined.back().last + 1) {
            joined.back().last = std::max(joined.back().last, range.last);
        } else {
            joined.push_back(range);
        }
    }
    return joined;
}

} // namespace ty::cloud
