#include "cloud/sandbox/arm_answers.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

namespace ty::sandbox {

namespace {

/// Seconds a client is told to wait between two polls; the real services say 10 to 70 for machines.
constexpr double kPollSeconds = 10;

std::string versionOf(const Request& request)
{
    const auto version = request.parameter("api-version");
    return version.empty() ? "2024-03-01" : version;
}

Response pendingAt(World& world, const Request& request)
{
    Response response = emptyResponse(202);
    response.set("Location", request.origin + request.target);
    setRetryAfter(response, world.pace.wait(15));
    return response;
}

/// What a synchronous call would have answered.
Response finalAnswer(const Json& operation)
{
    if (operation.contains("error")) {
        return jsonResponse(operation.value("errorStatus", 409), {{"error", operation["error"]}});
    }
    if (operation.contains("output")) {
        return jsonResponse(200, operation["output"]);
    }
    return emptyResponse(operation.value("finalStatus", 200));
}

Response statusAnswer(World& world, const Json& operation, bool isTerse)
{
    Json body = Json::object();
    if (!isTerse) {
        body["startTime"] = isoTime(fromMicroseconds(operation.value("start", std::int64_t{0})));
        if (isEnded(operation)) {
            body["endTime"] = isoTime(fromMicroseconds(operation.value("end", std::int64_t{0})));
        }
    }
    body["status"] = operation.value("status", "");
    if (operation.contains("output") && !isTerse) {
        body["properties"] = {{"output", operation["output"]}};
    }
    if (operation.contains("error")) {
        body["error"] = operation["error"];
    }
    if (!isTerse) {
        body["name"] = operation.value("id", "");
    }
    Response response = jsonResponse(200, body);
    if (!isEnded(operation)) {
        setRetryAfter(response, world.pace.wait(kPollSeconds));
    }
    return response;
}

} // namespace

Json armErrorBody(const std::string& code, const std::string& message, const std::string& target)
{
    Json error{{"code", code}, {"message", message}};
    if (!target.empty()) {
        error["target"] = target;
    }
    return {{"error", std::move(error)}};
}

Response armError(int status, const std::string& code, const std::string& message, const std::string& target)
{
    return jsonResponse(status, armErrorBody(code, message, target));
}

void addPollingHeaders(
    Response& response, const Request& request, AsyncStyle style, const std::string& subscription,
    const std::string& location, const std::string& operation, FinalAnswer final, std::chrono::milliseconds wait)
{
    const std::string base = request.origin + "/subscriptions/" + subscription;
    const std::string version = "api-version=" + versionOf(request);
    if (style == AsyncStyle::Group) {
        response.set("Location", fmt::format("{}/operationresults/{}?{}", base, operation, version));
    } else if (style == AsyncStyle::Storage) {
        response.set(
            "Location",
            fmt::format("{}/providers/Microsoft.Storage/locations/{}/asyncoperations/{}?monitor=true&{}", base, location, operation, version));
    } else {
        const bool isNetwork = style == AsyncStyle::Network;
        const std::string provider = isNetwork ? "Microsoft.Network" : "Microsoft.Compute";
        const std::string place = fmt::format("{}/providers/{}/locations/{}", base, provider, location);
        const char* folder = style == AsyncStyle::Disk ? "DiskOperations" : "operations";
        response.set("Azure-AsyncOperation", fmt::format("{}/{}/{}?{}", place, folder, operation, version));
        if (!isNetwork) {
            response.set("Azure-AsyncNotification", "Enabled");
        }
        if (final == FinalAnswer::AtLocation) {
            response.set(
                "Location",
                isNetwork ? fmt::format("{}/operationResults/{}?{}", place, operation, version)
                          : fmt::format("{}/{}/{}?monitor=true&{}", place, folder, operation, version));
        }
    }
    setRetryAfter(response, wait);
}

bool answerPoll(World& world, const Request& request, Response& response)
{
    const auto& path = request.path;
    const std::size_t size = path.size();
    if (size < 4 || request.method != "GET" || !equalFold(path[0], "subscriptions")) {
        return false;
    }
    const std::string word = lowerCase(path[size - 2]);
    const bool isGroup = size == 4 && word == "operationresults";
    const bool isStatus = word == "operations" || word == "diskoperations";
    const bool isResult = word == "operationresults" || word == "asyncoperations";
    const bool isDeployment = word == "operationstatuses";
    const bool isPlace = size == 8 && equalFold(path[2], "providers") && equalFold(path[4], "locations") && (isStatus || isResult);
    if (!isGroup && !isPlace && !isDeployment) {
        return false;
    }
    const Json* operation = world.operations.find(path.back());
    if (operation == nullptr) {
        response = armError(404, "NotFound", fmt::format("The entity was not found. Operation '{}' does not exist.", path.back()));
        return true;
    }
    const bool isFinalAsked = isGroup || isResult || request.parameter("monitor") == "true";
    if (isFinalAsked) {
        response = isEnded(*operation) ? finalAnswer(*operation) : pendingAt(world, request);
    } else {
        response = statusAnswer(world, *operation, isDeployment || equalFold(path[3], "Microsoft.Network"));
    }
    return true;
}

void addArmHeaders(World& world, const Request& request, Response& response)
{
    const std::string id = world.identifiers.guid();
    const auto now = world.clock.now();
    response.set("Cache-Control", "no-cache");
    response.set("Pragma", "no-cache");
    response.set("Expires", "-1");
    response.set("x-ms-request-id", id);
    response.set("x-ms-correlation-request-id", request.header("x-ms-correlation-request-id").value_or(id));
    response.set("x-ms-routing-request-id", fmt::format("SANDBOX:{}:{}", isoSeconds(now), id));
    response.set("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
    response.set("X-Content-Type-Options", "nosniff");
    response.set("Date", httpTime(now));
    if (const auto client = request.header("x-ms-client-request-id");
        client && equalFold(request.header("x-ms-return-client-request-id").value_or(""), "true")) {
        response.set("x-ms-client-request-id", *client);
    }
}

Json bootLogUris(const Request& request, const std::string& machine)
{
    const std::string base = fmt::format("{}/sandbox/serial/{}", request.origin, machine);
    return {{"consoleScreenshotBlobUri", base + ".png"}, {"serialConsoleLogBlobUri", base + ".log"}};
}

Response listResponse(const Request& request, const Json& values)
{
    // Only where the caller asks for pages: the sandbox's lists are short, and so is one page of the real ones.
    const std::string top = request.parameter("$top");
    const auto limit = top.empty() ? values.size() : static_cast<std::size_t>(std::max(1L, std::atol(top.c_str())));
    const auto first = static_cast<std::size_t>(std::max(0L, std::atol(request.parameter("$skiptoken").c_str())));
    Json page = Json::array();
    for (std::size_t i = first; i < values.size() && page.size() < limit; ++i) {
        page.push_back(values[i]);
    }
    Json body{{"value", page}};
    if (first + page.size() < values.size()) {
        const auto question = request.target.find('?');
        std::string next = request.origin + request.target.substr(0, question) + "?";
        for (const auto& [name, value] : request.query) {
            if (!equalFold(name, "$skiptoken")) {
                next += encodePercent(name) + "=" + encodePercent(value) + "&";
            }
        }
        body["nextLink"] = next + fmt::format("%24skiptoken={}", first + page.size());
    }
    return jsonResponse(200, body);
}

const Json& bodyOf(const Json& document)
{
    return document.at("body");
}

} // namespace ty::sandbox
