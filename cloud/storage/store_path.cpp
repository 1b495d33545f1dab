#include "cloud/storage/store_path.h"

#include <algorithm>
#include <cctype>

namespace ty::cloud {

namespace {

constexpr std::size_t kMaxName = 255;

Error refused(std::string_view path, const char* why)
{
    std::string shown(path);
    std::replace_if(shown.begin(), shown.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }, '?');
    return Error{ErrorKind::InvalidInput, "the name \"" + shown + "\" " + why, "It is left out for safety."};
}

} // namespace

Result<void> checkStorePath(std::string_view path)
{
    if (path.find('\0') != std::string_view::npos) {
        return refused(path, "holds a NUL character");
    }
    for (std::size_t start = 0; start <= path.size();) {
        const auto end = std::min(path.find('/', start), path.size());
        const std::string_view part = path.substr(start, end - start);
        if (part.empty()) {
            return refused(path, "has an empty part");
        }
        if (part == "." || part == "..") {
            return refused(path, "could lead out of its folder");
        }
        if (part.size() > kMaxName) {
            return refused(path, "has a part of more than 255 bytes");
        }
        start = end + 1;
    }
    return {};
}

std::string joinStorePath(std::string_view folder, std::string_view name)
{
    if (folder.empty() || name.empty()) {
        return std::string(folder.empty() ? name : folder);
    }
    return std::string(folder) + "/" + std::string(name);
}

std::string_view storeName(std::string_view path)
{
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view storeFolder(std::string_view path)
{
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::pair<std::string, std::string> splitContainer(std::string_view path)
{
    const auto slash = path.find('/');
    if (slash == std::string_view::npos) {
        return {std::string(path), {}};
    }
    return {std::string(path.substr(0, slash)), std::string(path.substr(slash + 1))};
}

std::string trimmedPath(std::string_view path)
{
    while (path.starts_with('/')) {
        path.remove_prefix(1);
    }
    while (path.ends_with('/')) {
        path.remove_suffix(1);
    }
    return std::string(path);
}

std::string contentTypeOf(std::string_view path)
{
    const std::string_view name = storeName(path);
    const auto dot = name.rfind('.');
    std::string ending(dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1));
    std::transform(
        ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    constexpr std::pair<const char*, const char*> kTypes[]{
        {"csv", "text/csv"},           {"tsv", "text/tab-separated-values"}, {"txt", "text/plain"},
        {"md", "text/markdown"},       {"json", "application/json"},         {"jsonl", "application/x-ndjson"},
        {"jpg", "image/jpeg"},         {"jpeg", "image/jpeg"},               {"png", "image/png"},
        {"gif", "image/gif"},          {"webp", "image/webp"},               {"bmp", "image/bmp"},
        {"tif", "image/tiff"},         {"tiff", "image/tiff"},               {"wav", "audio/wav"},
        {"flac", "audio/flac"},        {"ogg", "audio/ogg"},                 {"zip", "application/zip"},
        {"gz", "application/gzip"},    {"tar", "application/x-tar"},         {"html", "text/html"},
        {"xml", "application/xml"},    {"py", "text/x-python"},              {"pdf", "application/pdf"}};
    for (const auto& [known, type] : kTypes) {
        if (ending == known) {
            return type;
        }
    }
    return "application/octet-stream";
}

} // namespace ty::cloud
