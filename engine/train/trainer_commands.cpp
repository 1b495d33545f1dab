// The part of Trainer that answers to the person.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/train/trainer.h"

namespace ty::engine {

Result<void> Trainer::takeCommands()
{
    while (m_wish != Wish::Stop) {
        if (m_control.isStopRequested()) {
            m_wish = Wish::Stop;
            return m_sink.emitEvent("state", {{"state", "stopping"}});
        }
        const auto command = m_control.nextCommand(false);
        if (!command) {
            return {};
        }
        TY_CHECK(takeCommand(*command));
    }
    return {};
}

Result<void> Trainer::takeCommand(const RunCommand& command)
{
    if (command.name == "pause") {
        return pause();
    }
    if (command.name == "stop") {
        m_wish = Wish::Stop;
        return m_sink.emitEvent("state", {{"state", "stopping"}});
    }
    if (command.name == "finish") {
        m_wish = Wish::Finish;
        return m_sink.emitEvent("state", {{"state", "finishing"}});
    }
    if (command.name == "snapshot") {
        return writeCheckpoint("snapshot", false);
    }
    if (command.name == "set") {
        return takeChange(command.fields);
    }
    if (command.name == "resume") {
        return {}; // it is not paused
    }
    return m_sink.emitEvent(
        "warning", {{"text", "the command \"" + command.name + "\" is not known"}, {"advice", ""}});
}

Result<void> Trainer::pause()
{
    updateClock();
    TY_CHECK(writeCheckpoint("pause", false));
    TY_CHECK(m_sink.emitEvent("state", {{"state", "paused"}}));
    for (;;) {
        const auto command = m_control.nextCommand(true);
        if (!command || m_control.isStopRequested()) {
            m_wish = Wish::Stop;
            TY_CHECK(m_sink.emitEvent("state", {{"state", "stopping"}}));
            break;
        }
        if (command->name == "resume") {
            TY_CHECK(m_sink.emitEvent("state", {{"state", "resumed"}}));
            break;
        }
        if (command->name == "pause") {
            continue;
        }
        TY_CHECK(takeCommand(*command));
        if (command->name == "stop" || command->name == "finish") {
            break;
        }
    }
    m_clockRead = m_options.clock(); // the pause is no running time
    m_lastStepEvent = -1;
    return {};
}

Result<void> Trainer::takeChange(const Json& fields)
{
    const auto refuse = [&](const std::string& reason) {
        return m_sink.emitEvent("warning", {{"text", "the change was not taken: " + reason}, {"advice", ""}});
    };
    const auto name = jsonField<std::string>(fields, "name", "set");
    const auto value = jsonField<double>(fields, "value", "set");
    if (!name || !value) {
        return refuse(name ? value.error().message : name.error().message);
    }
    const double number = value.value();
    if (name.value() == "learningRate") {
        if (!(number > 0) || !(number <= 100)) {
            return refuse("the learning rate must be above 0 and at most 100");
        }
        m_learningRate.change(number, m_state.step, totalSteps());
    } else if (name.value() == "epochs" || name.value() == "patience") {
        const bool isEpochs = name.value() == "epochs";
        if (std::floor(number) != number || number < (isEpochs ? 1 : 0) || number > 1'000'000) {
            return refuse(name.value() + " must be a whole number");
        }
        if (isEpochs) {
            // The epoch at hand is always finished.
            m_state.epochs = std::max(static_cast<int>(number), m_state.epoch + 1);
        } else {
            m_state.patience = static_cast<int>(number);
        }
    } else {
        return refuse("\"" + name.value() + "\" cannot be changed while training");
    }
    return m_sink.emitEvent("set", {{"name", name.value()}, {"value", fields.at("value")}});
}

} // namespace ty::engine
