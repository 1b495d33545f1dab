#include "engine/nn/step_profile.h"

namespace ty::engine {

double StepProfile::librarySeconds() const
{
    double seconds = 0;
    for (const ProfiledNode& node : nodes) {
        seconds += node.isLibraryKernel ? node.seconds : 0;
    }
    return seconds;
}

double StepProfile::aloneSeconds() const
{
    double seconds = 0;
    for (const ProfiledNode& node : nodes) {
        seconds += node.seconds;
    }
    return seconds;
}

double StepProfile::floor(double bytesPerSecond) const
{
    double bytes = updateBytes;
    for (const ProfiledNode& node : nodes) {
        bytes += node.isLibraryKernel ? 0 : node.bytes;
    }
    return librarySeconds() + bytes / bytesPerSecond;
}

} // namespace ty::engine
