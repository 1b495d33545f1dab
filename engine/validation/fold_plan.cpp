#include "engine/validation/fold_plan.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "engine/base/random.h"

namespace ty::engine {

namespace {

constexpr int kPlanFormat = 1;
constexpr int kMostFolds = 1000;
constexpr int kMostRepeats = 1000;

using Samples = std::vector<std::uint32_t>;

/// The samples of each class in random order; all together where there are no classes.
std::vector<Samples> shuffledClasses(const Dataset& dataset, std::span<const std::uint32_t> samples, bool isByClass, std::uint64_t seed, std::uint64_t stream)
{
    std::map<std::int32_t, Samples> classes;
    const bool areClasses = isByClass && dataset.info().task == Task::Classification;
    for (const std::uint32_t sample : samples) {
        classes[areClasses ? dataset.classOf(sample) : 0].push_back(sample);
    }
    std::vector<Samples> shuffled;
    for (auto& [label, members] : classes) {
        Random(seed, stream * 4096 + static_cast<std::uint64_t>(label + 1)).shuffle(members);
        shuffled.push_back(std::move(members));
    }
    return shuffled;
}

/// Class after class is dealt out like cards; the next class goes on where the last one ended, so that sizes stay equal.
void deal(const std::vector<Samples>& classes, int folds, std::vector<std::int32_t>& assignment)
{
    std::size_t next = 0;
    for (const Samples& members : classes) {
        for (const std::uint32_t sample : members) {
            assignment[sample] = static_cast<std::int32_t>(next++ % static_cast<std::size_t>(folds));
        }
    }
}

/// Rows that belong together.
Result<std::vector<Samples>> groupsOf(const Dataset& dataset, std::span<const std::uint32_t> samples, const std::string& column)
{
    const auto& columns = dataset.info().columns;
    const auto found = std::find_if(columns.begin(), columns.end(), [&](const ColumnInfo& one) { return one.name == column; });
    if (found == columns.end()) {
        return Error{
            ErrorKind::InvalidInput, fmt::format("{}: there is no column \"{}\" to group by", dataset.info().path, column),
            "Name a column of the table."};
    }
    const auto index = static_cast<std::size_t>(found - columns.begin());
    std::map<std::string, Samples> groups;
    for (const std::uint32_t sample : samples) {
        groups[dataset.cellText(sample, index)].push_back(sample);
    }
    std::vector<Samples> made;
    for (auto& [name, members] : groups) {
        made.push_back(std::move(members));
    }
    return made;
}

/// The largest groups first, each to the fold whose counts of the classes it leaves most equal; of equals to the smallest.
/// Source: StratifiedGroupKFold of scikit-learn's user guide, section 3.1.2.3.3.
void dealGroups(const Dataset& dataset, std::vector<Samples> groups, const FoldSettings& settings, std::uint64_t stream, std::vector<std::int32_t>& assignment)
{
    std::vector<std::uint32_t> order(groups.size());
    std::iota(order.begin(), order.end(), 0U);
    Random(settings.seed, stream * 4096).shuffle(order);
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return groups[a].size() > groups[b].size(); });
    const bool areClasses = settings.isStratified && dataset.info().task == Task::Classification;
    const std::size_t classes = areClasses ? dataset.info().classes.size() : 1;
    const auto classOf = [&](std::uint32_t sample) { return areClasses ? static_cast<std::size_t>(dataset.classOf(sample)) : 0; };
    std::vector<double> all(classes);
    for (const Samples& members : groups) {
        for (const std::uint32_t sample : members) {
            ++all[classOf(sample)];
        }
    }
    const auto folds = static_cast<std::size_t>(settings.folds);
    std::vector<std::vector<double>> counts(folds, std::vector<double>(classes));
    std::vector<double> sizes(folds);
    for (const std::uint32_t group : order) {
        std::vector<double> own(classes);
        for (const std::uint32_t sample : groups[group]) {
            ++own[classOf(sample)];
        }
        // How unequal the shares of a class are over the folds, if the group went to `chosen`.
        const auto inequality = [&](std::size_t chosen) {
            double sum = 0;
            for (std::size_t c = 0; c < classes; ++c) {
                double mean = 0;
                double squares = 0;
                for (std::size_t f = 0; f < folds; ++f) {
                    const double share = (counts[f][c] + (f == chosen ? own[c] : 0)) / std::max(1.0, all[c]);
                    mean += share / static_cast<double>(folds);
                    squares += share * share / static_cast<double>(folds);
                }
                sum += std::sqrt(std::max(0.0, squares - mean * mean));
            }
            return sum;
        };
        std::size_t best = 0;
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t f = 0; f < folds; ++f) {
            const double found = inequality(f);
            if (found < least - 1e-12 || (found < least + 1e-12 && sizes[f] < sizes[best])) {
                best = f;
                least = std::min(least, found);
            }
        }
        for (std::size_t c = 0; c < classes; ++c) {
            counts[best][c] += own[c];
        }
        sizes[best] += static_cast<double>(groups[group].size());
        for (const std::uint32_t sample : groups[group]) {
            assignment[sample] = static_cast<std::int32_t>(best);
        }
    }
}

Result<void> checkCounts(const FoldSettings& settings, std::size_t units, const char* unit, const std::string& where)
{
    if (settings.folds < 2 || settings.folds > kMostFolds || settings.repeats < 1 || settings.repeats > kMostRepeats) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format("{} folds repeated {} times: there must be 2 to {} folds and 1 to {} repeats", settings.folds, settings.repeats, kMostFolds, kMostRepeats),
            {}};
    }
    if (units < static_cast<std::size_t>(settings.folds)) {
        return Error{
            ErrorKind::InvalidInput, fmt::format("{}: {} {} cannot be divided into {} folds", where, units, unit, settings.folds),
            "Take fewer folds."};
    }
    return {};
}

} // namespace

Result<FoldPlan> FoldPlan::make(const Dataset& dataset, std::span<const std::uint32_t> samples, const FoldSettings& settings)
{
    TY_CHECK(checkCounts(settings, samples.size(), "samples", dataset.info().path));
    FoldPlan plan;
    plan.m_settings = settings;
    std::vector<Samples> groups;
    if (!settings.groupColumn.empty()) {
        TY_TRY(groups, groupsOf(dataset, samples, settings.groupColumn));
        TY_CHECK(checkCounts(settings, groups.size(), "groups", dataset.info().path));
    }
    for (int repeat = 0; repeat < settings.repeats; ++repeat) {
        std::vector<std::int32_t> assignment(dataset.size(), -1);
        const auto stream = static_cast<std::uint64_t>(repeat + 1);
        if (groups.empty()) {
            deal(shuffledClasses(dataset, samples, settings.isStratified, settings.seed, stream), settings.folds, assignment);
        } else {
            dealGroups(dataset, groups, settings, stream, assignment);
        }
        plan.m_assignments.push_back(std::move(assignment));
    }
    return plan;
}

Result<FoldPlan> FoldPlan::fromJson(const Json& json, std::uint64_t samples, const std::string& what)
{
    FoldPlan plan;
    TY_TRY(const int format, jsonField<int>(json, "format", what));
    if (format != kPlanFormat) {
        return Error{ErrorKind::Unsupported, fmt::format("{}: format {} of folds is not known to this program", what, format), {}};
    }
    TY_TRY(plan.m_settings.folds, jsonField<int>(json, "folds", what));
    TY_TRY(plan.m_settings.seed, jsonFieldOr<std::uint64_t>(json, "seed", 0, what));
    TY_TRY(plan.m_settings.isStratified, jsonFieldOr<bool>(json, "stratified", false, what));
    TY_TRY(plan.m_settings.groupColumn, jsonFieldOr<std::string>(json, "group", {}, what));
    TY_TRY(const Json assignments, jsonField<Json>(json, "assignments", what));
    plan.m_settings.repeats = static_cast<int>(std::min<std::size_t>(assignments.size(), kMostRepeats + 1));
    TY_CHECK(checkCounts(plan.m_settings, samples, "samples", what));
    for (const Json& row : assignments) {
        if (!row.is_array() || row.size() != samples) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format("{}: a division of {} samples, the data has {}", what, row.is_array() ? row.size() : 0, samples),
                "Use the folds with the data that they were made of."};
        }
        std::vector<std::int32_t> assignment;
        std::vector<std::size_t> sizes(static_cast<std::size_t>(plan.m_settings.folds));
        for (const Json& fold : row) {
            const bool isFold = fold.is_number_integer() && fold >= -1 && fold < plan.m_settings.folds;
            if (!isFold) {
                return Error{ErrorKind::InvalidInput, what + ": " + fold.dump().substr(0, 40) + " is not the number of a fold", {}};
            }
            assignment.push_back(fold.get<std::int32_t>());
            if (assignment.back() >= 0) {
                ++sizes[static_cast<std::size_t>(assignment.back())];
            }
        }
        if (std::find(sizes.begin(), sizes.end(), std::size_t{0}) != sizes.end()) {
            return Error{ErrorKind::InvalidInput, what + ": a fold holds no sample", {}};
        }
        plan.m_assignments.push_back(std::move(assignment));
    }
    return plan;
}

Json FoldPlan::toJson() const
{
    return {
        {"format", kPlanFormat},
        {"samples", m_assignments.empty() ? 0 : m_assignments.front().size()},
        {"folds", m_settings.folds},
        {"repeats", m_settings.repeats},
        {"seed", m_settings.seed},
        {"stratified", m_settings.isStratified},
        {"group", m_settings.groupColumn},
        {"assignments", m_assignments}};
}

Fold FoldPlan::fold(std::size_t index) const
{
    const auto folds = static_cast<std::size_t>(m_settings.folds);
    Fold made;
    made.repeat = static_cast<int>(index / folds);
    made.number = static_cast<int>(index % folds);
    const std::vector<std::int32_t>& assignment = m_assignments[index / folds];
    for (std::size_t sample = 0; sample < assignment.size(); ++sample) {
        if (assignment[sample] >= 0) {
            (assignment[sample] == made.number ? made.held : made.training).push_back(static_cast<std::uint32_t>(sample));
        }
    }
    return made;
}

std::vector<std::uint32_t> nestedOrder(const Dataset& dataset, std::span<const std::uint32_t> samples, std::uint64_t seed)
{
    std::vector<std::pair<double, std::uint32_t>> places;
    places.reserve(samples.size());
    for (const Samples& members : shuffledClasses(dataset, samples, true, seed, 0)) {
        for (std::size_t i = 0; i < members.size(); ++i) {
            places.emplace_back((static_cast<double>(i) + 0.5) / static_cast<double>(members.size()), members[i]);
        }
    }
    std::stable_sort(places.begin(), places.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::uint32_t> order;
    order.reserve(places.size());
    for (const auto& [place, sample] : places) {
        order.push_back(sample);
    }
    return order;
}

} // namespace ty::engine
