#include "cloud/azure/permission.h"

#include <algorithm>
#include <string_view>

#include "cloud/azure/resource.h"

namespace ty::cloud::azure {

namespace {

/// `pattern` has at most some stars, each of which stands for any letters.
bool fitsPattern(std::string_view pattern, std::string_view text)
{
    const auto star = pattern.find('*');
    if (star == std::string_view::npos) {
        return isSame(std::string(pattern), std::string(text));
    }
    if (text.size() < star || !isSame(std::string(pattern.substr(0, star)), std::string(text.substr(0, star)))) {
        return false;
    }
    const std::string_view rest = pattern.substr(star + 1);
    for (std::size_t skipped = star; skipped <= text.size(); ++skipped) {
        if (fitsPattern(rest, text.substr(skipped))) {
            return true;
        }
    }
    return false;
}

bool matchesAny(const std::vector<std::string>& patterns, const std::string& action)
{
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& each) { return fitsPattern(each, action); });
}

} // namespace

bool isAllowed(const std::vector<Permission>& permissions, const std::string& action)
{
    return std::any_of(permissions.begin(), permissions.end(), [&](const Permission& each) {
        return matchesAny(each.actions, action) && !matchesAny(each.notActions, action);
    });
}

} // namespace ty::cloud::azure
