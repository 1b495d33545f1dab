#include "app/models/live_run.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>

#include "app/models/stage_words.h"
#include "engine/base/median.h"

namespace ty::app {

using widgets::RunPhase;

namespace {

constexpr std::size_t kEpochsForEta = 5;
constexpr std::size_t kStepsForMedian = 15; ///< the last batch of an epoch is shorter, and some meet other work

std::optional<double> number(const Json& object, const char* key)
{
    const auto found = object.find(key);
    if (found == object.end() || !found->is_number()) {
        return std::nullopt;
    }
    return found->get<double>();
}

std::string text(const Json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

RunPhase phaseOf(catalog::RunState state)
{
    switch (state) {
    case catalog::RunState::Queued: return RunPhase::Queued;
    case catalog::RunState::Running: return RunPhase::Running;
    case catalog::RunState::Paused: return RunPhase::Paused;
    case catalog::RunState::Finished: return RunPhase::Finished;
    case catalog::RunState::Failed: return RunPhase::Failed;
    case catalog::RunState::Stopped:
    case catalog::RunState::Interrupted: return RunPhase::Stopped;
    }
    return RunPhase::Idle;
}

} // namespace

LiveRun::LiveRun(const catalog::RunRecord& known)
    : m_id(known.id)
    , m_progress(known)
{
    m_strip.runName = QString::fromStdString(known.name);
    m_strip.phase = phaseOf(known.state);
    m_strip.plannedEpochs = known.epochsPlanned;
    m_strip.canGoOn = canGoOn();
}

bool LiveRun::canGoOn() const
{
    // A network that is done can be trained for more epochs; what counts otherwise is done.
    const bool isLonger = m_strip.phase == RunPhase::Finished && stageUnit(record().learner).empty();
    return record().isResumable && (isLonger || m_strip.phase == RunPhase::Stopped);
}

QString LiveRun::name() const
{
    return QString::fromStdString(record().name);
}

QString LiveRun::folder() const
{
    return QString::fromStdString(record().folder);
}

bool LiveRun::isActive() const
{
    switch (m_strip.phase) {
    case RunPhase::Starting:
    case RunPhase::Running:
    case RunPhase::Pausing:
    case RunPhase::Paused:
    case RunPhase::Finishing:
    case RunPhase::Stopping: return true;
    default: return false;
    }
}

bool LiveRun::isOver() const
{
    return m_strip.phase == RunPhase::Finished || m_strip.phase == RunPhase::Stopped
        || m_strip.phase == RunPhase::Failed;
}

void LiveRun::setPhase(RunPhase phase)
{
    m_strip.phase = phase;
    m_strip.canGoOn = false;
    if (phase == RunPhase::Starting) {
        m_waitReason.clear();
        m_error = {};
    }
}

void LiveRun::setWaiting(const QString& reason)
{
    m_strip.phase = RunPhase::Queued;
    m_strip.canGoOn = false;
    m_waitReason = reason;
}

void LiveRun::fail(const Error& error)
{
    m_error = error;
    m_strip.phase = RunPhase::Failed;
    m_strip.canGoOn = false;
    m_strip.remainingSeconds.reset();
    m_strip.endsAt = {};
    m_strip.etaNote.clear();
}

void LiveRun::apply(const RunEvent& event, RunNews& news)
{
    m_progress.apply(event, news.points, news.marks);
    m_strip.elapsedSeconds = record().seconds;
    m_strip.plannedEpochs = record().epochsPlanned;
    if (event.type == "started") {
        m_strip.phase = RunPhase::Starting;
        m_waitReason.clear();
        m_error = {};
        m_finished = nullptr;
        m_epochSeconds.clear();
        m_stepSeconds.clear();
        m_strip.floorMilliseconds.reset();
        m_readings.clear();
        m_strip.dataNote.clear();
        m_strip.waiting.clear();
    } else if (event.type == "data") {
        m_data = event.fields;
        applyReading(event);
    } else if (event.type == "plan") {
        if (m_strip.phase == RunPhase::Starting) {
            m_strip.phase = RunPhase::Running;
        }
        const Json& settings = m_progress.settings();
        const auto earlyStop = settings.find("earlyStop");
        const bool isOff = earlyStop != settings.end() && *earlyStop == false;
        m_patience = isOff ? 0 : static_cast<int>(number(settings, "patience").value_or(0));
        if (m_patience > 0) {
            m_strip.patience = m_patience;
        }
    } else if (event.type == "step") {
        applyStep(event);
    } else if (event.type == "epoch") {
        applyEpoch(event);
    } else if (event.type == "system") {
        if (const auto percent = number(event.fields, "cpuPercent")) {
            m_strip.cpuFraction = *percent / 100.0;
        }
        if (const auto bytes = number(event.fields, "residentBytes")) {
            m_strip.memoryBytes = static_cast<qint64>(*bytes);
        }
        if (const auto waited = number(event.fields, "dataWaitFraction")) {
            m_strip.dataWaitFraction = waited;
        }
    } else if (event.type == "floor") {
        if (const auto seconds = number(event.fields, "stepSeconds")) {
            m_strip.floorMilliseconds = *seconds * 1000.0;
        }
    } else if (event.type == "state") {
        applyState(text(event.fields, "state"));
    } else if (event.type == "set") {
        if (text(event.fields, "name") == "patience") {
            m_patience = static_cast<int>(number(event.fields, "value").value_or(m_patience));
            m_strip.patience = m_patience;
        }
        updateShare();
    } else if (event.type == "warning") {
        if (text(event.fields, "store").empty()) {
            m_warnings << QString::fromStdString(text(event.fields, "text"));
        } else {
            applyStore(event); // of a store: it passes
        }
    } else if (event.type == "note") {
        applyStore(event);
    } else if (event.type == "finished") {
        applyFinished(event);
    } else if (event.type == "failed") {
        fail({errorKindFromName(text(event.fields, "kind")), text(event.fields, "message"),
              text(event.fields, "advice")});
    }
    m_strip.canGoOn = canGoOn();
}

void LiveRun::applyStep(const RunEvent& event)
{
    if (m_strip.phase == RunPhase::Starting) {
        m_strip.phase = RunPhase::Running;
    }
    m_strip.samplesPerSecond = number(event.fields, "samplesPerSecond");
    takeStepSeconds(event);
    m_strip.learningRate = number(event.fields, "learningRate");
    m_epochShare = number(event.fields, "epoch").value_or(m_epochShare);
    updateShare();
}

void LiveRun::takeStepSeconds(const RunEvent& event)
{
    if (const auto seconds = number(event.fields, "stepSeconds"); seconds && *seconds > 0) {
        m_stepSeconds.push_back(*seconds);
        if (m_stepSeconds.size() > kStepsForMedian) {
            m_stepSeconds.erase(m_stepSeconds.begin());
        }
        m_strip.stepMilliseconds = median(m_stepSeconds) * 1000.0;
    }
}

void LiveRun::applyEpoch(const RunEvent& event)
{
    if (m_strip.phase == RunPhase::Starting) {
        m_strip.phase = RunPhase::Running;
    }
    m_strip.epoch = record().epochsDone;
    m_epochShare = record().epochsDone;
    if (const auto rate = number(event.fields, "samplesPerSecond")) {
        m_strip.samplesPerSecond = rate;
    }
    takeStepSeconds(event); // a short run has few words of steps, and the first of them is of the step that compiles
    m_strip.dataWaitFraction = number(event.fields, "dataWaitFraction");
    if (const auto seconds = number(event.fields, "epochSeconds")) {
        m_epochSeconds.push_back(*seconds);
        if (m_epochSeconds.size() > kEpochsForEta) {
            m_epochSeconds.erase(m_epochSeconds.begin());
        }
    }
    m_sinceBest = record().bestEpoch > 0 ? record().epochsDone - record().bestEpoch : 0;
    m_strip.etaNote = m_patience > 0 && m_sinceBest > 0
        ? QCoreApplication::translate("LiveRun", "may stop sooner: %1/%2 without gain")
              .arg(m_sinceBest)
              .arg(m_patience)
        : QString();
    applyReading(event);
    m_strip.hints.clear();
    // Epochs of a few milliseconds say nothing about where the time goes.
    constexpr double kTellingSeconds = 1;
    if (m_strip.dataWaitFraction.value_or(0) > 0.3 && m_epochSeconds.size() >= 3
        && median(m_epochSeconds) >= kTellingSeconds) {
        m_strip.hints << QCoreApplication::translate("LiveRun", "Training waits for data %1 % of the time.")
                             .arg(std::lround(*m_strip.dataWaitFraction * 100.0));
    }
    updateShare();
}

void LiveRun::applyReading(const RunEvent& event)
{
    const auto reading = event.fields.find("reading");
    if (reading == event.fields.end() || !reading->is_object()) {
        return;
    }
    const double fromStore = number(*reading, "storeBytes").value_or(0);
    const double fromCache = number(*reading, "cacheBytes").value_or(0);
    const double seconds = number(*reading, "seconds").value_or(0);
    const QString what = event.type == "data"
        ? QCoreApplication::translate("LiveRun", "opening")
        : QCoreApplication::translate("LiveRun", "epoch %1").arg(static_cast<int>(number(event.fields, "epoch").value_or(0)));
    const double all = fromStore + fromCache;
    const QString line = all > 0
        ? QCoreApplication::translate("LiveRun", "%1 read %2 in %3 s, %4 % of it from the cache here")
              .arg(what, QLocale().formattedDataSize(static_cast<qint64>(all), 1), QLocale().toString(seconds, 'f', seconds < 10 ? 2 : 0))
              .arg(std::lround(fromCache / all * 100.0))
        : QCoreApplication::translate("LiveRun", "%1 read nothing more").arg(what);
    constexpr qsizetype kShown = 3; // opening, the first epoch, and the newest
    if (m_readings.size() == kShown) {
        m_readings.removeLast();
    }
    m_readings << line;
    m_strip.dataNote = QCoreApplication::translate("LiveRun", "Data: %1").arg(m_readings.join(QStringLiteral("; ")));
}

void LiveRun::applyStore(const RunEvent& event)
{
    const std::string store = text(event.fields, "store");
    if (store.empty()) {
        return;
    }
    m_strip.hints.removeAll(m_awayHint);
    m_awayHint = store == "away" ? QCoreApplication::translate("LiveRun", "%1. The run goes on by itself once it is back; see to the network and the store, or stop the run.")
                                       .arg(QString::fromStdString(text(event.fields, "text")))
                                 : QString();
    m_strip.waiting.clear();
    if (!m_awayHint.isEmpty()) {
        m_strip.hints << m_awayHint;
        m_strip.waiting = QCoreApplication::translate("LiveRun", "Waiting for the store");
    }
}

void LiveRun::applyState(const std::string& state)
{
    if (state == "paused") {
        m_strip.phase = RunPhase::Paused;
        m_strip.endsAt = {};
    } else if (state == "resumed") {
        m_strip.phase = RunPhase::Running;
    } else if (state == "finishing") {
        m_strip.phase = RunPhase::Finishing;
    } else if (state == "stopping") {
        m_strip.phase = RunPhase::Stopping;
    }
}

void LiveRun::applyFinished(const RunEvent& event)
{
    m_finished = event.fields;
    m_strip.phase = text(event.fields, "outcome") == "stopped" ? RunPhase::Stopped : RunPhase::Finished;
    m_strip.epoch = record().epochsDone;
    if (m_strip.phase == RunPhase::Finished) {
        m_strip.fraction = 1;
    }
    m_strip.remainingSeconds.reset();
    m_strip.endsAt = {};
    m_strip.etaNote.clear();
    m_strip.hints.clear();
}

void LiveRun::updateShare()
{
    const int planned = record().epochsPlanned;
    if (planned <= 0) {
        return;
    }
    m_strip.fraction = std::clamp(m_epochShare / planned, 0.0, 1.0);
    const double left = std::max(0.0, planned - m_epochShare);
    if (!m_epochSeconds.empty()) {
        m_strip.remainingSeconds = left * median(m_epochSeconds);
    } else if (m_epochShare > 0.02) {
        m_strip.remainingSeconds = left * m_strip.elapsedSeconds / m_epochShare;
    }
    m_strip.endsAt = m_strip.remainingSeconds && m_strip.phase == RunPhase::Running
        ? QDateTime::currentDateTime().addMSecs(static_cast<qint64>(*m_strip.remainingSeconds * 1000.0))
        : QDateTime();
}

} // namespace ty::app
