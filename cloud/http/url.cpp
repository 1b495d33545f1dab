#include "cloud/http/url.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace ty::cloud {

namespace {

std::string lowered(std::string text)
{
    std::transform(
        text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::string encoded(const std::string& text, const char* kept)
{
    constexpr char kDigits[] = "0123456789ABCDEF";
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool isPlain = byte < 0x80
            && (std::isalnum(byte) != 0 || std::string_view("-._~").find(c) != std::string_view::npos
                || std::string_view(kept).find(c) != std::string_view::npos);
        if (isPlain) {
            result += c;
        } else {
            result += '%';
            result += kDigits[byte >> 4];
            result += kDigits[byte & 15];
        }
    }
    return result;
}

int hexValue(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

} // namespace

std::optional<Url> parseUrl(const std::string& text)
{
    const auto schemeEnd = text.find("://");
    if (schemeEnd == std::string::npos) {
        return std::nullopt;
    }
    Url url;
    url.scheme = lowered(text.substr(0, schemeEnd));
    if (url.scheme != "http" && url.scheme != "https") {
        return std::nullopt;
    }
    url.port = url.scheme == "https" ? 443 : 80;
    const auto hostStart = schemeEnd + 3;
    const auto hostEnd = std::min(text.find_first_of("/?#", hostStart), text.size());
    std::string authority = text.substr(hostStart, hostEnd - hostStart);
    if (const auto at = authority.rfind('@'); at != std::string::npos) {
        authority.erase(0, at + 1);
    }
    const auto bracket = authority.find(']'); // [::1]:8080
    const auto colon = authority.find(':', bracket == std::string::npos ? 0 : bracket);
    if (colon != std::string::npos) {
        const char* first = authority.data() + colon + 1;
        const char* last = authority.data() + authority.size();
        const auto [end, code] = std::from_chars(first, last, url.port);
        if (code != std::errc() || end != last || url.port < 1 || url.port > 65535) {
            return std::nullopt;
        }
        authority.resize(colon);
    }
    url.host = lowered(authority);
    if (url.host.empty()) {
        return std::nullopt;
    }
    const std::string rest = text.substr(hostEnd, text.find('#', hostEnd) - hostEnd);
    const auto question = rest.find('?');
    url.path = rest.substr(0, question);
    url.query = question == std::string::npos ? std::string() : rest.substr(question + 1);
    if (url.path.empty()) {
        url.path = "/";
    }
    return url;
}

std::string percentEncode(const std::string& text)
{
    return encoded(text, "");
}

std::string percentEncodePath(const std::string& path)
{
    return encoded(path, "/");
}

std::string percentDecode(const std::string& text)
{
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hexValue(text[i + 1]) >= 0 && hexValue(text[i + 2]) >= 0) {
            result += static_cast<char>(hexValue(text[i + 1]) * 16 + hexValue(text[i + 2]));
            i += 2;
        } else {
            result += text[i];
        }
    }
    return result;
}

std::string queryText(const Query& query)
{
    std::string text;
    for (const auto& [name, value] : query) {
        text += text.empty() ? "" : "&";
        text += encoded(name, "$") + "=" + percentEncode(value);
    }
    return text;
}

Query parseQuery(const std::string& query)
{
    Query parts;
    for (std::size_t start = 0; start < query.size();) {
        const auto end = std::min(query.find('&', start), query.size());
        const std::string part = query.substr(start, end - start);
        const auto equals = part.find('=');
        if (!part.empty()) {
            parts.emplace_back(
                percentDecode(part.substr(0, equals)),
                equals == std::string::npos ? std::string() : percentDecode(part.substr(equals + 1)));
        }
        start = end + 1;
    }
    return parts;
}

bool isSameService(const std::string& base, const std::string& url)
{
    const auto ours = parseUrl(base);
    const auto theirs = parseUrl(url);
    if (!ours || !theirs || ours->scheme != theirs->scheme || ours->port != theirs->port) {
        return false;
    }
    return ours->host == theirs->host || theirs->host.ends_with("." + ours->host);
}

} // namespace ty::cloud
