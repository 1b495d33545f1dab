#include "cloud/sandbox/arm_path.h"

#include <array>
#include <algorithm>

namespace ty::sandbox {

namespace {

/// Words that follow a resource's name without being a type of children.
bool isAction(const std::string& word)
{
    static const std::array words{
        "start", "poweroff", "deallocate", "restart", "redeploy", "reimage", "generalize", "capture", "runcommand",
        "instanceview", "simulateeviction", "vmsizes", "retrievebootdiagnosticsdata", "begingetaccess", "endgetaccess",
        "cancel", "validate", "exporttemplate", "whatif", "generatekeypair", "converttomanageddisks", "reapply",
        "effectivenetworksecuritygroups", "effectiveroutetable", "skus", "osupgradehistory", "manualupgrade", "delete",
        "listkeys", "regeneratekey"};
    const std::string folded = lowerCase(word);
    return std::find(words.begin(), words.end(), folded) != words.end();
}

} // namespace

std::string ArmPath::fullType() const
{
    std::string text = provider;
    for (const auto& type : types) {
        text += "/" + type;
    }
    return lowerCase(text);
}

std::string ArmPath::id() const
{
    std::string text = "/subscriptions/" + subscription;
    if (!group.empty()) {
        text += "/resourceGroups/" + group;
    }
    if (!provider.empty()) {
        text += "/providers/" + provider;
    }
    for (std::size_t i = 0; i < types.size(); ++i) {
        text += "/" + types[i] + (i < names.size() ? "/" + names[i] : "");
    }
    return text;
}

std::string ArmPath::key() const
{
    return "arm" + lowerCase(id());
}

std::string ArmPath::groupKey() const
{
    return "group/" + lowerCase(group);
}

ArmPath ArmPath::parent() const
{
    ArmPath path = *this;
    path.types.pop_back();
    path.names.resize(std::min(path.names.size(), path.types.size()));
    return path;
}

bool parseArmPath(const std::vector<std::string>& segments, ArmPath& path, std::vector<std::string>& rest)
{
    std::size_t at = 0;
    const auto isWord = [&](std::size_t i, const char* word) { return i < segments.size() && equalFold(segments[i], word); };
    if (!isWord(0, "subscriptions") || segments.size() < 2) {
        return false;
    }
    path.subscription = segments[1];
    at = 2;
    if (isWord(at, "resourcegroups") && at + 1 < segments.size()) {
        path.group = segments[at + 1];
        at += 2;
    }
    if (isWord(at, "providers") && at + 1 < segments.size()) {
        path.provider = segments[at + 1];
        at += 2;
        while (at < segments.size() && !isWord(at, "providers")) {
            // An action follows a whole name; a type of children never bears one of the actions' names.
            if (!path.types.empty() && path.names.size() == path.types.size() && isAction(segments[at])) {
                break;
            }
            path.types.push_back(segments[at++]);
            if (at < segments.size() && !isWord(at, "providers")) {
                path.names.push_back(segments[at++]);
            }
        }
    }
    rest.assign(segments.begin() + static_cast<std::ptrdiff_t>(at), segments.end());
    return true;
}

ArmPath parseArmId(const std::string& id)
{
    std::vector<std::string> segments;
    for (auto& segment : splitText(id, '/')) {
        if (!segment.empty()) {
            segments.push_back(std::move(segment));
        }
    }
    ArmPath path;
    std::vector<std::string> rest;
    const bool isResource = parseArmPath(segments, path, rest) && rest.empty() && !path.types.empty() && !path.isCollection();
    return isResource ? path : ArmPath{};
}

std::string armKey(const std::string& id)
{
    return "arm" + lowerCase(id);
}

} // namespace ty::sandbox
