#include "engine/groups/gaussian_mixture.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <span>

#include "engine/base/parallel_ranges.h"
#include "engine/groups/k_means.h"

namespace ty::engine {

namespace {

constexpr std::size_t kRowsBetweenLooks = 256;
constexpr std::size_t kMixtureParts = 16; ///< of the rows, whatever the threads: sums are then added in the same order

/// Overwrites a {n, n} covariance with the inverse of its lower factor. False: it has none.
bool invertFactor(double* matrix, std::size_t n)
{
    for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t k = 0; k <= j; ++k) {
            double sum = matrix[j * n + k];
            for (std::size_t i = 0; i < k; ++i) {
                sum -= matrix[j * n + i] * matrix[k * n + i];
            }
            if (k == j) {
                if (!(sum > 0)) {
                    return false;
                }
                matrix[j * n + j] = std::sqrt(sum);
            } else {
                matrix[j * n + k] = sum / matrix[k * n + k];
            }
        }
    }
    for (std::size_t column = 0; column < n; ++column) { // forward substitution, in place from the top
        matrix[column * n + column] = 1 / matrix[column * n + column];
        for (std::size_t j = column + 1; j < n; ++j) {
            double sum = 0;
            for (std::size_t i = column; i < j; ++i) {
                sum -= matrix[j * n + i] * matrix[i * n + column];
            }
            matrix[j * n + column] = sum / matrix[j * n + j];
        }
    }
    for (std::size_t j = 0; j < n; ++j) {
        std::fill(matrix + j * n + j + 1, matrix + (j + 1) * n, 0.0);
    }
    return true;
}

/// Logarithm of the density, but for the share.
double logDensity(const GaussianMixture& mixture, std::size_t group, std::span<const float> row, std::vector<double>& centred)
{
    const std::size_t n = row.size();
    const double* const mean = mixture.means.data() + group * n;
    for (std::size_t j = 0; j < n; ++j) {
        centred[j] = static_cast<double>(row[j]) - mean[j];
    }
    double distance = 0;
    double logScale = 0;
    if (mixture.isFull) {
        const double* const scale = mixture.scales.data() + group * n * n;
        for (std::size_t j = 0; j < n; ++j) {
            double sum = 0;
            for (std::size_t k = 0; k <= j; ++k) {
                sum += scale[j * n + k] * centred[k];
            }
            distance += sum * sum;
            logScale += std::log(scale[j * n + j]);
        }
    } else {
        const double* const scale = mixture.scales.data() + group * n;
        for (std::size_t j = 0; j < n; ++j) {
            distance += centred[j] * scale[j] * centred[j] * scale[j];
            logScale += std::log(scale[j]);
        }
    }
    return logScale - 0.5 * (distance + static_cast<double>(n) * std::log(2 * std::numbers::pi));
}

/// Shares, means and covariances that fit the responsibilities best.
class Maximisation {
public:
    Maximisation(const DenseRows& rows, const MixtureSettings& settings) : m_rows(rows), m_settings(settings) {}

    Result<GaussianMixture> from(const std::vector<double>& responsibilities) const
    {
        const std::size_t groups = m_settings.groups;
        const std::size_t n = m_rows.columns();
        const std::size_t size = m_settings.isFull ? n * n : n;
        GaussianMixture made;
        made.isFull = m_settings.isFull;
        made.logShares.resize(groups);
        made.means.resize(groups * n);
        made.scales.resize(groups * size);
        std::vector<char> isWell(groups, 1);
        const auto work = [&](std::size_t first, std::size_t last) -> Result<void> {
            for (std::size_t group = first; group < last; ++group) {
                isWell[group] = fitGroup(made, group, responsibilities) ? 1 : 0;
            }
            return {};
        };
        (void)parallelRanges(groups, m_settings.threads, work); // nothing in it can fail
        if (m_settings.isInterrupted && m_settings.isInterrupted()) {
            return Error{ErrorKind::Cancelled, "interrupted", {}};
        }
        if (std::find(isWell.begin(), isWell.end(), char{0}) != isWell.end()) {
            return Error{
                ErrorKind::InvalidInput, "a group's covariance has no inverse: its columns depend on one another",
                "Choose the covariance \"diagonal\", fewer groups, or a higher floor."};
        }
        return made;
    }

private:
    bool fitGroup(GaussianMixture& made, std::size_t group, const std::vector<double>& responsibilities) const
    {
        const std::size_t groups = m_settings.groups;
        const std::size_t n = m_rows.columns();
        double weight = 10 * std::numeric_limits<double>::epsilon(); // an empty group stays a number
        double* const mean = made.means.data() + group * n;
        for (std::size_t i = 0; i < m_rows.rows(); ++i) {
            const double part = responsibilities[i * groups + group];
            const auto row = m_rows.row(i);
            weight += part;
            for (std::size_t j = 0; part > 0 && j < n; ++j) {
                mean[j] += part * static_cast<double>(row[j]);
            }
        }
        for (std::size_t j = 0; j < n; ++j) {
            mean[j] /= weight;
        }
        made.logShares[group] = std::log(weight / static_cast<double>(m_rows.rows()));
        const std::size_t size = m_settings.isFull ? n * n : n;
        double* const scale = made.scales.data() + group * size;
        std::vector<double> centred(n);
        for (std::size_t i = 0; i < m_rows.rows(); ++i) {
            if (i % kRowsBetweenLooks == 0 && m_settings.isInterrupted && m_settings.isInterrupted()) {
                return true;
            }
            const double part = responsibilities[i * groups + group];
            if (part <= 0) {
                continue;
            }
            const auto row = m_rows.row(i);
            for (std::size_t j = 0; j < n; ++j) {
                centred[j] = static_cast<double>(row[j]) - mean[j];
            }
            for (std::size_t j = 0; j < n; ++j) {
                if (!m_settings.isFull) {
                    scale[j] += part * centred[j] * centred[j];
                    continue;
                }
                const double factor = part * centred[j];
                for (std::size_t k = 0; k <= j; ++k) {
                    scale[j * n + k] += factor * centred[k];
                }
            }
        }
        for (std::size_t j = 0; j < size; ++j) {
            scale[j] /= weight;
        }
        if (!m_settings.isFull) {
            for (std::size_t j = 0; j < n; ++j) {
                scale[j] = 1 / std::sqrt(scale[j] + m_settings.floor);
            }
            return true;
        }
        for (std::size_t j = 0; j < n; ++j) {
            scale[j * n + j] += m_settings.floor;
        }
        return invertFactor(scale, n);
    }

    const DenseRows& m_rows;
    const MixtureSettings& m_settings;
};

} // namespace

std::vector<double> GaussianMixture::responsibilities(
    const DenseRows& rows, int threads, double* likelihood, const std::function<bool()>& isInterrupted) const
{
    const std::size_t width = groups();
    std::vector<double> made(rows.rows() * width);
    std::vector<double> sums(kMixtureParts);
    const auto work = [&](std::size_t firstPart, std::size_t lastPart) -> Result<void> {
        std::vector<double> centred(columns());
        for (std::size_t part = firstPart; part < lastPart; ++part) {
            for (std::size_t i = part * rows.rows() / kMixtureParts; i < (part + 1) * rows.rows() / kMixtureParts; ++i) {
                if (i % kRowsBetweenLooks == 0 && isInterrupted && isInterrupted()) {
                    return {};
                }
                double* const line = made.data() + i * width;
                for (std::size_t g = 0; g < width; ++g) {
                    line[g] = logShares[g] + logDensity(*this, g, rows.row(i), centred);
                }
                const double highest = *std::max_element(line, line + width);
                double sum = 0;
                for (std::size_t g = 0; g < width; ++g) {
                    line[g] = std::exp(line[g] - highest);
                    sum += line[g];
                }
                for (std::size_t g = 0; g < width; ++g) {
                    line[g] /= sum;
                }
                sums[part] += highest + std::log(sum);
            }
        }
        return {};
    };
    (void)parallelRanges(kMixtureParts, threads, work); // nothing in it can fail
    if (likelihood != nullptr) {
        *likelihood = 0;
        for (const double sum : sums) {
            *likelihood += sum / static_cast<double>(std::max<std::size_t>(1, rows.rows()));
        }
    }
    return made;
}

namespace {

/// What the groups of k-means say.
Result<GaussianMixture> firstMixture(
    const DenseRows& rows, const MixtureSettings& settings, const Maximisation& maximisation, const MixtureTold& told)
{
    KMeansSettings beginning;
    beginning.groups = settings.groups;
    beginning.restarts = 1;
    beginning.seed = settings.seed;
    beginning.threads = settings.threads;
    beginning.isInterrupted = settings.isInterrupted;
    bool goesOn = true;
    TY_TRY(const KMeans begun, fitKMeans(rows, beginning, [&](const KMeansPass&) -> Result<bool> {
        TY_TRY(goesOn, told(0, MixtureState()));
        return goesOn;
    }));
    if (!goesOn) {
        return Error{ErrorKind::Cancelled, "ended before the first pass", {}};
    }
    std::vector<double> responsibilities(rows.rows() * settings.groups);
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        responsibilities[i * settings.groups + begun.groupOf[i]] = 1;
    }
    for (;;) {
        auto made = maximisation.from(responsibilities);
        if (made || made.error().kind != ErrorKind::Cancelled) {
            return made;
        }
        TY_TRY(goesOn, told(0, MixtureState()));
        if (!goesOn) {
            return made;
        }
    }
}

} // namespace

Result<GaussianMixture> fitMixture(
    const DenseRows& rows, const MixtureSettings& settings, const MixtureTold& told, const MixtureState* from)
{
    const Maximisation maximisation(rows, settings);
    MixtureState state{1, -std::numeric_limits<double>::infinity(), {}};
    if (from != nullptr && from->pass > 0) {
        state = *from;
    } else {
        TY_TRY(state.mixture, firstMixture(rows, settings, maximisation, told));
    }
    const auto isInterrupted = [&] { return settings.isInterrupted && settings.isInterrupted(); };
    while (state.pass <= settings.mostPasses) {
        double likelihood = 0;
        const auto responsibilities = state.mixture.responsibilities(rows, settings.threads, &likelihood, settings.isInterrupted);
        const bool isWhole = !isInterrupted();
        TY_TRY(const bool goesOn, told(isWhole ? likelihood : std::numeric_limits<double>::quiet_NaN(), state));
        if (!goesOn) {
            break;
        }
        if (!isWhole) {
            continue;
        }
        auto next = maximisation.from(responsibilities);
        if (!next && next.error().kind == ErrorKind::Cancelled) {
            continue;
        }
        TY_TRY(state.mixture, std::move(next));
        if (std::abs(likelihood - state.before) < settings.tolerance) {
            break;
        }
        state.before = likelihood;
        ++state.pass;
    }
    return state.mixture;
}

} // namespace ty::engine
