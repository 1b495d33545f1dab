#include "cloud/provision/machine_request.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string_view>

#include "cloud/provision/disk_kinds.h"
#include "cloud/provision/ip_block.h"

namespace ty::cloud {

namespace {

constexpr std::size_t kLongestLinuxName = 64;
constexpr std::size_t kLongestGoogleName = 63;
constexpr std::size_t kLongestGroup = 90;
constexpr std::size_t kLongestUser = 32;
constexpr std::int64_t kSmallestOsDisk = 10;
constexpr std::int64_t kLargestDisk = 32'767;
constexpr std::string_view kNotInNames = "\\/\"[]:<>+=;,?*@&|";

/// Names that Azure refuses for the first user.
constexpr std::array<std::string_view, 49> kReservedUsers
    = {"1",       "123",      "a",      "actuser", "adm",    "admin",   "admin1", "admin2", "administrator", "aspnet",
       "backup",  "bin",      "console", "daemon", "david",  "games",   "gnats",  "guest",  "irc",           "john",
       "list",    "lp",       "mail",   "man",     "messagebus", "news", "nobody", "owner", "proxy",         "root",
       "server",  "sql",      "support", "support_388945a0", "sync", "sys", "sys1", "syslog", "test",        "test1",
       "test2",   "test3",    "user",   "user1",   "user2",  "user3",   "user4",  "user5",  "uucp"};

bool isLower(char c)
{
    return c >= 'a' && c <= 'z';
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

std::string nameProblem(const MachineRequest& request)
{
    const std::string& name = request.name;
    if (name.empty()) {
        return "A machine needs a name.";
    }
    if (request.provider == "google") {
        const bool fits = name.size() <= kLongestGoogleName && isLower(name.front()) && name.back() != '-'
            && std::all_of(name.begin(), name.end(), [](char c) { return isLower(c) || isDigit(c) || c == '-'; });
        return fits ? "" : "Google takes lower-case letters, digits and -, begun by a letter, 63 at most.";
    }
    if (name.size() > kLongestLinuxName) {
        return "Azure takes 64 characters at most.";
    }
    const auto isBad = [](char c) {
        return kNotInNames.find(c) != std::string_view::npos || static_cast<unsigned char>(c) <= ' ';
    };
    if (const auto bad = std::find_if(name.begin(), name.end(), isBad); bad != name.end()) {
        return *bad == ' ' ? std::string("Azure takes no blank in a name.")
                           : "Azure takes no " + std::string(1, *bad) + " in a name.";
    }
    if (name.front() == '_' || name.back() == '.' || name.back() == '-') {
        return "A name cannot begin with _ nor end with . or -.";
    }
    return {};
}

/// By publisher or project: "MicrosoftWindowsServer:..", "windows-cloud/..".
bool isWindows(const std::string& image)
{
    constexpr std::array<std::string_view, 5> kBeginnings
        = {"microsoftwindows", "microsoftvisualstudio:", "windows-cloud/", "windows-sql-cloud/", "projects/windows-"};
    std::string small = image;
    std::transform(small.begin(), small.end(), small.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return std::any_of(
        kBeginnings.begin(), kBeginnings.end(), [&](std::string_view beginning) { return small.starts_with(beginning); });
}

std::string imageProblem(const std::string& image)
{
    if (isWindows(image)) {
        return "Machines with Windows are not made here: Trainyard comes in by SSH, and what stops a machine that idles is for Linux. "
               "Make it in the provider's portal; it is shown here, and can be started and stopped.";
    }
    return image.empty() ? "Choose an image." : "";
}

std::string userProblem(const std::string& user)
{
    const auto mayStand = [](char c) { return isLower(c) || isDigit(c) || c == '-' || c == '_'; };
    if (user.empty() || user.size() > kLongestUser || !isLower(user.front())
        || !std::all_of(user.begin(), user.end(), mayStand)) {
        return "A user name has 1 to 32 lower-case letters, digits, - or _, begun by a letter.";
    }
    if (std::find(kReservedUsers.begin(), kReservedUsers.end(), user) != kReservedUsers.end()) {
        return "\"" + user + "\" is reserved; choose another name, for example trainer.";
    }
    return {};
}

std::string keyProblem(const std::string& key)
{
    if (key.empty()) {
        return "Without an SSH key nobody can come in: passwords are off.";
    }
    if (key.find("PRIVATE KEY") != std::string::npos) {
        return "This is a private key. Give the public part, the file that ends with .pub.";
    }
    constexpr std::array<std::string_view, 5> kKinds
        = {"ssh-ed25519 ", "ssh-rsa ", "ecdsa-sha2-nistp", "sk-ssh-ed25519@", "sk-ecdsa-sha2-"};
    const bool isKnown
        = std::any_of(kKinds.begin(), kKinds.end(), [&](std::string_view kind) { return key.starts_with(kind); });
    if (!isKnown || key.find('\n') != std::string::npos) {
        return "An SSH public key is one line like \"ssh-ed25519 AAAA... me@home\".";
    }
    return {};
}

std::string diskProblem(const DiskRequest& disk, std::int64_t smallest)
{
    if (!disk.sizeGiB || *disk.sizeGiB < smallest || *disk.sizeGiB > kLargestDisk) {
        return "A disk has " + std::to_string(smallest) + " to 32767 GiB.";
    }
    return {};
}

std::string allowedProblem(const MachineRequest& request, bool mayAnyoneKnock)
{
    for (const auto& text : request.allowedFrom) {
        const auto block = IpBlock::parse(text);
        if (!block) {
            return "\"" + text + "\" is no address block; write 203.0.113.7/32.";
        }
        if (block->prefix == 0 && !mayAnyoneKnock) {
            return text + " lets anyone knock at the machine; agree to that, or give your own address.";
        }
    }
    return {};
}

} // namespace

std::string googleLabelProblem(const TextMap& labels)
{
    const auto fits = [](const std::string& text) {
        return text.size() <= kLongestGoogleName
            && std::all_of(text.begin(), text.end(), [](char c) { return isLower(c) || isDigit(c) || c == '-' || c == '_'; });
    };
    for (const auto& [key, value] : labels) {
        if (key.empty() || !isLower(key.front()) || !fits(key) || !fits(value)) {
            return "\"" + key + "=" + value + "\" cannot be a label: lower-case letters, digits, - and _, 63 at most.";
        }
    }
    return {};
}

std::vector<FieldProblem> problemsOf(const MachineRequest& request, bool mayAnyoneKnock)
{
    std::vector<FieldProblem> problems;
    const auto add = [&](const char* field, const std::string& message) {
        if (!message.empty()) {
            problems.push_back({field, message});
        }
    };
    const bool isGoogle = request.provider == "google";
    if (request.provider != "azure" && !isGoogle) {
        add("provider", "Choose azure or google.");
    }
    add("scope", request.scope.empty() ? "Choose a subscription or project." : "");
    add("name", nameProblem(request));
    if (!isGoogle) {
        add("group", request.group.empty() || request.group.size() > kLongestGroup || request.group.back() == '.'
                ? "A resource group has 1 to 90 characters and does not end with a full stop."
                : "");
        add("region", request.region.empty() ? "Choose a region." : "");
        const auto tags = checkTags(request.tags);
        add("tags", tags ? std::string() : tags.error().message + ". " + tags.error().advice);
    } else {
        add("zone", request.zone.empty() ? "Google wants a zone." : "");
        add("gpu", !request.gpu.empty() && request.gpus.value_or(1) < 1 ? "At least one GPU." : "");
        add("maxPrice", request.maxPrice ? "Google has no price limit: a spot machine costs its spot price." : "");
        add("tags", googleLabelProblem(request.tags));
    }
    add("size", request.size.empty() ? "Choose a size." : "");
    add("image", imageProblem(request.image));
    add("dataDisks",
        request.isOfMachineImage() && !request.dataDisks.empty() ? "A machine of a machine image has that image's disks and no others."
                                                                 : "");
    add("osDisk", diskProblem(request.osDisk, kSmallestOsDisk));
    const DiskKind* osKind = findDiskKind(request.provider, request.osDisk.kind);
    add("osDisk", osKind != nullptr && osKind->isDataOnly ? std::string(osKind->label) + " holds data only." : "");
    for (const auto& disk : request.dataDisks) {
        add("dataDisks", diskProblem(disk, 1));
        const DiskKind* kind = findDiskKind(request.provider, disk.kind);
        add("dataDisks",
            kind != nullptr && kind->needsZone && request.zone.empty() ? std::string(kind->label) + " needs a zone: choose one." : "");
    }
    if (!request.isImageSpecialized.value_or(false)) {
        add("user", userProblem(request.user));
        add("sshPublicKey", keyProblem(request.sshPublicKey));
        for (const auto& key : request.moreKeys) {
            add("moreKeys", keyProblem(key));
        }
    }
    if (!request.eviction.empty() && request.eviction != "deallocate" && request.eviction != "delete") {
        add("eviction", "A spot machine that is taken away is deallocated or deleted.");
    }
    add("allowedFrom", allowedProblem(request, mayAnyoneKnock));
    if (request.hasPublicIp.value_or(true) && request.allowedFrom.empty()) {
        add("allowedFrom", "Say who may reach the machine, for example your own address.");
    }
    if (request.maxPrice && *request.maxPrice <= 0.0) {
        add("maxPrice", "A price is above 0; leave it out to pay up to the regular price.");
    }
    if (request.idleMinutes && *request.idleMinutes < 1) {
        add("idleMinutes", "At least one minute.");
    }
    if (request.hardLimitHours && *request.hardLimitHours < 1) {
        add("hardLimitHours", "At least one hour.");
    }
    if (request.budget && *request.budget <= 0.0) {
        add("budget", "A budget is above 0; leave it out for none.");
    } else if (request.budget && request.listPrice.value_or(0.0) <= 0.0) {
        add("budget", "The price is not known, so the machine cannot tell when its budget is spent; set a hard limit.");
    }
    return problems;
}

Result<void> checkRequest(const MachineRequest& request, bool mayAnyoneKnock)
{
    const auto problems = problemsOf(request, mayAnyoneKnock);
    if (problems.empty()) {
        return {};
    }
    std::string message = "the machine cannot be made as described:";
    for (const auto& problem : problems) {
        message += "\n  " + problem.field + ": " + problem.message;
    }
    return Error{ErrorKind::InvalidInput, message, {}};
}

Result<void> checkTags(const TextMap& tags)
{
    constexpr std::size_t kMostTags = 50;
    constexpr std::size_t kLongestName = 512;
    constexpr std::size_t kLongestValue = 256;
    if (tags.size() > kMostTags) {
        return Error{
            ErrorKind::InvalidInput, std::to_string(tags.size()) + " tags are too many", "Azure takes 50, two of which are ours."};
    }
    for (const auto& [name, value] : tags) {
        if (name.empty() || name.size() > kLongestName || name.find_first_of("<>%&\\?/") != std::string::npos) {
            return Error{
                ErrorKind::InvalidInput, "\"" + name + "\" cannot be a tag's name",
                "Use 1 to 512 characters, without < > % & \\ ? /"};
        }
        if (value.size() > kLongestValue) {
            return Error{
                ErrorKind::InvalidInput, "the value of the tag \"" + name + "\" has " + std::to_string(value.size()) + " characters",
                "Azure takes 256."};
        }
    }
    return {};
}

std::string suggestedName(const std::string& project, int number)
{
    std::string stem;
    for (const char c : project) {
        const auto lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        if (isLower(lower) || isDigit(lower)) {
            stem += lower;
        } else if (!stem.empty() && stem.back() != '-') {
            stem += '-';
        }
    }
    constexpr std::size_t kLongestStem = 40;
    stem.resize(std::min(stem.size(), kLongestStem));
    while (!stem.empty() && stem.back() == '-') {
        stem.pop_back();
    }
    return "ty-" + (stem.empty() ? std::string("machine") : stem) + "-" + std::to_string(number);
}

} // namespace ty::cloud
