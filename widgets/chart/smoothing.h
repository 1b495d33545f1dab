#pragma once

#include <cmath>

namespace ty::widgets {

/// Exponential moving average with bias correction, as in Kingma and Ba, Adam (2015), section 3:
/// m = w m + (1 - w) x, shown as m / (1 - w^n), so that the first values are not pulled to zero.
/// NaN and infinities are passed over.
struct MovingAverage {
    double mean = 0;
    double power = 1; ///< weight^n

    double add(double weight, double value)
    {
        if (std::isfinite(value)) {
            mean = weight * mean + (1 - weight) * value;
            power = power < 1e-17 ? 0 : power * weight;
        }
        return current();
    }

    /// NaN before the first finite value.
    double current() const
    {
        // Past this the correction is below the precision of a double, and a division is dear.
        return power < 1e-17 ? mean : mean / (1 - power);
    }
};

} // namespace ty::widgets
