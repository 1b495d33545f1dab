#pragma once

#include <vector>

#include "cloud/storage/store_grant.h"

namespace ty::streaming {

/// How trainyard-run is told what opens the stores of its data: it reads this descriptor to its end, and learns its number by
/// --stores-fd.
inline constexpr int kStoresDescriptor = 3;

/// The end to read from of a pipe that holds them whole; the caller closes it. No other program inherits it by itself.
/// Errors: Io.
Result<int> storesPipe(const cloud::Secret& grants);

} // namespace ty::streaming
