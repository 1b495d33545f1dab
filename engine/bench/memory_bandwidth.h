#pragma once

namespace ty::engine {

/// Bytes a second that `threads` threads read and write when they copy far more than the caches hold; best of several
/// tries, about 0.1 s.
double measureMemoryBandwidth(int threads);

} // namespace ty::engine
