#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace ty::cloud {

/// A kind of disk that a machine may have.
struct DiskKind {
    const char* id;    ///< the provider's word: "Premium_LRS", "pd-ssd"
    const char* label; ///< "Premium SSD"
    bool isDataOnly;   ///< no system starts from it
    bool needsZone;    ///< Azure: only of machines in a zone
};

/// The usual one for data first.
std::span<const DiskKind> diskKinds(const std::string& provider);
/// Null: not one of ours.
const DiskKind* findDiskKind(const std::string& provider, const std::string& id);

/// What a disk is billed as and can do: "P15 (256 GiB): 1100 IOPS, 125 MB/s". Empty where nothing certain is known.
std::string diskWords(const std::string& provider, const std::string& kind, std::int64_t sizeGiB);

} // namespace ty::cloud
