#include <filesystem>

#include <fmt/format.h>

#include "app/runner/commands.h"
#include "engine/base/files.h"
#include "engine/specs/findings.h"
#include "engine/specs/lexer.h"
#include "engine/specs/machine.h"
#include "engine/specs/state_space.h"
#include "engine/specs/transition_table.h"
#include "engine/specs/value_words.h"

namespace ty::runner {

namespace {

using namespace ty::engine::specs;

constexpr std::size_t kLongestPath = 30; ///< steps of a way to a broken invariant that are written out

Json pathJson(const Machine& machine, const StateSpace& space, StateIndex state)
{
    Json path = Json::array();
    const auto steps = space.pathTo(state);
    path.push_back({{"state", stateWords(machine, space.state(steps.empty() ? state : steps.front().before))}});
    for (const auto& step : steps) {
        path.push_back({{"operation", machine.operations[step.operation].name}, {"state", stateWords(machine, space.state(step.after))}});
    }
    return path;
}

Json toJson(const Machine& machine, const StateSpace& space, const Findings& findings)
{
    Json variables = Json::array();
    for (const auto& variable : machine.variables) {
        variables.push_back({{"name", variable.name}, {"type", variable.typeText}});
    }
    Json operations = Json::array();
    for (std::size_t index = 0; index < machine.operations.size(); ++index) {
        const auto& operation = machine.operations[index];
        operations.push_back(
            {{"name", operation.name},
             {"parameters", operation.parameters},
             {"returnsResults", operation.isQuery},
             {"transitions", findings.transitions[index]}});
    }
    Json violations = Json::array();
    for (const auto& broken : findings.broken) {
        violations.push_back(
            {{"invariant", machine.invariants[broken.invariant].text}, {"states", broken.states}, {"path", pathJson(machine, space, broken.first)}});
    }
    Json problems = Json::array();
    for (const auto& problem : space.problems) {
        problems.push_back(
            {{"line", problem.place.line},
             {"column", problem.place.column},
             {"message", problem.message},
             {"state", stateWords(machine, space.state(problem.state))}});
    }
    return Json{
        {"name", machine.name},
        {"notes", machine.notes},
        {"variables", variables},
        {"operations", operations},
        {"states", space.stateCount()},
        {"initialStates", space.initialStates.size()},
        {"transitions", space.transitions.size()},
        {"deadEnds", space.deadEnds.size()},
        {"isWhole", space.isWhole},
        {"limit", space.limit},
        {"brokenInvariants", violations},
        {"problems", problems},
        {"seconds", space.seconds}};
}

std::string pathText(const Machine& machine, const StateSpace& space, StateIndex state)
{
    const auto steps = space.pathTo(state);
    std::string text = fmt::format("    {}\n", stateWords(machine, space.state(steps.empty() ? state : steps.front().before)));
    for (std::size_t step = 0; step < steps.size(); ++step) {
        if (step == kLongestPath) {
            return text + fmt::format("    … {} more steps (--json gives all)\n", steps.size() - step);
        }
        text += fmt::format(
            "    {}: {}\n", machine.operations[steps[step].operation].name, stateWords(machine, space.state(steps[step].after)));
    }
    return text;
}

std::string describe(const Machine& machine, const StateSpace& space, const Findings& findings)
{
    std::string text = fmt::format("{}\n", machine.name);
    for (const auto& note : machine.notes) {
        text += fmt::format("Note:          {}\n", note);
    }
    text += fmt::format("States:        {} ({} initial)\n", space.stateCount(), space.initialStates.size());
    text += fmt::format("Transitions:   {}\n", space.transitions.size());
    for (std::size_t index = 0; index < machine.operations.size(); ++index) {
        text += fmt::format(
            "  {:<24} {:>10}{}\n", machine.operations[index].name, findings.transitions[index],
            machine.operations[index].isQuery ? "  returns results" : "");
    }
    text += fmt::format("Dead ends:     {}\n", space.deadEnds.size());
    if (!space.isWhole) {
        text += fmt::format("Not whole:     ended at {}; --limit raises it\n", space.limit);
    }
    text += findings.broken.empty() ? "Invariants:    hold in every state found\n" : "";
    for (const auto& broken : findings.broken) {
        text += fmt::format(
            "Broken:        {}; the shortest way there:\n{}", machine.invariants[broken.invariant].text,
            pathText(machine, space, broken.first));
    }
    for (const auto& problem : space.problems) {
        text += fmt::format(
            "No value:      {}: {}, first in\n    {}\n", placeWords(problem.place), problem.message,
            stateWords(machine, space.state(problem.state)));
    }
    return text + fmt::format("Time:          {:.3f} s\n", space.seconds);
}

Result<void> writeExamples(const TransitionTable& table, const SpecOptions& options, Json& report, std::string& text)
{
    TY_CHECK(makeFolders(options.examples));
    const auto training = (std::filesystem::path(options.examples) / "train.csv").string();
    const auto testing = (std::filesystem::path(options.examples) / "test.csv").string();
    const auto all = table.examples().size();
    TY_CHECK(table.writeCsv(training, 0, table.trainingCount()));
    TY_CHECK(table.writeCsv(testing, table.trainingCount(), all));
    report["examples"] = {
        {"valid", table.validCount()},
        {"invalid", all - table.validCount()},
        {"training", {{"path", training}, {"rows", table.trainingCount()}}},
        {"test", {{"path", testing}, {"rows", all - table.trainingCount()}}}};
    text += fmt::format(
        "Examples:      {} valid, {} invalid\n  {}: {} rows\n  {}: {} rows\n", table.validCount(), all - table.validCount(),
        training, table.trainingCount(), testing, all - table.trainingCount());
    return {};
}

Result<void> run(const SpecOptions& options)
{
    TY_TRY(const auto source, readFile(options.path, std::uint64_t{4} << 20));
    const auto name = std::filesystem::path(options.path).stem().string();
    auto machine = readMachine(source, name);
    if (!machine) {
        return std::move(machine).error().withContext(options.path);
    }
    ExplorationLimits limits;
    limits.states = options.stateLimit;
    limits.transitions = std::uint64_t{20} * options.stateLimit;
    auto space = explore(machine.value(), limits);
    if (!space) {
        return std::move(space).error().withContext(options.path);
    }
    const auto findings = findingsOf(machine.value(), space.value());
    auto report = toJson(machine.value(), space.value(), findings);
    auto text = describe(machine.value(), space.value(), findings);
    if (!options.examples.empty()) {
        ExampleSettings settings;
        settings.invalidProportion = options.invalidProportion;
        settings.seed = options.seed;
        settings.testShare = options.testShare;
        TY_TRY(const auto table, TransitionTable::make(machine.value(), space.value(), settings));
        TY_CHECK(writeExamples(table, options, report, text));
    }
    return options.form == OutputForm::Json ? printJson(report) : printText(text);
}

} // namespace

int exploreSpec(const SpecOptions& options)
{
    const auto done = run(options);
    return done ? 0 : reportError(done.error(), options.form);
}

} // namespace ty::runner
