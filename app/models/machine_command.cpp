#include "app/models/machine_command.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include <QStringList>

namespace ty::app {

namespace {

std::string number(std::int64_t value)
{
    return std::to_string(value);
}

std::string usdNumber(double usd)
{
    return QString::number(usd, 'g', 6).toStdString();
}

} // namespace

QString shellLine(const std::vector<std::string>& words)
{
    constexpr std::string_view kPlain = "-_./=:@,+%";
    QStringList line;
    for (const std::string& word : words) {
        QString text = QString::fromStdString(word);
        const bool isPlain = !word.empty() && std::all_of(word.begin(), word.end(), [&](unsigned char c) {
            return std::isalnum(c) != 0 || kPlain.find(static_cast<char>(c)) != std::string_view::npos;
        });
        if (!isPlain) {
            text = QLatin1Char('\'') + text.replace(QLatin1Char('\''), QLatin1String("'\\''")) + QLatin1Char('\'');
        }
        line << text;
    }
    return line.join(QLatin1Char(' '));
}

QString trainyardCommand(const cloud::MachineRequest& request, bool mayAnyoneKnock)
{
    std::vector<std::string> words{"trainyard", "vm",     "create",  request.name, "--account",
                                   request.account, "--size", request.size};
    const auto add = [&words](const char* option, const std::string& value) {
        words.insert(words.end(), {option, value});
    };
    const bool isGoogle = request.provider == "google"; // whose zones tell their region
    if (!isGoogle) {
        add("--region", request.region);
        add("--group", request.group);
    }
    if (!request.zone.empty()) {
        add("--zone", request.zone);
    }
    if (!request.gpu.empty()) {
        add("--gpu", request.gpu);
        add("--gpus", number(request.gpus.value_or(1)));
    }
    add("--image", request.image);
    add("--os-disk-gib", number(request.osDisk.sizeGiB.value_or(0)));
    add("--os-disk-kind", request.osDisk.kind);
    if (!request.osDisk.isDeletedWithMachine.value_or(true)) {
        words.emplace_back("--keep-os-disk");
    }
    for (const cloud::DiskRequest& disk : request.dataDisks) {
        add("--data-disk",
            number(disk.sizeGiB.value_or(0)) + ":" + disk.kind + (disk.isDeletedWithMachine.value_or(false) ? ":delete" : ""));
    }
    add("--user", request.user);
    if (!request.hasPublicIp.value_or(true)) {
        words.emplace_back("--no-public-ip");
    }
    for (const std::string& block : request.allowedFrom) {
        add("--allow-from", block);
    }
    if (mayAnyoneKnock) {
        words.emplace_back("--anyone-can-knock");
    }
    if (request.isSpot.value_or(false)) {
        words.emplace_back("--spot");
        if (!request.eviction.empty()) {
            add("--eviction", request.eviction);
        }
        if (request.maxPrice) {
            add("--max-price", usdNumber(*request.maxPrice));
        }
    }
    for (const std::string& key : request.moreKeys) {
        add("--also-key", key);
    }
    for (const auto& [name, value] : request.tags) {
        add("--tag", name + "=" + value);
    }
    if (request.budget) {
        add("--budget", usdNumber(*request.budget));
    }
    add("--idle-minutes", number(request.idleMinutes.value_or(0)));
    add("--hard-limit-hours", number(request.hardLimitHours.value_or(0)));
    return shellLine(words);
}

QString azCommand(const cloud::MachineRequest& request)
{
    std::vector<std::string> words{"az", "vm", "create", "--subscription", request.scope, "--resource-group",
                                   request.group, "--name", request.name, "--location", request.region,
                                   "--size", request.size, "--image", request.image, "--admin-username", request.user,
                                   "--ssh-key-values", request.sshPublicKey};
    words.insert(words.end(), request.moreKeys.begin(), request.moreKeys.end());
    const auto add = [&words](const char* option, const std::string& value) {
        words.insert(words.end(), {option, value});
    };
    add("--os-disk-size-gb", number(request.osDisk.sizeGiB.value_or(0)));
    add("--storage-sku", request.osDisk.kind);
    if (!request.dataDisks.empty()) {
        words.emplace_back("--data-disk-sizes-gb");
        for (const cloud::DiskRequest& disk : request.dataDisks) {
            words.push_back(number(disk.sizeGiB.value_or(0)));
        }
    }
    if (!request.zone.empty()) {
        add("--zone", request.zone);
    }
    if (!request.hasPublicIp.value_or(true)) {
        add("--public-ip-address", "");
    }
    if (request.isSpot.value_or(false)) {
        add("--priority", "Spot");
        add("--eviction-policy", request.eviction == "delete" ? "Delete" : "Deallocate");
        if (request.maxPrice) {
            add("--max-price", usdNumber(*request.maxPrice));
        }
    }
    if (!request.tags.empty()) {
        words.emplace_back("--tags");
        for (const auto& [name, value] : request.tags) {
            words.push_back(name + "=" + value);
        }
    }
    // Its own rule would let everybody knock.
    add("--nsg-rule", "NONE");
    QString line = shellLine({"az", "group", "create", "--subscription", request.scope, "--name", request.group,
                              "--location", request.region})
        + QStringLiteral(" && ") + shellLine(words);
    if (request.hasPublicIp.value_or(true) && !request.allowedFrom.empty()) {
        std::vector<std::string> rule{"az", "network", "nsg", "rule", "create", "--subscription", request.scope,
                                      "--resource-group", request.group, "--nsg-name", request.name + "NSG",
                                      "--name", "ssh", "--priority", "1000", "--destination-port-ranges", "22",
                                      "--source-address-prefixes"};
        rule.insert(rule.end(), request.allowedFrom.begin(), request.allowedFrom.end());
        line += QStringLiteral(" && ") + shellLine(rule);
    }
    return line;
}

QString gcloudCommand(const cloud::MachineRequest& request)
{
    std::vector<std::string> words{"gcloud", "compute", "instances", "create", request.name, "--project", request.scope,
                                   "--zone", request.zone, "--machine-type", request.size};
    const auto add = [&words](const char* option, const std::string& value) {
        words.push_back(std::string(option) + "=" + value);
    };
    constexpr std::string_view kFamily = "/global/images/family/";
    constexpr std::string_view kProjects = "projects/";
    const auto family = request.image.find(kFamily);
    if (family != std::string::npos) {
        const auto project = request.image.rfind(kProjects, family);
        add("--image-family", request.image.substr(family + kFamily.size()));
        if (project != std::string::npos) {
            const auto begin = project + kProjects.size();
            add("--image-project", request.image.substr(begin, family - begin));
        }
    } else if (const auto slash = request.image.find('/');
               slash != std::string::npos && request.image.find('/', slash + 1) == std::string::npos) {
        add("--image-family", request.image.substr(slash + 1)); // "project/family"
        add("--image-project", request.image.substr(0, slash));
    } else if (!request.image.empty()) {
        add("--image", request.image);
    }
    if (!request.gpu.empty()) {
        add("--accelerator", "type=" + request.gpu + ",count=" + number(request.gpus.value_or(1)));
    }
    if (!request.gpu.empty() || request.isSpot.value_or(false)) {
        add("--maintenance-policy", "TERMINATE"); // neither can be moved while it runs
    }
    add("--boot-disk-size", number(request.osDisk.sizeGiB.value_or(0)) + "GB");
    if (!request.osDisk.kind.empty()) {
        add("--boot-disk-type", request.osDisk.kind);
    }
    for (const cloud::DiskRequest& disk : request.dataDisks) {
        add("--create-disk", "size=" + number(disk.sizeGiB.value_or(0)) + "GB,type=" + disk.kind
                + (disk.isDeletedWithMachine.value_or(false) ? ",auto-delete=yes" : ",auto-delete=no"));
    }
    if (!request.hasPublicIp.value_or(true)) {
        words.emplace_back("--no-address");
    }
    if (request.isSpot.value_or(false)) {
        add("--provisioning-model", "SPOT");
        add("--instance-termination-action", request.eviction == "delete" ? "DELETE" : "STOP");
    }
    std::string labels;
    for (const auto& [name, value] : request.tags) {
        labels += (labels.empty() ? "" : ",") + name + "=" + value;
    }
    if (!labels.empty()) {
        add("--labels", labels);
    }
    std::string keys = request.user + ":" + request.sshPublicKey;
    for (const std::string& key : request.moreKeys) {
        keys += "\n" + request.user + ":" + key;
    }
    add("--metadata", "ssh-keys=" + keys);
    return shellLine(words);
}

QString providerCommand(const cloud::MachineRequest& request)
{
    return request.provider == "google" ? gcloudCommand(request) : azCommand(request);
}

} // namespace ty::app
