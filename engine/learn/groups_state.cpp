#include "engine/learn/groups_state.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "engine/learn/stored_numbers.h"

namespace ty::engine {

namespace {

NamedTensor storedRows(const std::string& name, const DenseRows& rows)
{
    std::vector<double> values;
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        const auto row = rows.row(i);
        values.insert(values.end(), row.begin(), row.end());
    }
    return storedNumbers(name, {static_cast<std::int64_t>(rows.rows()), static_cast<std::int64_t>(rows.columns())}, values);
}

Result<DenseRows> rowsOf(const std::vector<NamedTensor>& tensors, const std::string& name, std::size_t count, std::size_t columns)
{
    TY_TRY(const auto values, numbersOf(tensors, name, {static_cast<std::int64_t>(count), static_cast<std::int64_t>(columns)}));
    DenseRows rows(count, columns);
    for (std::size_t i = 0; i < count; ++i) {
        std::transform(
            values.begin() + static_cast<std::ptrdiff_t>(i * columns), values.begin() + static_cast<std::ptrdiff_t>((i + 1) * columns),
            rows.row(i).begin(), [](double value) { return static_cast<float>(value); });
    }
    return rows;
}

NamedTensor storedGroups(const std::string& name, const std::vector<std::uint32_t>& groupOf)
{
    return storedCounts(name, {groupOf.begin(), groupOf.end()});
}

Result<std::vector<std::uint32_t>> groupsOf(
    const std::vector<NamedTensor>& tensors, const std::string& name, std::size_t rows, std::size_t groups)
{
    TY_TRY(const auto counts, countsOf(tensors, name, static_cast<std::int64_t>(rows)));
    std::vector<std::uint32_t> made;
    for (const std::int64_t group : counts) {
        if (group < 0 || group >= static_cast<std::int64_t>(groups)) {
            return Error{ErrorKind::InvalidInput, "the tensor \"" + name + "\" names groups that there are not", {}};
        }
        made.push_back(static_cast<std::uint32_t>(group));
    }
    return made;
}

/// Lists of equal length one after the other.
template<typename T>
std::vector<T> joined(const std::vector<std::vector<T>>& parts)
{
    std::vector<T> all;
    for (const auto& part : parts) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

/// The inverse, as many lists as make them `length` long.
template<typename T>
std::vector<std::vector<T>> divided(const std::vector<T>& all, std::size_t length)
{
    std::vector<std::vector<T>> parts;
    for (std::size_t first = 0; first + length <= all.size(); first += length) {
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
        parts.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(length));
    }
    return parts;
}

} // namespace

FitState stateOf(const KMeansState& state, std::int64_t step)
{
    FitState made;
    made.step = step;
    const bool hasBest = state.best.centres.rows() > 0;
    made.facts = {
        {"restart", state.restart},
        {"pass", state.pass},
        {"hasBest", hasBest},
        {"bestInertia", state.best.inertia},
        {"bestPasses", state.best.passes}};
    if (hasBest) {
        made.tensors.push_back(storedRows("best.centres", state.best.centres));
        made.tensors.push_back(storedGroups("best.groups", state.best.groupOf));
    }
    if (state.pass > 0) {
        made.tensors.push_back(storedRows("centres", state.centres));
        made.tensors.push_back(storedGroups("groups", state.groupOf));
        const std::vector<double> sums = joined(state.sums);
        made.tensors.push_back(storedNumbers("sums", {static_cast<std::int64_t>(sums.size())}, sums));
        made.tensors.push_back(storedCounts("counts", joined(state.counts)));
    }
    return made;
}

Result<KMeansState> kMeansStateOf(const FitState& state, std::size_t groups, const DenseRows& rows)
{
    KMeansState made;
    TY_TRY(made.restart, jsonField<int>(state.facts, "restart", "checkpoint"));
    TY_TRY(made.pass, jsonField<int>(state.facts, "pass", "checkpoint"));
    TY_TRY(const bool hasBest, jsonField<bool>(state.facts, "hasBest", "checkpoint"));
    if (hasBest) {
        TY_TRY(made.best.inertia, jsonField<double>(state.facts, "bestInertia", "checkpoint"));
        TY_TRY(made.best.passes, jsonField<int>(state.facts, "bestPasses", "checkpoint"));
        TY_TRY(made.best.centres, rowsOf(state.tensors, "best.centres", groups, rows.columns()));
        TY_TRY(made.best.groupOf, groupsOf(state.tensors, "best.groups", rows.rows(), groups));
    }
    if (made.pass > 0) {
        TY_TRY(made.centres, rowsOf(state.tensors, "centres", groups, rows.columns()));
        TY_TRY(made.groupOf, groupsOf(state.tensors, "groups", rows.rows(), groups));
        TY_TRY(const auto sums, numbersOf(state.tensors, "sums", {-1}));
        made.sums = divided(sums, groups * rows.columns());
        TY_TRY(const auto counts, countsOf(state.tensors, "counts", -1));
        made.counts = divided(counts, groups);
    }
    return made;
}

FitState stateOf(const MixtureState& state)
{
    FitState made;
    made.step = state.pass;
    made.facts = {{"pass", state.pass}, {"before", std::isfinite(state.before) ? Json(state.before) : Json()}};
    if (state.pass > 0) {
        const auto add = [&made](const char* name, const std::vector<double>& values) {
            made.tensors.push_back(storedNumbers(name, {static_cast<std::int64_t>(values.size())}, values));
        };
        add("logShares", state.mixture.logShares);
        add("means", state.mixture.means);
        add("scales", state.mixture.scales);
    }
    return made;
}

Result<MixtureState> mixtureStateOf(const FitState& state, const MixtureSettings& settings, std::size_t columns)
{
    MixtureState made;
    TY_TRY(made.pass, jsonField<int>(state.facts, "pass", "checkpoint"));
    TY_TRY(made.before, jsonFieldOr(state.facts, "before", -std::numeric_limits<double>::infinity(), "checkpoint"));
    if (made.pass > 0) {
        const auto groups = static_cast<std::int64_t>(settings.groups);
        const auto width = static_cast<std::int64_t>(columns);
        made.mixture.isFull = settings.isFull;
        TY_TRY(made.mixture.logShares, numbersOf(state.tensors, "logShares", {groups}));
        TY_TRY(made.mixture.means, numbersOf(state.tensors, "means", {groups * width}));
        TY_TRY(made.mixture.scales, numbersOf(state.tensors, "scales", {groups * width * (settings.isFull ? width : 1)}));
    }
    return made;
}

} // namespace ty::engine
