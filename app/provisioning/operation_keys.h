#pragma once

#include <string>
#include <vector>

#include "cloud/provision/azure_storage.h"
#include "cloud/provision/cluster.h"
#include "cloud/provision/journal.h"
#include "cloud/provision/leftover.h"
#include "cloud/provision/machine_request.h"

namespace ty::app {

// What the journal keeps of an operation besides its kind.
inline constexpr const char* kAccountKey = "account";
inline constexpr const char* kMarkKey = "mark";           ///< of the machine's creation
inline constexpr const char* kOperationKey = "operation"; ///< a UUID of the operation itself
inline constexpr const char* kRequestKey = "request";     ///< MachineRequest
inline constexpr const char* kMachineIdKey = "machineId";
inline constexpr const char* kVerbKey = "verb";
inline constexpr const char* kSizeKey = "size";
inline constexpr const char* kImageKey = "image";
inline constexpr const char* kDiskKey = "disk"; ///< of a capture: the system disk
inline constexpr const char* kSpecializedKey = "specialized"; ///< of a capture: the machine as it is
inline constexpr const char* kGalleryKey = "gallery";         ///< of such a capture at Azure; so are the next two
inline constexpr const char* kVersionKey = "version";
inline constexpr const char* kIsImageThereKey = "isImageThere";
inline constexpr const char* kWasRunningKey = "wasRunning";
inline constexpr const char* kLeftoversKey = "leftovers"; ///< of "clean": id, kind, name, tagged
inline constexpr const char* kTagsKey = "tags"; ///< all that the machine shall have

inline constexpr const char* kRegionKey = "region";
inline constexpr const char* kShutdownKey = "shutdown"; ///< DailyShutdown; absent: taken away
inline constexpr const char* kClusterKey = "cluster"; ///< ClusterRequest
inline constexpr const char* kCountKey = "count";
inline constexpr const char* kGroupKey = "group";
inline constexpr const char* kStorageKey = "storage"; ///< StorageRequest

// Kinds of operations on clusters.
inline constexpr const char* kCreateCluster = "create cluster";
inline constexpr const char* kScaleCluster = "scale cluster";
inline constexpr const char* kStartCluster = "start cluster";
inline constexpr const char* kStopCluster = "stop cluster";
inline constexpr const char* kDeleteCluster = "delete cluster";

// Kinds of operations on storage accounts.
inline constexpr const char* kCreateStorage = "create storage account";
inline constexpr const char* kDeleteStorage = "delete storage account";

/// Empty when it is not there, or no text.
std::string textOf(const Json& json, const char* key);
cloud::TextMap tagsOf(const Json& json);
/// The machine's description; an empty one when there is none.
cloud::MachineRequest requestOf(const Json& json);
std::vector<cloud::Leftover> leftoversOf(const Json& json);
cloud::ClusterRequest clusterRequestOf(const Json& json);
cloud::StorageRequest storageRequestOf(const Json& json);

} // namespace ty::app
