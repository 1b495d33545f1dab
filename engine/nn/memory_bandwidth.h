#pragma once

namespace ty::engine {

/// What measureMemoryBandwidth() takes while it works.
constexpr unsigned long long kBandwidthBytes = 128'000'000;

/// Bytes a second that `threads` threads read and write when they copy far more than the caches hold; best of `tries`,
/// about 20 ms each, and 60 ms for the memory.
double measureMemoryBandwidth(int threads, int tries = 6);

} // namespace ty::engine
