#include "engine/linear/principal_components.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "engine/base/parallel_ranges.h"
#include "engine/base/processor_clones.h"
#include "engine/linear/symmetric_eigen.h"

namespace ty::engine {

namespace {

constexpr std::size_t kRowsAtOnce = 256; ///< whose products are added in float32, before they are added in float64

// The attributes stand behind the name: clang heeds `aligned` there alone.
using Lanes __attribute__((vector_size(64), aligned(4), may_alias)) = float;

inline Lanes& lanesAt(float* at)
{
    return *reinterpret_cast<Lanes*>(at);
}

inline const Lanes& lanesAt(const float* at)
{
    return *reinterpret_cast<const Lanes*>(at);
}

/// into[j, k] += sum over rows of row[j] * row[k], for j in [first, last) and k from j's vector on.
/// @param rows  {count, stride}, @param into  {stride, stride}
TY_FOR_EACH_PROCESSOR
void addProducts(
    const float* rows, std::size_t count, std::size_t stride, std::size_t first, std::size_t last, float* into)
{
    for (std::size_t j = first; j < last; j += 4) {
        for (std::size_t k = j / DenseRows::kLanes * DenseRows::kLanes; k < stride; k += DenseRows::kLanes) {
            Lanes a{};
            Lanes b{};
            Lanes c{};
            Lanes d{};
            for (std::size_t i = 0; i < count; ++i) {
                const float* const row = rows + i * stride;
                const Lanes& other = lanesAt(row + k);
                a += row[j] * other;
                b += row[j + 1] * other;
                c += row[j + 2] * other;
                d += row[j + 3] * other;
            }
            lanesAt(into + j * stride + k) = a;
            lanesAt(into + (j + 1) * stride + k) = b;
            lanesAt(into + (j + 2) * stride + k) = c;
            lanesAt(into + (j + 3) * stride + k) = d;
        }
    }
}

/// {columns, columns}: sums of products of the centred columns.
std::vector<double> centredProducts(
    const DenseRows& rows, const std::vector<double>& means, int threads, const std::function<bool()>& mayGoOn)
{
    const std::size_t stride = rows.stride();
    const std::size_t columns = rows.columns();
    std::vector<double> products(columns * columns);
    std::vector<float> centred(kRowsAtOnce * stride);
    std::vector<float> sums(stride * stride);
    for (std::size_t from = 0; from < rows.rows() && (!mayGoOn || mayGoOn()); from += kRowsAtOnce) {
        const std::size_t count = std::min(kRowsAtOnce, rows.rows() - from);
        for (std::size_t i = 0; i < count; ++i) {
            const auto row = rows.row(from + i);
            for (std::size_t j = 0; j < columns; ++j) {
                centred[i * stride + j] = static_cast<float>(static_cast<double>(row[j]) - means[j]);
            }
        }
        const auto work = [&](std::size_t first, std::size_t last) -> Result<void> {
            addProducts(centred.data(), count, stride, 4 * first, 4 * last, sums.data());
            for (std::size_t j = 4 * first; j < std::min(4 * last, columns); ++j) {
                for (std::size_t k = j; k < columns; ++k) {
                    products[j * columns + k] += static_cast<double>(sums[j * stride + k]);
                }
            }
            return {};
        };
        (void)parallelRanges(stride / 4, columns < 64 ? 1 : threads, work); // nothing in it can fail
    }
    for (std::size_t j = 0; j < columns; ++j) {
        for (std::size_t k = 0; k < j; ++k) {
            products[j * columns + k] = products[k * columns + j];
        }
    }
    return products;
}

} // namespace

PrincipalComponents findComponents(
    const DenseRows& rows, std::size_t most, int threads, const std::function<bool()>& mayGoOn)
{
    const std::size_t columns = rows.columns();
    PrincipalComponents made;
    made.means.resize(columns);
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        const auto row = rows.row(i);
        for (std::size_t j = 0; j < columns; ++j) {
            made.means[j] += static_cast<double>(row[j]);
        }
    }
    for (double& mean : made.means) {
        mean /= static_cast<double>(std::max<std::size_t>(1, rows.rows()));
    }
    std::vector<double> covariance = centredProducts(rows, made.means, threads, mayGoOn);
    const double degrees = std::max(1.0, static_cast<double>(rows.rows()) - 1);
    for (double& value : covariance) {
        value /= degrees;
    }
    for (std::size_t j = 0; j < columns; ++j) {
        made.totalVariance += covariance[j * columns + j];
    }
    const SymmetricEigen eigen = eigenOf(std::move(covariance), columns, mayGoOn);
    if (eigen.values.empty()) {
        return made;
    }
    for (std::size_t c = 0; c < std::min({most, columns, rows.rows()}); ++c) {
        const std::size_t at = columns - 1 - c;
        made.variances.push_back(std::max(0.0, eigen.values[at]));
        const auto vector = std::span(eigen.vectors).subspan(at * columns, columns);
        const double largest = *std::max_element(vector.begin(), vector.end(), [](double a, double b) { return std::abs(a) < std::abs(b); });
        for (const double value : vector) {
            made.directions.push_back(largest < 0 ? -value : value);
        }
    }
    return made;
}

DenseRows PrincipalComponents::project(const DenseRows& rows, int threads) const
{
    DenseRows made(rows.rows(), components());
    const auto work = [&](std::size_t first, std::size_t last) -> Result<void> {
        for (std::size_t i = first; i < last; ++i) {
            const auto row = rows.row(i);
            for (std::size_t c = 0; c < components(); ++c) {
                const double* const direction = directions.data() + c * row.size();
                double sum = 0;
                for (std::size_t j = 0; j < row.size(); ++j) {
                    sum += (static_cast<double>(row[j]) - means[j]) * direction[j];
                }
                made.row(i)[c] = static_cast<float>(sum);
            }
        }
        return {};
    };
    (void)parallelRanges(rows.rows(), threads, work); // nothing in it can fail
    return made;
}

} // namespace ty::engine
