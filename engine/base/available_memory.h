#pragma once

#include <cstdint>

namespace ty {

/// Bytes of memory that this process can still take without swapping. Limits on it count: $TRAINYARD_MEMORY (bytes, or
/// with K, M, G or T: 1.5G), of its own data (ulimit -d), of its addresses (ulimit -v) and of its control groups (containers,
/// services). A cautious guess where the system does not say. Any thread.
std::uint64_t availableMemoryBytes();

/// Bytes that this process could have if no other took any: the computer's memory, or the lowest of those limits.
std::uint64_t memoryLimitBytes();

} // namespace ty
