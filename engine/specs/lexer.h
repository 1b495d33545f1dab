#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/specs/token.h"

namespace ty::engine::specs {

/// The tokens of a spec; the last one is always End.
///
/// Comments are /* … */ and // to the end of the line. B's mathematical signs (∈ ∧ ≤ → …) read as their ASCII forms.
/// Fails with InvalidInput and "line L, column C" at a character that no token begins with, or at a comment or quoted
/// name that is not closed.
/// Source of the ASCII forms: Abrial, The B-Book (1996), appendix A; as in the ProB model checker's documentation.
Result<std::vector<Token>> readTokens(std::string_view text);

/// Whether the text is one of the language's words ("PRE", "card"); those cannot name anything.
bool isSpecWord(std::string_view text);

/// "line 3, column 7".
std::string placeWords(const Place& place);
/// An InvalidInput error at a place of a spec.
Error specError(const Place& place, const std::string& message, std::string advice = {});

} // namespace ty::engine::specs
