#pragma once

namespace ty::cloud {

/// Tags (at Google: labels) that every resource of ours carries, so that leftovers are found even when the catalog is lost.
inline constexpr const char* kOperationTag = "trainyard-operation"; ///< the creating operation's mark
inline constexpr const char* kMachineTag = "trainyard-machine";     ///< the machine's name
/// Of a machine made of a specialized image: who logs in, which Azure does not tell then.
inline constexpr const char* kUserTag = "trainyard-user";
/// Of a machine that Azure stops each day: when. The schedule would outlive the machine.
inline constexpr const char* kShutdownTag = "trainyard-shutdown";

} // namespace ty::cloud
