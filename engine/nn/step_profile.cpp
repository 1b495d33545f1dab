#include "engine/nn/step_profile.h"

namespace ty::engine {

double StepProfile::floor(double bytesPerSecond) const
{
    double seconds = updateBytes / bytesPerSecond;
    for (const ProfiledNode& node : nodes) {
        seconds += node.isLibraryKernel ? node.seconds : node.bytes / bytesPerSecond;
    }
    return seconds;
}

} // namespace ty::engine
