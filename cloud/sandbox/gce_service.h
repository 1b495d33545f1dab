#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cloud/sandbox/google_sign_in.h"
#include "cloud/sandbox/world.h"

namespace ty::sandbox {

/// {"error":{"code","message","errors":[{"domain","reason","message"}]}}, with "status" as newer answers have it.
Response googleError(int status, const std::string& message, const std::string& reason, const std::string& domain = "global");

/// A request below /compute/v1/projects/{project}, taken apart.
struct GceCall {
    const Request& request;
    std::string project;
    std::string zone;              ///< empty for what is global or of a region
    std::vector<std::string> rest; ///< after the zone: {"instances", "name", "start"}
    Json body = Json::object();
    std::string base; ///< "https://localhost:8443/compute/v1/"
};

/// Google Compute Engine: what is offered where, instances and their operations, disks, images.
class GceService {
public:
    GceService(World& world, const GoogleSignIn& signIn);

    static bool isMine(const Request& request);
    Response handle(const Request& request);

private:
    // What nobody made: gce_service.cpp
    Response onProject(const GceCall& call) const;
    Response onGlobal(GceCall& call);
    Response onRegions(const GceCall& call) const;
    Response onZone(GceCall& call);
    Response onAggregated(const GceCall& call) const;
    Response onImages(const GceCall& call, const std::string& project);
    Response onOperations(const GceCall& call);
    Json zoneJson(const GceCall& call, const std::string& zone) const;
    Json machineTypeJson(const GceCall& call, const std::string& type, const std::string& zone) const;
    Json acceleratorJson(const GceCall& call, const std::string& accelerator, const std::string& zone) const;
    Json regionJson(const GceCall& call, const std::string& region) const;
    Json operationJson(const GceCall& call, const Json& operation) const;
    std::string link(const GceCall& call, const std::string& path) const;

    // Instances and their disks: gce_insert.cpp, gce_instances.cpp, gce_operations.cpp
    void registerInstanceEffects();
    Response onInstances(const GceCall& call);
    Response insertInstance(const GceCall& call);
    Response instanceVerb(const GceCall& call, const Json& document, const std::string& verb);
    Response onDisks(const GceCall& call);
    Response onFirewalls(const GceCall& call); // gce_firewalls.cpp
    Response onMachineImages(const GceCall& call); // gce_machine_images.cpp
    /// Gives an insertion the disks of the machine image that it names; does nothing without one.
    std::optional<Response> fillFromMachineImage(const GceCall& call, Json& wanted) const;
    std::optional<Response> checkInstance(const GceCall& call, Json& plan) const;
    std::optional<std::string> exceededQuota(const GceCall& call, const Json& plan, bool isGlobal) const;
    Json publicJson(const Json& document) const;
    Response list(const GceCall& call, const char* kind, const std::string& prefix) const;
    Response page(const GceCall& call, const char* kind, const Json& items) const;
    /// Begins an operation on a resource, or gives back the one that the request's requestId began before.
    Response begin(const GceCall& call, const std::string& type, const std::string& target, Json operation, double seconds);
    Response repeated(const GceCall& call) const;
    void boot(Json& document);
    void finishInsert(Json& operation);
    void finishVerb(Json& operation);
    void removeInstance(const std::string& key);
    int used(const std::string& region, const std::string& metric) const;

    World& m_world;
    const GoogleSignIn& m_signIn;
};

/// "zones/z/machineTypes/n1-standard-1", a whole link, or the bare name -> the last part.
std::string lastPart(const std::string& link);
/// Whether an instance or a disk may be called so.
bool isGceName(const std::string& name);
/// A short text that changes with the value.
std::string gceFingerprint(const Json& value);
/// Where the store keeps them.
std::string gceInstanceKey(const std::string& project, const std::string& zone, const std::string& name);
std::string gceDiskKey(const std::string& project, const std::string& zone, const std::string& name);

} // namespace ty::sandbox
