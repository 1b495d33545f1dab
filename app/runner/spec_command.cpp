#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "app/runner/commands.h"
#include "app/runner/model_answer.h"
#include "app/runner/opened_model.h"
#include "app/runner/single_sample.h"
#include "engine/base/files.h"
#include "engine/specs/findings.h"
#include "engine/specs/lexer.h"
#include "engine/specs/machine.h"
#include "engine/specs/state_space.h"
#include "engine/specs/transition_check.h"
#include "engine/specs/transition_table.h"
#include "engine/specs/value_reader.h"
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

Result<std::vector<Number>> stateOf(const Machine& machine, const std::string& text, const char* option)
{
    auto state = readState(machine, text);
    return state ? std::move(state) : std::move(state).error().withContext(option);
}

std::string verdictText(const TransitionVerdict& verdict, const std::string& operation)
{
    if (verdict.isPossible) {
        return "possible";
    }
    if (!verdict.problem.empty()) {
        return fmt::format("unknown: {}", verdict.problem);
    }
    if (verdict.outcomes == 0) {
        return fmt::format("impossible: {} cannot run there", operation);
    }
    std::string text = fmt::format("impossible: {} leads elsewhere", operation);
    for (const auto& outcome : verdict.someOutcomes) {
        text += "\n    " + outcome;
    }
    const auto more = verdict.outcomes - verdict.someOutcomes.size();
    return more > 0 ? text + fmt::format("\n    … {} more", more) : text;
}

/// What a model that was trained on the machine's examples says of a row of them.
Result<Json> scoreOf(const std::string& folder, const TransitionTable& table, const std::vector<std::string>& cells)
{
    TY_TRY(const auto model, openModel(folder, "auto"));
    Json row = Json::object();
    for (std::size_t column = 0; column < cells.size(); ++column) {
        row[table.columnNames()[column]] = cells[column];
    }
    SingleSample sample(model->encoder().expectedData());
    TY_CHECK(sample.setRow(row));
    return answerOf(*model, sample);
}

Result<void> judge(const Machine& machine, const StateSpace& space, const SpecOptions& options, Json& report, std::string& text)
{
    TY_TRY(const auto before, stateOf(machine, options.before, "--before"));
    TY_TRY(const auto after, stateOf(machine, options.after, "--after"));
    const auto& all = machine.operations;
    const auto operation
        = std::find_if(all.begin(), all.end(), [&](const MachineOperation& one) { return one.name == options.operation; });
    if (operation == all.end()) {
        return Error{
            ErrorKind::InvalidInput, fmt::format("--operation: {} has no operation \"{}\"", machine.name, options.operation), {}};
    }
    const auto index = static_cast<std::size_t>(operation - all.begin());
    const auto verdict = checkTransition(machine, index, before.data(), after.data());
    text += fmt::format("Transition:    {}\n", verdictText(verdict, operation->name));
    report["transition"] = {
        {"before", stateWords(machine, before.data())},
        {"operation", operation->name},
        {"after", stateWords(machine, after.data())},
        {"isPossible", verdict.isPossible},
        {"outcomes", verdict.outcomes},
        {"someOutcomes", verdict.someOutcomes},
        {"problem", verdict.problem}};
    if (!options.model.empty()) {
        TY_TRY(const auto table, TransitionTable::make(machine, space, {}));
        const auto cells = table.cells(static_cast<std::uint32_t>(index), before.data(), after.data());
        TY_TRY(const auto score, scoreOf(options.model, table, cells));
        report["transition"]["model"] = score;
        text += fmt::format("Model:         {}\n", score["prediction"].get<std::string>());
        for (const auto& [name, probability] : score["probabilities"].items()) {
            text += fmt::format("  {:<12} {:.4f}\n", name, probability.get<double>());
        }
    }
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
    if (!options.operation.empty()) {
        TY_CHECK(judge(machine.value(), space.value(), options, report, text));
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
