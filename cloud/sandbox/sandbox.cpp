#include "cloud/sandbox/sandbox.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "cloud/sandbox/azure_images.h"
#include "cloud/sandbox/google_prices.h"
#include "cloud/sandbox/google_projects.h"
#include "cloud/sandbox/retail_prices.h"
#include "cloud/sandbox/scopes.h"

namespace ty::sandbox {

namespace {

/// Marks requests of people and tests to the sandbox itself. A page in a browser cannot send it to another origin unasked.
constexpr char kAdminHeader[] = "x-sandbox-admin";

/// How Cloud Storage answers the end of an upload that was wished for, although it looks like a refusal.
constexpr int kSessionClosed = 499;

Response notFound(const Request& request)
{
    return jsonResponse(404, {{"error", {{"code", "NotFound"}, {"message", "The sandbox has nothing at " + request.pathFrom(0)}}}});
}

bool isGoogle(const Request& request)
{
    return isGooglePrices(request) || isGoogleProjects(request) || BucketService::isMine(request)
        || (!request.path.empty() && equalFold(request.path[0], "compute"));
}

} // namespace

Result<std::unique_ptr<Sandbox>> Sandbox::open(const SandboxOptions& options, const Clock& clock, MachineHost& host)
{
    DocumentStore store;
    if (!options.stateFile.empty()) {
        TY_TRY(store, DocumentStore::open(options.stateFile));
    }
    Identifiers identifiers(options.seed);
    TY_TRY(auto identity, ensureIdentity(store, identifiers, options.keyBits));
    (void)FileService::ensureKey(store, identifiers);
    TY_CHECK(store.commit());
    auto world = std::make_unique<World>(
        std::move(store), clock, Pace(options.pace), std::move(identifiers), std::move(identity), host);
    std::unique_ptr<Sandbox> sandbox(new Sandbox(options, std::move(world)));
    sandbox->reviveMachines();
    return sandbox;
}

Sandbox::Sandbox(const SandboxOptions& options, std::unique_ptr<World> world)
    : m_world(std::move(world))
    , m_tokens(m_world->identity.tokenKey, m_world->clock, options.tokenLifetime)
    , m_azureSignIn(m_world->store, m_world->identifiers, m_world->identity, m_tokens, m_world->clock)
    , m_googleSignIn(m_world->identity, m_tokens, m_world->clock)
    , m_arm(*m_world, m_tokens)
    , m_bytes(options.stateFile.empty() ? std::string() : options.stateFile + ".objects")
    , m_files(*m_world, m_bytes)
    , m_buckets(*m_world, m_bytes, m_googleSignIn)
    , m_gce(*m_world, m_googleSignIn)
    , m_metrics(*m_world)
    , m_options(options)
{
    m_arm.setThrottling(options.isThrottled);
    m_world->dropFiles = [this](const std::string& account) { m_files.drop(account); };
    m_world->runScript = [this](const std::string& machine, const std::string& script, const std::string& operation) {
        m_world->host.runScript(machine, script, [this, operation](ScriptResult result) {
            const std::lock_guard lock(m_endedLock);
            m_ended.push_back({operation, std::move(result)});
            m_wake.notify_all();
        });
    };
}

Sandbox::~Sandbox()
{
    if (m_ticker.joinable()) {
        m_ticker.request_stop();
        m_wake.notify_all();
        m_ticker.join();
    }
}

/// After a start: machines that should run are found again or started, and scripts that nobody waits for any more have failed.
void Sandbox::reviveMachines()
{
    const std::lock_guard lock(m_lock);
    for (const auto& id : m_world->operations.pending()) {
        if (m_world->operations.find(id)->value("effect", "") == "vm.script") {
            m_world->operations.finish(
                id, {{"error", {{"code", "VMAgentStatusCommunicationError"}, {"message", "The sandbox was restarted while the script ran."}}}});
        }
    }
    for (const auto& key : m_world->store.keysBelow("")) {
        const Json& document = *m_world->store.find(key);
        const bool isMachine = key.starts_with("arm/") || key.starts_with("gce/");
        if (isMachine && document.value("power", "") == "running" && !document.value("machine", "").empty()) {
            (void)m_world->host.start(document.value("machine", "")); // what went wrong stands in its serial log
        }
        for (const auto& node : isMachine && document.value("power", "") == "running" ? document.value("nodes", Json::array()) : Json::array()) {
            if (!node.value("machine", "").empty() && node.value("power", "running") == "running") {
                (void)m_world->host.start(node.value("machine", ""));
            }
        }
    }
    (void)m_world->store.commit();
}

void Sandbox::setFilesOrigin(const std::string& origin)
{
    const std::lock_guard lock(m_lock);
    m_world->filesOrigin = origin;
}

std::string Sandbox::storageKey() const
{
    return FileService::ensureKey(m_world->store, m_world->identifiers);
}

Result<void> Sandbox::setFaults(const Json& script)
{
    TY_TRY(auto parsed, FaultScript::parse(script));
    const std::lock_guard lock(m_lock);
    m_world->faults = std::move(parsed);
    return {};
}

void Sandbox::takeScripts()
{
    std::vector<Ended> ended;
    {
        const std::lock_guard lock(m_endedLock);
        ended.swap(m_ended);
    }
    for (const auto& [operation, result] : ended) {
        const Json value{
            {"value",
             Json::array({{{"code", "ProvisioningState/succeeded"},
                           {"level", "Info"},
                           {"displayStatus", "Provisioning succeeded"},
                           {"message", fmt::format("Enable succeeded: \n[stdout]\n{}\n[stderr]\n{}", result.standardOutput, result.standardError)}}})}};
        m_world->operations.finish(operation, {{"output", value}});
    }
}

void Sandbox::settle()
{
    const std::lock_guard lock(m_lock);
    takeScripts();
    m_world->operations.settle();
    (void)m_world->store.commit();
}

void Sandbox::sample()
{
    const std::lock_guard lock(m_lock);
    m_metrics.sample();
    (void)m_world->store.commit();
}

void Sandbox::startTicking()
{
    m_ticker = std::jthread([this](const std::stop_token& stop) { tick(stop); });
}

void Sandbox::tick(const std::stop_token& stop)
{
    auto nextSample = m_world->clock.now();
    while (!stop.stop_requested()) {
        settle();
        if (m_world->clock.now() >= nextSample) {
            sample();
            nextSample = m_world->clock.now() + m_options.sampling;
        }
        auto wait = std::chrono::milliseconds(200);
        {
            const std::lock_guard lock(m_lock);
            if (const auto due = m_world->operations.nextDue()) {
                const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(*due - m_world->clock.now());
                wait = std::clamp(left, std::chrono::milliseconds(5), wait);
            }
        }
        std::unique_lock lock(m_endedLock);
        m_wake.wait_for(lock, stop, wait, [this] { return !m_ended.empty(); });
    }
}

Response Sandbox::handle(const Request& request)
{
    Fault fault;
    const bool isAdmin = !request.path.empty() && request.path[0] == "sandbox";
    if (!isAdmin) {
        const std::lock_guard lock(m_lock);
        fault = m_world->faults.strike(request);
    }
    if (fault.delay.count() > 0) {
        std::this_thread::sleep_for(fault.delay);
    }
    const std::lock_guard lock(m_lock);
    ++m_requests;
    takeScripts();
    m_world->operations.settle();
    auto kept = m_world->store.commit();
    Response response;
    if (kept) {
        response = fault.kind == Fault::Kind::None ? routeWhole(request) : faulty(request, fault);
        kept = m_world->store.commit();
    }
    if (!kept) {
        return jsonResponse(500, {{"error", {{"code", "SandboxStateNotWritten"}, {"message", kept.error().message}}}});
    }
    return response;
}

/// What is refused leaves nothing behind, and a body with members of unexpected kinds is refused.
Response Sandbox::routeWhole(const Request& request)
{
    const bool isCloud = ArmService::isMine(request) || GceService::isMine(request) || FileService::isMine(request)
        || BucketService::isMine(request);
    Response response;
    try {
        response = route(request);
    } catch (const Json::exception&) {
        const char* message = "The request content was invalid and could not be deserialized.";
        response = isGoogle(request) ? googleError(400, message, "invalid") : armError(400, "InvalidRequestContent", message);
    }
    if (isCloud && response.status >= 400 && response.status != kSessionClosed) {
        m_world->store.rollback();
        m_world->operations.reload();
    }
    return response;
}

Response Sandbox::faulty(const Request& request, const Fault& fault)
{
    Response response;
    switch (fault.kind) {
    case Fault::Kind::DropBefore:
        response.delivery = Delivery::Dropped;
        return response;
    case Fault::Kind::DropAfter:
        response = routeWhole(request);
        response.delivery = Delivery::Dropped;
        return response;
    case Fault::Kind::Half:
        response = routeWhole(request);
        response.delivery = Delivery::Half;
        return response;
    case Fault::Kind::ExpiredToken:
        response = isGoogle(request)
            ? googleError(401, "Request had invalid authentication credentials.", "authError")
            : armError(401, "ExpiredAuthenticationToken", "The access token expiry UTC time is earlier than current UTC time.");
        response.set("WWW-Authenticate", "Bearer error=\"invalid_token\", error_description=\"The access token expired\"");
        return response;
    default:
        response = isGoogle(request) ? googleError(fault.status, fault.message, fault.code)
                                     : armError(fault.status, fault.code, fault.message);
        if (!fault.retryAfter.empty()) {
            response.set("Retry-After", fault.retryAfter);
        }
        return response;
    }
}

Response Sandbox::route(const Request& request)
{
    if (request.path.empty()) {
        return textResponse(200, "text/plain; charset=utf-8", "trainyard-sandbox: a local practice cloud\n");
    }
    const std::string& first = request.path[0];
    if (first == "sandbox") {
        return administer(request);
    }
    if (ArmService::isMine(request)) {
        return m_arm.handle(request);
    }
    if (FileService::isMine(request)) {
        return m_files.handle(request);
    }
    if (BucketService::isMine(request)) {
        return m_buckets.handle(request);
    }
    if (GceService::isMine(request)) {
        return m_gce.handle(request);
    }
    if (GoogleSignIn::isMine(request)) {
        return m_googleSignIn.handle(request);
    }
    if (isGooglePrices(request) || isGoogleProjects(request)) {
        if (m_googleSignIn.presented(request).state != TokenState::Good) {
            return googleError(401, "Request is missing required authentication credential.", "required");
        }
        return isGooglePrices(request) ? answerGooglePrices(request) : answerGoogleProjects(*m_world, request);
    }
    if (isRetailPrices(request)) {
        return answerRetailPrices(request);
    }
    if (first == "aliases.json") {
        return jsonResponse(200, imageAliases());
    }
    if (AzureSignIn::isMine(request)) {
        return m_azureSignIn.handle(request);
    }
    if (first == "metadata" && request.path.size() == 2 && request.path[1] == "endpoints") {
        return jsonResponse(
            200,
            {{"galleryEndpoint", ""},
             {"graphEndpoint", request.origin},
             {"portalEndpoint", ""},
             {"authentication",
              {{"loginEndpoint", request.origin + "/adfs"}, {"audiences", Json::array({request.origin})}, {"tenant", m_world->identity.tenantId},
               {"identityProvider", "ADFS"}}}});
    }
    return notFound(request);
}

Json Sandbox::stateJson() const
{
    Json machines = Json::array();
    for (const auto& key : m_world->store.keysBelow("")) {
        const Json& document = *m_world->store.find(key);
        const std::string machine = key.starts_with("arm/") || key.starts_with("gce/") ? document.value("machine", "") : "";
        if (machine.empty() || !document.contains("power")) {
            continue;
        }
        machines.push_back(
            {{"id", document["body"].value("id", document["body"].value("selfLink", ""))},
             {"machine", machine},
             {"power", document.value("power", "")},
             {"address", document.value("address", "")},
             {"sshPort", m_world->host.sshPort()},
             {"hostKey", m_world->host.hostKey(machine)},
             {"hostKeyFingerprint", m_world->host.hostKeyFingerprint(machine)}});
    }
    return {
        {"requests", m_requests},
        {"pace", m_world->pace.scale()},
        {"time", m_world->now()},
        {"resources", m_world->store.countBelow("arm/")},
        {"groups", m_world->store.countBelow("group/")},
        {"googleInstances", m_world->store.countBelow("gce/instances/")},
        {"googleDisks", m_world->store.countBelow("gce/disks/")},
        {"pendingOperations", m_world->operations.pending().size()},
        {"machines", std::move(machines)}};
}

Response Sandbox::administer(const Request& request)
{
    const std::string what = request.path.size() > 1 ? request.path[1] : "";
    if (what == "serial" && request.path.size() == 3 && request.method == "GET") {
        // The real one is a signed link to a blob; ours is a name that cannot be guessed.
        const std::string name = request.path[2];
        const auto dot = name.rfind('.');
        const bool isLog = dot != std::string::npos && name.substr(dot) == ".log" && name.find('/') == std::string::npos;
        const std::string machine = name.substr(0, dot);
        const bool isPlain = std::all_of(machine.begin(), machine.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '-'; });
        return isLog && isPlain ? textResponse(200, "text/plain; charset=utf-8", m_world->host.serialLog(machine)) : notFound(request);
    }
    if (!request.header(kAdminHeader)) {
        return jsonResponse(403, {{"error", {{"code", "Forbidden"}, {"message", fmt::format("Send the header {}: 1", kAdminHeader)}}}});
    }
    if (what == "state" && request.method == "GET") {
        return jsonResponse(200, stateJson());
    }
    if (what == "faults") {
        if (request.method == "POST" || request.method == "PUT") {
            const auto script = parseJson(request.body, "fault script");
            auto parsed = script ? FaultScript::parse(*script) : Result<FaultScript>(script.error());
            if (!parsed) {
                return jsonResponse(400, {{"error", {{"code", "InvalidFaultScript"}, {"message", parsed.error().message}}}});
            }
            m_world->faults = std::move(parsed).value();
        } else if (request.method == "DELETE") {
            m_world->faults = FaultScript();
        }
        return jsonResponse(200, m_world->faults.text());
    }
    if (what == "tokens" && request.method == "POST") {
        const auto body = parseJson(request.body, "request");
        m_tokens.setLifetime(std::chrono::seconds(body ? body->value("lifetimeSeconds", 3599) : 3599));
        return emptyResponse(204);
    }
    if (what == "certificate" && request.method == "POST") {
        if (!RsaKey::fromPublicPem(request.body)) {
            return jsonResponse(400, {{"error", {{"code", "InvalidCertificate"}, {"message", "Send a certificate or public key in PEM form."}}}});
        }
        m_world->store.put("conf/clientCertificate", {{"pem", request.body}});
        return emptyResponse(204);
    }
    if (what == "scopes" && request.method == "POST") {
        return addScope(request);
    }
    if (what == "role" && request.method == "POST") {
        const auto body = parseJson(request.body, "request");
        setRole(*m_world, body && body->is_object() && body->value("role", "") == "reader" ? Role::Reader : Role::Owner);
        return emptyResponse(204);
    }
    return notFound(request);
}

/// {"subscription": NAME} or {"project": ID, "name": NAME}: one more to choose from.
Response Sandbox::addScope(const Request& request)
{
    const auto body = parseJson(request.body, "request");
    const Json asked = body && body->is_object() ? *body : Json::object();
    const std::string subscription = asked.value("subscription", "");
    const std::string project = asked.value("project", "");
    if (subscription.empty() == project.empty()) {
        return jsonResponse(400, {{"error", {{"code", "InvalidScope"}, {"message", "Name either a subscription or a project."}}}});
    }
    const Scope made = project.empty() ? addSubscription(*m_world, subscription) : addProject(*m_world, project, asked.value("name", project));
    return jsonResponse(201, {{"id", made.id}, {"name", made.name}});
}

} // namespace ty::sandbox
