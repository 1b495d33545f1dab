#pragma once

#include <cstdint>

namespace ty {

/// Bytes of memory that this process can still take without swapping. Limits on it count: of its addresses (ulimit -v)
/// and of its control groups (containers, services). A cautious guess where the system does not say. Any thread.
std::uint64_t availableMemoryBytes();

} // namespace ty
