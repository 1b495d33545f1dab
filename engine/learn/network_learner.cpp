#include "engine/learn/network_learner.h"

#include <charconv>
#include <string>
#include <vector>

#include "engine/learn/chosen_network.h"
#include "engine/learn/network_fit.h"
#include "engine/learn/network_table.h"
#include "engine/nn/adaptation.h"
#include "engine/nn/presets.h"

namespace ty::engine {

namespace {

PresetSize sizeOf(const std::string& name)
{
    return name == "small" ? PresetSize::Fast : name == "large" ? PresetSize::Best : PresetSize::Balanced;
}

/// "64, 32" as numbers.
Result<std::vector<std::int64_t>> parseHiddenLayers(const std::string& text)
{
    std::vector<std::int64_t> units;
    const char* at = text.data();
    const char* const end = text.data() + text.size();
    while (at != end) {
        if (*at == ' ' || *at == ',') {
            ++at;
            continue;
        }
        std::int64_t value = 0;
        const auto [next, failure] = std::from_chars(at, end, value);
        if (failure != std::errc{} || value < 1 || value > 65'536 || units.size() == 64) {
            return Error{
                ErrorKind::InvalidInput,
                "hiddenLayers: \"" + text + "\" is not a list of at most 64 whole numbers from 1 to 65536",
                "Write for example 64, 32."};
        }
        units.push_back(value);
        at = next;
    }
    return units;
}

Result<NetworkMaker> makerFor(const FitRequest& request)
{
    TY_TRY(const auto hidden, jsonField<std::string>(request.settings, "hiddenLayers", "settings"));
    TY_TRY(const auto units, parseHiddenLayers(hidden));
    TY_TRY(const auto size, jsonField<std::string>(request.settings, "size", "settings"));
    TY_TRY(const auto frozen, jsonField<std::string>(request.settings, "frozenLayers", "settings"));
    TY_TRY(const auto chosen, chosenNetwork(*request.spec));
    const bool areGiven = !request.spec->start.pixels.empty(); // by a network of another program
    const bool isSizeGiven = request.spec->settings.contains("size");
    const bool isOfZoo = chosen && request.spec->network.is_null();
    return NetworkMaker([=](const Encoder& encoder, const Shape& outputs, std::uint64_t samples) -> Result<AdaptedNetwork> {
        AdaptedNetwork made;
        const auto vocabulary = static_cast<std::int64_t>(encoder.vocabulary().size());
        if (chosen) {
            TY_TRY(made, adaptNetwork(*chosen, encoder.inputShape(), outputs, vocabulary, areGiven));
            if (isOfZoo) {
                scaleAsStandardised(made, encoder);
                freeAnswers(made);
            }
            TY_CHECK(freezeLayers(made.network, frozen));
            return made;
        }
        const bool areUnitsRead = vocabulary == 0 && !units.empty();
        if (!units.empty() && !areUnitsRead) {
            made.changes.push_back("the setting hiddenLayers \"" + hidden + "\" does not count: the data is a text");
        } else if (areUnitsRead && isSizeGiven) {
            made.changes.push_back("the setting size \"" + size + "\" does not count: hiddenLayers says the sizes");
        }
        if (areUnitsRead) {
            made.network = perceptron(units, encoder.inputShape(), outputs.front());
        } else {
            PresetFacts facts;
            facts.input = encoder.inputShape();
            facts.outputs = outputs.front();
            facts.vocabulary = vocabulary;
            facts.isRunningText = encoder.task() == Task::NextWord;
            facts.samples = samples;
            made.network = presetNetwork(sizeOf(size), facts);
        }
        TY_CHECK(freezeLayers(made.network, frozen));
        return made;
    });
}

/// Settings that say something about layers which a chosen network has of its own: "hiddenLayers \"64, 32\""; empty: none.
std::string ignoredSettings(const FitRequest& request)
{
    const Json& given = request.spec->settings;
    if (request.spec->network.is_null() && given.value("network", Json()).is_null()) {
        return {};
    }
    std::string names;
    for (const char* name : {"hiddenLayers", "size"}) {
        const Json value = given.value(name, Json());
        if (value.is_string() && value != "") {
            names += (names.empty() ? "" : " and ") + std::string(name) + " " + value.dump();
        }
    }
    return names;
}

} // namespace

NetworkLearner::NetworkLearner() : m_table(makeNetworkTable()) {}

std::string NetworkLearner::help() const
{
    return "Layers of learned numbers trained step by step; the best choice for pictures, and good for tables.";
}

Json NetworkLearner::presetSettings(const std::string& preset, const DatasetInfo& info) const
{
    return networkPreset(preset, info);
}

Result<DataNeeds> NetworkLearner::dataNeeds(const RunSpec& spec) const
{
    return dataNeedsOf(spec);
}

Result<FitOutcome> NetworkLearner::fit(const FitRequest& request, FitSink& sink, FitControl& control) const
{
    TY_TRY(const NetworkMaker makeNetwork, makerFor(request));
    if (const std::string ignored = ignoredSettings(request); !ignored.empty() && !request.isResuming) {
        TY_CHECK(sink.emitEvent(
            "warning",
            {{"text", "the setting " + ignored + " does not count: the run has a network of its own"},
             {"advice", "Leave out the setting, or the network."}}));
    }
    return fitNetwork(request, name(), makeNetwork, sink, control);
}

Result<Json> NetworkLearner::describe(const FitRequest& request) const
{
    TY_TRY(const NetworkMaker makeNetwork, makerFor(request));
    TY_TRY(Json description, describeNetwork(request, name(), makeNetwork));
    if (const std::string ignored = ignoredSettings(request); !ignored.empty()) {
        description["changes"].push_back("the setting " + ignored + " does not count");
    }
    return description;
}

} // namespace ty::engine
