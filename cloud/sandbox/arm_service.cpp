#include "cloud/sandbox/arm_service.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "cloud/sandbox/arm_catalogue.h"
#include "cloud/sandbox/arm_deployments.h"
#include "cloud/sandbox/arm_disks.h"
#include "cloud/sandbox/arm_galleries.h"
#include "cloud/sandbox/arm_machines.h"
#include "cloud/sandbox/arm_metrics.h"
#include "cloud/sandbox/arm_network.h"
#include "cloud/sandbox/arm_plain.h"
#include "cloud/sandbox/arm_rights.h"
#include "cloud/sandbox/arm_role_assignments.h"
#include "cloud/sandbox/arm_scale_sets.h"
#include "cloud/sandbox/arm_storage.h"
#include "cloud/sandbox/azure_regions.h"
#include "cloud/sandbox/scopes.h"

namespace ty::sandbox {

namespace {

bool isGuid(const std::string& text)
{
    return text.size() == 36
        && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c) != 0 || c == '-'; });
}

/// "2024-03-01" or "2021-04-01-preview".
bool isVersion(const std::string& text)
{
    if (text.size() < 10) {
        return false;
    }
    for (std::size_t i = 0; i < 10; ++i) {
        const bool isDash = i == 4 || i == 7;
        if (isDash ? text[i] != '-' : std::isdigit(static_cast<unsigned char>(text[i])) == 0) {
            return false;
        }
    }
    return text.size() == 10 || text[10] == '-';
}

Response unauthorized(const World& world, const Request& request, const char* code, const std::string& message)
{
    Response response = armError(401, code, message);
    response.set(
        "WWW-Authenticate",
        fmt::format(
            "Bearer authorization_uri=\"{}/{}\", error=\"invalid_token\", error_description=\"{}\"", request.origin,
            world.identity.tenantId, message));
    return response;
}

} // namespace

ArmService::ArmService(World& world, const Tokens& tokens) : m_world(world), m_tokens(tokens), m_throttle(world)
{
    const auto add = [this](const char* type, std::unique_ptr<ArmResource> resource) {
        m_resources.emplace(type, std::move(resource));
    };
    add("microsoft.network/virtualnetworks", std::make_unique<VirtualNetworks>(world));
    add("microsoft.network/virtualnetworks/subnets", std::make_unique<Subnets>(world));
    add("microsoft.network/networksecuritygroups", std::make_unique<SecurityGroups>(world));
    add("microsoft.network/networksecuritygroups/securityrules", std::make_unique<SecurityRules>(world));
    add("microsoft.network/publicipaddresses", std::make_unique<PublicAddresses>(world));
    add("microsoft.network/networkinterfaces", std::make_unique<NetworkInterfaces>(world));
    add("microsoft.compute/disks", std::make_unique<Disks>(world));
    add("microsoft.compute/images", std::make_unique<Images>(world));
    add("microsoft.compute/galleries", std::make_unique<PlainResources>(world));
    add("microsoft.compute/galleries/images", std::make_unique<PlainResources>(world));
    add("microsoft.compute/galleries/images/versions", std::make_unique<GalleryVersions>(world));
    add("microsoft.compute/virtualmachines", std::make_unique<Machines>(world));
    add("microsoft.compute/virtualmachinescalesets", std::make_unique<ScaleSets>(world));
    add("microsoft.compute/virtualmachinescalesets/virtualmachines", std::make_unique<ScaleSetMembers>(world));
    add("microsoft.compute/virtualmachinescalesets/publicipaddresses", std::make_unique<ScaleSetAddresses>(world));
    add("microsoft.compute/sshpublickeys", std::make_unique<PlainResources>(world));
    add("microsoft.storage/storageaccounts", std::make_unique<StorageAccounts>(world));
    add("microsoft.devtestlab/schedules", std::make_unique<PlainResources>(world));
    add("microsoft.compute/virtualmachines/extensions", std::make_unique<PlainResources>(world));
    add("microsoft.resources/deployments",
        std::make_unique<Deployments>(world, [this](const Request& request) { return dispatch(request); }));
    m_world.operations.onFinish("group.delete", [this](Json& operation) {
        const std::string group = operation.value("group", "");
        ArmPath path;
        path.subscription = operation.value("subscription", m_world.identity.subscriptionId);
        path.group = group;
        for (const auto& key : ArmStore(m_world).keysOfGroup(path)) {
            const Json* document = m_world.store.find(key);
            if (document == nullptr) {
                continue; // went with another one
            }
            const auto kind = m_resources.find(document->value("type", ""));
            if (kind != m_resources.end()) {
                kind->second->vanish(textAt(bodyOf(*document), "id"));
            }
            m_world.store.erase(key);
        }
        m_world.store.erase(path.groupKey());
    });
}

ArmService::~ArmService() = default;

bool ArmService::isMine(const Request& request)
{
    return !request.path.empty()
        && (equalFold(request.path[0], "subscriptions") || equalFold(request.path[0], "tenants")
            || equalFold(request.path[0], "providers"));
}

Refusal ArmService::checkToken(const Request& request) const
{
    const auto token = m_tokens.presented(request);
    switch (token.state) {
    case TokenState::Missing:
        return unauthorized(
            m_world, request, "AuthenticationFailed",
            "Authentication failed. The 'Authorization' header is missing.");
    case TokenState::Malformed:
        return unauthorized(m_world, request, "InvalidAuthenticationToken", "The access token is invalid.");
    case TokenState::Expired: {
        const auto expired = TokenState::Expired == token.state ? token.claims.value("exp", std::int64_t{0}) : 0;
        return unauthorized(
            m_world, request, "ExpiredAuthenticationToken",
            fmt::format("The access token expiry UTC time '{}' is earlier than current UTC time '{}'.",
                        isoSeconds(TimePoint(std::chrono::seconds(expired))), isoSeconds(m_world.clock.now())));
    }
    case TokenState::Good:
        break;
    }
    std::string audience = token.claims.value("aud", "");
    while (audience.ends_with('/')) {
        audience.pop_back();
    }
    const bool isForUs = audience == "https://management.azure.com" || audience == "https://management.core.windows.net"
        || audience.find("://localhost") != std::string::npos || audience.find("://127.0.0.1") != std::string::npos;
    if (!isForUs) {
        return unauthorized(
            m_world, request, "InvalidAuthenticationTokenAudience",
            fmt::format("The access token has been obtained for wrong audience or resource '{}'.", audience));
    }
    return std::nullopt;
}

Refusal ArmService::checkRequest(const Request& request) const
{
    const std::string version = request.parameter("api-version");
    if (version.empty()) {
        return armError(
            400, "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.");
    }
    if (!isVersion(version)) {
        return armError(400, "InvalidApiVersionParameter", fmt::format("The api-version '{}' is invalid.", version));
    }
    if (equalFold(request.path[0], "subscriptions") && request.path.size() > 1) {
        if (!isGuid(request.path[1])) {
            return armError(
                400, "InvalidSubscriptionId",
                fmt::format("The provided subscription identifier '{}' is malformed or invalid.", request.path[1]));
        }
        if (knownSubscription(m_world, request.path[1]).empty()) {
            return armError(
                404, "SubscriptionNotFound", fmt::format("The subscription '{}' could not be found.", request.path[1]));
        }
    }
    return std::nullopt;
}

Response ArmService::handle(const Request& request)
{
    Response response;
    if (auto refused = checkToken(request)) {
        response = std::move(*refused);
    } else if (auto wrong = checkRequest(request)) {
        response = std::move(*wrong);
    } else if (m_throttle.admit(request, response)) {
        response = dispatch(request);
    }
    m_throttle.addHeaders(request, response);
    addArmHeaders(m_world, request, response);
    return response;
}

Response ArmService::dispatch(const Request& request)
{
    ArmCall call{request, {}, {}, Json::object()};
    if (!request.body.empty() && request.method != "GET") {
        auto body = parseJson(request.body, "request");
        if (!body || !body->is_object()) {
            return armError(
                400, "InvalidRequestContent", "The request content was invalid and could not be deserialized.");
        }
        call.body = std::move(body).value();
    }
    Response response;
    if (answerPoll(m_world, request, response)) {
        return response;
    }
    std::vector<std::string> rest;
    parseArmPath(request.path, call.path, rest);
    call.path.subscription = knownSubscription(m_world, call.path.subscription);
    if (auto refused = refusedByRole(m_world, call)) {
        return std::move(*refused);
    }
    if (answerRights(m_world, call, response) || answerMetrics(m_world, call, rest, response) || answerRoleAssignments(m_world, call, rest, response)) {
        return response;
    }
    const bool isGroupPath = request.path.size() >= 3 && equalFold(request.path[2], "resourcegroups");
    if (isGroupPath && call.path.provider.empty()) {
        call.action = rest.empty() ? "" : lowerCase(rest[0]);
        return onGroup(call);
    }
    if (!isGroupPath && answerCatalogue(m_world, call, response)) {
        return response;
    }
    if (request.path.size() == 3 && equalFold(request.path[2], "resources")) {
        return listResources(call);
    }
    call.action = rest.empty() ? "" : lowerCase(rest[0]);
    return onResource(call);
}

Refusal ArmService::checkGroup(const ArmCall& call) const
{
    if (call.path.group.empty()) {
        return std::nullopt;
    }
    const Json* group = m_world.store.find(call.path.groupKey());
    if (group == nullptr) {
        return armError(
            404, "ResourceGroupNotFound", fmt::format("Resource group '{}' could not be found.", call.path.group));
    }
    const bool isWrite = call.request.method != "GET" && call.request.method != "HEAD";
    if (isWrite && textAt(propertiesOf(bodyOf(*group)), "provisioningState") == "Deleting") {
        return armError(
            409, "ResourceGroupBeingDeleted",
            fmt::format("The resource group '{}' is in deprovisioning state and cannot perform this operation.", call.path.group));
    }
    return std::nullopt;
}

Response ArmService::onResource(ArmCall& call)
{
    const auto found = m_resources.find(call.path.fullType());
    if (call.path.provider.empty() || found == m_resources.end()) {
        const bool isKnown = !registrationState(m_world, call.path.provider).empty();
        return isKnown
            ? armError(404, "InvalidResourceType",
                       fmt::format("The resource type '{}' could not be found in the namespace '{}' for api version '{}'.",
                                   call.path.types.empty() ? "" : call.path.types.back(), call.path.provider,
                                   call.request.parameter("api-version")))
            : armError(404, "InvalidResourceNamespace",
                       fmt::format("The resource namespace '{}' is invalid.", call.path.provider));
    }
    if (auto refused = checkGroup(call)) {
        return std::move(*refused);
    }
    const std::string& method = call.request.method;
    const bool isWrite = method == "PUT" || method == "PATCH";
    if (isWrite && registrationState(m_world, call.path.provider) != "Registered") {
        return armError(
            409, "MissingSubscriptionRegistration",
            fmt::format("The subscription is not registered to use namespace '{}'. See https://aka.ms/rps-not-found for how "
                        "to register subscriptions.", call.path.provider));
    }
    if (isWrite) {
        if (auto refused = checkTags(call.body)) {
            return std::move(*refused);
        }
    }
    ArmResource& resource = *found->second;
    if (!call.action.empty()) {
        return resource.act(call);
    }
    if (call.path.isCollection()) {
        return method == "GET" ? resource.list(call) : emptyResponse(405);
    }
    if (method == "PUT") {
        return resource.put(call);
    }
    if (method == "PATCH") {
        return resource.patch(call);
    }
    if (method == "DELETE") {
        return resource.remove(call);
    }
    Response response = resource.get(call);
    if (method == "HEAD") {
        response.body.clear();
        response.status = response.status == 200 ? 204 : response.status;
    }
    return response;
}

Response ArmService::listResources(const ArmCall& call) const
{
    Json list = Json::array();
    ArmPath scope;
    scope.subscription = call.path.subscription;
    scope.group = call.path.group;
    const std::string filter = call.request.parameter("$filter");
    for (const auto& key : m_world.store.keysBelow(scope.key() + "/")) {
        const Json& document = *m_world.store.find(key);
        const Json& body = bodyOf(document);
        // Children are not listed, but those that have tags and a place of their own.
        const bool isListed = std::count(key.begin(), key.end(), '/') <= 8
            || document.value("type", "").starts_with("microsoft.compute/galleries/");
        if (document.value("hidden", false) || document.value("type", "") == "microsoft.resources/deployments" || !isListed) {
            continue;
        }
        // resourceType eq 'x', tagName eq 'a' and tagValue eq 'b': the two forms that clients use
        const auto quoted = [&filter](const std::string& word) {
            const auto at = filter.find(word + " eq '");
            const auto begin = at + word.size() + 5;
            return at == std::string::npos ? std::string() : filter.substr(begin, filter.find('\'', begin) - begin);
        };
        const std::string type = quoted("resourceType");
        const std::string tag = quoted("tagName");
        const Json tags = body.value("tags", Json::object());
        if ((!type.empty() && !equalFold(type, document.value("type", "")))
            || (!tag.empty() && (!tags.contains(tag) || (!quoted("tagValue").empty() && textAt(tags, tag.c_str()) != quoted("tagValue"))))) {
            continue;
        }
        Json row{{"id", body.value("id", "")}, {"name", body.value("name", "")}, {"type", body.value("type", "")}};
        for (const char* member : {"location", "tags", "sku", "kind", "zones", "managedBy"}) {
            if (body.contains(member)) {
                row[member] = body[member];
            }
        }
        row["provisioningState"] = textAt(propertiesOf(body), "provisioningState");
        list.push_back(std::move(row));
    }
    return listResponse(call.request, list);
}

Response ArmService::onGroup(const ArmCall& call)
{
    const std::string& method = call.request.method;
    if (call.path.group.empty()) {
        Json list = Json::array();
        for (const auto& key : m_world.store.keysBelow("group/")) {
            list.push_back(bodyOf(*m_world.store.find(key)));
        }
        return listResponse(call.request, list);
    }
    const std::string key = call.path.groupKey();
    const Json* present = m_world.store.find(key);
    if (method == "PUT") {
        const std::string& name = call.path.group;
        const bool isName = name.size() <= 90 && !name.ends_with('.') && std::all_of(name.begin(), name.end(), [](unsigned char c) {
            return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == '(' || c == ')' || c >= 0x80;
        });
        if (!isName) {
            return armError(
                400, "InvalidResourceGroup",
                "The provided resource group name has these invalid characters or is longer than 90 characters.");
        }
        if (auto refused = checkTags(call.body)) {
            return std::move(*refused);
        }
        if (present != nullptr && textAt(propertiesOf(bodyOf(*present)), "provisioningState") == "Deleting") {
            return *checkGroup(call);
        }
        const AzureRegion* region = findAzureRegion(textAt(call.body, "location"));
        if (region == nullptr) {
            return armError(
                400, textAt(call.body, "location").empty() ? "LocationRequired" : "LocationNotAvailableForResourceGroup",
                fmt::format("The provided location '{}' is not available for resource group.", textAt(call.body, "location")));
        }
        if (present != nullptr && textAt(bodyOf(*present), "location") != region->name) {
            return armError(
                409, "InvalidResourceGroupLocation",
                fmt::format("Invalid resource group location '{}'. The Resource group already exists in location '{}'.",
                            region->name, textAt(bodyOf(*present), "location")));
        }
        Json body{
            {"id", "/subscriptions/" + call.path.subscription + "/resourceGroups/" + name},
            {"name", present != nullptr ? textAt(bodyOf(*present), "name") : name},
            {"type", "Microsoft.Resources/resourceGroups"},
            {"location", region->name}};
        if (call.body.contains("tags")) {
            body["tags"] = call.body["tags"];
        }
        body["properties"] = {{"provisioningState", "Succeeded"}};
        const int status = present == nullptr ? 201 : 200;
        m_world.store.put(key, {{"body", body}});
        return jsonResponse(status, body);
    }
    if (auto refused = checkGroup(call)) {
        if (method == "HEAD") {
            return emptyResponse(404);
        }
        return std::move(*refused);
    }
    if (call.action == "resources") {
        return listResources(call);
    }
    if (method == "GET" || method == "HEAD") {
        return method == "GET" ? jsonResponse(200, bodyOf(*present)) : emptyResponse(204);
    }
    if (method == "PATCH") {
        Json document = *present;
        if (call.body.contains("tags")) {
            document["body"]["tags"] = call.body["tags"];
        }
        const Json body = document["body"];
        m_world.store.put(key, std::move(document));
        return jsonResponse(200, body);
    }
    return method == "DELETE" ? deleteGroup(call) : emptyResponse(405);
}

Response ArmService::deleteGroup(const ArmCall& call)
{
    Json document = *m_world.store.find(call.path.groupKey());
    document["body"]["properties"]["provisioningState"] = "Deleting";
    m_world.store.put(call.path.groupKey(), std::move(document));
    const double machines = static_cast<double>(ArmStore(m_world).keysOfGroup(call.path).size());
    // Named as the real service does it: an opaque word that says what it is.
    const std::string id = base64Url(
        fmt::format(R"({{"jobId":"RESOURCEGROUPDELETIONJOB-{}-{}"}})", call.path.group, m_world.identifiers.hex(12)));
    m_world.operations.begin(
        id, {{"effect", "group.delete"}, {"subscription", call.path.subscription}, {"group", call.path.group}}, m_world.pace.of(20 + 5 * machines));
    Response response = emptyResponse(202);
    addPollingHeaders(
        response, call.request, AsyncStyle::Group, call.path.subscription, "", id, FinalAnswer::AtLocation,
        m_world.pace.wait(15));
    return response;
}

} // namespace ty::sandbox
