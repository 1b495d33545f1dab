#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <limits>

#include <fmt/format.h>

#include "app/runner/commands.h"
#include "app/runner/data_location.h"
#include "app/runner/learning_state.h"
#include "app/runner/run_stores.h"
#include "engine/base/files.h"
#include "engine/data/dataset.h"
#include "engine/sequences/hidden_markov.h"

namespace ty::runner {

namespace {

using namespace ty::engine;

/// A column of a table as sequences.
struct Sequences {
    std::vector<std::vector<double>> values;
    std::vector<std::string> symbols; ///< empty: numbers
    std::string fingerprint;          ///< of the table
};

Result<Sequences> readSequences(const SequenceOptions& options)
{
    OpenOptions open;
    open.target = options.column;
    open.areDuplicatesSought = false;
    TY_TRY(const std::string path, locateData(options.data));
    TY_TRY(const auto stores, readStores(options.storesDescriptor, tellingStores()));
    open.files = stores.get();
    TY_TRY(const auto dataset, openDataset(path, open));
    Sequences made;
    made.fingerprint = dataset->info().fingerprint;
    const bool areClasses = dataset->info().task == Task::Classification;
    for (const ClassInfo& one : dataset->info().classes) {
        made.symbols.push_back(one.name);
    }
    std::span<const std::int32_t> groups;
    if (!options.by.empty()) {
        const auto& columns = dataset->info().columns;
        const auto found = std::find_if(columns.begin(), columns.end(), [&](const ColumnInfo& column) { return column.name == options.by; });
        groups = found == columns.end() ? groups : dataset->categoryColumn(static_cast<std::size_t>(found - columns.begin()));
        if (groups.empty()) {
            return Error{ErrorKind::InvalidInput, path + ": there is no column of categories \"" + options.by + "\"", "Name the column that tells sequences apart."};
        }
    }
    for (std::uint64_t sample = 0; sample < dataset->size(); ++sample) {
        const double value = areClasses ? static_cast<double>(dataset->classOf(sample)) : dataset->targetOf(sample);
        if (!std::isfinite(value) || (areClasses && value < 0)) {
            return Error{ErrorKind::InvalidInput, fmt::format("{}: row {} has no value of \"{}\"", path, sample + 1, options.column), "Fill it or leave it out."};
        }
        if (sample == 0 || (!groups.empty() && groups[sample] != groups[sample - 1])) {
            made.values.emplace_back();
        }
        made.values.back().push_back(value);
    }
    if (made.values.empty()) {
        return Error{ErrorKind::InvalidInput, path + ": there are no rows", {}};
    }
    return made;
}

Json toJson(const HiddenMarkov& model, const std::vector<std::string>& symbols, double logLikelihood, int passes)
{
    Json states = Json::array();
    for (std::size_t s = 0; s < model.states; ++s) {
        Json state{{"start", model.starts[s]}, {"next", Json::array()}};
        for (std::size_t to = 0; to < model.states; ++to) {
            state["next"].push_back(model.steps[s * model.states + to]);
        }
        if (symbols.empty()) {
            state["mean"] = model.means[s];
            state["deviation"] = model.deviations[s];
        }
        for (std::size_t symbol = 0; symbol < symbols.size(); ++symbol) {
            state["shows"][symbols[symbol]] = model.shows[s * model.symbols + symbol];
        }
        states.push_back(std::move(state));
    }
    return {{"states", states}, {"logLikelihood", logLikelihood}, {"passes", passes}};
}

std::string toText(const Json& json)
{
    std::string text = fmt::format("Log-likelihood {:.4f} after {} passes\n", json["logLikelihood"].get<double>(), json["passes"].get<int>());
    for (std::size_t s = 0; s < json["states"].size(); ++s) {
        const Json& state = json["states"][s];
        text += fmt::format("state {}  start {:.3f}  next", s, state["start"].get<double>());
        for (const Json& next : state["next"]) {
            text += fmt::format(" {:.3f}", next.get<double>());
        }
        if (state.contains("mean")) {
            text += fmt::format("  shows {:.4g} +- {:.4g}", state["mean"].get<double>(), state["deviation"].get<double>());
        }
        if (state.contains("shows")) {
            text += "  shows";
            for (const auto& [symbol, share] : state["shows"].items()) {
                text += fmt::format(" {} {:.3f}", symbol, share.get<double>());
            }
        }
        text += "\n";
    }
    return text;
}

Json modelJson(const HiddenMarkov& model)
{
    return {
        {"states", model.states}, {"symbols", model.symbols}, {"starts", model.starts},        {"steps", model.steps},
        {"shows", model.shows},   {"means", model.means},     {"deviations", model.deviations}};
}

Result<HiddenMarkov> modelOf(const Json& json, const std::string& what)
{
    HiddenMarkov model;
    TY_TRY(model.states, jsonField<std::size_t>(json, "states", what));
    TY_TRY(model.symbols, jsonField<std::size_t>(json, "symbols", what));
    TY_TRY(model.starts, listField<double>(json, "starts", what));
    TY_TRY(model.steps, listField<double>(json, "steps", what));
    TY_TRY(model.shows, listField<double>(json, "shows", what));
    TY_TRY(model.means, listField<double>(json, "means", what));
    TY_TRY(model.deviations, listField<double>(json, "deviations", what));
    const bool isWhole = model.starts.size() == model.states && model.steps.size() == model.states * model.states
        && model.shows.size() == model.states * model.symbols && model.means.size() == (model.symbols > 0 ? 0 : model.states)
        && model.deviations.size() == model.means.size();
    if (!isWhole) {
        return Error{ErrorKind::InvalidInput, what + ": the model is not whole", "Delete the file to begin anew."};
    }
    return model;
}

Json stateJson(const HiddenMarkovState& state)
{
    return {
        {"restart", state.restart},
        {"pass", state.pass},
        {"before", std::isfinite(state.before) ? Json(state.before) : Json()},
        {"model", modelJson(state.model)},
        {"best", modelJson(state.best)},
        {"bestLikelihood", state.bestLikelihood}};
}

Result<HiddenMarkovState> stateOf(const Json& json, const std::string& what)
{
    HiddenMarkovState state;
    TY_TRY(state.restart, jsonField<int>(json, "restart", what));
    TY_TRY(state.pass, jsonField<int>(json, "pass", what));
    TY_TRY(state.before, jsonFieldOr(json, "before", -std::numeric_limits<double>::infinity(), what));
    TY_TRY(state.bestLikelihood, jsonFieldOr(json, "bestLikelihood", -std::numeric_limits<double>::infinity(), what));
    TY_TRY(const Json model, jsonField<Json>(json, "model", what));
    TY_TRY(state.model, modelOf(model, what));
    TY_TRY(const Json best, jsonField<Json>(json, "best", what));
    TY_TRY(state.best, modelOf(best, what));
    return state;
}

Result<void> run(const SequenceOptions& options)
{
    TY_TRY(const Sequences sequences, readSequences(options));
    HiddenMarkovSettings settings;
    settings.states = options.states;
    settings.symbols = sequences.symbols.size();
    settings.restarts = options.restarts;
    settings.seed = options.seed;
    int passes = 0;
    const bool areWaysTold = options.areWaysTold && options.form == OutputForm::Json;
    LearningState keeper(
        options.kept.file,
        {{"data", sequences.fingerprint},
         {"column", options.column},
         {"by", options.by},
         {"states", options.states},
         {"restarts", options.restarts},
         {"seed", options.seed}},
        std::chrono::duration<double>(options.kept.seconds));
    TY_TRY(const auto before, keeper.read());
    HiddenMarkovState from;
    if (before) {
        TY_TRY(from, stateOf(*before, options.kept.file));
        TY_TRY(passes, jsonField<int>(*before, "passes", options.kept.file));
    }
    const auto told = [&](double logLikelihood, const HiddenMarkovState& state) -> Result<bool> {
        TY_CHECK(keeper.offer([&] {
            Json json = stateJson(state);
            json["passes"] = passes; // without this one, which is done again
            return json;
        }));
        ++passes;
        if (areWaysTold) {
            std::fputs((toJsonLine({{"beginning", state.restart + 1}, {"pass", state.pass}, {"logLikelihood", logLikelihood}}) + "\n").c_str(), stderr);
        }
        return true;
    };
    TY_TRY(const HiddenMarkov model, fitHiddenMarkov(sequences.values, settings, told, before ? &from : nullptr));
    keeper.remove();
    double likelihood = 0;
    std::string way = "sequence,place,state\n";
    Json ways = Json::array();
    for (std::size_t s = 0; s < sequences.values.size(); ++s) {
        likelihood += model.logLikelihood(sequences.values[s]);
        const auto states = model.likeliestStates(sequences.values[s]);
        if (areWaysTold) {
            ways.push_back({{"states", states}, {"values", sequences.values[s]}});
        }
        for (std::size_t t = 0; t < states.size(); ++t) {
            way += fmt::format("{},{},{}\n", s + 1, t + 1, states[t]);
        }
    }
    if (!options.out.empty()) {
        TY_CHECK(writeFileAtomically(options.out, way));
    }
    Json json = toJson(model, sequences.symbols, likelihood, passes);
    if (areWaysTold) {
        json["ways"] = std::move(ways);
        json["symbols"] = sequences.symbols;
    }
    return options.form == OutputForm::Json ? printJson(json) : printText(toText(json));
}

} // namespace

int learnSequence(const SequenceOptions& options)
{
    const auto done = run(options);
    return done ? 0 : reportError(done.error(), options.form);
}

} // namespace ty::runner
