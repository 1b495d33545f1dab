#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/base/sample_fixes.h"

namespace ty::engine {
class Dataset;
struct DatasetInfo;
} // namespace ty::engine

namespace ty::app {

/// Id of a sample -> its number in an opened dataset.
using SamplePlaces = std::unordered_map<std::string, std::uint32_t>;

/// Corrections as views show them over a dataset that was opened without them.
struct CorrectedSamples {
    static constexpr std::int32_t kLeftOut = -2;

    std::unordered_map<std::uint32_t, std::int32_t> classes; ///< sample -> class index, -1 for a class that is gone, kLeftOut
    std::vector<std::string> vanished;                       ///< ids that the dataset does not have

    bool isEmpty() const { return classes.empty(); }
    bool contains(std::uint32_t sample) const { return classes.contains(sample); }
    bool isLeftOut(std::uint32_t sample) const;
    /// The class that the sample counts as: the corrected one, else that of the data; a sample left out keeps its own, so that a
    /// view of its class still shows it.
    std::int32_t classOf(const engine::Dataset& dataset, std::uint32_t sample) const;
};

/// Looks at the id of every sample: not for the GUI thread.
SamplePlaces placesOf(const engine::Dataset& dataset, const SampleFixes& fixes);

CorrectedSamples correctedSamples(const engine::DatasetInfo& info, const SampleFixes& fixes, const SamplePlaces& places);

/// Samples that a view shows, ascending.
/// @param classIndex  only those that count as this class; -1: any
std::vector<std::uint32_t> shownSamples(
    const engine::Dataset& dataset, const CorrectedSamples& corrected, int classIndex, bool areCorrectedAlone);

/// How many samples each class has with the corrections, in the order of the classes.
std::vector<std::uint64_t> classCounts(const engine::Dataset& dataset, const CorrectedSamples& corrected);

} // namespace ty::app
