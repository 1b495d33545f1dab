#include "engine/nn/initializers.h"

#include <algorithm>
#include <cmath>

namespace ty::engine {

void fillInitial(const Initialisation& initial, Random& random, std::span<float> values)
{
    const double fanIn = static_cast<double>(std::max<std::int64_t>(initial.fanIn, 1));
    const double fanOut = static_cast<double>(std::max<std::int64_t>(initial.fanOut, 1));
    switch (initial.kind) {
    case InitialKind::Zeros: std::fill(values.begin(), values.end(), 0.0F); break;
    case InitialKind::Ones: std::fill(values.begin(), values.end(), 1.0F); break;
    case InitialKind::HeNormal: {
        const double deviation = std::sqrt(2.0 / fanIn);
        for (float& value : values) {
            value = static_cast<float>(deviation * random.normal());
        }
        break;
    }
    case InitialKind::GlorotUniform: {
        const double limit = std::sqrt(6.0 / (fanIn + fanOut));
        for (float& value : values) {
            value = static_cast<float>(random.uniform(-limit, limit));
        }
        break;
    }
    }
}

} // namespace ty::engine
