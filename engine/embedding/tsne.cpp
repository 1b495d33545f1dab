#include "engine/embedding/tsne.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/base/parallel_ranges.h"
#include "engine/base/random.h"
#include "engine/embedding/plane_tree.h"
#include "engine/embedding/similarities.h"
#include "engine/linear/principal_components.h"

namespace ty::engine {

namespace {

constexpr double kStartSpread = 1e-4; ///< deviation of the first places, as in the paper
constexpr double kEarlyMomentum = 0.5;
constexpr double kMomentum = 0.8;
constexpr double kLeastGain = 0.01;

/// The points, and what moves them.
class Descent {
public:
    Descent(const DenseRows& rows, const TsneSettings& settings)
        : m_settings(settings)
        , m_similarities(findSimilarities(rows, settings.perplexity, settings.threads))
        , m_count(rows.rows())
        , m_rate(std::max(50.0, static_cast<double>(rows.rows()) / settings.exaggeration / 4))
        , m_speed(2 * m_count)
        , m_gains(2 * m_count, 1.0F)
        , m_pushes(m_count)
        , m_slopes(2 * m_count)
    {
    }

    void pass(std::vector<float>& places, int number)
    {
        const bool isEarly = number <= m_settings.exaggeratedPasses;
        findSlopes(places, isEarly ? m_settings.exaggeration : 1);
        const double momentum = isEarly ? kEarlyMomentum : kMomentum;
        double meanX = 0;
        double meanY = 0;
        for (std::size_t i = 0; i < places.size(); ++i) {
            const bool isSameWay = m_slopes[i] * static_cast<double>(m_speed[i]) > 0;
            m_gains[i] = static_cast<float>(std::max(kLeastGain, isSameWay ? static_cast<double>(m_gains[i]) * 0.8 : static_cast<double>(m_gains[i]) + 0.2));
            m_speed[i] = static_cast<float>(momentum * static_cast<double>(m_speed[i]) - m_rate * static_cast<double>(m_gains[i]) * m_slopes[i]);
            places[i] += m_speed[i];
            (i % 2 == 0 ? meanX : meanY) += static_cast<double>(places[i]);
        }
        for (std::size_t i = 0; i < places.size(); ++i) {
            places[i] -= static_cast<float>((i % 2 == 0 ? meanX : meanY) / static_cast<double>(m_count));
        }
    }

    double divergence(const std::vector<float>& places)
    {
        const double sum = findPushes(places);
        std::vector<double> parts(m_count);
        (void)parallelRanges(m_count, m_settings.threads, [&](std::size_t first, std::size_t last) -> Result<void> {
            for (std::size_t i = first; i < last; ++i) {
                for (std::size_t at = m_similarities.starts[i]; at < m_similarities.starts[i + 1]; ++at) {
                    const auto wanted = static_cast<double>(m_similarities.values[at]);
                    const double there = closeness(places, i, m_similarities.others[at]) / sum;
                    parts[i] += wanted > 0 ? wanted * std::log(wanted / std::max(there, 1e-300)) : 0;
                }
            }
            return {};
        });
        double all = 0;
        for (const double part : parts) {
            all += part;
        }
        return all;
    }

private:
    static double closeness(const std::vector<float>& places, std::size_t i, std::size_t j)
    {
        const auto dx = static_cast<double>(places[2 * i] - places[2 * j]);
        const auto dy = static_cast<double>(places[2 * i + 1] - places[2 * j + 1]);
        return 1 / (1 + dx * dx + dy * dy);
    }

    /// Result: the sum of all closenesses, added in the rows' order whatever the threads.
    double findPushes(const std::vector<float>& places)
    {
        m_tree.build(places);
        (void)parallelRanges(m_count, m_settings.threads, [&](std::size_t first, std::size_t last) -> Result<void> {
            for (std::size_t i = first; i < last; ++i) {
                m_pushes[i] = m_tree.pushOn(i, m_settings.angle);
            }
            return {};
        });
        double sum = 0;
        for (const auto& push : m_pushes) {
            sum += push.sum;
        }
        return std::max(sum, 1e-300);
    }

    void findSlopes(const std::vector<float>& places, double exaggeration)
    {
        const double sum = findPushes(places);
        (void)parallelRanges(m_count, m_settings.threads, [&](std::size_t first, std::size_t last) -> Result<void> {
            for (std::size_t i = first; i < last; ++i) {
                double x = 0;
                double y = 0;
                for (std::size_t at = m_similarities.starts[i]; at < m_similarities.starts[i + 1]; ++at) {
                    const std::size_t j = m_similarities.others[at];
                    const double pull = static_cast<double>(m_similarities.values[at]) * closeness(places, i, j);
                    x += pull * static_cast<double>(places[2 * i] - places[2 * j]);
                    y += pull * static_cast<double>(places[2 * i + 1] - places[2 * j + 1]);
                }
                m_slopes[2 * i] = 4 * (exaggeration * x - m_pushes[i].force[0] / sum);
                m_slopes[2 * i + 1] = 4 * (exaggeration * y - m_pushes[i].force[1] / sum);
            }
            return {};
        });
    }

    const TsneSettings& m_settings;
    Similarities m_similarities;
    std::size_t m_count;
    double m_rate;
    std::vector<float> m_speed;
    std::vector<float> m_gains;
    PlaneTree m_tree;
    std::vector<PlaneTree::Push> m_pushes;
    std::vector<double> m_slopes;
};

/// The first two components, small, so that the passes decide.
std::vector<float> firstPlaces(const DenseRows& projected, std::uint64_t seed)
{
    std::vector<float> places(2 * projected.rows());
    Random random(seed);
    double squares = 0;
    for (std::size_t i = 0; i < projected.rows(); ++i) {
        squares += static_cast<double>(projected.row(i)[0]) * static_cast<double>(projected.row(i)[0]);
    }
    const double deviation = std::sqrt(squares / static_cast<double>(projected.rows()));
    for (std::size_t i = 0; i < projected.rows(); ++i) {
        for (std::size_t axis = 0; axis < 2; ++axis) {
            const double place = axis < projected.columns() && deviation > 0 ? static_cast<double>(projected.row(i)[axis]) / deviation : 0;
            places[2 * i + axis] = static_cast<float>(kStartSpread * (place + 0.01 * random.normal())); // equal rows part
        }
    }
    return places;
}

} // namespace

Result<Embedding> embedByTsne(const DenseRows& rows, const TsneSettings& settings, int between, const TsneTold& told)
{
    if (rows.rows() < 4) {
        return Error{ErrorKind::InvalidInput, fmt::format("{} rows are too few for a picture of their neighbours", rows.rows()), "Take at least 4."};
    }
    if (!(settings.perplexity >= 1) || settings.perplexity * 3 > static_cast<double>(rows.rows() - 1)) {
        return Error{
            ErrorKind::InvalidInput, fmt::format("a perplexity of {} does not fit {} rows", settings.perplexity, rows.rows()),
            fmt::format("Choose one from 1 to {:.0f}.", std::floor(static_cast<double>(rows.rows() - 1) / 3))};
    }
    PrincipalComponents components = findComponents(rows, std::max<std::size_t>(2, settings.mostColumns), settings.threads);
    const DenseRows projected = components.project(rows, settings.threads);
    Embedding made;
    made.places = firstPlaces(projected, settings.seed);
    Descent descent(rows.columns() > settings.mostColumns ? projected : rows, settings);
    const int every = std::max(1, between);
    for (int pass = 1; pass <= settings.passes; ++pass) {
        descent.pass(made.places, pass);
        made.passes = pass;
        if (pass % every == 0 || pass == settings.passes) {
            made.divergence = descent.divergence(made.places);
            TY_TRY(const bool mayGoOn, told(pass, made));
            if (!mayGoOn) {
                break;
            }
        }
    }
    return made;
}

} // namespace ty::engine
