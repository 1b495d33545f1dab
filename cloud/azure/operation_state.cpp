#include "cloud/azure/operation_state.h"

#include <array>
#include <utility>

#include "cloud/azure/azure_failures.h"
#include "cloud/azure/resource.h"

namespace ty::cloud::azure {

namespace {

using Step = OperationState::Step;

constexpr std::array<std::pair<Step, const char*>, 5> kSteps{{
    {Step::StatusUrl, "status-url"},
    {Step::Location, "location"},
    {Step::Resource, "resource"},
    {Step::Final, "final"},
    {Step::Done, "done"},
}};
constexpr std::array<std::pair<OperationStatus, const char*>, 4> kStatuses{{
    {OperationStatus::Running, "running"},
    {OperationStatus::Succeeded, "succeeded"},
    {OperationStatus::Failed, "failed"},
    {OperationStatus::Canceled, "canceled"},
}};

template<typename Enum, std::size_t N>
const char* nameIn(const std::array<std::pair<Enum, const char*>, N>& names, Enum value)
{
    for (const auto& [each, name] : names) {
        if (each == value) {
            return name;
        }
    }
    return "";
}

template<typename Enum, std::size_t N>
std::optional<Enum> valueIn(const std::array<std::pair<Enum, const char*>, N>& names, const std::string& wanted)
{
    for (const auto& [each, name] : names) {
        if (wanted == name) {
            return each;
        }
    }
    return std::nullopt;
}

/// The JSON object of an answer; null for an empty body and for anything else.
Json bodyOf(const HttpResponse& answer)
{
    if (answer.body.find_first_not_of(" \r\n\t") == std::string::npos) {
        return {};
    }
    auto body = parseJson(answer.body, "answer");
    return body && body->is_object() ? std::move(*body) : Json();
}

/// The words differ between services; all that are not known mean that it still runs.
OperationStatus statusOf(const std::string& word)
{
    std::string folded;
    for (const char c : word) {
        folded += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    if (folded.find("succeeded") != std::string::npos) {
        return OperationStatus::Succeeded;
    }
    if (folded.find("fail") != std::string::npos) {
        return OperationStatus::Failed;
    }
    const bool isCanceled = folded == "canceled" || folded == "cancelled";
    return isCanceled ? OperationStatus::Canceled : OperationStatus::Running;
}

std::string textIn(const Json& body, const char* key)
{
    const auto member = body.is_object() ? body.find(key) : body.end();
    return body.is_object() && member != body.end() && member->is_string() ? member->get<std::string>() : std::string();
}

/// Empty when the body tells none, which means that it succeeded.
std::string provisioningState(const Json& body)
{
    if (!body.is_object()) {
        return {};
    }
    const auto properties = body.find("properties");
    return properties == body.end() || !properties->is_object() ? std::string()
                                                                : textIn(*properties, "provisioningState");
}

/// The provisioning states that end are exact words; "creationFailed" of some services means the same.
OperationStatus statusOfResource(const Json& body)
{
    const std::string word = provisioningState(body);
    return word.empty() ? OperationStatus::Succeeded : statusOf(word);
}

void takeHeaders(OperationState& state, const HttpResponse& answer)
{
    for (const char* name : {"Operation-Location", "Azure-AsyncOperation"}) {
        if (const auto url = answer.headers.find(name)) {
            state.statusUrl = *url;
            break;
        }
    }
    if (const auto url = answer.headers.find("Location")) {
        state.locationUrl = *url;
    }
    state.wait = retryAfter(answer.headers);
}

void fail(OperationState& state, CloudError error, OperationStatus status = OperationStatus::Failed)
{
    if (error.causes.empty()) {
        const char* code = status == OperationStatus::Canceled ? "Canceled" : "Failed";
        error.causes.push_back({code, "the cloud ended the operation without a reason", {}});
    }
    state.failure = std::move(error);
    state.status = status;
    state.step = Step::Done;
}

/// The service said that all is well: what is left is to read the result.
void succeed(OperationState& state, Json body)
{
    state.status = OperationStatus::Succeeded;
    state.result = std::move(body);
    if (state.method == "PUT" || state.method == "PATCH") {
        state.step = Step::Final;
    } else if (state.method == "POST" && !state.locationUrl.empty()) {
        state.step = Step::Final;
    } else {
        state.step = Step::Done;
    }
}

void finish(OperationState& state, Json body)
{
    state.status = OperationStatus::Succeeded;
    state.result = std::move(body);
    state.step = Step::Done;
}

/// What a task's own error is, with the request id of the answer that told it.
CloudError errorIn(const Json& body, const HttpResponse& answer)
{
    CloudError error = parseCloudError(answer);
    if (!body.is_object() || !body.contains("error")) {
        error.causes.clear(); // words like "status" of a body without an error are none
    }
    return error;
}

Error unreadable(const HttpResponse& answer)
{
    const CloudError error = parseCloudError(answer);
    return error.toError(classify(error)).withContext("reading the state of an operation");
}

Result<void> advanceStatusUrl(OperationState& state, const HttpResponse& answer)
{
    if (answer.status >= 400) {
        return unreadable(answer);
    }
    const Json body = bodyOf(answer);
    takeHeaders(state, answer);
    const std::string word = textIn(body, "status");
    const bool isRunning = answer.status == 202 && word.empty();
    const OperationStatus status = isRunning ? OperationStatus::Running
        : word.empty()                       ? OperationStatus::Succeeded
                                             : statusOf(word);
    if (status == OperationStatus::Succeeded) {
        const auto properties = body.is_object() ? body.find("properties") : body.end();
        const bool hasOutput = body.is_object() && properties != body.end() && properties->is_object();
        const auto output = hasOutput ? properties->find("output") : body.end();
        succeed(state, hasOutput && output != properties->end() ? *output : Json());
    } else if (status != OperationStatus::Running) {
        fail(state, errorIn(body, answer), status);
    }
    return {};
}

Result<void> advanceLocation(OperationState& state, const HttpResponse& answer)
{
    if (answer.status == 408 || answer.status == 429 || answer.status >= 500) {
        return unreadable(answer);
    }
    if (answer.status >= 400) {
        fail(state, parseCloudError(answer));
        return {};
    }
    takeHeaders(state, answer);
    if (answer.status == 202) {
        return {};
    }
    Json body = bodyOf(answer);
    const OperationStatus status = statusOfResource(body);
    if (status == OperationStatus::Running && state.method != "DELETE" && state.method != "POST") {
        state.step = Step::Resource;
    } else if (status == OperationStatus::Failed || status == OperationStatus::Canceled) {
        fail(state, errorIn(body, answer), status);
    } else if (body.is_object() || state.method == "DELETE" || state.method == "POST") {
        finish(state, std::move(body));
    } else {
        succeed(state, {});
    }
    return {};
}

Result<void> advanceResource(OperationState& state, const HttpResponse& answer)
{
    if (answer.status >= 400) {
        return unreadable(answer);
    }
    takeHeaders(state, answer);
    Json body = bodyOf(answer);
    const OperationStatus status = statusOfResource(body);
    if (status == OperationStatus::Succeeded) {
        finish(state, std::move(body));
    } else if (status != OperationStatus::Running) {
        fail(state, errorIn(body, answer), status);
    }
    return {};
}

} // namespace

std::string OperationState::nextUrl() const
{
    switch (step) {
    case Step::StatusUrl: return statusUrl;
    case Step::Location: return locationUrl;
    case Step::Resource: return url;
    case Step::Final: return method == "POST" ? locationUrl : url;
    case Step::Done: break;
    }
    return {};
}

OperationState beginOperation(const std::string& method, const std::string& url, const HttpResponse& answer)
{
    OperationState state;
    state.method = method;
    state.url = url;
    takeHeaders(state, answer);
    if (answer.status >= 300) {
        fail(state, parseCloudError(answer));
        return state;
    }
    Json body = bodyOf(answer);
    const std::string word = provisioningState(body);
    const OperationStatus status = statusOfResource(body);
    const bool isToldByBody = answer.status != 202 && !word.empty();
    if (isToldByBody && status == OperationStatus::Succeeded) {
        finish(state, std::move(body));
    } else if (!state.statusUrl.empty()) {
        state.step = Step::StatusUrl;
    } else if (!state.locationUrl.empty() && answer.status != 200 && answer.status != 204) {
        state.step = Step::Location;
    } else if (method == "PUT" && (answer.status == 202 || status == OperationStatus::Running)) {
        state.step = Step::Resource;
    } else if (isToldByBody && status != OperationStatus::Running) {
        fail(state, errorIn(body, answer), status);
    } else {
        finish(state, std::move(body));
    }
    return state;
}

Result<void> advance(OperationState& state, const HttpResponse& answer)
{
    switch (state.step) {
    case Step::StatusUrl: return advanceStatusUrl(state, answer);
    case Step::Location: return advanceLocation(state, answer);
    case Step::Resource: return advanceResource(state, answer);
    case Step::Final:
        if (answer.status >= 400) {
            return unreadable(answer);
        }
        finish(state, bodyOf(answer));
        return {};
    case Step::Done: break;
    }
    return {};
}

Json OperationState::toJson() const
{
    Json json{{"version", 1}, {"method", method}, {"url", url}, {"step", nameIn(kSteps, step)}, {"status", nameIn(kStatuses, status)}};
    json["statusUrl"] = statusUrl;
    json["locationUrl"] = locationUrl;
    json["waitMs"] = wait ? Json(wait->count()) : Json();
    if (!result.is_null()) {
        json["result"] = result;
    }
    if (failure) {
        json["failure"] = Json{{"status", failure->status}, {"code", failure->code()}, {"message", failure->message()}};
    }
    return json;
}

Result<OperationState> OperationState::fromJson(const Json& json)
{
    const std::string what = "resume token";
    TY_TRY(const int version, jsonField<int>(json, "version", what));
    TY_TRY(const std::string stepName, jsonField<std::string>(json, "step", what));
    TY_TRY(const std::string statusName, jsonField<std::string>(json, "status", what));
    const auto step = valueIn(kSteps, stepName);
    const auto status = valueIn(kStatuses, statusName);
    if (version != 1 || !step || !status) {
        return Error{ErrorKind::InvalidInput, "the resume token was written by another version of the program", {}};
    }
    OperationState state;
    state.step = *step;
    state.status = *status;
    TY_TRY(state.method, jsonField<std::string>(json, "method", what));
    TY_TRY(state.url, jsonField<std::string>(json, "url", what));
    TY_TRY(state.statusUrl, jsonField<std::string>(json, "statusUrl", what));
    TY_TRY(state.locationUrl, jsonField<std::string>(json, "locationUrl", what));
    TY_TRY(const std::int64_t waitMs, jsonFieldOr<std::int64_t>(json, "waitMs", -1, what));
    if (waitMs >= 0) {
        state.wait = std::chrono::milliseconds(waitMs);
    }
    TY_TRY(state.result, jsonFieldOr<Json>(json, "result", Json(), what));
    if (json.contains("failure")) {
        CloudError error;
        TY_TRY(error.status, jsonField<int>(json.at("failure"), "status", what));
        ErrorCause cause;
        TY_TRY(cause.code, jsonField<std::string>(json.at("failure"), "code", what));
        TY_TRY(cause.message, jsonField<std::string>(json.at("failure"), "message", what));
        error.causes.push_back(std::move(cause));
        state.failure = std::move(error);
    }
    return state;
}

} // namespace ty::cloud::azure
