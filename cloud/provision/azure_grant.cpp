#include "cloud/provision/azure_grant.h"

#include <utility>

#include "cloud/provision/azure_driver.h"

namespace ty::cloud {

namespace {

/// "Virtual Machine Contributor": whoever may only manage machines and scale sets.
constexpr const char* kMachineRole = "9980e02c-c2be-4d73-94e8-173b1dc7cf3c";

Step stepOn(Step::Kind kind, std::string title, const std::string& grantId)
{
    Step step;
    step.kind = kind;
    step.title = std::move(title);
    step.resource = grantId;
    step.isOurs = false; // bears no tags; the mark is its name
    return step;
}

} // namespace

std::string azureGrantId(const std::string& resource, const std::string& mark)
{
    return resource + "/providers/" + kRoleAssignments.path + "/" + mark;
}

Step azureGrant(std::string title, const std::string& subscription, const std::string& grantId)
{
    Step step = stepOn(Step::Kind::Act, std::move(title), grantId);
    step.verb = kGrantVerb;
    step.body = Json{
        {"properties",
         {{"roleDefinitionId",
           "/subscriptions/" + subscription + "/providers/Microsoft.Authorization/roleDefinitions/" + kMachineRole},
          {"principalType", "ServicePrincipal"}}}};
    return step;
}

Step azureGrantRemoval(std::string title, const std::string& grantId)
{
    return stepOn(Step::Kind::Remove, std::move(title), grantId);
}

} // namespace ty::cloud
