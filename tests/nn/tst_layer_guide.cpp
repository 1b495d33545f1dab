#include <QTest>

#include <algorithm>
#include <set>
#include <string>

#include "engine/nn/layer_guide.h"
#include "engine/nn/layer_types.h"
#include "engine/nn/lowering.h"

using namespace ty;
using namespace ty::engine;

namespace {

/// The settings that a layer knows, as its error about another one lists them: "Known are a, b."
std::set<std::string> knownSettings(const Json& example, const std::string& type, const Shape& input)
{
    LayerDescription layer;
    layer.name = "x";
    layer.type = type;
    for (const auto& [key, value] : example.items()) {
        if (key != "type" && key != "inputs") {
            layer.settings[key] = value;
        }
    }
    layer.settings["noSuchSetting"] = 1;
    const auto read = readLayerSettings(layer, input);
    std::set<std::string> known;
    if (read) {
        return known;
    }
    std::string list = read.error().advice;
    const std::string begin = "Known are ";
    if (list.rfind(begin, 0) != 0) {
        return known;
    }
    list = list.substr(begin.size(), list.size() - begin.size() - 1) + ", ";
    for (std::size_t at = 0; at < list.size();) {
        const std::size_t end = list.find(", ", at);
        known.insert(list.substr(at, end - at));
        at = end + 2;
    }
    return known;
}

} // namespace

class TestLayerGuide : public QObject {
    Q_OBJECT

private slots:
    void everyLayerTypeIsExplainedOnce()
    {
        std::multiset<std::string> explained;
        for (const LayerGuide& guide : layerGuides()) {
            explained.insert(guide.types.begin(), guide.types.end());
        }
        const std::multiset<std::string> known(layerTypes().begin(), layerTypes().end());
        QVERIFY(explained == known);
    }

    void allSettingsThatALayerReadsAreExplainedAndNoOthers()
    {
        for (const LayerGuide& guide : layerGuides()) {
            std::set<std::string> told{"frozen"};
            for (const SettingGuide& setting : guide.settings) {
                told.insert(setting.name);
                QVERIFY2(!setting.help.empty(), setting.name.c_str());
            }
            for (const std::string& type : guide.types) {
                std::set<std::string> known = knownSettings(guide.example, type, guide.exampleInput);
                for (const SettingGuide& common : commonLayerSettings()) {
                    known.erase(common.name);
                }
                known.insert("frozen");
                QVERIFY2(known == told, type.c_str());
            }
        }
    }

    void examplesAreNetworksAndUsualValuesChangeNothing()
    {
        for (const LayerGuide& guide : layerGuides()) {
            for (const std::string& type : guide.types) {
                Json layer = guide.example;
                layer["type"] = type;
                const auto lineOf = [&](const Json& with) {
                    const auto network = ModelDescription::fromJson(
                        {{"input", guide.exampleInput}, {"layers", Json::array({with, {{"type", "flatten"}}})}});
                    const auto summary = network ? summarise(*network) : Result<ModelSummary>(network.error());
                    return summary ? toString(summary->layers.front().outputShape) + std::to_string(summary->parameters) : summary.error().message;
                };
                const std::string expected = lineOf(layer);
                QVERIFY2(expected.front() == '(', expected.c_str());
                for (const SettingGuide& setting : guide.settings) {
                    Json given = layer;
                    const Json usual = Json::parse(setting.usual, nullptr, false);
                    if (!layer.contains(setting.name) && !setting.usual.empty() && !usual.is_discarded()) {
                        given[setting.name] = usual;
                        QVERIFY2(lineOf(given) == expected, (type + "." + setting.name + ": " + lineOf(given)).c_str());
                    }
                }
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestLayerGuide)
#include "tst_layer_guide.moc"
