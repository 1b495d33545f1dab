#include "app/provisioning/capture_order.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <regex>
#include <utility>

#include "app/provisioning/connection.h"
#include "cloud/azure/gallery.h"
#include "cloud/azure/requests.h"

namespace ty::app {

namespace {

using namespace cloud;
using Numbers = std::array<std::int32_t, 3>;

/// Nothing: "1.0", "1.0.x", or a number that Azure's versions cannot hold.
std::optional<Numbers> numbersOf(const std::string& version)
{
    Numbers numbers{};
    const char* at = version.data();
    const char* const end = at + version.size();
    for (std::size_t part = 0; part < numbers.size(); ++part) {
        if (part > 0 && (at == end || *at++ != '.')) {
            return {};
        }
        const auto [next, error] = std::from_chars(at, end, numbers[part]);
        if (error != std::errc() || *at == '-') {
            return {};
        }
        at = next;
    }
    return at == end ? std::optional(numbers) : std::nullopt;
}

} // namespace

std::string nextVersion(const std::vector<std::string>& versions)
{
    std::optional<Numbers> highest;
    for (const std::string& version : versions) {
        highest = std::max(highest, numbersOf(version));
    }
    if (!highest) {
        return "1.0.0";
    }
    const auto [major, minor, patch] = *highest;
    return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(std::int64_t{patch} + 1);
}

Result<void> checkGallery(const std::string& gallery, const std::string& version)
{
    static const std::regex allowed("[A-Za-z0-9]([A-Za-z0-9_.]{0,78}[A-Za-z0-9])?");
    if (!std::regex_match(gallery, allowed)) {
        return Error{
            ErrorKind::InvalidInput, "\"" + gallery + "\" is no name for a gallery",
            "1 to 80 letters, digits, dots and underscores, a letter or digit at both ends."};
    }
    if (!version.empty() && !numbersOf(version)) {
        return Error{
            ErrorKind::InvalidInput, "\"" + version + "\" is no version of an image", "Three whole numbers, for example 1.0.0."};
    }
    return {};
}

Result<ImageShelf> readImageShelf(
    AzureConnection& connection, const std::string& group, const std::string& gallery, const std::string& image, std::stop_token stop)
{
    azure::ArmClient& client = connection.client();
    const azure::ResourceRef definition{connection.account().scope, group, azure::kGalleryImages, {gallery, image}};
    ImageShelf shelf;
    const auto found = client.get<azure::GalleryImage>(azure::getResource(definition), stop);
    if (!found) {
        return found.error().kind == ErrorKind::NotFound ? Result<ImageShelf>(shelf) : found.error();
    }
    shelf.isThere = true;
    shelf.isSpecialized = found->osState == "Specialized";
    TY_TRY(
        const auto versions,
        client.list<azure::GalleryImageVersion>(azure::listChildren(definition, azure::kGalleryVersions), std::move(stop)));
    for (const auto& version : versions) {
        shelf.versions.push_back(version.name);
    }
    return shelf;
}

Result<CaptureOrder> completeOrder(AzureConnection& connection, const std::string& group, CaptureOrder order, std::stop_token stop)
{
    if (order.form != CaptureForm::Machine) {
        return order;
    }
    TY_CHECK(checkGallery(order.gallery, order.version));
    TY_TRY(const ImageShelf shelf, readImageShelf(connection, group, order.gallery, order.image, std::move(stop)));
    const std::string where = "the gallery \"" + order.gallery + "\"";
    if (shelf.isThere && !shelf.isSpecialized) {
        return Error{
            ErrorKind::AlreadyExists, where + " has an image \"" + order.image + "\" for new machines, not for machines as they are",
            "Choose another name."};
    }
    if (std::find(shelf.versions.begin(), shelf.versions.end(), order.version) != shelf.versions.end()) {
        return Error{
            ErrorKind::AlreadyExists, where + " has version " + order.version + " of \"" + order.image + "\" already",
            "The next one is " + nextVersion(shelf.versions) + "."};
    }
    if (order.version.empty()) {
        order.version = nextVersion(shelf.versions);
    }
    order.isImageThere = shelf.isThere;
    return order;
}

} // namespace ty::app
