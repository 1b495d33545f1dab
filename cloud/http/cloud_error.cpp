#include "cloud/http/cloud_error.h"

#include <string_view>

#include "engine/base/json.h"

namespace ty::cloud {

namespace {

constexpr int kMaxNesting = 8;

/// A text member under any of the spellings; numbers are taken as text. Empty when missing.
std::string textOf(const Json& object, std::initializer_list<const char*> names)
{
    for (const char* name : names) {
        const auto member = object.find(name);
        if (member == object.end()) {
            continue;
        }
        if (member->is_string()) {
            return member->get<std::string>();
        }
        if (member->is_number_integer()) {
            return std::to_string(member->get<std::int64_t>());
        }
        if (member->is_object()) { // "message": {"lang": "en", "value": ".."}
            return textOf(*member, {"value"});
        }
    }
    return {};
}

const Json* memberOf(const Json& object, std::initializer_list<const char*> names)
{
    for (const char* name : names) {
        if (const auto member = object.find(name); member != object.end() && !member->is_null()) {
            return &*member;
        }
    }
    return nullptr;
}

void addCauses(const Json& node, CloudError& error, int nesting);

void addList(const Json* list, CloudError& error, int nesting)
{
    if (list == nullptr || !list->is_array()) {
        return;
    }
    for (const Json& element : *list) {
        if (element.is_object()) {
            addCauses(element, error, nesting + 1);
        }
    }
}

void addMetadata(const Json* info, CloudError& error)
{
    if (info == nullptr || !info->is_object()) {
        return;
    }
    for (const auto& [key, value] : info->items()) {
        if (value.is_string()) {
            error.metadata[key] = value.get<std::string>();
        }
    }
}

/// google.rpc.ErrorInfo and its kin, as they stand in "details" (HTTP) and "errorDetails" (operations).
void addGoogleDetail(const Json& detail, CloudError& error)
{
    const Json* info = memberOf(detail, {"errorInfo"});
    const Json& source = info != nullptr && info->is_object() ? *info : detail;
    addMetadata(memberOf(source, {"metadatas", "metadata"}), error);
    const std::string reason = textOf(source, {"reason"});
    const std::string type = textOf(detail, {"@type"});
    const Json* localized = memberOf(detail, {"localizedMessage"});
    const std::string message = localized != nullptr && localized->is_object() ? textOf(*localized, {"message"}) : "";
    if (!reason.empty() || !message.empty()) {
        error.causes.push_back({reason, message, {}});
    } else if (type.ends_with("google.rpc.QuotaFailure")) {
        error.causes.push_back({type, {}, {}});
    }
}

/// A message that is itself a JSON error, as template deployments write it.
void addWrapped(const std::string& message, CloudError& error, int nesting)
{
    const auto start = message.find_first_not_of(" \r\n\t");
    if (start == std::string::npos || message[start] != '{') {
        return;
    }
    const auto inner = parseJson(message, "error message");
    if (inner && inner->is_object()) {
        addCauses(*inner, error, nesting + 1);
    }
}

void addCauses(const Json& node, CloudError& error, int nesting)
{
    if (nesting > kMaxNesting) {
        return;
    }
    const Json* wrapped = memberOf(node, {"error", "Error", "odata.error"});
    if (wrapped != nullptr && wrapped->is_object()) {
        addCauses(*wrapped, error, nesting + 1);
        return;
    }
    if (wrapped != nullptr && wrapped->is_string()) { // sign-in
        error.causes.push_back({wrapped->get<std::string>(), textOf(node, {"error_description"}), {}});
        return;
    }
    ErrorCause cause{
        textOf(node, {"code", "Code", "reason"}),
        textOf(node, {"message", "Message"}),
        textOf(node, {"target", "Target", "location"})};
    // Google's code is the HTTP status again; the word beside it says more.
    if (const std::string word = textOf(node, {"status"}); !word.empty() && node.contains("errors")) {
        cause.code = word;
    } else if (const Json* list = memberOf(node, {"errors"}); list != nullptr && list->is_array() && !list->empty()) {
        cause.code.clear();
    }
    const bool isTelling = !cause.code.empty() || !cause.message.empty();
    const std::string message = cause.message;
    if (isTelling) {
        error.causes.push_back(std::move(cause));
    }
    addWrapped(message, error, nesting);
    addList(memberOf(node, {"errors"}), error, nesting);
    for (const char* name : {"details", "Details", "errorDetails"}) {
        const Json* list = memberOf(node, {name});
        if (list == nullptr || !list->is_array()) {
            continue;
        }
        for (const Json& element : *list) {
            if (!element.is_object()) {
                continue;
            }
            const bool isGoogle = std::string_view(name) == "errorDetails" || element.contains("@type");
            isGoogle ? addGoogleDetail(element, error) : addCauses(element, error, nesting + 1);
        }
    }
}

std::string xmlText(const std::string& body, const std::string& tag)
{
    const auto start = body.find("<" + tag + ">");
    if (start == std::string::npos) {
        return {};
    }
    const auto first = start + tag.size() + 2;
    const auto end = body.find("</" + tag + ">", first);
    std::string text = end == std::string::npos ? std::string() : body.substr(first, end - first);
    constexpr std::pair<const char*, const char*> kEntities[]{
        {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&apos;", "'"}, {"&amp;", "&"}};
    for (const auto& [entity, plain] : kEntities) {
        for (auto at = text.find(entity); at != std::string::npos; at = text.find(entity, at + 1)) {
            text.replace(at, std::string_view(entity).size(), plain);
        }
    }
    return text;
}

std::string statusText(int status)
{
    switch (status) {
    case 401: return "the sign-in was not accepted";
    case 403: return "not allowed";
    case 404: return "not found";
    case 409: return "in conflict with another change";
    case 429: return "too many requests";
    default: break;
    }
    return status >= 500 ? "the service is out of order" : "the request was refused";
}

} // namespace

std::string CloudError::code() const
{
    for (const ErrorCause& cause : causes) {
        if (!cause.code.empty()) {
            return cause.code;
        }
    }
    return "HTTP " + std::to_string(status);
}

std::string CloudError::message() const
{
    for (auto cause = causes.rbegin(); cause != causes.rend(); ++cause) {
        const auto start = cause->message.find_first_not_of(" \r\n\t");
        if (start != std::string::npos && cause->message[start] != '{') {
            return cause->message;
        }
    }
    return statusText(status);
}

bool CloudError::hasCode(const std::string& code) const
{
    for (const ErrorCause& cause : causes) {
        if (cause.code == code) {
            return true;
        }
    }
    return false;
}

Error CloudError::toError(const Verdict& verdict) const
{
    std::string text = message() + " (" + code();
    if (!requestId.empty()) {
        text += ", request " + requestId;
    }
    return Error{errorKindOf(verdict.failure), text + ")", verdict.advice};
}

CloudError parseCloudError(const Json& body, int status)
{
    CloudError error;
    error.status = status;
    if (body.is_object()) {
        addCauses(body, error, 0);
    }
    return error;
}

CloudError parseCloudError(const HttpResponse& response)
{
    CloudError error;
    std::string body = response.body;
    if (body.starts_with("\xEF\xBB\xBF")) {
        body.erase(0, 3);
    }
    const auto start = body.find_first_not_of(" \r\n\t");
    if (start != std::string::npos && body[start] == '<') {
        ErrorCause cause{xmlText(body, "Code"), xmlText(body, "Message"), {}};
        // The message ends in lines that repeat the request's id and time.
        cause.message.resize(std::min(cause.message.find("\nRequestId:"), cause.message.size()));
        if (!cause.code.empty() || !cause.message.empty()) {
            error.causes.push_back(std::move(cause));
        }
    } else if (start != std::string::npos) {
        if (const auto json = parseJson(body, "error answer")) {
            error = parseCloudError(*json, response.status);
        }
    }
    error.status = response.status;
    error.requestId = response.headers.find("x-ms-request-id").value_or("");
    error.correlationId = response.headers.find("x-ms-correlation-request-id").value_or("");
    error.retryAfter = retryAfter(response.headers);
    if (error.causes.empty()) {
        if (const auto code = response.headers.find("x-ms-error-code")) {
            error.causes.push_back({*code, {}, {}});
        }
    }
    return error;
}

} // namespace ty::cloud
