#include "cloud/gcp/compute_client.h"

namespace ty::cloud::gcp {

namespace {

bool isSuccess(int status)
{
    return status >= 200 && status < 300;
}

Error errorOf(const HttpResponse& answer, const ComputeRequest& request)
{
    const CloudError error = parseCloudError(answer);
    return error.toError(classify(error)).withContext(request.method + " " + request.path);
}

/// The path behind "/v1/" or "/compute/v1/", so that the same host is asked as before: links name another one.
std::string pathOfLink(const std::string& link)
{
    const auto start = link.find("/projects/");
    return start == std::string::npos ? std::string() : link.substr(start + 1);
}

} // namespace

ComputeClient::ComputeClient(Transport& transport, ComputeOptions options)
    : m_transport(transport)
    , m_options(std::move(options))
{
}

std::string ComputeClient::urlOf(const ComputeRequest& request) const
{
    const std::string url = m_options.baseUrl + "/" + percentEncodePath(request.path);
    return request.query.empty() ? url : url + "?" + queryText(request.query);
}

Result<HttpResponse> ComputeClient::send(const ComputeRequest& request, std::stop_token stop)
{
    HttpRequest made;
    made.method = request.method;
    made.url = urlOf(request);
    made.isRepeatable = request.isRepeatable;
    made.headers.add("Accept", "application/json");
    // A waiting call answers after two minutes at most.
    made.timeout = std::chrono::seconds(150);
    if (request.body) {
        made.headers.add("Content-Type", "application/json");
        made.body = toJsonLine(*request.body);
    }
    return m_transport.send(made, std::move(stop));
}

Result<Json> ComputeClient::call(const ComputeRequest& request, std::stop_token stop)
{
    TY_TRY(const HttpResponse answer, send(request, std::move(stop)));
    if (!isSuccess(answer.status)) {
        return errorOf(answer, request);
    }
    return parseJson(answer.body, request.path);
}

Result<void> ComputeClient::eachPage(
    const ComputeRequest& request, std::stop_token stop, const std::function<Result<void>(const Json&)>& onItems)
{
    ComputeRequest page = request;
    HttpRequest first;
    first.url = urlOf(request);
    const auto fetch = [&](const HttpRequest&) -> Result<Page> {
        TY_TRY(Json body, call(page, stop));
        TY_TRY(const std::string token, jsonFieldOr<std::string>(body, "nextPageToken", "", request.path));
        Page read{std::move(body), {}};
        if (!token.empty()) {
            page = request;
            page.query.emplace_back("pageToken", token);
            read.next.emplace().url = urlOf(page);
        }
        return read;
    };
    const auto onPage = [&](const Json& body) -> Result<bool> {
        if (const auto items = body.find("items"); items != body.end() && !items->is_null()) {
            TY_CHECK(onItems(*items));
        }
        return true;
    };
    return readPages(std::move(first), fetch, onPage);
}

Result<ComputeOperation> ComputeClient::begin(const ComputeRequest& request, std::stop_token stop)
{
    TY_TRY(const HttpResponse answer, send(request, std::move(stop)));
    if (isSuccess(answer.status)) {
        TY_TRY(const Json body, parseJson(answer.body, request.path));
        return parseOperation(body);
    }
    ComputeOperation refused;
    refused.status = "DONE";
    refused.failure = parseCloudError(answer);
    return refused;
}

Result<ComputeOperation> ComputeClient::look(const ComputeOperation& operation, Look look, std::stop_token stop)
{
    ComputeRequest request;
    request.path = pathOfLink(operation.selfLink);
    if (request.path.empty()) {
        return Error{ErrorKind::InvalidInput, "the operation has no address", {}};
    }
    if (look == Look::Waits) {
        request.method = "POST";
        request.path += "/wait";
        request.isRepeatable = true;
    }
    TY_TRY(const Json body, call(request, std::move(stop)));
    return parseOperation(body);
}

Result<ComputeOperation> ComputeClient::wait(
    ComputeOperation operation, std::stop_token stop, std::optional<std::chrono::steady_clock::time_point> deadline)
{
    bool isFirst = true;
    while (!operation.isDone()) {
        if (deadline && std::chrono::steady_clock::now() >= *deadline) {
            return Error{ErrorKind::Network, "the cloud did not finish in time; it may still do so", {}};
        }
        if (!isFirst && !m_options.sleep(m_options.pollEvery, stop)) {
            return Error{ErrorKind::Cancelled, "stopped waiting; the cloud goes on", {}};
        }
        isFirst = false;
        TY_TRY(ComputeOperation next, look(operation, Look::Waits, stop));
        operation = std::move(next);
    }
    return operation;
}

} // namespace ty::cloud::gcp
