#include "app/catalog/run_progress.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <utility>

namespace ty::catalog {

namespace {

double number(const Json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? found->get<double>() : kUnknown;
}

int integer(const Json& object, const char* key, int fallback)
{
    const double value = number(object, key);
    return std::isfinite(value) && std::abs(value) < 2e9 ? static_cast<int>(value) : fallback;
}

std::string text(const Json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const Json& object(const Json& parent, const char* key)
{
    static const Json kEmpty = Json::object();
    const auto found = parent.find(key);
    return found != parent.end() && found->is_object() ? *found : kEmpty;
}

/// The number that tables show as "best": what people quote first for a task.
std::string headlineMetric(const Json& metrics)
{
    for (const char* name : {"perplexity", "accuracy", "mse", "r2", "mae", "rmse", "silhouette", "loss"}) {
        if (std::isfinite(number(metrics, name))) {
            return name;
        }
    }
    return {};
}

} // namespace

double secondsOfTime(const std::string& time)
{
    std::tm parts = {};
    double seconds = 0;
    char zone = 0;
    const int read = std::sscanf(
        time.c_str(), "%4d-%2d-%2dT%2d:%2d:%lf%c", &parts.tm_year, &parts.tm_mon, &parts.tm_mday, &parts.tm_hour,
        &parts.tm_min, &seconds, &zone);
    if (read != 7 || zone != 'Z') {
        return kUnknown;
    }
    parts.tm_year -= 1900;
    parts.tm_mon -= 1;
    return static_cast<double>(timegm(&parts)) + seconds;
}

RunProgress::RunProgress(RunRecord known)
    : m_run(std::move(known))
{
    m_run.metric.clear();
    m_run.best = m_run.last = m_run.gap = m_run.etaSeconds = kUnknown;
    m_run.bestEpoch = m_run.epochsDone = m_run.epochsPlanned = 0;
    m_run.seconds = 0;
    m_run.hasModel = false;
    m_run.isResumable = false;
    m_run.started.clear();
    m_run.ended.clear();
}

void RunProgress::apply(const RunEvent& event, std::vector<MetricPoint>& points, std::vector<RunMark>& marks)
{
    if (event.seq <= m_lastSeq) {
        return; // a line that was read before
    }
    m_lastSeq = event.seq;
    if (const double wall = secondsOfTime(event.time); std::isfinite(wall)) {
        m_wall = wall;
    }
    if (event.type == "started") {
        applyStarted(event);
    } else if (event.type == "data") {
        if (const std::string task = text(event.fields, "task"); !task.empty()) {
            m_run.task = task;
        }
    } else if (event.type == "plan") {
        m_run.epochsPlanned = integer(event.fields, "epochs", m_run.epochsPlanned);
        if (const double learned = number(event.fields, "parameters"); std::isfinite(learned)) {
            m_run.parameters = static_cast<std::int64_t>(learned);
        }
        m_settings = object(event.fields, "settings");
        m_origin = m_wall; // opening the data is not training
    } else if (event.type == "step") {
        applyStep(event, points);
    } else if (event.type == "epoch") {
        applyEpoch(event, points);
    } else if (event.type == "checkpoint") {
        ++m_checkpoints;
        m_elapsedOfStep[number(event.fields, "step")] = elapsedAt(m_wall);
    } else if (event.type == "system") {
        const MetricPoint at = pointAt(event);
        addPoint(points, at, "system/cpuPercent", event.fields, "cpuPercent");
        addPoint(points, at, "system/residentBytes", event.fields, "residentBytes");
    } else if (event.type == "state") {
        applyState(event);
    } else if (event.type == "set") {
        if (text(event.fields, "name") == "epochs") {
            m_run.epochsPlanned = integer(event.fields, "value", m_run.epochsPlanned);
        }
    } else if (event.type == "finished") {
        applyFinished(event, points);
    } else if (event.type == "failed") {
        applyFailed(event);
    }
    m_run.isResumable = m_checkpoints > 0 && !isActive(m_run.state);

    constexpr std::array kMarked
        = {"started", "checkpoint", "state", "set", "warning", "note", "finished", "failed"};
    if (std::find(kMarked.begin(), kMarked.end(), event.type) != kMarked.end()) {
        const MetricPoint at = pointAt(event);
        marks.push_back({event.seq, event.type, at.step, at.epoch, at.elapsed, at.wall, event.fields});
    }
}

void RunProgress::applyStarted(const RunEvent& event)
{
    ++m_session;
    m_run.state = RunState::Running;
    if (m_run.started.empty()) {
        m_run.started = event.time;
        const double waited = secondsOfTime(event.time) - secondsOfTime(m_run.created);
        m_run.queueSeconds = std::isfinite(waited) ? std::max(0.0, waited) : 0.0;
    }
    m_run.ended.clear();
    m_run.outcome.clear();
    m_run.errorKind.clear();
    m_run.errorMessage.clear();
    m_run.errorAdvice.clear();
    m_run.pid = integer(event.fields, "pid", 0);
    if (const std::string device = text(event.fields, "device"); !device.empty()) {
        m_run.device = device;
    }
    if (const std::string host = text(event.fields, "host"); !host.empty()) {
        m_run.host = host;
    }
    m_base = 0;
    if (const double resumedFrom = number(event.fields, "resumedFrom"); std::isfinite(resumedFrom)) {
        if (const auto known = m_elapsedOfStep.find(resumedFrom); known != m_elapsedOfStep.end()) {
            m_base = known->second;
        }
        m_step = resumedFrom;
    }
    m_origin = m_wall;
    m_pausedAt.reset();
}

void RunProgress::applyStep(const RunEvent& event, std::vector<MetricPoint>& points)
{
    m_step = number(event.fields, "step");
    m_epoch = number(event.fields, "epoch");
    const MetricPoint at = pointAt(event);
    m_run.seconds = at.elapsed;
    addPoint(points, at, "step/loss", event.fields, "loss");
    addPoint(points, at, "step/learningRate", event.fields, "learningRate");
    addPoint(points, at, "step/samplesPerSecond", event.fields, "samplesPerSecond");
    addPoint(points, at, "step/stepSeconds", event.fields, "stepSeconds");
    const Json& metrics = object(event.fields, "metrics");
    for (const auto& [name, value] : metrics.items()) {
        addPoint(points, at, "step/" + name, metrics, name.c_str());
    }
}

void RunProgress::applyEpoch(const RunEvent& event, std::vector<MetricPoint>& points)
{
    const Json& fields = event.fields;
    m_run.epochsDone = integer(fields, "epoch", m_run.epochsDone);
    m_step = number(fields, "step");
    m_epoch = m_run.epochsDone;
    if (const double seconds = number(fields, "seconds"); std::isfinite(seconds)) {
        m_base = seconds; // the runner's own clock corrects ours
        m_origin = m_wall;
    }
    const MetricPoint at = pointAt(event);
    m_run.seconds = at.elapsed;
    m_run.etaSeconds = number(fields, "etaSeconds");
    for (const char* part : {"training", "validation"}) {
        const Json& metrics = object(fields, part);
        for (const auto& [name, value] : metrics.items()) {
            addPoint(points, at, std::string(part) + "/" + name, metrics, name.c_str());
        }
    }
    addPoint(points, at, "epoch/learningRate", fields, "learningRate");
    addPoint(points, at, "epoch/seconds", fields, "epochSeconds");
    addPoint(points, at, "epoch/samplesPerSecond", fields, "samplesPerSecond");
    addPoint(points, at, "epoch/dataWaitFraction", fields, "dataWaitFraction");

    const Json& training = object(fields, "training");
    const Json& validation = object(fields, "validation");
    const bool isValidated = !validation.empty();
    const Json& judged = isValidated ? validation : training;
    if (m_run.metric.empty()) {
        if (const std::string name = headlineMetric(judged); !name.empty()) {
            m_run.metric = (isValidated ? "validation/" : "training/") + name;
        }
    }
    const std::string name = m_run.metric.substr(m_run.metric.find('/') + 1);
    m_run.last = number(judged, name.c_str());
    m_run.gap = isValidated ? number(training, name.c_str()) - m_run.last : kUnknown;
    const auto isBest = fields.find("isBest");
    if (isBest != fields.end() && isBest->is_boolean() && isBest->get<bool>()) {
        m_run.best = m_run.last;
        m_run.bestEpoch = m_run.epochsDone;
    }
}

void RunProgress::applyState(const RunEvent& event)
{
    const std::string state = text(event.fields, "state");
    if (state == "paused") {
        m_run.state = RunState::Paused;
        if (!m_pausedAt) {
            m_pausedAt = m_wall;
        }
    } else if (state == "resumed") {
        m_run.state = RunState::Running;
        if (m_pausedAt) {
            m_origin += m_wall - *m_pausedAt;
            m_pausedAt.reset();
        }
    }
}

void RunProgress::applyFinished(const RunEvent& event, std::vector<MetricPoint>& points)
{
    const Json& fields = event.fields;
    m_run.outcome = text(fields, "outcome");
    m_run.state = m_run.outcome == "stopped" ? RunState::Stopped : RunState::Finished;
    m_run.ended = event.time;
    m_run.pid = 0;
    m_run.etaSeconds = kUnknown;
    m_run.epochsDone = integer(fields, "epochs", m_run.epochsDone);
    m_run.bestEpoch = integer(fields, "bestEpoch", m_run.bestEpoch);
    if (const double seconds = number(fields, "seconds"); std::isfinite(seconds)) {
        m_run.seconds = seconds;
        m_base = seconds;
        m_origin = m_wall;
    }
    const auto model = fields.find("model");
    m_run.hasModel = model != fields.end() && model->is_string();
    const MetricPoint at = pointAt(event);
    const Json& metrics = object(fields, "metrics");
    for (const char* part : {"validation", "test"}) {
        const Json& values = object(metrics, part);
        for (const auto& [name, value] : values.items()) {
            addPoint(points, at, std::string("final/") + part + "/" + name, values, name.c_str());
        }
        // Learners without epochs only speak at the end.
        if (m_run.metric.empty() && !headlineMetric(values).empty()) {
            m_run.metric = std::string(part) + "/" + headlineMetric(values);
            m_run.best = m_run.last = number(values, headlineMetric(values).c_str());
        }
    }
}

void RunProgress::applyFailed(const RunEvent& event)
{
    m_run.errorKind = text(event.fields, "kind");
    m_run.errorMessage = text(event.fields, "message");
    m_run.errorAdvice = text(event.fields, "advice");
    m_run.state = m_run.errorKind == "cancelled" ? RunState::Stopped : RunState::Failed;
    m_run.ended = event.time;
    m_run.pid = 0;
    m_run.etaSeconds = kUnknown;
}

double RunProgress::elapsedAt(double wall) const
{
    const double passed = (m_pausedAt ? *m_pausedAt : wall) - m_origin;
    return m_base + (std::isfinite(passed) ? std::max(0.0, passed) : 0.0);
}

MetricPoint RunProgress::pointAt(const RunEvent& event) const
{
    MetricPoint point;
    point.seq = event.seq;
    point.session = std::max(0, m_session);
    point.step = m_step;
    point.epoch = m_epoch;
    point.elapsed = elapsedAt(m_wall);
    point.wall = m_wall;
    return point;
}

void RunProgress::addPoint(
    std::vector<MetricPoint>& points, const MetricPoint& at, const std::string& metric, const Json& object,
    const char* key)
{
    const auto found = object.find(key);
    if (found == object.end() || !(found->is_number() || found->is_null())) {
        return;
    }
    // null is how JSON Lines carry NaN and infinity: the point is kept, charts mark it.
    MetricPoint point = at;
    point.metric = metric;
    point.value = found->is_number() ? found->get<double>() : kUnknown;
    points.push_back(std::move(point));
}

} // namespace ty::catalog
