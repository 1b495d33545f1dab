#include "engine/linear/least_squares.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "engine/base/parallel_ranges.h"

namespace ty::engine {

namespace {

/// Sums of products of the centred columns with one another and with the centred target.
struct Moments {
    std::vector<double> means;    ///< {inputs}
    double targetMean = 0;
    std::vector<double> products; ///< {inputs, inputs}
    std::vector<double> withTarget; ///< {inputs}
};

Moments momentsOf(const DenseRows& rows, std::span<const float> targets, int threads)
{
    const std::size_t inputs = rows.columns();
    const auto count = static_cast<double>(rows.rows());
    Moments made;
    made.means.resize(inputs);
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        const auto row = rows.row(i);
        made.targetMean += static_cast<double>(targets[i]) / count;
        for (std::size_t j = 0; j < inputs; ++j) {
            made.means[j] += static_cast<double>(row[j]) / count;
        }
    }
    made.products.resize(inputs * inputs);
    made.withTarget.resize(inputs);
    const auto work = [&](std::size_t first, std::size_t last) -> Result<void> {
        std::vector<double> centred(inputs);
        for (std::size_t i = 0; i < rows.rows(); ++i) {
            const auto row = rows.row(i);
            for (std::size_t j = 0; j < inputs; ++j) {
                centred[j] = static_cast<double>(row[j]) - made.means[j];
            }
            const double target = static_cast<double>(targets[i]) - made.targetMean;
            for (std::size_t j = first; j < last; ++j) {
                made.withTarget[j] += centred[j] * target;
                double* const into = made.products.data() + j * inputs;
                const double factor = centred[j];
                for (std::size_t k = 0; factor != 0 && k < inputs; ++k) {
                    into[k] += factor * centred[k];
                }
            }
        }
        return {};
    };
    (void)parallelRanges(inputs, threads, work); // nothing in it can fail
    return made;
}

/// Solves matrix * x = b for a symmetric matrix, which is overwritten; a pivot that is as good as 0 gives an x of 0.
std::vector<double> solve(std::vector<double>& matrix, std::vector<double> b)
{
    const std::size_t n = b.size();
    std::vector<bool> isUsed(n, true);
    double largest = 0;
    for (std::size_t j = 0; j < n; ++j) {
        largest = std::max(largest, matrix[j * n + j]);
    }
    for (std::size_t j = 0; j < n; ++j) { // Cholesky, row by row below the diagonal
        double* const row = matrix.data() + j * n;
        for (std::size_t k = 0; k <= j; ++k) {
            const double* const other = matrix.data() + k * n;
            double sum = row[k];
            for (std::size_t i = 0; i < k; ++i) {
                sum -= row[i] * other[i];
            }
            if (k < j) {
                row[k] = isUsed[k] ? sum / other[k] : 0;
            } else {
                isUsed[j] = sum > 1e-10 * std::max(largest, 1e-300);
                row[j] = isUsed[j] ? std::sqrt(sum) : 1;
            }
        }
    }
    for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t i = 0; i < j; ++i) {
            b[j] -= matrix[j * n + i] * b[i];
        }
        b[j] = isUsed[j] ? b[j] / matrix[j * n + j] : 0;
    }
    for (std::size_t j = n; j-- > 0;) {
        for (std::size_t i = j + 1; i < n; ++i) {
            b[j] -= matrix[i * n + j] * b[i];
        }
        b[j] = isUsed[j] ? b[j] / matrix[j * n + j] : 0;
    }
    return b;
}

LinearOutputs withOffset(const Moments& moments, std::vector<double> weights)
{
    double offset = moments.targetMean;
    for (std::size_t j = 0; j < weights.size(); ++j) {
        offset -= weights[j] * moments.means[j];
    }
    return {std::move(weights), {offset}};
}

} // namespace

LinearOutputs fitRidge(const DenseRows& rows, std::span<const float> targets, double penalty, int threads)
{
    Moments moments = momentsOf(rows, targets, threads);
    for (std::size_t j = 0; j < rows.columns(); ++j) {
        moments.products[j * rows.columns() + j] += penalty;
    }
    std::vector<double> weights = solve(moments.products, moments.withTarget);
    return withOffset(moments, std::move(weights));
}

Result<LinearOutputs> fitLasso(
    const DenseRows& rows, std::span<const float> targets, const LassoSettings& settings, int threads,
    const std::function<Result<bool>(int pass, double change)>& told)
{
    const Moments moments = momentsOf(rows, targets, threads);
    const std::size_t inputs = rows.columns();
    const double limit = settings.penalty * static_cast<double>(rows.rows());
    std::vector<double> weights(inputs);
    std::vector<double> rest(moments.withTarget); // products of the columns with the errors
    for (int pass = 0; pass < settings.mostPasses; ++pass) {
        double change = 0;
        double largest = 0;
        for (std::size_t j = 0; j < inputs; ++j) {
            const double square = moments.products[j * inputs + j];
            if (square <= 0) {
                continue;
            }
            const double wanted = rest[j] + square * weights[j];
            const double weight = std::copysign(std::max(0.0, std::abs(wanted) - limit), wanted) / square;
            const double step = weight - weights[j];
            if (step != 0) {
                for (std::size_t k = 0; k < inputs; ++k) {
                    rest[k] -= step * moments.products[j * inputs + k];
                }
                weights[j] = weight;
            }
            change = std::max(change, std::abs(step));
            largest = std::max(largest, std::abs(weight));
        }
        if (change <= settings.tolerance * largest) {
            break;
        }
        if (told) {
            TY_TRY(const bool mayGoOn, told(pass + 1, change / largest));
            if (!mayGoOn) {
                break;
            }
        }
    }
    return withOffset(moments, std::move(weights));
}

} // namespace ty::engine
