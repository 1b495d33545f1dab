#include "cloud/sandbox/arm_storage.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include <fmt/format.h>

#include "cloud/sandbox/file_service.h"
#include "cloud/sandbox/keys.h"

namespace ty::sandbox {

namespace {

constexpr char kKeys[] = "storage/keys/";
constexpr double kSecondsToMake = 17; // as the service says in Retry-After

bool isAccountName(const std::string& name)
{
    return name.size() >= 3 && name.size() <= 24 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
               return std::isdigit(c) != 0 || (c >= 'a' && c <= 'z');
           });
}

std::string nameAdvice(const std::string& name)
{
    return fmt::format(
        "{} is not a valid storage account name. Storage account name must be between 3 and 24 characters in length and use "
        "numbers and lower-case letters only.",
        name);
}

bool isTaken(const DocumentStore& store, const std::string& name)
{
    return name == kStorageAccount || store.contains(kKeys + name);
}

bool isKind(const std::string& kind)
{
    constexpr std::array kKinds{"Storage", "StorageV2", "BlobStorage", "FileStorage", "BlockBlobStorage"};
    return std::find(kKinds.begin(), kKinds.end(), kind) != kKinds.end();
}

std::string newKey(World& world)
{
    return base64(sha256(world.identifiers.hex(64)) + sha256(world.identifiers.hex(64)));
}

/// What the service tells about an account that it made: what was given, and where it answers.
Json propertiesOfNew(const World& world, const ArmCall& call, const std::string& region)
{
    const Json given = propertiesOf(call.body);
    Json properties{{"accessTier", "Hot"}, {"minimumTlsVersion", "TLS1_2"}, {"supportsHttpsTrafficOnly", true}, {"allowBlobPublicAccess", false}};
    for (const auto& [name, value] : given.items()) {
        properties[name] = value;
    }
    const std::string now = world.now();
    Json service{{"keyType", "Account"}, {"enabled", true}, {"lastEnabledTime", now}};
    properties["encryption"] = {{"services", {{"file", service}, {"blob", service}}}, {"keySource", "Microsoft.Storage"}};
    properties["networkAcls"] = {
        {"bypass", "AzureServices"}, {"virtualNetworkRules", Json::array()}, {"ipRules", Json::array()}, {"defaultAction", "Allow"}};
    properties["keyCreationTime"] = {{"key1", now}, {"key2", now}};
    properties["creationTime"] = now;
    properties["primaryEndpoints"] = {{"file", fmt::format("{}/file/{}/", world.filesOrigin, call.path.name())}};
    properties["primaryLocation"] = region;
    properties["statusOfPrimary"] = "available";
    properties["provisioningState"] = "Creating";
    return properties;
}

Json skuOf(const Json& body)
{
    const std::string name = textAt(body.value("sku", Json::object()), "name");
    return {{"name", name}, {"tier", name.starts_with("Premium") ? "Premium" : "Standard"}};
}

} // namespace

std::vector<std::string> storageKeysOf(const DocumentStore& store, const std::string& account)
{
    const Json* kept = store.find(kKeys + account);
    return kept == nullptr ? std::vector<std::string>()
                           : std::vector<std::string>{kept->value("key1", ""), kept->value("key2", "")};
}

Response answerStorageName(const World& world, const ArmCall& call)
{
    const std::string name = textAt(call.body, "name");
    if (!isAccountName(name)) {
        return jsonResponse(200, {{"nameAvailable", false}, {"reason", "AccountNameInvalid"}, {"message", nameAdvice(name)}});
    }
    if (isTaken(world.store, name)) {
        return jsonResponse(
            200,
            {{"nameAvailable", false},
             {"reason", "AlreadyExists"},
             {"message", fmt::format("The storage account named {} is already taken.", name)}});
    }
    return jsonResponse(200, {{"nameAvailable", true}});
}

StorageAccounts::StorageAccounts(World& world) : PlainResources(world)
{
    world.operations.onFinish("storage.ready", [&world](Json& operation) {
        ArmStore store(world);
        const std::string id = operation.value("resource", "");
        store.setState(id, "Succeeded");
        if (const Json* made = store.find(id)) {
            operation["output"] = bodyOf(*made);
        }
    });
}

Response StorageAccounts::put(const ArmCall& call)
{
    const std::string name = call.path.name();
    const Json* present = m_resources.find(call.path);
    std::string region;
    if (auto refused = checkLocation(call, present, region)) {
        return std::move(*refused);
    }
    if (!isAccountName(name)) {
        return armError(400, "AccountNameInvalid", nameAdvice(name));
    }
    if (present == nullptr && isTaken(m_world.store, name)) {
        return armError(409, "StorageAccountAlreadyTaken", fmt::format("The storage account named {} is already taken.", name));
    }
    const Json sku = skuOf(call.body);
    if (sku.value("name", "").empty() || !isKind(textAt(call.body, "kind"))) {
        return armError(
            400, "InvalidValuesForRequestParameters",
            fmt::format("Values for request parameters are invalid: {}.", sku.value("name", "").empty() ? "sku.name" : "kind"));
    }
    if (present != nullptr) {
        return patch(call);
    }
    Json body = newBody(call, region);
    body["sku"] = sku;
    body["properties"] = propertiesOfNew(m_world, call, region);
    m_resources.put(call.path, {{"type", call.path.fullType()}, {"body", std::move(body)}});
    m_world.store.put(kKeys + name, {{"key1", newKey(m_world)}, {"key2", newKey(m_world)}});
    const auto id = m_world.operations.begin(
        m_world.identifiers.guid(), {{"effect", "storage.ready"}, {"resource", call.path.id()}}, m_world.pace.of(kSecondsToMake));
    Response response = emptyResponse(202);
    addPollingHeaders(
        response, call.request, AsyncStyle::Storage, call.path.subscription, region, id, FinalAnswer::AtLocation,
        m_world.pace.wait(kSecondsToMake));
    return response;
}

Response StorageAccounts::list(const ArmCall& call)
{
    Json all = m_resources.bodies(call.path);
    if (call.path.group.empty() || equalFold(call.path.group, "sandbox")) {
        const std::string id = fmt::format(
            "/subscriptions/{}/resourceGroups/sandbox/providers/Microsoft.Storage/storageAccounts/{}", call.path.subscription, kStorageAccount);
        all.push_back(
            {{"id", id},
             {"name", kStorageAccount},
             {"type", "Microsoft.Storage/storageAccounts"},
             {"location", "westeurope"},
             {"kind", "StorageV2"},
             {"sku", {{"name", "Standard_LRS"}, {"tier", "Standard"}}},
             {"properties",
              {{"provisioningState", "Succeeded"},
               {"primaryEndpoints", {{"file", fmt::format("{}/file/{}/", m_world.filesOrigin, kStorageAccount)}}}}}});
    }
    return listResponse(call.request, all);
}

Response StorageAccounts::patch(const ArmCall& call)
{
    const Json* present = m_resources.find(call.path);
    if (present == nullptr) {
        return resourceNotFound(call.path);
    }
    Json document = *present;
    Json& body = document["body"];
    for (const char* member : {"tags", "sku"}) {
        if (call.body.contains(member)) {
            body[member] = std::string(member) == "sku" ? skuOf(call.body) : call.body[member];
        }
    }
    const Json given = propertiesOf(call.body);
    for (const auto& [name, value] : given.items()) {
        body["properties"][name] = value;
    }
    const Json answer = body;
    m_resources.put(call.path, std::move(document));
    return jsonResponse(200, answer);
}

Response StorageAccounts::remove(const ArmCall& call)
{
    if (m_resources.find(call.path) == nullptr) {
        return emptyResponse(204);
    }
    vanish(call.path.id());
    m_resources.erase(call.path.id());
    return emptyResponse(200);
}

Response StorageAccounts::answerKeys(const std::string& account) const
{
    const auto keys = storageKeysOf(m_world.store, account);
    Json list = Json::array();
    for (std::size_t i = 0; i < keys.size(); ++i) {
        list.push_back({{"keyName", fmt::format("key{}", i + 1)}, {"value", keys[i]}, {"permissions", "FULL"}});
    }
    return jsonResponse(200, {{"keys", std::move(list)}});
}

Response StorageAccounts::act(const ArmCall& call)
{
    const Json* present = m_resources.find(call.path);
    if (present == nullptr) {
        return resourceNotFound(call.path);
    }
    const std::string name = call.path.name();
    if (call.request.method == "POST" && call.action == "listkeys") {
        return answerKeys(name);
    }
    if (call.request.method == "POST" && call.action == "regeneratekey") {
        const std::string which = textAt(call.body, "keyName");
        if (which != "key1" && which != "key2") {
            return armError(400, "InvalidValuesForRequestParameters", "Values for request parameters are invalid: keyName.");
        }
        Json keys = *m_world.store.find(kKeys + name);
        keys[which] = newKey(m_world);
        m_world.store.put(kKeys + name, std::move(keys));
        Json document = *present;
        document["body"]["properties"]["keyCreationTime"][which] = m_world.now();
        m_resources.put(call.path, std::move(document));
        return answerKeys(name);
    }
    return PlainResources::act(call);
}

void StorageAccounts::vanish(const std::string& id)
{
    const std::string name = parseArmId(id).name();
    m_world.store.erase(kKeys + name);
    m_world.dropFiles(name);
}

} // namespace ty::sandbox
