#include "engine/linear/symmetric_eigen.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "engine/base/processor_clones.h"

namespace ty::engine {

namespace {

constexpr std::size_t kLanes = 8;
// The attributes stand behind the name: clang heeds `aligned` there alone.
using Lanes __attribute__((vector_size(8 * kLanes), aligned(8), may_alias)) = double;

inline Lanes& lanesAt(double* at)
{
    return *reinterpret_cast<Lanes*>(at);
}

inline const Lanes& lanesAt(const double* at)
{
    return *reinterpret_cast<const Lanes*>(at);
}

TY_FOR_EACH_PROCESSOR
double dot(const double* a, const double* b, std::size_t count)
{
    Lanes sums{};
    std::size_t i = 0;
    for (; i + kLanes <= count; i += kLanes) {
        sums += lanesAt(a + i) * lanesAt(b + i);
    }
    double sum = 0;
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
        sum += sums[lane];
    }
    for (; i < count; ++i) {
        sum += a[i] * b[i];
    }
    return sum;
}

/// into -= a * x + b * y.
TY_FOR_EACH_PROCESSOR
void subtract(double a, const double* x, double b, const double* y, std::size_t count, double* into)
{
    std::size_t i = 0;
    for (; i + kLanes <= count; i += kLanes) {
        lanesAt(into + i) -= a * lanesAt(x + i) + b * lanesAt(y + i);
    }
    for (; i < count; ++i) {
        into[i] -= a * x[i] + b * y[i];
    }
}

/// Turns each pair (one, next) by the angle of sine s and cosine c.
TY_FOR_EACH_PROCESSOR
void rotate(double s, double c, std::size_t count, double* one, double* next)
{
    std::size_t i = 0;
    for (; i + kLanes <= count; i += kLanes) {
        const Lanes old = lanesAt(next + i);
        lanesAt(next + i) = s * lanesAt(one + i) + c * old;
        lanesAt(one + i) = c * lanesAt(one + i) - s * old;
    }
    for (; i < count; ++i) {
        const double old = next[i];
        next[i] = s * one[i] + c * old;
        one[i] = c * one[i] - s * old;
    }
}

/// A symmetric matrix on its way to a diagonal one; rows of `vectors` become the eigenvectors.
class Diagonaliser {
public:
    Diagonaliser(std::vector<double> matrix, std::size_t n) : m_n(n), m_matrix(std::move(matrix)), m_diagonal(n), m_beside(n) {}

    /// Whether it was done.
    bool toTridiagonal(const std::function<bool()>& mayGoOn)
    {
        // Each step reflects the rest of a column onto one number; the vectors of the reflections are kept.
        std::vector<double> vector(m_n);
        std::vector<double> product(m_n);
        m_vectors.assign(m_n * m_n, 0);
        for (std::size_t i = 0; i < m_n; ++i) {
            m_vectors[i * m_n + i] = 1;
        }
        for (std::size_t k = 0; k + 2 < m_n; ++k) {
            if (mayGoOn && !mayGoOn()) {
                return false;
            }
            double square = 0;
            for (std::size_t i = k + 1; i < m_n; ++i) {
                vector[i] = at(i, k);
                square += vector[i] * vector[i];
            }
            const double length = std::sqrt(square);
            if (length == 0 || square - vector[k + 1] * vector[k + 1] == 0) {
                continue;
            }
            const double head = vector[k + 1] > 0 ? -length : length;
            vector[k + 1] -= head;
            const double scale = 2 / (2 * (square - head * (vector[k + 1] + head)));
            reflect(k, vector, product, scale);
            for (std::size_t row = 0; row < m_n; ++row) { // the vectors' rows: V H
                double* const line = m_vectors.data() + row * m_n + k + 1;
                const double* const other = vector.data() + k + 1;
                const double sum = scale * dot(line, other, m_n - k - 1);
                subtract(sum, other, 0, other, m_n - k - 1, line);
            }
        }
        for (std::size_t i = 0; i < m_n; ++i) {
            m_diagonal[i] = at(i, i);
            m_beside[i] = i + 1 < m_n ? at(i + 1, i) : 0;
        }
        transposeVectors();
        return true;
    }

    /// Whether it was done.
    bool toDiagonal(const std::function<bool()>& mayGoOn)
    {
        constexpr int kMostSteps = 60;
        constexpr double kPrecision = std::numeric_limits<double>::epsilon();
        for (std::size_t l = 0; l < m_n; ++l) {
            if (mayGoOn && !mayGoOn()) {
                return false;
            }
            for (int step = 0; step < kMostSteps; ++step) {
                std::size_t m = l;
                for (; m + 1 < m_n; ++m) {
                    if (std::abs(m_beside[m]) <= kPrecision * (std::abs(m_diagonal[m]) + std::abs(m_diagonal[m + 1]))) {
                        break;
                    }
                }
                if (m == l) {
                    break;
                }
                sweep(l, m);
            }
        }
        return true;
    }

    SymmetricEigen take()
    {
        std::vector<std::size_t> order(m_n);
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return m_diagonal[a] < m_diagonal[b]; });
        SymmetricEigen made;
        for (const std::size_t i : order) {
            made.values.push_back(m_diagonal[i]);
            const auto from = m_vectors.begin() + static_cast<std::ptrdiff_t>(i * m_n);
            made.vectors.insert(made.vectors.end(), from, from + static_cast<std::ptrdiff_t>(m_n));
        }
        return made;
    }

private:
    double& at(std::size_t i, std::size_t j) { return m_matrix[i * m_n + j]; }

    /// H A H for the reflection H = 1 - scale * v v'.
    void reflect(std::size_t k, const std::vector<double>& vector, std::vector<double>& product, double scale)
    {
        double along = 0;
        for (std::size_t i = k; i < m_n; ++i) {
            product[i] = scale * dot(m_matrix.data() + i * m_n + k + 1, vector.data() + k + 1, m_n - k - 1);
        }
        for (std::size_t i = k + 1; i < m_n; ++i) {
            along += vector[i] * product[i];
        }
        along *= scale / 2;
        for (std::size_t i = k + 1; i < m_n; ++i) {
            product[i] -= along * vector[i];
        }
        for (std::size_t i = k + 1; i < m_n; ++i) {
            double* const line = m_matrix.data() + i * m_n + k + 1;
            subtract(vector[i], product.data() + k + 1, product[i], vector.data() + k + 1, m_n - k - 1, line);
        }
        for (std::size_t i = k + 1; i < m_n; ++i) { // column k: only its first number stays
            at(i, k) -= product[k] * vector[i];
            at(k, i) = at(i, k);
        }
    }

    void transposeVectors()
    {
        for (std::size_t i = 0; i < m_n; ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                std::swap(m_vectors[i * m_n + j], m_vectors[j * m_n + i]);
            }
        }
    }

    /// One implicit QL step on the rows l to m.
    void sweep(std::size_t l, std::size_t m)
    {
        double g = (m_diagonal[l + 1] - m_diagonal[l]) / (2 * m_beside[l]);
        double r = std::hypot(g, 1.0);
        g = m_diagonal[m] - m_diagonal[l] + m_beside[l] / (g + std::copysign(r, g));
        double s = 1;
        double c = 1;
        double p = 0;
        for (std::size_t i = m; i-- > l;) {
            const double f = s * m_beside[i];
            const double b = c * m_beside[i];
            r = std::hypot(f, g);
            m_beside[i + 1] = r;
            if (r == 0) {
                m_diagonal[i + 1] -= p;
                m_beside[m] = 0;
                return;
            }
            s = f / r;
            c = g / r;
            g = m_diagonal[i + 1] - p;
            r = (m_diagonal[i] - g) * s + 2 * c * b;
            p = s * r;
            m_diagonal[i + 1] = g + p;
            g = c * r - b;
            double* const one = m_vectors.data() + i * m_n;
            rotate(s, c, m_n, one, one + m_n);
        }
        m_diagonal[l] -= p;
        m_beside[l] = g;
        m_beside[m] = 0;
    }

    std::size_t m_n;
    std::vector<double> m_matrix;
    std::vector<double> m_diagonal;
    std::vector<double> m_beside;  ///< [i]: between i and i + 1
    std::vector<double> m_vectors;
};

} // namespace

SymmetricEigen eigenOf(std::vector<double> matrix, std::size_t n, const std::function<bool()>& mayGoOn)
{
    Diagonaliser diagonaliser(std::move(matrix), n);
    if (!diagonaliser.toTridiagonal(mayGoOn) || !diagonaliser.toDiagonal(mayGoOn)) {
        return {};
    }
    return diagonaliser.take();
}

} // namespace ty::engine
