#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cloud/model/fields.h"
#include "engine/base/result.h"

namespace ty::cloud {

struct DiskRequest {
    std::optional<std::int64_t> sizeGiB;
    std::string kind; ///< the provider's word: "Premium_LRS", "StandardSSD_LRS", "pd-balanced"
    std::optional<bool> isDeletedWithMachine;

    void fields(auto& f)
    {
        f("sizeGiB", sizeGiB);
        f("kind", kind);
        f("deleteWithMachine", isDeletedWithMachine);
    }
};

/// A machine that a person asks for: what the wizard's pages fill in, the command line's options say and the journal keeps.
/// It holds no secret. JSON by fields().
struct MachineRequest {
    std::string provider; ///< "azure" or "google"
    std::string account;  ///< the account's name in Trainyard
    std::string scope;    ///< Azure subscription or Google project
    std::string group;    ///< Azure resource group
    std::string name;
    std::string region;
    std::string zone; ///< Azure "1" to "3" or empty: wherever there is room; Google "europe-west4-a"
    std::string size;
    std::string gpu; ///< Google accelerator attached to a general size ("nvidia-tesla-t4"); empty on Azure
    std::optional<std::int64_t> gpus;
    std::string image; ///< Azure "publisher:offer:sku:version" or an image's id; Google a link to an image or family
    std::optional<bool> isImageSpecialized; ///< a machine as it was: its users and keys are in the image
    DiskRequest osDisk;
    std::vector<DiskRequest> dataDisks;
    std::string user;
    std::string sshPublicKey; ///< one line of an authorized_keys file; Trainyard's own comes in by it
    std::vector<std::string> moreKeys; ///< further lines: who else comes in
    std::optional<bool> hasPublicIp;
    std::vector<std::string> allowedFrom; ///< CIDR blocks that may reach port 22
    std::optional<bool> isSpot;
    std::string eviction; ///< spot: "deallocate" (empty, too): it is stopped and its disks stay; or "delete"
    std::optional<double> maxPrice; ///< spot, USD per hour; nothing: as much as a regular one
    std::optional<std::int64_t> idleMinutes; ///< stops itself; nothing: never
    std::optional<std::int64_t> hardLimitHours;
    std::optional<double> budget;    ///< USD over its whole life; it stops itself when that is spent
    std::optional<double> listPrice; ///< USD an hour while on, as the price list said when it was asked for
    TextMap tags;

    void fields(auto& f)
    {
        f("provider", provider);
        f("account", account);
        f("scope", scope);
        f("group", group);
        f("name", name);
        f("region", region);
        f("zone", zone);
        f("size", size);
        f("gpu", gpu);
        f("gpus", gpus);
        f("image", image);
        f("imageSpecialized", isImageSpecialized);
        f("osDisk", osDisk);
        f("dataDisks", dataDisks);
        f("user", user);
        f("sshPublicKey", sshPublicKey);
        f("moreKeys", moreKeys);
        f("publicIp", hasPublicIp);
        f("allowedFrom", allowedFrom);
        f("spot", isSpot);
        f("eviction", eviction);
        f("maxPrice", maxPrice);
        f("idleMinutes", idleMinutes);
        f("hardLimitHours", hardLimitHours);
        f("budget", budget);
        f("listPrice", listPrice);
        f("tags", tags);
    }

    /// Google: made of a machine image, whose disks it gets.
    bool isOfMachineImage() const { return image.find("/machineImages/") != std::string::npos; }
    /// Whether anything ends its running without a person.
    bool stopsItself() const { return idleMinutes || hardLimitHours || budget; }
};

/// One thing wrong with one field, as it stands below the field.
struct FieldProblem {
    std::string field;   ///< the JSON name: "name", "sshPublicKey", "dataDisks"
    std::string message; ///< what is wrong and what would be right
};

/// All that can be said without asking the provider; empty when nothing is wrong. `mayAnyoneKnock`: the person agreed that
/// 0.0.0.0/0 may reach the machine.
std::vector<FieldProblem> problemsOf(const MachineRequest& request, bool mayAnyoneKnock);
/// The same as one error, for the command line.
Result<void> checkRequest(const MachineRequest& request, bool mayAnyoneKnock);

/// What Azure takes: 50 tags, names of 1 to 512 characters without <>%&\\?/ and values of up to 256. Errors: InvalidInput.
Result<void> checkTags(const TextMap& tags);

/// What is wrong with tags as labels of Google; empty when nothing is.
std::string googleLabelProblem(const TextMap& labels);

/// "ty-<project>-<n>" in letters that every provider takes.
std::string suggestedName(const std::string& project, int number);

} // namespace ty::cloud
