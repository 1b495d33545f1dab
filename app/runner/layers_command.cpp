#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/runner/commands.h"
#include "engine/nn/layer_guide.h"

namespace ty::runner {

using engine::LayerGuide;
using engine::SettingGuide;

namespace {

Json describe(const std::vector<SettingGuide>& settings)
{
    Json rows = Json::array();
    for (const SettingGuide& setting : settings) {
        rows.push_back({{"name", setting.name}, {"usual", setting.usual.empty() ? Json() : Json(setting.usual)}, {"help", setting.help}});
    }
    return rows;
}

std::string words(const std::vector<SettingGuide>& settings)
{
    std::string text;
    for (const SettingGuide& setting : settings) {
        text += fmt::format(
            "    {:<14} {:<22} {}\n", setting.name, setting.usual.empty() ? "(must be given)" : setting.usual, setting.help);
    }
    return text;
}

std::string words(const LayerGuide& guide)
{
    return fmt::format(
        "{}\n    {}\n    {}\n{}    e.g. {}\n\n", fmt::join(guide.types, ", "), guide.shapes, guide.help, words(guide.settings),
        toJsonLine(guide.example));
}

constexpr const char* kBeginning =
    "A network is {\"input\": [features] or [channels, height, width], \"layers\": [...]}. A layer takes the result of the one before it,\n"
    "or of those that it names: \"inputs\": [\"a\", \"b\"]; \"input\" is the network's own. \"name\" is up to you. The last layer gives a\n"
    "value for each class, without softmax, or one value. Shapes are those of one sample; axes are counted from 1.\n\n";
constexpr const char* kEnd =
    "Example:\n"
    "  {\"input\": [1, 28, 28], \"layers\": [\n"
    "    {\"name\": \"conv1\", \"type\": \"conv2d\", \"filters\": 16, \"activation\": \"relu\"},\n"
    "    {\"name\": \"conv2\", \"type\": \"conv2d\", \"filters\": 16},\n"
    "    {\"name\": \"around\", \"type\": \"add\", \"inputs\": [\"conv1\", \"conv2\"], \"activation\": \"relu\"},\n"
    "    {\"type\": \"globalAveragePool2d\"},\n"
    "    {\"type\": \"dense\", \"units\": 10}]}\n"
    "  trainyard-run train --data digits/ --set network=@net.json --print-network\n";

} // namespace

int listLayers(OutputForm form)
{
    Json list = Json::array();
    std::string text = kBeginning;
    for (const LayerGuide& guide : engine::layerGuides()) {
        list.push_back(
            {{"types", guide.types},
             {"shapes", guide.shapes},
             {"help", guide.help},
             {"settings", describe(guide.settings)},
             {"example", guide.example}});
        text += words(guide);
    }
    text += "Every layer; of those with weights also how they begin\n" + words(engine::commonLayerSettings()) + "\n" + kEnd;
    const auto done = form == OutputForm::Json
        ? printJson({{"layers", list}, {"settings", describe(engine::commonLayerSettings())}})
        : printText(text);
    return done ? 0 : reportError(done.error(), form);
}

} // namespace ty::runner
