#pragma once

#include <string>
#include <vector>

namespace ty::sandbox {

/// A VM size of the sandbox's Azure. Names, families, cores and memory are the real ones.
struct AzureSize {
    std::string name;
    std::string family; ///< as the quota and SKU APIs spell it, stray spaces included
    int cores = 0;
    double memoryGiB = 0;
    int gpus = 0;        ///< as the SKU API says it: 1 for a sixth of an A10
    std::string gpu;     ///< "T4"; empty without
    int dataDisks = 0;
    int networkInterfaces = 0;
    int diskIops = 0;
    int diskMBps = 0;
    bool isArm = false;
};

const std::vector<AzureSize>& azureSizes();
/// Compared without case; nullptr for unknown ones.
const AzureSize* findAzureSize(const std::string& name);

/// Whether and how a size is to be had in a place. The sandbox's own invention, the same on every computer.
enum class AzureOffer {
    Gives,      ///< a create succeeds
    NoCapacity, ///< a create is accepted and ends in AllocationFailed (ZonalAllocationFailed when a zone was asked)
    Refused,    ///< a create is answered 409 SkuNotAvailable
    Restricted, ///< listed with a restriction (NotAvailableForSubscription)
    Absent,     ///< not listed for the region
};

/// @param zone  "1" to "3"; empty: any
AzureOffer azureOffer(const AzureSize& size, const std::string& region, const std::string& zone);

} // namespace ty::sandbox
