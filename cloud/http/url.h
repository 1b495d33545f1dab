#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ty::cloud {

/// Query parameters in the order sent, not encoded.
using Query = std::vector<std::pair<std::string, std::string>>;

/// An absolute http or https address in its parts, path and query as they were written.
struct Url {
    std::string scheme;
    std::string host;  ///< lower case, without port
    int port = 0;      ///< 80 or 443 when the address names none
    std::string path;  ///< from "/" to the question mark; "/" when empty
    std::string query; ///< without the question mark
};

/// Empty for anything that is no http or https address with a host.
std::optional<Url> parseUrl(const std::string& text);

/// Everything but letters, digits and "-._~" as %XX. Source: RFC 3986, section 2.3.
std::string percentEncode(const std::string& text);
/// The same, but "/" stays: for paths.
std::string percentEncodePath(const std::string& path);
/// Undoes %XX; what is no such escape stays as it is.
std::string percentDecode(const std::string& text);

/// "a=1&b=2", names and values encoded ("$filter" keeps its dollar sign).
std::string queryText(const Query& query);
/// The parts of a query, decoded.
Query parseQuery(const std::string& query);

/// Whether `url` lies on the server of `base`, or on one below its domain: a token for `base` may be sent there.
/// Scheme and port must agree.
bool isSameService(const std::string& base, const std::string& url);

} // namespace ty::cloud
