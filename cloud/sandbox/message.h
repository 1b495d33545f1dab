#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/json.h"

namespace ty::sandbox {

using Fields = std::vector<std::pair<std::string, std::string>>;

/// One request as the services see it. The path is split and decoded, so that "%2F" in a name stays in it.
struct Request {
    std::string method;
    std::vector<std::string> path; ///< decoded segments, empty ones left out
    Fields query;                  ///< decoded
    Fields headers;
    std::string body;
    std::string origin; ///< "https://localhost:8443": what links in the answer begin with
    std::string target; ///< as sent, for the log and for fault patterns

    /// First value of the query parameter, compared without case; empty when it is not there.
    std::string parameter(const std::string& name) const;
    std::optional<std::string> header(const std::string& name) const;
    /// The parameters of a form body (application/x-www-form-urlencoded).
    Fields form() const;
    /// The path from segment `first` on, joined by '/' with a leading one.
    std::string pathFrom(std::size_t first) const;
};

/// How much of an answer arrives.
enum class Delivery { Whole, Half, Dropped };

struct Response {
    int status = 200;
    Fields headers;
    std::string body;
    std::string type = "application/json; charset=utf-8"; ///< of the body
    Delivery delivery = Delivery::Whole;

    void set(const std::string& name, const std::string& value);
};

/// Retry-After in whole seconds, rounded up; for a wait under a second also retry-after-ms, which some clients know.
void setRetryAfter(Response& response, std::chrono::milliseconds wait);

Response jsonResponse(int status, const Json& body);
Response emptyResponse(int status);
Response textResponse(int status, std::string type, std::string body);

/// Fills path, query and target from what stands after the method in the request line.
void setTarget(Request& request, const std::string& target);
/// "a%20b" -> "a b"; with PlusIsSpace also '+' -> ' '. Broken escapes stay as they are.
enum class Plus { Stays, IsSpace };
std::string decodePercent(const std::string& text, Plus plus);
std::string encodePercent(const std::string& text);
Fields parseForm(const std::string& text);
std::string fieldOf(const Fields& fields, const std::string& name);

std::string lowerCase(std::string text);
bool equalFold(const std::string& a, const std::string& b);
std::vector<std::string> splitText(const std::string& text, char separator);

} // namespace ty::sandbox
