#pragma once

#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace ty::cloud {

std::string sha256(std::string_view bytes);
std::string hmacSha256(std::string_view key, std::string_view bytes);

/// How a JSON web token is signed. Source: RFC 7518, sections 3.3 and 3.5.
enum class RsaPadding { Pkcs1, Pss }; ///< RS256, PS256

/// Signs with an RSA private key in PEM. Errors: InvalidInput when the key cannot be read, which never shows it.
Result<std::string> signRsaSha256(const std::string& privateKeyPem, std::string_view bytes, RsaPadding padding);

/// SHA-256 over the DER of the first certificate in a PEM text. Errors: InvalidInput.
Result<std::string> certificateThumbprint(const std::string& pem);

} // namespace ty::cloud
