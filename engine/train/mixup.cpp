#include "engine/train/mixup.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

namespace ty::engine {

namespace {

/// Of Beta(alpha, alpha). Source: Joehnk (1964), quick for alpha up to 1.
double drawShare(double alpha, Random& random)
{
    for (;;) {
        const double a = std::pow(random.uniform(), 1 / alpha);
        const double b = std::pow(random.uniform(), 1 / alpha);
        if (a + b > 0 && a + b <= 1) {
            return a / (a + b);
        }
    }
}

/// Targets that are class numbers as the share of each class.
std::vector<float> sharesOf(std::span<const float> labels, std::size_t classes)
{
    std::vector<float> shares(labels.size() * classes, 0.0F);
    for (std::size_t i = 0; i < labels.size(); ++i) {
        shares[i * classes + static_cast<std::size_t>(labels[i])] = 1;
    }
    return shares;
}

/// Row i becomes shares[i] of itself and the rest of row partners[i].
void mixRows(std::span<const float> shares, std::span<const std::uint32_t> partners, std::vector<float>& rows)
{
    const std::vector<float> before(rows);
    const std::size_t width = rows.size() / shares.size();
    for (std::size_t i = 0; i < shares.size(); ++i) {
        const float* other = before.data() + partners[i] * width;
        float* row = rows.data() + i * width;
        const float share = shares[i];
        for (std::size_t k = 0; k < width; ++k) {
            row[k] = share * row[k] + (1 - share) * other[k];
        }
    }
}

} // namespace

void mixSamples(
    const Mixup& mixup, std::size_t samples, std::vector<float>& inputs, std::vector<float>& targets, Random& random)
{
    std::vector<std::uint32_t> partners(samples);
    std::iota(partners.begin(), partners.end(), 0U);
    random.shuffle(partners);
    std::vector<float> shares(samples);
    for (float& share : shares) {
        const double drawn = drawShare(mixup.alpha, random);
        share = static_cast<float>(std::max(drawn, 1 - drawn)); // so that no two samples become the same mixture
    }
    if (mixup.classes > 0) {
        targets = sharesOf(targets, mixup.classes);
    }
    mixRows(shares, partners, inputs);
    mixRows(shares, partners, targets);
}

} // namespace ty::engine
