#include "engine/learn/svm_state.h"

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/learn/stored_numbers.h"

namespace ty::engine {

namespace {

/// Lists of any length as one tensor, with another that tells how long each is.
void store(std::vector<NamedTensor>& tensors, const std::string& name, const std::vector<std::vector<double>>& lists)
{
    std::vector<double> all;
    std::vector<std::int64_t> lengths;
    for (const auto& list : lists) {
        all.insert(all.end(), list.begin(), list.end());
        lengths.push_back(static_cast<std::int64_t>(list.size()));
    }
    tensors.push_back(storedNumbers(name, {static_cast<std::int64_t>(all.size())}, all));
    tensors.push_back(storedCounts(name + ".lengths", lengths));
}

Result<std::vector<std::vector<double>>> listsOf(const std::vector<NamedTensor>& tensors, const std::string& name)
{
    TY_TRY(const auto all, numbersOf(tensors, name, {-1}));
    TY_TRY(const auto lengths, countsOf(tensors, name + ".lengths", -1));
    std::vector<std::vector<double>> lists;
    std::size_t first = 0;
    for (const std::int64_t length : lengths) {
        const auto count = static_cast<std::size_t>(length);
        if (length < 0 || count > all.size() - first) {
            return Error{ErrorKind::InvalidInput, "the tensor \"" + name + "\" is too short", {}};
        }
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
        lists.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(count));
        first += count;
    }
    return lists;
}

NamedTensor storedLine(const std::string& name, const std::vector<double>& values)
{
    return storedNumbers(name, {static_cast<std::int64_t>(values.size())}, values);
}

} // namespace

FitState stateOf(const SvmState& state, std::int64_t step)
{
    FitState made;
    made.step = step;
    made.tensors.push_back(storedCounts("done", state.done));
    store(made.tensors, "alphas", state.alphas);
    store(made.tensors, "decisions", state.decisions);
    made.tensors.push_back(storedLine("rhos", state.rhos));
    made.facts["running"] = Json::array();
    for (const auto& [task, solver] : state.running) {
        const std::string name = fmt::format("task{}.", task);
        made.tensors.push_back(storedLine(name + "alpha", solver.alpha));
        made.tensors.push_back(storedLine(name + "slopes", solver.slopes));
        made.tensors.push_back(storedLine(name + "bounded", solver.bounded));
        made.tensors.push_back(storedCounts(name + "places", solver.places));
        made.facts["running"].push_back(
            {{"task", task},
             {"active", solver.active},
             {"untilShrink", solver.untilShrink},
             {"steps", solver.steps},
             {"isUnshrunk", solver.isUnshrunk},
             {"isRestoring", solver.isRestoring},
             {"isSolved", solver.isSolved}});
    }
    return made;
}

Result<SvmState> svmStateOf(const FitState& state)
{
    const std::string what = "checkpoint";
    SvmState made;
    TY_TRY(made.done, countsOf(state.tensors, "done", -1));
    TY_TRY(made.alphas, listsOf(state.tensors, "alphas"));
    TY_TRY(made.decisions, listsOf(state.tensors, "decisions"));
    TY_TRY(made.rhos, numbersOf(state.tensors, "rhos", {-1}));
    TY_TRY(const Json running, jsonField<Json>(state.facts, "running", what));
    for (const Json& one : running) {
        TY_TRY(const auto task, jsonField<std::size_t>(one, "task", what));
        const std::string name = fmt::format("task{}.", task);
        SmoState solver;
        TY_TRY(solver.alpha, numbersOf(state.tensors, name + "alpha", {-1}));
        TY_TRY(solver.slopes, numbersOf(state.tensors, name + "slopes", {-1}));
        TY_TRY(solver.bounded, numbersOf(state.tensors, name + "bounded", {-1}));
        TY_TRY(solver.places, countsOf(state.tensors, name + "places", -1));
        TY_TRY(solver.active, jsonField<std::int64_t>(one, "active", what));
        TY_TRY(solver.untilShrink, jsonField<std::int64_t>(one, "untilShrink", what));
        TY_TRY(solver.steps, jsonField<std::int64_t>(one, "steps", what));
        TY_TRY(solver.isUnshrunk, jsonField<bool>(one, "isUnshrunk", what));
        TY_TRY(solver.isRestoring, jsonField<bool>(one, "isRestoring", what));
        TY_TRY(solver.isSolved, jsonField<bool>(one, "isSolved", what));
        made.running.emplace(task, std::move(solver));
    }
    return made;
}

} // namespace ty::engine
