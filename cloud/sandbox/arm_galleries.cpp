#include "cloud/sandbox/arm_galleries.h"

#include <utility>

#include <fmt/format.h>

#include "cloud/sandbox/arm_disks.h"

namespace ty::sandbox {

GalleryVersions::GalleryVersions(World& world) : PlainResources(world)
{
    world.operations.onFinish("gallery.ready", [&world](Json& operation) {
        ArmStore(world).setState(operation.value("resource", ""), "Succeeded");
    });
    world.operations.onFinish("gallery.gone", [](Json&) {});
}

bool isSpecializedImage(const Json& imageDocument)
{
    return imageDocument.value("specialized", false);
}

Response GalleryVersions::put(const ArmCall& call)
{
    const Json* definition = m_resources.find(call.path.parent());
    if (definition == nullptr) {
        return resourceNotFound(call.path.parent());
    }
    const Json* present = m_resources.find(call.path);
    std::string region;
    if (auto refused = checkLocation(call, present, region)) {
        return std::move(*refused);
    }
    const Json given = propertiesOf(call.body);
    const Json from = given.value("storageProfile", Json::object()).value("source", Json::object());
    const std::string source = textAt(from, "virtualMachineId").empty() ? textAt(from, "id") : textAt(from, "virtualMachineId");
    const Json* machine = m_resources.find(source);
    if (machine == nullptr) {
        return armError(404, "NotFound", fmt::format("The source '{}' of the gallery image version was not found.", source));
    }
    const bool isSpecialized = textAt(propertiesOf(bodyOf(*definition)), "osState") == "Specialized";
    if (isSpecialized == machine->value("generalized", false)) {
        return armError(
            409, "OperationNotAllowed",
            fmt::format("The OS state of the source virtual machine '{}' does not match the gallery image's.", source));
    }
    const auto kept = m_world.host.keepDisk(machine->value("machine", ""), imageFolder(call.path.id()));
    if (!kept) {
        return armError(500, "InternalExecutionError", "The machine's disk could not be copied: " + kept.error().message);
    }
    const Json osDisk = propertiesOf(bodyOf(*machine)).value("storageProfile", Json::object()).value("osDisk", Json::object());
    const int status = present == nullptr ? 201 : 200;
    Json body = newBody(call, region);
    Json properties = given;
    properties["provisioningState"] = "Creating";
    properties["storageProfile"]["osDiskImage"] = {{"sizeInGB", osDisk.value("diskSizeGB", 30)}, {"hostCaching", "ReadWrite"}};
    body["properties"] = std::move(properties);
    m_resources.put(
        call.path,
        {{"type", call.path.fullType()}, {"body", body}, {"specialized", isSpecialized}, {"login", machine->value("login", Json::object())}});
    const auto id = m_world.operations.begin(
        m_world.identifiers.guid(), {{"effect", "gallery.ready"}, {"resource", call.path.id()}}, m_world.pace.of(120));
    Response response = jsonResponse(status, body);
    addPollingHeaders(
        response, call.request, AsyncStyle::Compute, call.path.subscription, region, id, FinalAnswer::None, m_world.pace.wait(10));
    return response;
}

Response GalleryVersions::remove(const ArmCall& call)
{
    const Json* present = m_resources.find(call.path);
    if (present == nullptr) {
        return emptyResponse(204);
    }
    const std::string region = textAt(bodyOf(*present), "location");
    vanish(call.path.id());
    m_resources.erase(call.path.id());
    const auto id = m_world.operations.begin(m_world.identifiers.guid(), {{"effect", "gallery.gone"}}, m_world.pace.of(10));
    Response response = emptyResponse(202);
    addPollingHeaders(
        response, call.request, AsyncStyle::Compute, call.path.subscription, region, id, FinalAnswer::AtLocation, m_world.pace.wait(10));
    return response;
}

void GalleryVersions::vanish(const std::string& id)
{
    m_world.host.dropDisk(imageFolder(id));
}

} // namespace ty::sandbox
