#include "engine/groups/k_means.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "engine/base/parallel_ranges.h"
#include "engine/base/random.h"
#include "engine/groups/distances.h"

namespace ty::engine {

namespace {

constexpr std::size_t kParts = 16;       ///< of the rows, whatever the threads: sums are then added in the same order
constexpr std::size_t kRowsAtOnce = 64;

class Lloyd {
public:
    Lloyd(const DenseRows& rows, const KMeansSettings& settings)
        : m_rows(rows), m_settings(settings), m_lengths(squaredLengths(rows)), m_groupOf(rows.rows())
    {
        const auto count = static_cast<double>(rows.rows());
        std::vector<double> sums(rows.columns());
        std::vector<double> squares(rows.columns());
        for (std::size_t i = 0; i < rows.rows(); ++i) {
            const auto row = rows.row(i);
            for (std::size_t j = 0; j < row.size(); ++j) {
                sums[j] += static_cast<double>(row[j]);
                squares[j] += static_cast<double>(row[j]) * static_cast<double>(row[j]);
            }
        }
        for (std::size_t j = 0; j < sums.size(); ++j) {
            m_variance += (squares[j] / count - sums[j] / count * sums[j] / count) / static_cast<double>(sums.size());
        }
    }

    /// @param best  of the beginnings before, @param from  a state of this beginning, or null
    Result<KMeans> run(int restart, const KMeans& best, const KMeansTold& told, const KMeansState* from)
    {
        bool isWanted = true;
        if (from != nullptr && from->pass > 0) {
            TY_CHECK(restore(*from));
        } else {
            TY_TRY(isWanted, begin(restart, best, told));
        }
        KMeans made;
        bool areMoved = true; // since the rows were brought to them
        for (int pass = from != nullptr ? std::max(1, from->pass) : 1; isWanted; ++pass) {
            made.inertia = assign(); // of a state that is gone on from nothing changes
            made.passes = pass;
            const auto state = [&] { return KMeansState{restart, pass, best, m_centres, m_groupOf, m_sums, m_counts}; };
            TY_TRY(const bool goesOn, told({restart, pass, made.inertia, state}));
            if (!goesOn || pass >= m_settings.mostPasses) {
                areMoved = false;
                break;
            }
            if (moveCentres() <= m_settings.tolerance * m_variance) {
                break;
            }
        }
        if (areMoved) {
            made.inertia = assign(); // to the centres as they are now
        }
        made.centres = m_centres;
        made.groupOf = m_groupOf;
        return made;
    }

private:
    /// False: it was interrupted, and the centres are good for nothing but an end.
    Result<bool> begin(int restart, const KMeans& best, const KMeansTold& told)
    {
        m_sums.assign(kParts, std::vector<double>(m_settings.groups * m_rows.columns()));
        m_counts.assign(kParts, std::vector<std::int64_t>(m_settings.groups));
        std::fill(m_groupOf.begin(), m_groupOf.end(), kNoGroup);
        for (;;) {
            Random random(m_settings.seed, static_cast<std::uint64_t>(restart));
            if (drawCentres(random)) {
                return true;
            }
            TY_TRY(const bool goesOn, told({restart, 0, 0, [&] { return KMeansState{restart, 0, best, {}, {}, {}, {}}; }}));
            if (!goesOn) {
                return false;
            }
        }
    }

    Result<void> restore(const KMeansState& from)
    {
        const std::size_t groups = m_settings.groups;
        const std::size_t numbers = groups * m_rows.columns();
        bool fits = from.centres.rows() == groups && from.centres.columns() == m_rows.columns() && from.groupOf.size() == m_rows.rows()
            && from.sums.size() == kParts && from.counts.size() == kParts && from.pass >= 1;
        for (std::size_t part = 0; fits && part < kParts; ++part) {
            fits = from.sums[part].size() == numbers && from.counts[part].size() == groups;
        }
        fits = fits && std::all_of(from.groupOf.begin(), from.groupOf.end(), [&](std::uint32_t group) { return group < groups; });
        if (!fits) {
            return Error{ErrorKind::InvalidInput, "the groups that were found before do not fit the rows", {}};
        }
        m_centres = from.centres;
        m_groupOf = from.groupOf;
        m_sums = from.sums;
        m_counts = from.counts;
        return {};
    }

    static constexpr std::uint32_t kNoGroup = std::numeric_limits<std::uint32_t>::max();

    template<typename Work>
    void inParts(const Work& work) const
    {
        const auto some = [&](std::size_t first, std::size_t last) -> Result<void> {
            for (std::size_t part = first; part < last; ++part) {
                work(part, part * m_rows.rows() / kParts, (part + 1) * m_rows.rows() / kParts);
            }
            return {};
        };
        (void)parallelRanges(kParts, m_settings.threads, some); // nothing in it can fail
    }

    void setCentre(DenseRows& centres, std::size_t place, std::size_t row) const
    {
        std::copy_n(m_rows.row(row).begin(), m_rows.columns(), centres.row(place).begin());
    }

    /// Each by its squared distance from those that are drawn, the best of some tries. False: interrupted; the rest is any rows.
    bool drawCentres(Random& random)
    {
        const std::size_t count = m_rows.rows();
        const auto tries = static_cast<std::size_t>(2 + std::log(static_cast<double>(m_settings.groups)));
        m_centres = DenseRows(m_settings.groups, m_rows.columns());
        setCentre(m_centres, 0, random.below(count));
        std::vector<float> nearest(count, std::numeric_limits<float>::max());
        DenseRows tried(1, m_rows.columns());
        std::copy_n(m_centres.row(0).begin(), m_rows.columns(), tried.row(0).begin());
        nearest = distancesFrom(tried, nearest).front();
        for (std::size_t g = 1; g < m_settings.groups; ++g) {
            if (m_settings.isInterrupted && m_settings.isInterrupted()) {
                for (; g < m_settings.groups; ++g) {
                    setCentre(m_centres, g, random.below(count));
                }
                return false;
            }
            double all = 0;
            std::vector<double> upTo(count);
            for (std::size_t i = 0; i < count; ++i) {
                all += static_cast<double>(nearest[i]);
                upTo[i] = all;
            }
            DenseRows candidates(tries, m_rows.columns());
            for (std::size_t t = 0; t < tries; ++t) {
                const auto at = std::upper_bound(upTo.begin(), upTo.end(), random.uniform() * all);
                setCentre(candidates, t, std::min<std::size_t>(static_cast<std::size_t>(at - upTo.begin()), count - 1));
            }
            auto improved = distancesFrom(candidates, nearest);
            std::size_t best = 0;
            double least = std::numeric_limits<double>::infinity();
            for (std::size_t t = 0; t < tries; ++t) {
                double sum = 0;
                for (const float distance : improved[t]) {
                    sum += static_cast<double>(distance);
                }
                if (sum < least) {
                    least = sum;
                    best = t;
                }
            }
            nearest = std::move(improved[best]);
            std::copy_n(candidates.row(best).begin(), m_rows.columns(), m_centres.row(g).begin());
        }
        return true;
    }

    /// Of each point: {rows} the smaller of the distance from it and `nearest`.
    std::vector<std::vector<float>> distancesFrom(const DenseRows& points, const std::vector<float>& nearest) const
    {
        std::vector<std::vector<float>> made(points.rows(), std::vector<float>(m_rows.rows()));
        const std::vector<float> lengths = squaredLengths(points);
        inParts([&](std::size_t, std::size_t first, std::size_t last) {
            std::vector<float> block(kRowsAtOnce * points.rows());
            for (std::size_t row = first; row < last; row += kRowsAtOnce) {
                const std::size_t count = std::min(kRowsAtOnce, last - row);
                squaredDistances(m_rows, m_lengths, row, count, points, lengths, block);
                for (std::size_t i = 0; i < count; ++i) {
                    for (std::size_t p = 0; p < points.rows(); ++p) {
                        made[p][row + i] = std::min(nearest[row + i], block[i * points.rows() + p]);
                    }
                }
            }
        });
        return made;
    }

    /// Brings each row to its nearest centre and keeps the sums of the groups. Result: the inertia.
    double assign()
    {
        const std::size_t groups = m_centres.rows();
        const std::vector<float> lengths = squaredLengths(m_centres);
        std::array<double, kParts> inertia{};
        inParts([&](std::size_t part, std::size_t first, std::size_t last) {
            std::vector<float> block(kRowsAtOnce * groups);
            double sum = 0;
            for (std::size_t at = first; at < last; at += kRowsAtOnce) {
                const std::size_t count = std::min(kRowsAtOnce, last - at);
                squaredDistances(m_rows, m_lengths, at, count, m_centres, lengths, block);
                for (std::size_t i = 0; i < count; ++i) {
                    const float* const line = block.data() + i * groups;
                    const auto best = static_cast<std::uint32_t>(std::min_element(line, line + groups) - line);
                    sum += static_cast<double>(line[best]);
                    std::uint32_t& group = m_groupOf[at + i];
                    if (group != best) {
                        const auto row = m_rows.row(at + i);
                        if (group != kNoGroup) {
                            addTo(part, group, row, -1);
                        }
                        addTo(part, best, row, 1);
                        group = best;
                    }
                }
            }
            inertia[part] = sum;
        });
        double all = 0;
        for (const double one : inertia) {
            all += one;
        }
        return all;
    }

    void addTo(std::size_t part, std::size_t group, std::span<const float> row, int sign)
    {
        double* const sums = m_sums[part].data() + group * row.size();
        for (std::size_t j = 0; j < row.size(); ++j) {
            sums[j] += sign * static_cast<double>(row[j]);
        }
        m_counts[part][group] += sign;
    }

    /// To the middles of their groups; an empty group takes the row that is farthest from its centre. Result: squared way of all.
    double moveCentres()
    {
        double way = 0;
        for (std::size_t g = 0; g < m_centres.rows(); ++g) {
            std::int64_t count = 0;
            for (const auto& counts : m_counts) {
                count += counts[g];
            }
            const auto centre = m_centres.row(g);
            std::vector<float> next(centre.size());
            if (count == 0) {
                const auto lone = m_rows.row(farthestRow());
                next.assign(lone.begin(), lone.end());
            } else {
                for (std::size_t j = 0; j < next.size(); ++j) {
                    double sum = 0;
                    for (const auto& sums : m_sums) {
                        sum += sums[g * next.size() + j];
                    }
                    next[j] = static_cast<float>(sum / static_cast<double>(count));
                }
            }
            for (std::size_t j = 0; j < next.size(); ++j) {
                const double step = static_cast<double>(next[j]) - static_cast<double>(centre[j]);
                way += step * step;
                centre[j] = next[j];
            }
        }
        return way;
    }

    std::size_t farthestRow() const
    {
        const std::vector<float> lengths = squaredLengths(m_centres);
        std::vector<float> line(m_centres.rows());
        float farthest = -1;
        std::size_t found = 0;
        for (std::size_t i = 0; i < m_rows.rows(); ++i) {
            squaredDistances(m_rows, m_lengths, i, 1, m_centres, lengths, line);
            const float distance = *std::min_element(line.begin(), line.end());
            if (distance > farthest) {
                farthest = distance;
                found = i;
            }
        }
        return found;
    }

    const DenseRows& m_rows;
    const KMeansSettings& m_settings;
    std::vector<float> m_lengths;
    std::vector<std::uint32_t> m_groupOf;
    double m_variance = 0; ///< mean of the columns
    DenseRows m_centres;
    std::vector<std::vector<double>> m_sums;         ///< {kParts}{groups, columns}
    std::vector<std::vector<std::int64_t>> m_counts; ///< {kParts}{groups}
};

} // namespace

Result<KMeans> fitKMeans(
    const DenseRows& rows, const KMeansSettings& settings, const KMeansTold& told, const KMeansState* from)
{
    if (settings.groups < 1 || rows.rows() < settings.groups) {
        return Error{
            ErrorKind::InvalidInput, fmt::format("{} rows cannot make {} groups", rows.rows(), settings.groups),
            "Choose fewer groups."};
    }
    Lloyd lloyd(rows, settings);
    KMeans best = from != nullptr ? from->best : KMeans();
    bool isOver = false;
    const auto toldAll = [&](const KMeansPass& pass) -> Result<bool> {
        TY_TRY(const bool goesOn, told(pass));
        isOver = isOver || !goesOn;
        return goesOn;
    };
    const int first = from != nullptr ? from->restart : 0;
    for (int restart = first; restart < std::max(1, settings.restarts) && !isOver; ++restart) {
        TY_TRY(KMeans one, lloyd.run(restart, best, toldAll, restart == first ? from : nullptr));
        if (best.centres.rows() == 0 || one.inertia < best.inertia) {
            best = std::move(one);
        }
    }
    return best;
}

std::vector<std::uint32_t> nearestOf(
    const DenseRows& rows, const DenseRows& points, int threads, std::vector<float>* distances)
{
    std::vector<std::uint32_t> nearest(rows.rows());
    if (distances != nullptr) {
        distances->resize(rows.rows());
    }
    const std::vector<float> rowLengths = squaredLengths(rows);
    const std::vector<float> pointLengths = squaredLengths(points);
    const auto work = [&](std::size_t first, std::size_t last) -> Result<void> {
        std::vector<float> block(kRowsAtOnce * points.rows());
        for (std::size_t at = first; at < last; at += kRowsAtOnce) {
            const std::size_t count = std::min(kRowsAtOnce, last - at);
            squaredDistances(rows, rowLengths, at, count, points, pointLengths, block);
            for (std::size_t i = 0; i < count; ++i) {
                const float* const line = block.data() + i * points.rows();
                const auto best = std::min_element(line, line + points.rows()) - line;
                nearest[at + i] = static_cast<std::uint32_t>(best);
                if (distances != nullptr) {
                    (*distances)[at + i] = line[best];
                }
            }
        }
        return {};
    };
    (void)parallelRanges(rows.rows(), threads, work); // nothing in it can fail
    return nearest;
}

} // namespace ty::engine
