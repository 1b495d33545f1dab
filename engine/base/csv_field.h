#pragma once

#include <string>

namespace ty {

/// A text as one field of a CSV line, quoted where it must be. Source: RFC 4180, section 2.
std::string csvField(const std::string& text);

} // namespace ty
