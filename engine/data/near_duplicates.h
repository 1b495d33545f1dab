#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include "engine/base/result.h"
#include "engine/data/dataset.h"

namespace ty::engine {

/// Samples that are as good as the same: pictures that differ by size, compression or a little brightness; rows whose features
/// agree to four digits and whose words agree but for case and outer blanks.
struct NearDuplicates {
    /// Samples that belong together, each ascending, at least two; in the order of their first.
    std::vector<std::vector<std::uint32_t>> groups;

    /// Groups whose samples the data gives to more than one part.
    std::uint64_t groupsAcrossParts(const Dataset& dataset) const;
    /// Samples for training that validation or test data as good as hold.
    std::vector<std::uint32_t> trainingSamplesShared(const Dataset& dataset) const;
    /// Samples for validation or test that training data as good as hold.
    std::vector<std::uint32_t> heldOutSamplesShared(const Dataset& dataset) const;
    /// All but the first of each group.
    std::vector<std::uint32_t> copies() const;
    /// Groups whose samples are of more than one class: one of them is wrong.
    std::uint64_t groupsOfSeveralClasses(const Dataset& dataset) const;
};

/// Pictures are told by a difference hash of 64 bits and then compared as 16 x 16 pixels, so that a hash alone accuses nobody.
/// Pictures of one colour are left out. `dataset` holds values. Memory: 264 bytes a picture, 16 a row.
/// Errors: Cancelled; those of a picture that cannot be read are passed over.
Result<NearDuplicates> findNearDuplicates(const Dataset& dataset, const DataProgress& progress, std::stop_token stop);

/// Samples of `dataset` that `other` holds too, equal or nearly, as a problem "near-duplicates" of `dataset`; nothing if there are none
/// or the two cannot be compared. `other` has been opened with `like = &dataset.info()`. Errors: as findNearDuplicates().
Result<std::optional<Problem>> findCopiesIn(
    const Dataset& other, const Dataset& dataset, const DataProgress& progress, std::stop_token stop);

/// What a person should know of them, with what could be left out; nothing if there are none.
std::optional<Problem> nearDuplicateProblem(const Dataset& dataset, const NearDuplicates& found);

} // namespace ty::engine
