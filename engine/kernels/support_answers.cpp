#include <algorithm>
#include <cmath>

#include "engine/base/parallel_ranges.h"
#include "engine/kernels/kernel_rows.h"
#include "engine/kernels/support_vectors.h"

namespace ty::engine {

namespace {

/// The probabilities that fit those of the pairs best: the minimum of p'Qp where p sums to 1, solved at once instead of by steps, so that
/// others (ONNX) can find the same. With 1 added to each entry Q has an inverse, and the solution is its row sums, scaled to 1.
/// pairs: {classes, classes}, [a][b] of a against b.
void couple(const std::vector<double>& pairs, std::size_t classes, std::span<double> into)
{
    std::vector<double> q(classes * classes, 1.0);
    for (std::size_t t = 0; t < classes; ++t) {
        into[t] = 1;
        for (std::size_t j = 0; j < classes; ++j) {
            if (j != t) {
                q[t * classes + t] += pairs[j * classes + t] * pairs[j * classes + t];
                q[t * classes + j] -= pairs[j * classes + t] * pairs[t * classes + j];
            }
        }
    }
    // Gauss without choosing a pivot: the matrix is positive definite.
    for (std::size_t t = 0; t < classes; ++t) {
        for (std::size_t row = t + 1; row < classes; ++row) {
            const double factor = q[row * classes + t] / q[t * classes + t];
            for (std::size_t j = t; j < classes; ++j) {
                q[row * classes + j] -= factor * q[t * classes + j];
            }
            into[row] -= factor * into[t];
        }
    }
    double sum = 0;
    for (std::size_t t = classes; t-- > 0;) {
        for (std::size_t j = t + 1; j < classes; ++j) {
            into[t] -= q[t * classes + j] * into[j];
        }
        into[t] = std::max(0.0, into[t] / q[t * classes + t]); // below 0 by rounding alone
        sum += into[t];
    }
    for (double& probability : into) {
        probability /= sum;
    }
}

double plattOf(double decision, const Machine& machine)
{
    const double z = machine.slope * decision + machine.offset;
    return z >= 0 ? std::exp(-z) / (1 + std::exp(-z)) : 1 / (1 + std::exp(z));
}

/// {classes} from the decisions of the pairs.
void toProbabilities(const SupportVectors& svm, std::span<const double> decisions, std::span<double> into)
{
    constexpr double kLeast = 1e-7; // nothing is certain
    const std::size_t classes = into.size();
    if (classes == 2) {
        into[0] = plattOf(decisions[0], svm.machines[0]);
        into[1] = 1 - into[0];
        return;
    }
    std::vector<double> pairs(classes * classes);
    std::size_t machine = 0;
    for (std::size_t a = 0; a < classes; ++a) {
        for (std::size_t b = a + 1; b < classes; ++b, ++machine) {
            const double p = std::clamp(plattOf(decisions[machine], svm.machines[machine]), kLeast, 1 - kLeast);
            pairs[a * classes + b] = p;
            pairs[b * classes + a] = 1 - p;
        }
    }
    couple(pairs, classes, into);
}

} // namespace

std::vector<double> SupportVectors::answers(const DenseRows& rows, int threads) const
{
    const std::size_t width = classes == 0 ? 1 : static_cast<std::size_t>(classes);
    std::vector<double> given(rows.rows() * width);
    const KernelRows compared(kernel, vectors);
    const KernelRows asked(kernel, rows);
    const auto ask = [&](std::size_t first, std::size_t last) -> Result<void> {
        std::vector<float> kernels(vectors.rows());
        std::vector<double> decisions(machines.size());
        for (std::size_t row = first; row < last; ++row) {
            compared.compare(asked.row(row), {}, kernels);
            for (std::size_t m = 0; m < machines.size(); ++m) {
                double sum = -machines[m].rho;
                for (std::size_t v = 0; v < kernels.size(); ++v) {
                    sum += static_cast<double>(machines[m].weights[v]) * static_cast<double>(kernels[v]);
                }
                decisions[m] = sum;
            }
            if (classes == 0) {
                given[row] = decisions.front();
            } else {
                toProbabilities(*this, decisions, std::span(given).subspan(row * width, width));
            }
        }
        return {};
    };
    (void)parallelRanges(rows.rows(), threads, ask); // nothing in it can fail
    return given;
}

} // namespace ty::engine
