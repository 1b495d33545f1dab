#pragma once

#include <string>

#include "cloud/provision/journal.h"
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
inline constexpr const char* kWasRunningKey = "wasRunning";
inline constexpr const char* kTagsKey = "tags"; ///< all that the machine shall have

/// Empty when it is not there, or no text.
std::string textOf(const Json& json, const char* key);
cloud::TextMap tagsOf(const Json& json);
/// The machine's description; an empty one when there is none.
cloud::MachineRequest requestOf(const Json& json);

} // namespace ty::app
