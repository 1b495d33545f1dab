#include "engine/learn/idle_settings.h"

#include <initializer_list>
#include <utility>

#include <fmt/format.h>

#include "engine/learn/network_table.h"

namespace ty::engine {

namespace {

/// Collects what differs from the table's default although it does not count.
class IdleSettings {
public:
    explicit IdleSettings(const Json& settings) : m_settings(settings), m_defaults(makeNetworkTable().defaults()) {}

    /// None of the settings counts, because ...
    void add(std::initializer_list<const char*> names, const std::string& reason)
    {
        for (const char* name : names) {
            const Json value = m_settings.value(name, Json());
            if (m_settings.contains(name) && value != m_defaults.value(name, Json())) {
                m_sentences.push_back(fmt::format("the setting {} {} does not count: {}", name, value.dump(), reason));
            }
        }
    }
    void addSentence(std::string sentence) { m_sentences.push_back(std::move(sentence)); }
    std::string choice(const char* name) const { return m_settings.value(name, std::string()); }

    std::vector<std::string> take() { return std::move(m_sentences); }

private:
    const Json& m_settings;
    Json m_defaults;
    std::vector<std::string> m_sentences;
};

} // namespace

std::vector<std::string> idleSettings(const Json& settings, Task task, DataKind kind)
{
    IdleSettings idle(settings);
    if (kind != DataKind::Image) {
        idle.add({"augmentFlip", "augmentColour", "augmentNoise", "augmentMixup"}, "only pictures are varied");
    }
    const bool hasClasses = task == Task::Classification;
    const std::string classWeights = idle.choice("classWeights");
    if (!hasClasses) {
        idle.add({"classWeights", "classWeightList"}, "the data's target is not a class");
    } else if (classWeights != "list") {
        idle.add({"classWeightList"}, "the class weights are " + classWeights);
    }
    if (!hasClasses && task != Task::NextWord) {
        idle.add({"labelSmoothing"}, "the data's target is not a class");
    }
    const std::string optimizer = idle.choice("optimizer");
    if (optimizer != "sgd" && optimizer != "nesterov") {
        idle.add({"momentum"}, "the optimizer is " + optimizer);
    }
    const std::string schedule = idle.choice("schedule");
    if (schedule != "stepList") {
        idle.add({"steps"}, "the schedule is " + schedule);
    }
    if (schedule == "oneCycle") {
        idle.add({"warmUp"}, "the schedule oneCycle has a rise of its own");
    }
    if (schedule != "plateau") {
        idle.add({"plateauFactor", "plateauPatience"}, "the schedule is " + schedule);
    } else if (settings.value("earlyStop", false) && settings.value("plateauPatience", 0) >= settings.value("patience", 0)) {
        idle.addSentence(fmt::format(
            "the learning rate never falls: plateauPatience {} is not below patience {}, after which the training stops",
            settings.value("plateauPatience", 0),
            settings.value("patience", 0)));
    }
    return idle.take();
}

} // namespace ty::engine
