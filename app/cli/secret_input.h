#pragma once

#include <string>

#include "cloud/secrets/secret.h"

namespace ty::cli {

/// From a terminal, asked for by `what` and without showing it; else all of standard input.
cloud::Secret readSecret(const std::string& what);

} // namespace ty::cli
