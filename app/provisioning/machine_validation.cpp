#include "app/provisioning/machine_validation.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "app/provisioning/cloud_offers.h"
#include "app/provisioning/rights.h"
#include "cloud/azure/captured_image.h"
#include "cloud/azure/market_image.h"
#include "cloud/azure/requests.h"
#include "cloud/azure/resource.h"
#include "cloud/gcp/compute_catalog.h"
#include "cloud/gcp/compute_requests.h"

namespace ty::app {

namespace {

using namespace cloud;
using Outcome = MachineCheck::Outcome;

/// What an error says about the thing that was asked for: it is not there, or nobody knows.
MachineCheck failed(const std::string& what, const Error& error)
{
    const bool isAnswer = error.kind == ErrorKind::NotFound || error.kind == ErrorKind::Permission;
    return {what, isAnswer ? Outcome::Wrong : Outcome::Unknown, error.message};
}

MachineCheck checkSize(CloudSession& session, const MachineRequest& request, int nodes, std::stop_token stop)
{
    const std::string what = "Size and quota";
    const auto sizes = readSizes(session, request.region, request.isSpot.value_or(false), std::move(stop));
    if (!sizes) {
        return failed(what, sizes.error());
    }
    const auto found = std::find_if(
        sizes->begin(), sizes->end(), [&](const OfferedSize& each) { return azure::isSame(each.size.name, request.size); });
    if (found == sizes->end()) {
        return {what, Outcome::Wrong, request.region + " has no size " + request.size};
    }
    const auto& zones = found->offer.zones;
    const bool isInZone = request.zone.empty() || zones.empty() || std::find(zones.begin(), zones.end(), request.zone) != zones.end();
    if (const std::string obstacle = found->obstacle(); !obstacle.empty() || !isInZone) {
        return {what, Outcome::Wrong, obstacle.empty() ? request.size + " is not in zone " + request.zone : obstacle};
    }
    const double needed = found->size.quotaVCpus.value_or(found->size.vCpus.value_or(0)) * nodes;
    if (!found->coresLeft) {
        return {what, Outcome::Unknown, request.size + " is offered; your quota is not told"};
    }
    const bool isEnough = static_cast<double>(*found->coresLeft) >= needed;
    return {what, isEnough ? Outcome::Right : Outcome::Wrong,
            fmt::format("{} vCPU of your quota are left, {:g} are needed", *found->coresLeft, needed)};
}

MachineCheck checkAccelerator(CloudSession& session, const MachineRequest& request, std::stop_token stop)
{
    const std::string what = "GPU";
    const auto offered = readAccelerators(session, request.region, request.isSpot.value_or(false), std::move(stop));
    if (!offered) {
        return failed(what, offered.error());
    }
    const auto found = std::find_if(
        offered->begin(), offered->end(), [&](const OfferedAccelerator& each) { return each.name == request.gpu; });
    if (found == offered->end() || std::find(found->zones.begin(), found->zones.end(), request.zone) == found->zones.end()) {
        return {what, Outcome::Wrong, request.gpu + " is not offered in " + request.zone};
    }
    const auto wanted = request.gpus.value_or(1);
    if (!found->left) {
        return {what, Outcome::Unknown, request.gpu + " is offered; your quota is not told"};
    }
    return {what, *found->left >= wanted ? Outcome::Right : Outcome::Wrong,
            fmt::format("{} of your quota are left, {} are needed", *found->left, wanted)};
}

MachineCheck checkRole(CloudSession& session, const MachineRequest& request, std::stop_token stop)
{
    const std::string what = "Role";
    const auto missing = missingRights(session, request.group, std::move(stop));
    if (!missing) {
        return {what, Outcome::Unknown, missing.error().message};
    }
    return missing->empty() ? MachineCheck{what, Outcome::Right, "the account may make machines here"}
                            : MachineCheck{what, Outcome::Wrong, rightsProblem(session.account(), *missing)};
}

MachineCheck checkName(CloudSession& session, const MachineRequest& request, std::stop_token stop)
{
    const std::string what = "Name";
    const auto found = session.machines().find(request.name, std::move(stop));
    if (found) {
        return {what, Outcome::Wrong, "there is a machine " + request.name + " already"};
    }
    return found.error().kind == ErrorKind::NotFound ? MachineCheck{what, Outcome::Right, request.name + " is free"}
                                                     : MachineCheck{what, Outcome::Unknown, found.error().message};
}

/// publisher:offer:plan:version; fewer parts when fewer are given.
azure::MarketPath marketPath(const MachineRequest& request)
{
    azure::MarketPath path;
    path.region = request.region;
    std::array<std::string*, 4> parts{&path.publisher, &path.offer, &path.plan, &path.version};
    std::size_t begin = 0;
    for (std::string* part : parts) {
        const auto end = request.image.find(':', begin);
        *part = request.image.substr(begin, end == std::string::npos ? end : end - begin);
        if (end == std::string::npos) {
            break;
        }
        begin = end + 1;
    }
    return path;
}

Result<std::string> findAzureImage(CloudSession& session, const MachineRequest& request, std::stop_token stop)
{
    auto& client = session.connection().client();
    const std::string& scope = session.account().scope;
    if (request.image.starts_with("/")) {
        TY_TRY(
            const auto images,
            client.list<azure::CapturedImage>(azure::listInSubscription(scope, azure::kImages), std::move(stop)));
        const auto found = std::find_if(
            images.begin(), images.end(), [&](const auto& image) { return azure::isSame(image.id, request.image); });
        if (found == images.end()) {
            return Error{ErrorKind::NotFound, "the subscription has no image " + azure::nameOfId(request.image), {}};
        }
        return azure::isSame(found->location, request.region)
            ? Result<std::string>(found->name + " is in " + found->location)
            : Error{ErrorKind::NotFound, found->name + " is in " + found->location + ", not in " + request.region, {}};
    }
    const azure::MarketPath path = marketPath(request);
    TY_TRY(const Json answer, client.call(azure::listVersions(scope, path), std::move(stop)));
    TY_TRY(const auto versions, listFromJson<azure::MarketName>(answer, "the image market"));
    const bool isAny = path.version.empty() || path.version == "latest";
    const bool isThere = isAny ? !versions.empty() : std::any_of(versions.begin(), versions.end(), [&](const auto& version) {
        return version.name == path.version;
    });
    if (!isThere) {
        return Error{ErrorKind::NotFound, "the market of " + request.region + " has no " + request.image, {}};
    }
    return path.plan + (isAny ? ", version " + versions.back().name : std::string()) + " is there";
}

Result<std::string> findGoogleImage(GoogleConnection& google, const MachineRequest& request, std::stop_token stop)
{
    constexpr std::string_view kImages = "/global/images/";
    constexpr std::string_view kProjects = "projects/";
    const auto images = request.image.find(kImages);
    if (images != std::string::npos && request.image.starts_with(kProjects)) {
        const std::string project = request.image.substr(kProjects.size(), images - kProjects.size());
        const std::string name = request.image.substr(images + kImages.size());
        TY_TRY(const auto image, google.client().get<gcp::Image>(gcp::getImage(project, name), std::move(stop)));
        return image.name + " is there";
    }
    const auto slash = request.image.find('/');
    const std::string project = slash == std::string::npos ? google.account().scope : request.image.substr(0, slash);
    const std::string family = slash == std::string::npos ? request.image : request.image.substr(slash + 1);
    TY_TRY(const auto image, google.client().get<gcp::Image>(gcp::getImageFamily(project, family), std::move(stop)));
    return family + ", now " + image.name + ", is there";
}

MachineCheck checkImage(CloudSession& session, const MachineRequest& request, std::stop_token stop)
{
    const std::string what = "Image";
    const auto found = session.google() != nullptr ? findGoogleImage(*session.google(), request, std::move(stop))
                                                   : findAzureImage(session, request, std::move(stop));
    return found ? MachineCheck{what, Outcome::Right, *found} : failed(what, found.error());
}

MachineCheck checkPrice(CloudSession& session, const MachineRequest& request, std::stop_token stop)
{
    const std::string what = "Price";
    const auto cost = session.provider().cost(request, "USD", std::move(stop));
    if (!cost) {
        return {what, Outcome::Unknown, cost.error().message};
    }
    for (const CostLine& line : cost->lines) {
        if (!line.perHour) {
            return {what, Outcome::Unknown, "the price list of " + cost->priceDate + " does not tell what \"" + line.what + "\" costs"};
        }
    }
    return {what, Outcome::Right, fmt::format("{:.4f} USD an hour while on, by the list of {}", *cost->perHour(true), cost->priceDate)};
}

} // namespace

Result<std::vector<MachineCheck>> validateMachine(
    CloudSession& session, const MachineRequest& request, int nodes, std::stop_token stop)
{
    // Whoever is not signed in gets that answer, not the same one for each question.
    TY_CHECK(readRegions(session, stop));
    std::vector<MachineCheck> checks;
    checks.push_back({"Sign-in", Outcome::Right, "the cloud takes it"});
    checks.push_back(checkRole(session, request, stop));
    checks.push_back(checkName(session, request, stop));
    checks.push_back(checkSize(session, request, nodes, stop));
    if (!request.gpu.empty()) {
        checks.push_back(checkAccelerator(session, request, stop));
    }
    checks.push_back(checkImage(session, request, stop));
    checks.push_back(checkPrice(session, request, stop));
    if (stop.stop_requested()) {
        return Error{ErrorKind::Cancelled, "the questions were cancelled", {}};
    }
    return checks;
}

} // namespace ty::app
