#include <fmt/format.h>

#include "cloud/sandbox/arm_machines.h"

namespace ty::sandbox {

namespace {

Json status(const std::string& code, const char* level, const std::string& text, const std::string& time)
{
    Json entry{{"code", code}, {"level", level}, {"displayStatus", text}};
    if (!time.empty()) {
        entry["time"] = time;
    }
    return entry;
}

std::string displayed(const std::string& power)
{
    return "VM " + power;
}

} // namespace

Json instanceView(const World& world, const Json& document)
{
    const Json& body = bodyOf(document);
    const Json properties = propertiesOf(body);
    const std::string time = document.value("statusTime", world.now());
    const std::string provisioning = textAt(properties, "provisioningState");
    const std::string power = document.value("power", "");
    const Json osDisk = properties.value("storageProfile", Json::object()).value("osDisk", Json::object());
    Json view = Json::object();
    const bool isRunning = power == "running";
    if (isRunning) {
        view["computerName"] = textAt(properties.value("osProfile", Json::object()), "computerName");
        view["osName"] = "linux";
        const std::string problem = document.value("bootProblem", "");
        view["vmAgent"] = {
            {"vmAgentVersion", "2.11.1.12"},
            {"statuses",
             Json::array({{{"code", problem.empty() ? "ProvisioningState/succeeded" : "ProvisioningState/failed"},
                           {"level", problem.empty() ? "Info" : "Error"},
                           {"displayStatus", problem.empty() ? "Ready" : "Not Ready"},
                           {"message", problem.empty() ? "Guest Agent is running" : problem},
                           {"time", world.now()}}})},
            {"extensionHandlers", Json::array()}};
    }
    view["disks"] = Json::array();
    view["disks"].push_back(
        {{"name", textAt(osDisk, "name")},
         {"statuses", Json::array({status("ProvisioningState/succeeded", "Info", "Provisioning succeeded", time)})}});
    for (const auto& disk : properties.value("storageProfile", Json::object()).value("dataDisks", Json::array())) {
        view["disks"].push_back(
            {{"name", textAt(disk, "name")},
             {"statuses", Json::array({status("ProvisioningState/succeeded", "Info", "Provisioning succeeded", time)})}});
    }
    view["hyperVGeneration"] = "V2";
    Json statuses = Json::array();
    if (provisioning == "Failed") {
        const Json failure = document.value("failure", Json::object());
        Json entry = status("ProvisioningState/failed/" + failure.value("code", "Unknown"), "Error", "Provisioning failed", time);
        entry["message"] = failure.value("message", "");
        statuses.push_back(std::move(entry));
    } else {
        std::string word = lowerCase(provisioning);
        statuses.push_back(status("ProvisioningState/" + word, "Info", word == "succeeded" ? "Provisioning succeeded" : provisioning, time));
    }
    if (document.value("generalized", false)) {
        statuses.push_back(status("OSState/generalized", "Info", "VM generalized", ""));
    }
    if (power != "creating" && provisioning != "Failed") {
        statuses.push_back(status("PowerState/" + power, "Info", displayed(power), ""));
    }
    view["statuses"] = std::move(statuses);
    return view;
}

} // namespace ty::sandbox
