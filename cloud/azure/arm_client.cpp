#include "cloud/azure/arm_client.h"

#include "cloud/azure/azure_failures.h"

namespace ty::cloud::azure {

namespace {

Error errorOf(const HttpResponse& answer, const std::string& context)
{
    const CloudError error = parseCloudError(answer);
    return error.toError(classify(error)).withContext(context);
}

bool isSuccess(int status)
{
    return status >= 200 && status < 300;
}

} // namespace

ArmClient::ArmClient(Transport& transport, ArmOptions options)
    : m_transport(transport)
    , m_options(std::move(options))
{
}

std::string ArmClient::urlOf(const ArmRequest& request) const
{
    return m_options.baseUrl + percentEncodePath(request.path) + "?" + queryText(request.query);
}

Result<HttpResponse> ArmClient::send(const ArmRequest& request, std::stop_token stop)
{
    HttpRequest made;
    made.method = request.method;
    made.url = urlOf(request);
    made.headers.add("Accept", "application/json");
    if (request.body) {
        made.headers.add("Content-Type", "application/json");
        made.body = toJsonLine(*request.body);
    }
    return m_transport.send(made, std::move(stop));
}

Result<HttpResponse> ArmClient::follow(const std::string& url, std::stop_token stop)
{
    if (!isSameService(m_options.baseUrl, url)) {
        return Error{ErrorKind::Network, "the cloud named an address outside of itself, which was not asked", {}};
    }
    HttpRequest made;
    made.url = url;
    made.headers.add("Accept", "application/json");
    return m_transport.send(made, std::move(stop));
}

Result<Json> ArmClient::call(const ArmRequest& request, std::stop_token stop)
{
    TY_TRY(const HttpResponse answer, send(request, std::move(stop)));
    if (!isSuccess(answer.status)) {
        return errorOf(answer, request.method + " " + request.path);
    }
    return answer.body.empty() ? Result<Json>(Json()) : parseJson(answer.body, request.path);
}

Result<bool> ArmClient::exists(const ArmRequest& request, std::stop_token stop)
{
    TY_TRY(const HttpResponse answer, send(request, std::move(stop)));
    if (answer.status == 404) {
        return false;
    }
    if (!isSuccess(answer.status)) {
        return errorOf(answer, request.method + " " + request.path);
    }
    return true;
}

Result<void> ArmClient::eachPage(
    const ArmRequest& request, std::stop_token stop, const std::function<Result<bool>(const Json&)>& onItems)
{
    HttpRequest first;
    first.url = urlOf(request);
    const auto fetch = [&](const HttpRequest& page) -> Result<Page> {
        TY_TRY(const HttpResponse answer, follow(page.url, stop));
        if (!isSuccess(answer.status)) {
            return errorOf(answer, "GET " + request.path);
        }
        TY_TRY(Json body, parseJson(answer.body, request.path));
        Page read{std::move(body), {}};
        if (read.body.is_object()) {
            TY_TRY(const std::string link, jsonFieldOr<std::string>(read.body, "nextLink", "", request.path));
            if (!link.empty()) {
                read.next.emplace().url = link;
            }
        }
        return read;
    };
    const auto onPage = [&](const Json& body) -> Result<bool> {
        if (body.is_array()) {
            return onItems(body); // the image market answers bare lists
        }
        TY_TRY(const Json items, jsonFieldOr<Json>(body, "value", Json::array(), request.path));
        return onItems(items);
    };
    return readPages(std::move(first), fetch, onPage);
}

Result<OperationState> ArmClient::beginState(const ArmRequest& request, std::stop_token stop)
{
    TY_TRY(const HttpResponse answer, send(request, std::move(stop)));
    return beginOperation(request.method, urlOf(request), answer);
}

Result<void> ArmClient::poll(OperationState& state, std::stop_token stop)
{
    if (state.isDone()) {
        return {};
    }
    TY_TRY(const HttpResponse answer, follow(state.nextUrl(), std::move(stop)));
    return advance(state, answer);
}

ArmRequest deletionOf(const OperationState& state, const std::string& baseUrl)
{
    ArmRequest request;
    request.method = "DELETE";
    const auto question = state.url.find('?');
    request.path = percentDecode(state.url.substr(baseUrl.size(), question - baseUrl.size()));
    request.query = parseQuery(question == std::string::npos ? std::string() : state.url.substr(question + 1));
    return request;
}

} // namespace ty::cloud::azure
