#include "app/provisioning/rights.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "cloud/azure/permission.h"
#include "cloud/azure/requests.h"
#include "cloud/gcp/resource_manager.h"

namespace ty::app {

namespace {

using namespace cloud;

constexpr std::array kAzureRights{
    "Microsoft.Compute/virtualMachines/write",       "Microsoft.Compute/disks/write",
    "Microsoft.Network/networkInterfaces/write",     "Microsoft.Network/virtualNetworks/write",
    "Microsoft.Network/networkSecurityGroups/write", "Microsoft.Network/publicIPAddresses/write"};
constexpr const char* kGroupRight = "Microsoft.Resources/subscriptions/resourceGroups/write";
const std::vector<std::string> kGoogleRights{
    "compute.instances.create",      "compute.instances.setMetadata", "compute.instances.setLabels", "compute.instances.setTags",
    "compute.disks.create",          "compute.firewalls.create",      "compute.subnetworks.use",
    "compute.subnetworks.useExternalIp"};

using Rights = std::vector<std::string>;

Rights missingOf(const std::vector<azure::Permission>& permissions)
{
    Rights missing;
    std::copy_if(kAzureRights.begin(), kAzureRights.end(), std::back_inserter(missing), [&](const char* right) {
        return !azure::isAllowed(permissions, right);
    });
    return missing;
}

Result<Rights> missingAtAzure(AzureConnection& connection, const std::string& group, std::stop_token stop)
{
    const std::string& scope = connection.account().scope;
    const auto ask = [&](const std::string& where) {
        return connection.client().list<azure::Permission>(azure::listPermissions(scope, where), stop);
    };
    TY_TRY(const auto everywhere, ask({}));
    Rights missing = missingOf(everywhere);
    if (!azure::isAllowed(everywhere, kGroupRight)) {
        missing.insert(missing.begin(), kGroupRight);
    }
    if (missing.empty() || group.empty()) {
        return missing;
    }
    const auto there = ask(group);
    if (!there) {
        return there.error().kind == ErrorKind::NotFound ? Result<Rights>(missing) : there.error();
    }
    return missingOf(*there); // the group is there: nobody has to make it
}

Result<Rights> missingAtGoogle(GoogleConnection& google, std::stop_token stop)
{
    TY_TRY(
        const Rights granted,
        gcp::grantedPermissions(google.manager(), google.managerUrl(), google.account().scope, kGoogleRights, std::move(stop)));
    Rights missing;
    std::copy_if(kGoogleRights.begin(), kGoogleRights.end(), std::back_inserter(missing), [&](const std::string& right) {
        return std::find(granted.begin(), granted.end(), right) == granted.end();
    });
    return missing;
}

} // namespace

Result<Rights> missingRights(CloudSession& session, const std::string& group, std::stop_token stop)
{
    return session.google() != nullptr ? missingAtGoogle(*session.google(), std::move(stop))
                                       : missingAtAzure(session.connection(), group, std::move(stop));
}

std::string rightsProblem(const Account& account, const Rights& missing)
{
    if (missing.empty()) {
        return {};
    }
    const std::string more = missing.size() > 1 ? " and " + std::to_string(missing.size() - 1) + " more" : "";
    return "This account may not make machines here: it lacks the right " + missing.front() + more + ". "
        + (account.isGoogle() ? "Ask an owner of the project " + account.scope + " for the role Compute Admin."
                              : "Ask an owner of the subscription for the role Contributor, or name a resource group in which you "
                                "have it.");
}

} // namespace ty::app
