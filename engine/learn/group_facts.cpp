#include "engine/learn/group_facts.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/groups/group_scores.h"
#include "engine/groups/k_means.h"

namespace ty::engine {

namespace {

constexpr std::size_t kSilhouetteRows = 2000; ///< more take seconds
constexpr std::size_t kTrialRows = 1000;      ///< looked at once for each number of groups
constexpr std::size_t kMostTried = 10;
constexpr int kTrialRestarts = 3;

/// About every so manieth of `places`, at most `most`.
std::vector<std::size_t> evenly(const std::vector<std::size_t>& places, std::size_t most)
{
    const std::size_t count = std::min(places.size(), most);
    std::vector<std::size_t> taken;
    for (std::size_t i = 0; i < count; ++i) {
        taken.push_back(places[i * places.size() / count]);
    }
    return taken;
}

DenseRows rowsAt(const DenseRows& rows, const std::vector<std::size_t>& places)
{
    DenseRows some(places.size(), rows.columns());
    for (std::size_t i = 0; i < places.size(); ++i) {
        std::copy_n(rows.row(places[i]).begin(), rows.columns(), some.row(i).begin());
    }
    return some;
}

} // namespace

std::vector<std::string> groupNames(std::size_t groups, bool mayBeNoise)
{
    std::vector<std::string> names;
    for (std::size_t g = 1; g <= groups; ++g) {
        names.push_back(fmt::format("group {}", g));
    }
    if (mayBeNoise) {
        names.emplace_back(kNoiseName);
    }
    return names;
}

bool areGroupsByParts(const Json& card)
{
    const auto facts = card.find("groups"); // an isolation forest has none, and gives parts
    return facts == card.end() || !facts->is_object() || facts->value("kind", std::string()) == "mixture";
}

Json sampledSilhouette(const DenseRows& rows, std::span<const std::uint32_t> groupOf, std::size_t noise, int threads)
{
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < groupOf.size(); ++i) {
        if (groupOf[i] != noise) {
            places.push_back(i);
        }
    }
    places = evenly(places, kSilhouetteRows);
    std::vector<std::uint32_t> groups;
    for (const std::size_t place : places) {
        groups.push_back(groupOf[place]);
    }
    const bool areSeveral = std::any_of(groups.begin(), groups.end(), [&](std::uint32_t group) { return group != groups.front(); });
    return areSeveral ? Json(silhouette(rowsAt(rows, places), groups, threads)) : Json();
}

Result<std::size_t> likelyGroups(const DenseRows& rows, std::uint64_t seed, int threads)
{
    std::vector<std::size_t> all(rows.rows());
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i] = i;
    }
    const DenseRows some = rowsAt(rows, evenly(all, kTrialRows));
    if (some.rows() < 3) {
        return std::size_t{1};
    }
    std::size_t best = 1;
    double highest = 0;
    for (std::size_t groups = 2; groups <= std::min(kMostTried, some.rows() - 1); ++groups) {
        KMeansSettings settings;
        settings.groups = groups;
        settings.restarts = kTrialRestarts;
        settings.seed = seed;
        settings.threads = threads;
        TY_TRY(const KMeans made, fitKMeans(some, settings, [](const KMeansPass&) -> Result<bool> { return true; }));
        const double apart = silhouette(some, made.groupOf, threads);
        if (apart > highest) {
            highest = apart;
            best = groups;
        }
    }
    return best;
}

} // namespace ty::engine
