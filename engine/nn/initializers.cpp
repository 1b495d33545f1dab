#include "engine/nn/initializers.h"

#include <algorithm>
#include <cmath>
#include <thread>
#include <vector>

#include "engine/nn/orthonormal_rows.h"

namespace ty::engine {

namespace {

void fillNormal(Random& random, double deviation, std::span<float> values)
{
    for (float& value : values) {
        value = static_cast<float>(deviation * random.normal());
    }
}

void fillUniform(Random& random, double limit, std::span<float> values)
{
    for (float& value : values) {
        value = static_cast<float>(random.uniform(-limit, limit));
    }
}

/// Rows of a {rows, columns} matrix, or where there are more rows than columns its columns, become orthonormal: the Q of
/// a Gaussian matrix, by modified Gram-Schmidt.
void fillOrthogonal(Random& random, std::int64_t columns, std::span<float> values)
{
    const std::int64_t rows = static_cast<std::int64_t>(values.size()) / columns;
    const bool isTall = rows > columns;
    const std::int64_t vectors = isTall ? columns : rows;
    const std::int64_t length = isTall ? rows : columns;
    std::vector<double> q(values.size());
    for (double& value : q) {
        value = random.normal();
    }
    constexpr double kParallelWork = 1e8; // below it threads take longer to start than to help
    const double work = static_cast<double>(vectors) * static_cast<double>(vectors) * static_cast<double>(length);
    const int threads = work > kParallelWork ? static_cast<int>(std::thread::hardware_concurrency()) : 1;
    orthonormalise(q, static_cast<std::size_t>(length), threads);
    for (std::int64_t i = 0; i < vectors; ++i) {
        for (std::int64_t j = 0; j < length; ++j) {
            const std::int64_t at = isTall ? j * columns + i : i * columns + j;
            values[static_cast<std::size_t>(at)] = static_cast<float>(q[static_cast<std::size_t>(i * length + j)]);
        }
    }
}

} // namespace

void fillInitial(const Initialisation& initial, Random& random, std::span<float> values)
{
    const double fanIn = static_cast<double>(std::max<std::int64_t>(initial.fanIn, 1));
    const double fanOut = static_cast<double>(std::max<std::int64_t>(initial.fanOut, 1));
    switch (initial.kind) {
    case InitialKind::Zeros: std::fill(values.begin(), values.end(), 0.0F); break;
    case InitialKind::Ones: std::fill(values.begin(), values.end(), 1.0F); break;
    case InitialKind::Orthogonal: {
        // Each gate of a recurrent layer is a matrix of its own.
        const auto matrix = static_cast<std::size_t>(initial.fanIn * initial.fanOut);
        for (std::size_t begin = 0; begin < values.size(); begin += matrix) {
            fillOrthogonal(random, initial.fanIn, values.subspan(begin, matrix));
        }
        break;
    }
    case InitialKind::ForgetGate: {
        const auto units = static_cast<std::size_t>(initial.fanIn);
        for (std::size_t i = 0; i < values.size(); ++i) {
            values[i] = i / units == 1 ? 1.0F : 0.0F;
        }
        break;
    }
    case InitialKind::Constant:
        std::fill(values.begin(), values.end(), static_cast<float>(initial.value));
        break;
    case InitialKind::HeNormal: fillNormal(random, std::sqrt(2.0 / fanIn), values); break;
    case InitialKind::GlorotNormal: fillNormal(random, std::sqrt(2.0 / (fanIn + fanOut)), values); break;
    case InitialKind::Normal: fillNormal(random, initial.value, values); break;
    case InitialKind::HeUniform: fillUniform(random, std::sqrt(6.0 / fanIn), values); break;
    case InitialKind::GlorotUniform: fillUniform(random, std::sqrt(6.0 / (fanIn + fanOut)), values); break;
    case InitialKind::Uniform: fillUniform(random, initial.value, values); break;
    }
}

} // namespace ty::engine
