#include "cloud/azure/resource.h"

#include <algorithm>
#include <cassert>
#include <cctype>
#include <string_view>

namespace ty::cloud::azure {

namespace {

char lower(char c)
{
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

/// The name that stands in an id after `mark`, which is in lower case; empty without.
std::string partAfter(const std::string& id, std::string_view mark)
{
    std::string folded = id;
    std::transform(folded.begin(), folded.end(), folded.begin(), lower);
    const auto start = folded.find(mark);
    if (start == std::string::npos) {
        return {};
    }
    const auto first = start + mark.size();
    return id.substr(first, id.find('/', first) - first);
}

} // namespace

std::string ResourceRef::id() const
{
    std::string result = "/subscriptions/" + subscription + "/resourceGroups/" + group + "/providers/";
    std::string_view rest(type.path);
    const auto slash = rest.find('/');
    result += rest.substr(0, slash);
    rest.remove_prefix(slash + 1);
    for (const std::string& name : names) {
        const auto end = rest.find('/');
        result += "/" + std::string(rest.substr(0, end)) + "/" + name;
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    assert(rest.empty()); // a name for each part
    return result;
}

std::string nameOfId(const std::string& id)
{
    const auto slash = id.rfind('/');
    return slash == std::string::npos ? std::string() : id.substr(slash + 1);
}

std::string groupOfId(const std::string& id)
{
    return partAfter(id, "/resourcegroups/");
}

std::string subscriptionOfId(const std::string& id)
{
    return partAfter(id, "/subscriptions/");
}

bool isSame(const std::string& a, const std::string& b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string regionName(const std::string& displayed)
{
    std::string name;
    for (const char c : displayed) {
        if (c != ' ') {
            name += lower(c);
        }
    }
    return name;
}

} // namespace ty::cloud::azure
