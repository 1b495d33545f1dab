#pragma once

#include <string>

namespace ty::engine {

/// What a learner is listed under: "Trees" of "forest"; empty for an unknown name. Learners of one family stand together in
/// makeLearners().
std::string learnerFamily(const std::string& learner);

} // namespace ty::engine
