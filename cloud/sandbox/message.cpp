#include "cloud/sandbox/message.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include <fmt/format.h>

namespace ty::sandbox {

namespace {

int hexDigit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

} // namespace

std::string lowerCase(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

bool equalFold(const std::string& a, const std::string& b)
{
    return a.size() == b.size() && lowerCase(a) == lowerCase(b);
}

std::vector<std::string> splitText(const std::string& text, char separator)
{
    std::vector<std::string> parts;
    std::size_t begin = 0;
    for (;;) {
        const auto end = text.find(separator, begin);
        parts.push_back(text.substr(begin, end == std::string::npos ? end : end - begin));
        if (end == std::string::npos) {
            return parts;
        }
        begin = end + 1;
    }
}

std::string decodePercent(const std::string& text, Plus plus)
{
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hexDigit(text[i + 1]) >= 0 && hexDigit(text[i + 2]) >= 0) {
            decoded += static_cast<char>(hexDigit(text[i + 1]) * 16 + hexDigit(text[i + 2]));
            i += 2;
        } else {
            decoded += text[i] == '+' && plus == Plus::IsSpace ? ' ' : text[i];
        }
    }
    return decoded;
}

std::string encodePercent(const std::string& text)
{
    std::string encoded;
    for (const unsigned char c : text) {
        if (std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == '~') {
            encoded += static_cast<char>(c);
        } else {
            encoded += fmt::format("%{:02X}", c);
        }
    }
    return encoded;
}

Fields parseForm(const std::string& text)
{
    Fields fields;
    if (text.empty()) {
        return fields;
    }
    for (const auto& pair : splitText(text, '&')) {
        const auto equals = pair.find('=');
        if (pair.empty()) {
            continue;
        }
        fields.emplace_back(
            decodePercent(pair.substr(0, equals), Plus::IsSpace),
            equals == std::string::npos ? "" : decodePercent(pair.substr(equals + 1), Plus::IsSpace));
    }
    return fields;
}

std::string fieldOf(const Fields& fields, const std::string& name)
{
    for (const auto& [key, value] : fields) {
        if (equalFold(key, name)) {
            return value;
        }
    }
    return {};
}

std::string Request::parameter(const std::string& name) const
{
    return fieldOf(query, name);
}

std::optional<std::string> Request::header(const std::string& name) const
{
    for (const auto& [key, value] : headers) {
        if (equalFold(key, name)) {
            return value;
        }
    }
    return std::nullopt;
}

Fields Request::form() const
{
    return parseForm(body);
}

std::string Request::pathFrom(std::size_t first) const
{
    std::string joined;
    for (std::size_t i = first; i < path.size(); ++i) {
        joined += "/" + path[i];
    }
    return joined;
}

void Response::set(const std::string& name, const std::string& value)
{
    for (auto& [key, present] : headers) {
        if (equalFold(key, name)) {
            present = value;
            return;
        }
    }
    headers.emplace_back(name, value);
}

void setRetryAfter(Response& response, std::chrono::milliseconds wait)
{
    response.set("Retry-After", fmt::format("{}", std::chrono::ceil<std::chrono::seconds>(wait).count()));
    if (wait < std::chrono::seconds(1)) {
        response.set("retry-after-ms", fmt::format("{}", wait.count()));
    }
}

Response jsonResponse(int status, const Json& body)
{
    Response response;
    response.status = status;
    response.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
    return response;
}

Response emptyResponse(int status)
{
    Response response;
    response.status = status;
    response.type.clear();
    return response;
}

Response textResponse(int status, std::string type, std::string body)
{
    Response response;
    response.status = status;
    response.type = std::move(type);
    response.body = std::move(body);
    return response;
}

void setTarget(Request& request, const std::string& target)
{
    request.target = target;
    request.path.clear();
    const auto question = target.find('?');
    for (const auto& segment : splitText(target.substr(0, question), '/')) {
        if (!segment.empty()) {
            request.path.push_back(decodePercent(segment, Plus::Stays));
        }
    }
    request.query = question == std::string::npos ? Fields{} : parseForm(target.substr(question + 1));
}

} // namespace ty::sandbox
