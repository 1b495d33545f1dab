#pragma once

#include <string>
#include <vector>

namespace ty::engine {

/// A dataset that comes with the program.
struct SampleDataset {
    std::string id;       ///< "digits"
    std::string title;    ///< "Handwritten digits"
    std::string sentence; ///< one sentence for the tile
    std::string path;     ///< what openDataset takes
    std::string licence;
};

/// The folder of the samples: $TRAINYARD_SAMPLES, else ../share/trainyard/samples beside the
/// running program, else trainyard/samples in $XDG_DATA_DIRS. Empty if there is none.
std::string samplesFolder();

/// The samples that are there, in the order of the tiles.
std::vector<SampleDataset> bundledSamples(const std::string& folder);
inline std::vector<SampleDataset> bundledSamples()
{
    return bundledSamples(samplesFolder());
}

} // namespace ty::engine
