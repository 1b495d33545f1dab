#pragma once

#include <string>

#include "cloud/auth/crypto.h"
#include "cloud/secrets/secret.h"
#include "engine/base/json.h"

namespace ty::cloud {

/// A signed JSON web token in its compact form. Source: RFC 7515, section 7.1.
Result<Secret> signedJwt(const Json& header, const Json& claims, const Secret& privateKeyPem, RsaPadding padding);

} // namespace ty::cloud
