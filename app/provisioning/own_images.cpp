#include "app/provisioning/own_images.h"

#include <algorithm>
#include <utility>

#include "cloud/azure/captured_image.h"
#include "cloud/azure/gallery.h"
#include "cloud/azure/requests.h"
#include "cloud/azure/resource.h"
#include "cloud/gcp/compute_requests.h"

namespace ty::app {

namespace {

using namespace cloud;

/// What cannot be read is left out: there are plain images besides.
template<typename T>
std::vector<T> listOrNone(AzureConnection& connection, const azure::ArmRequest& request, const std::stop_token& stop)
{
    return connection.client().list<T>(request, stop).valueOr({});
}

void addGallery(AzureConnection& connection, const azure::Gallery& gallery, std::vector<OwnImage>& own, const std::stop_token& stop)
{
    azure::ResourceRef shelf{connection.account().scope, azure::groupOfId(gallery.id), azure::kGalleries, {gallery.name}};
    for (const auto& image : listOrNone<azure::GalleryImage>(connection, azure::listChildren(shelf, azure::kGalleryImages), stop)) {
        if (!image.osType.empty() && image.osType != "Linux") {
            continue;
        }
        const azure::ResourceRef definition{shelf.subscription, shelf.group, azure::kGalleryImages, {gallery.name, image.name}};
        for (const auto& version :
             listOrNone<azure::GalleryImageVersion>(connection, azure::listChildren(definition, azure::kGalleryVersions), stop)) {
            own.push_back({version.id, image.name + " " + version.name, version.location, image.osState == "Specialized"});
        }
    }
}

/// "projects/p/global/images/.." have no region.
Result<std::vector<OwnImage>> readGoogleImages(GoogleConnection& google, std::stop_token stop)
{
    const std::string& scope = google.account().scope;
    TY_TRY(const auto images, google.client().list<gcp::Image>(gcp::listImages(scope), stop));
    std::vector<OwnImage> own;
    for (const gcp::Image& image : images) {
        own.push_back({"projects/" + scope + "/global/images/" + image.name, image.name, "global"});
    }
    auto whole = google.client().list<gcp::MachineImage>(gcp::listMachineImages(scope), std::move(stop));
    const auto machines = whole ? std::move(whole).value() : std::vector<gcp::MachineImage>(); // there are plain images besides
    for (const gcp::MachineImage& image : machines) {
        own.push_back({"projects/" + scope + "/global/machineImages/" + image.name, image.name, "whole machine"});
    }
    return own;
}

Result<std::vector<OwnImage>> readAzureImages(AzureConnection& connection, std::stop_token stop)
{
    const std::string& scope = connection.account().scope;
    TY_TRY(
        const auto images,
        connection.client().list<azure::CapturedImage>(azure::listInSubscription(scope, azure::kImages), stop));
    std::vector<OwnImage> own;
    for (const azure::CapturedImage& image : images) {
        own.push_back({image.id, image.name, image.location});
    }
    for (const auto& gallery :
         listOrNone<azure::Gallery>(connection, azure::listInSubscription(scope, azure::kGalleries), stop)) {
        addGallery(connection, gallery, own, stop);
    }
    return own;
}

} // namespace

Result<std::vector<OwnImage>> readOwnImages(CloudSession& session, std::stop_token stop)
{
    TY_TRY(
        auto own,
        session.google() != nullptr ? readGoogleImages(*session.google(), std::move(stop))
                                    : readAzureImages(session.connection(), std::move(stop)));
    std::sort(own.begin(), own.end(), [](const OwnImage& a, const OwnImage& b) { return a.name < b.name; });
    return own;
}

} // namespace ty::app
