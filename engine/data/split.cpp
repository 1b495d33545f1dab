#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/base/random.h"
#include "engine/data/dataset.h"

namespace ty::engine {

namespace {

using Indices = std::vector<std::uint32_t>;

/// How many of each group to take so that the total is `total` and each share is within one of its
/// fair part (largest remainder), never more than `most`.
std::vector<std::size_t> apportion(
    const std::vector<std::size_t>& sizes, const std::vector<std::size_t>& most, std::size_t total)
{
    const std::size_t all = std::accumulate(sizes.begin(), sizes.end(), std::size_t{0});
    std::vector<std::size_t> taken(sizes.size(), 0);
    std::vector<std::pair<std::uint64_t, std::size_t>>
        remainders; // integers: the same on every machine
    std::size_t sum = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        const std::uint64_t product = static_cast<std::uint64_t>(sizes[i]) * total;
        taken[i] = std::min<std::size_t>(product / all, most[i]);
        sum += taken[i];
        remainders.emplace_back(product % all, i);
    }
    std::stable_sort(remainders.begin(), remainders.end(), [](const auto& a, const auto& b) {
        return a.first > b.first;
    });
    for (const auto& [remainder, i] : remainders) {
        if (sum < total && taken[i] < most[i] && remainder > 0) {
            ++taken[i];
            ++sum;
        }
    }
    return taken;
}

/// The samples of each class in random order; one group alone if not stratified; a running text as it runs.
std::vector<Indices> makeGroups(const Dataset& dataset, const Indices& pool, const SplitSpec& spec)
{
    if (dataset.info().task == Task::NextWord) {
        return {pool};
    }
    std::vector<Indices> groups;
    if (spec.isStratified && dataset.info().task == Task::Classification) {
        std::map<std::int32_t, Indices> byClass;
        for (const std::uint32_t sample : pool) {
            byClass[dataset.classOf(sample)].push_back(sample);
        }
        for (auto& [index, members] : byClass) {
            groups.push_back(std::move(members));
        }
    } else {
        groups.push_back(pool);
    }
    for (std::size_t i = 0; i < groups.size(); ++i) {
        Random(spec.seed, i).shuffle(groups[i]);
    }
    return groups;
}

/// How many of each group to take for about `fraction` of all; every group keeps one.
/// @param sizes  of the groups at first
/// @param left   what they have now
std::vector<std::size_t> shareOf(const std::vector<std::size_t>& sizes, const std::vector<std::size_t>& left, double fraction)
{
    const std::size_t all = std::accumulate(sizes.begin(), sizes.end(), std::size_t{0});
    const auto total = std::max<std::size_t>(
        1, static_cast<std::size_t>(std::llround(fraction * static_cast<double>(all))));
    std::vector<std::size_t> most;
    for (const std::size_t size : left) {
        most.push_back(size == 0 ? 0 : size - 1);
    }
    return apportion(sizes, most, total);
}

/// Moves about `fraction` of the pool from the ends of the groups into `part`.
void take(
    std::vector<Indices>& groups,
    const std::vector<std::size_t>& sizes,
    double fraction,
    Indices& part)
{
    std::vector<std::size_t> left;
    for (const Indices& group : groups) {
        left.push_back(group.size());
    }
    const auto taken = shareOf(sizes, left, fraction);
    for (std::size_t i = 0; i < groups.size(); ++i) {
        part.insert(
            part.end(), groups[i].end() - static_cast<std::ptrdiff_t>(taken[i]), groups[i].end());
        groups[i].resize(groups[i].size() - taken[i]);
    }
}

} // namespace

std::array<std::uint64_t, 3> splitSizes(const std::vector<std::uint64_t>& groups, const SplitSpec& spec)
{
    std::vector<std::size_t> sizes(groups.begin(), groups.end());
    const auto all = std::accumulate(groups.begin(), groups.end(), std::uint64_t{0});
    std::array<std::uint64_t, 3> parts{all, 0, 0};
    if (all == 0 || !(spec.validation >= 0) || !(spec.test >= 0) || !(spec.validation + spec.test < 1)) {
        return parts;
    }
    std::vector<std::size_t> left = sizes;
    for (const auto& [part, fraction] : {std::pair{std::size_t{1}, spec.validation}, std::pair{std::size_t{2}, spec.test}}) {
        if (fraction > 0) {
            const auto taken = shareOf(sizes, left, fraction);
            for (std::size_t i = 0; i < left.size(); ++i) {
                left[i] -= taken[i];
                parts[part] += taken[i];
            }
        }
    }
    parts[0] = all - parts[1] - parts[2];
    return parts;
}

Result<Split> splitDataset(
    const Dataset& dataset,
    const SplitSpec& spec,
    bool isValidationGiven,
    bool isTestGiven,
    bool areUnlabelledKept)
{
    const DatasetInfo& info = dataset.info();
    if (!(spec.validation >= 0) || !(spec.test >= 0) || !(spec.validation + spec.test < 1)) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format(
                "a split into {} validation and {} test leaves nothing to train on",
                spec.validation,
                spec.test),
            {}};
    }
    const bool areAllTaken = areUnlabelledKept || info.task == Task::NextWord || info.task == Task::Grouping;
    Split split;
    Indices pool;
    for (std::uint64_t i = 0; i < dataset.size(); ++i) {
        const bool isLabelled = areAllTaken ||
                                (info.task == Task::Classification
                                     ? dataset.classOf(i) >= 0
                                     : !std::isnan(dataset.targetOf(i)));
        if (!isLabelled) {
            continue;
        }
        const auto sample = static_cast<std::uint32_t>(i);
        switch (dataset.partOf(i)) {
        case SplitPart::Training:
            pool.push_back(sample);
            break;
        case SplitPart::Validation:
            split.validation.push_back(sample);
            break;
        case SplitPart::Test:
            split.test.push_back(sample);
            break;
        }
    }
    const bool isValidationWanted =
        !isValidationGiven && split.validation.empty() && spec.validation > 0;
    const bool isTestWanted = !isTestGiven && split.test.empty() && spec.test > 0;
    const std::size_t fewest = 1U + (isValidationWanted ? 1U : 0U) + (isTestWanted ? 1U : 0U);
    if (pool.size() < fewest) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format(
                "{} has {} {}training sample{}, too few to divide",
                info.name,
                pool.size(),
                areAllTaken ? "" : "labelled ",
                pool.size() == 1 ? "" : "s"),
            "Add samples, or give validation data of its own."};
    }
    auto groups = makeGroups(dataset, pool, spec);
    std::vector<std::size_t> sizes;
    for (const Indices& group : groups) {
        sizes.push_back(group.size());
    }
    if (isValidationWanted) {
        take(groups, sizes, spec.validation, split.validation);
    }
    if (isTestWanted) {
        take(groups, sizes, spec.test, split.test);
    }
    if ((isValidationWanted && split.validation.empty()) || (isTestWanted && split.test.empty())) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format("{} has one sample in each class, so none can be held back", info.name),
            "Add samples, or give validation data of its own."};
    }
    for (const Indices& group : groups) {
        split.training.insert(split.training.end(), group.begin(), group.end());
    }
    std::sort(split.training.begin(), split.training.end());
    std::sort(split.validation.begin(), split.validation.end());
    std::sort(split.test.begin(), split.test.end());
    return split;
}

} // namespace ty::engine
