#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ty::engine {

/// Connectionist temporal classification: -log of the probability that the frames of a sequence, with repeated classes
/// merged and blanks (class 0) taken out, read as the labels. In nats; forward-backward in log space.
/// Source: Graves et al. (2006), sections 3 and 4.
///
/// A target is a row of 1 + L numbers: how many frames count, then the labels, 1 to classes - 1, up to the first number
/// below 0.
struct CtcTarget {
    std::int64_t frames = 0;
    std::vector<std::int64_t> labels;
};
template<typename T>
CtcTarget readCtcTarget(std::span<const T> row)
{
    CtcTarget target;
    target.frames = static_cast<std::int64_t>(row[0]);
    for (std::size_t i = 1; i < row.size() && row[i] >= T{0}; ++i) {
        target.labels.push_back(static_cast<std::int64_t>(row[i]));
    }
    return target;
}

/// The loss of one sample; 0 where its frames are too few for its labels, which no path can give.
/// @param logits    {steps, classes}
/// @param gradient  empty, or {steps, classes}: the loss's derivative in the logits; 0 for steps behind the frames
double ctcLoss(
    std::span<const double> logits, std::int64_t classes, const CtcTarget& target, std::span<double> gradient);

/// The labels of the most probable class of each frame.
std::vector<std::int64_t> ctcBestPath(std::span<const double> logits, std::int64_t classes, std::int64_t frames);

} // namespace ty::engine
