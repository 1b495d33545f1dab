#include "engine/graph/ctc.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ty::engine {

namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();

/// log(exp a + exp b).
double logSum(double a, double b)
{
    const double high = std::max(a, b);
    return high == kNever ? kNever : high + std::log1p(std::exp(std::min(a, b) - high));
}

} // namespace

double ctcLoss(
    std::span<const double> logits, std::int64_t classes, const CtcTarget& target, std::span<double> gradient)
{
    std::fill(gradient.begin(), gradient.end(), 0.0);
    const auto width = static_cast<std::size_t>(classes);
    const auto frames = static_cast<std::size_t>(target.frames);
    const std::vector<std::int64_t>& labels = target.labels;
    // A blank before, between and behind the labels.
    const std::size_t states = 2 * labels.size() + 1;
    const auto classOf = [&labels](std::size_t state) {
        return state % 2 == 0 ? std::size_t{0} : static_cast<std::size_t>(labels[state / 2]);
    };
    /// Whether a path may step over the blank before `state`.
    const auto isSkipPossible = [&](std::size_t state) {
        return state % 2 == 1 && state >= 2 && labels[state / 2] != labels[state / 2 - 1];
    };

    std::vector<double> logs(frames * width); // log softmax
    for (std::size_t t = 0; t < frames; ++t) {
        const double* row = logits.data() + t * width;
        const double best = *std::max_element(row, row + width);
        double total = 0;
        for (std::size_t k = 0; k < width; ++k) {
            total += std::exp(row[k] - best);
        }
        for (std::size_t k = 0; k < width; ++k) {
            logs[t * width + k] = row[k] - best - std::log(total);
        }
    }
    std::vector<double> forward(frames * states, kNever);
    for (std::size_t t = 0; t < frames; ++t) {
        for (std::size_t s = 0; s < states; ++s) {
            double reached = t == 0 ? (s < 2 ? 0.0 : kNever) : forward[(t - 1) * states + s];
            if (t > 0 && s > 0) {
                reached = logSum(reached, forward[(t - 1) * states + s - 1]);
                if (isSkipPossible(s)) {
                    reached = logSum(reached, forward[(t - 1) * states + s - 2]);
                }
            }
            forward[t * states + s] = reached + logs[t * width + classOf(s)];
        }
    }
    if (frames == 0) {
        return 0;
    }
    const double* last = forward.data() + (frames - 1) * states;
    const double whole = states > 1 ? logSum(last[states - 1], last[states - 2]) : last[0];
    if (whole == kNever) {
        return 0;
    }
    if (gradient.empty()) {
        return -whole;
    }
    std::vector<double> backward(frames * states, kNever); // without the frame itself
    for (std::size_t t = frames; t-- > 0;) {
        for (std::size_t s = 0; s < states; ++s) {
            double left = t + 1 == frames && s + 2 >= states ? 0.0 : kNever;
            if (t + 1 < frames) {
                const auto through = [&](std::size_t next) {
                    return backward[(t + 1) * states + next] + logs[(t + 1) * width + classOf(next)];
                };
                left = through(s);
                if (s + 1 < states) {
                    left = logSum(left, through(s + 1));
                }
                if (s + 2 < states && isSkipPossible(s + 2)) {
                    left = logSum(left, through(s + 2));
                }
            }
            backward[t * states + s] = left;
        }
    }
    for (std::size_t t = 0; t < frames; ++t) {
        for (std::size_t k = 0; k < width; ++k) {
            gradient[t * width + k] = std::exp(logs[t * width + k]);
        }
        for (std::size_t s = 0; s < states; ++s) {
            gradient[t * width + classOf(s)] -=
                std::exp(forward[t * states + s] + backward[t * states + s] - whole);
        }
    }
    return -whole;
}

std::vector<std::int64_t> ctcBestPath(std::span<const double> logits, std::int64_t classes, std::int64_t frames)
{
    std::vector<std::int64_t> labels;
    std::int64_t previous = 0;
    for (std::int64_t t = 0; t < frames; ++t) {
        const auto row = logits.subspan(static_cast<std::size_t>(t * classes), static_cast<std::size_t>(classes));
        const std::int64_t best = std::max_element(row.begin(), row.end()) - row.begin();
        if (best != 0 && best != previous) {
            labels.push_back(best);
        }
        previous = best;
    }
    return labels;
}

} // namespace ty::engine
