#pragma once

#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace ty {

/// `bytes` in the standard alphabet of RFC 4648, padded, in one line.
std::string encodeBase64(std::string_view bytes);
/// The same in the alphabet for urls and without padding, as JSON Web Tokens have it.
std::string encodeBase64Url(std::string_view bytes);
/// The bytes of standard or url base64, padded or not; blanks and line ends are skipped. Errors: InvalidInput.
Result<std::string> decodeBase64(std::string_view text);

} // namespace ty
