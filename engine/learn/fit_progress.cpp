#include "engine/learn/fit_progress.h"

#include <algorithm>
#include <thread>

namespace ty::engine {

FitProgress::FitProgress(const FitRequest& request, const std::string& learner, FitSink& sink, FitControl& control)
    : m_request(request), m_learner(learner), m_sink(sink), m_control(control)
{
}

double FitProgress::seconds() const
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start - m_paused).count();
}

Result<void> FitProgress::emitPlan(int stages, const std::string& unit, std::uint64_t memoryBytes)
{
    m_stages = stages;
    return m_sink.emitEvent(
        "plan",
        {{"learner", m_learner},
         {"epochs", stages},
         {"unit", unit},
         {"stepsPerEpoch", 1},
         {"batchSize", m_request.split.training.size()},
         {"parameters", nullptr}, // not known before they are learned
         {"memoryBytes", memoryBytes},
         {"settings", m_request.settings},
         {"network", nullptr}});
}

Result<void> FitProgress::pause()
{
    const auto begin = std::chrono::steady_clock::now();
    TY_CHECK(m_sink.emitEvent("state", {{"state", "paused"}}));
    while (m_outcome == "completed") {
        const auto command = m_control.nextCommand(true);
        if (!command || m_control.isStopRequested() || command->name == "stop") {
            m_outcome = "stopped";
        } else if (command->name == "finish") {
            m_outcome = "finished-now";
        } else if (command->name == "resume") {
            break;
        }
    }
    m_paused += std::chrono::steady_clock::now() - begin;
    const char* state = m_outcome == "stopped" ? "stopping" : m_outcome == "finished-now" ? "finishing" : "resumed";
    return m_sink.emitEvent("state", {{"state", state}});
}

Result<bool> FitProgress::mayGoOn()
{
    while (m_outcome == "completed") {
        const auto command = m_control.isStopRequested() ? RunCommand{"stop", {}} : m_control.nextCommand(false);
        if (!command) {
            break;
        }
        if (command->name == "pause") {
            TY_CHECK(pause());
        } else if (command->name == "stop") {
            m_outcome = "stopped";
            TY_CHECK(m_sink.emitEvent("state", {{"state", "stopping"}}));
        } else if (command->name == "finish") {
            m_outcome = "finished-now";
            TY_CHECK(m_sink.emitEvent("state", {{"state", "finishing"}}));
        } else if (command->name != "resume") {
            TY_CHECK(m_sink.emitEvent(
                "warning",
                {{"text", "the learner \"" + m_learner + "\" does not take the command \"" + command->name + "\" while it learns"},
                 {"advice", ""}}));
        }
    }
    const auto& budget = m_request.spec->budgetMinutes;
    if (m_outcome == "completed" && budget && seconds() > *budget * 60) {
        m_outcome = "finished-now";
        TY_CHECK(note("the time budget is spent; the training finishes now"));
    }
    return m_outcome == "completed";
}

Result<void> FitProgress::emitStep(std::int64_t step, double stage, const char* measure, double value)
{
    constexpr double kBetweenSteps = 0.05;
    const double now = seconds();
    if (m_secondsAtStep >= 0 && now - m_secondsAtStep < kBetweenSteps) {
        return {};
    }
    m_secondsAtStep = now;
    return emitPoint(step, stage, measure, value);
}

Result<void> FitProgress::emitStage(int stage, const Json& training, const Json& validation)
{
    const Json& judge = validation.is_object() ? validation : training;
    const Json loss = judge.is_object() ? judge.value("loss", Json()) : Json();
    const bool isBest = loss.is_number() && (m_bestStage == 0 || loss.get<double>() < m_bestLoss);
    if (isBest) {
        m_bestStage = stage;
        m_bestLoss = loss.get<double>();
    }
    const double now = seconds();
    const double perStage = now / std::max(1, stage);
    // Of one tree, not of all that were grown since: who reads it multiplies by those that are left.
    const double stageSeconds = (now - m_secondsAtStage) / std::max(1, stage - m_stageBefore);
    m_stageBefore = stage;
    m_secondsAtStage = now;
    TY_CHECK(m_sink.emitEvent(
        "epoch",
        {{"epoch", stage},
         {"step", stage},
         {"seconds", now},
         {"epochSeconds", stageSeconds},
         {"training", training},
         {"validation", validation},
         {"isBest", isBest},
         {"bestEpoch", m_bestStage},
         {"etaSeconds", perStage * std::max(0, m_stages - stage)}}));
    return m_sink.emitEvent(
        "system", {{"cpuPercent", m_usage.takeCpuPercent()}, {"residentBytes", m_usage.residentBytes()}, {"dataWaitFraction", 0}});
}

int fitThreads(int wanted)
{
    return wanted > 0 ? wanted : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

} // namespace ty::engine
