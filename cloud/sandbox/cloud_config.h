#pragma once

#include <string>

namespace ty::sandbox {

/// Where the files of a cloud-config are put below a machine's home, since its root folder is this computer's.
inline constexpr const char* kMachineRoot = ".machine";

/// The script that a machine runs at its first start: a script as it is; of a cloud-config its write_files (base64 ones), below
/// kMachineRoot, with proc and dev linked there. Empty for anything else: runcmd would change this computer.
std::string bootScriptOf(const std::string& userData);

} // namespace ty::sandbox
