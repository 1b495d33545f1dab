#include "cloud/storage/account_places.h"

#include <utility>

#include "cloud/storage/store_path.h"

namespace ty::cloud {

AccountPlaces::AccountPlaces(std::string endpoint, std::string container)
    : m_endpoint(std::move(endpoint))
    , m_container(std::move(container))
{
    while (m_endpoint.ends_with('/')) {
        m_endpoint.pop_back();
    }
}

bool AccountPlaces::isEmulated() const
{
    const auto url = parseUrl(m_endpoint);
    return url && url->path.size() > 1;
}

bool AccountPlaces::isOnThisComputer() const
{
    const auto url = parseUrl(m_endpoint);
    return url && isEmulated() && (url->host == "127.0.0.1" || url->host == "localhost");
}

Result<AccountPlace> AccountPlaces::placeOf(const std::string& path) const
{
    if (path.find('\0') != std::string::npos) {
        return Error{ErrorKind::InvalidInput, "a name holds a NUL character", {}};
    }
    if (!m_container.empty()) {
        return AccountPlace{m_container, path};
    }
    auto [container, inside] = splitContainer(path);
    return AccountPlace{std::move(container), std::move(inside)};
}

std::string AccountPlaces::urlOf(const AccountPlace& place, const Query& query) const
{
    std::string url = m_endpoint + "/" + percentEncode(place.container);
    if (!place.path.empty()) {
        url += "/" + percentEncodePath(place.path);
    }
    return query.empty() ? url : url + "?" + queryText(query);
}

std::string AccountPlaces::accountUrl(const Query& query) const
{
    return m_endpoint + "/?" + queryText(query);
}

} // namespace ty::cloud
