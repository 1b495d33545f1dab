#include "app/runner/run_text.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace ty::runner {

namespace {

constexpr const char* kGreen = "\033[32m";
constexpr const char* kRed = "\033[31m";
constexpr const char* kYellow = "\033[33m";

int terminalWidth()
{
    const char* kind = std::getenv("TERM");
    if (isatty(STDOUT_FILENO) != 1 || kind == nullptr || std::string(kind) == "dumb") {
        return 0;
    }
    struct winsize size = {};
    constexpr int kUsualWidth = 80;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kUsualWidth;
}

bool areColoursWanted()
{
    const char* refused = std::getenv("NO_COLOR");
    return refused == nullptr || *refused == '\0';
}

double number(const Json& object, const char* key, double fallback = NAN)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? found->get<double>() : fallback;
}

std::string text(const Json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string duration(double seconds)
{
    if (!std::isfinite(seconds) || seconds < 0) {
        return "?";
    }
    if (seconds < 9.95) {
        return fmt::format("{:.1f} s", seconds);
    }
    const auto whole = static_cast<long long>(std::lround(seconds));
    if (whole < 60) {
        return fmt::format("{} s", whole);
    }
    if (whole < 3600) {
        return fmt::format("{} min {:02} s", whole / 60, whole % 60);
    }
    return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

/// "loss 0.213, accuracy 0.941"; loss first.
std::string metricWords(const Json& object, const char* key)
{
    const auto found = object.find(key);
    if (found == object.end() || !found->is_object()) {
        return {};
    }
    std::string words;
    for (const auto& [name, value] : found->items()) {
        if (value.is_number()) {
            words += fmt::format("{}{} {:.4g}", words.empty() ? "" : ", ", name, value.get<double>());
        }
    }
    return words;
}

/// "loss 0.213" of a step, or the one number that a learner without batches tells: "inertia 115.9".
std::string measureWords(const Json& fields)
{
    const double loss = number(fields, "loss");
    return std::isfinite(loss) || !fields.contains("metrics") ? fmt::format("loss {:.4g}", loss) : metricWords(fields, "metrics");
}

/// What reading from a store has cost; empty where nothing lies in one.
std::string readingWords(const Json& fields)
{
    const auto reading = fields.find("reading");
    if (reading == fields.end() || !reading->is_object()) {
        return {};
    }
    const double fromCache = number(*reading, "cacheBytes", 0);
    const double all = fromCache + number(*reading, "storeBytes", 0);
    return all > 0 ? fmt::format(
                         "  data {:.1f} MiB in {}, {:.0f} % from the cache", all / (1 << 20), duration(number(*reading, "seconds", 0)),
                         100 * fromCache / all)
                   : "  data: nothing more to read";
}

std::string epochWords(const Json& fields, double epochs)
{
    std::string words = fmt::format("epoch {:.0f}", number(fields, "epoch", 0));
    if (epochs > 0) {
        words += fmt::format("/{:.0f}", epochs);
    }
    if (const std::string training = metricWords(fields, "training"); !training.empty()) {
        words += "  training " + training;
    }
    if (const std::string validation = metricWords(fields, "validation"); !validation.empty()) {
        words += "  validation " + validation;
    }
    const auto isBest = fields.find("isBest");
    if (isBest != fields.end() && isBest->is_boolean() && isBest->get<bool>()) {
        words += "  (best)";
    }
    return words + "  " + duration(number(fields, "epochSeconds")) + readingWords(fields);
}

std::string outcomeWords(const std::string& outcome)
{
    if (outcome == "early-stop") {
        return "finished early: no more gain";
    }
    if (outcome == "finished-now") {
        return "finished on request";
    }
    return outcome == "stopped" ? "stopped" : "finished";
}

std::string finishedWords(const Json& fields)
{
    std::string words = fmt::format(
        "{} after {:.0f} epochs in {}", outcomeWords(text(fields, "outcome")), number(fields, "epochs", 0),
        duration(number(fields, "seconds")));
    if (const double best = number(fields, "bestEpoch", 0); best > 0) {
        words += fmt::format("; best epoch {:.0f}", best);
    }
    if (const auto metrics = fields.find("metrics"); metrics != fields.end() && metrics->is_object()) {
        for (const char* part : {"validation", "test"}) {
            if (const std::string values = metricWords(*metrics, part); !values.empty()) {
                words += fmt::format("\n  {}: {}", part, values);
            }
            const auto baseline = fields.find("baseline");
            const bool isKnown = baseline != fields.end() && baseline->is_object();
            if (const std::string values = isKnown ? metricWords(*baseline, part) : ""; !values.empty()) {
                words += fmt::format("\n  {} of always the same answer: {}", part, values);
            }
        }
    }
    return words;
}

std::string dataWords(const Json& fields)
{
    std::string words = text(fields, "task");
    if (const auto samples = fields.find("samples"); samples != fields.end() && samples->is_object()) {
        words += fmt::format(
            ", {:.0f} training, {:.0f} validation, {:.0f} test samples", number(*samples, "training", 0),
            number(*samples, "validation", 0), number(*samples, "test", 0));
    }
    if (const auto classes = fields.find("classes"); classes != fields.end() && classes->is_array()) {
        words += fmt::format(", {} classes", classes->size());
    }
    return words + readingWords(fields);
}

std::string adviceWords(const Json& fields)
{
    const std::string advice = text(fields, "advice");
    return advice.empty() ? "" : " " + advice;
}

double steadySeconds()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

} // namespace

RunText::RunText()
    : m_width(terminalWidth())
    , m_followsTerminal(m_width > 0)
    , m_isColoured(m_width > 0 && areColoursWanted())
{
}

RunText::RunText(int width, bool isColoured)
    : m_width(width)
    , m_isColoured(isColoured)
{
}

std::string RunText::coloured(const char* code, const std::string& words) const
{
    return m_isColoured ? code + words + "\033[0m" : words;
}

std::string RunText::line(const std::string& words)
{
    const std::string clear = m_isBarShown ? "\r\033[K" : "";
    m_isBarShown = false;
    m_barShownAt = -1;
    return clear + words + "\n";
}

std::string RunText::bar() const
{
    const double share = m_epochs > 0 ? std::clamp(m_epoch / m_epochs, 0.0, 1.0) : 0;
    // What matters least goes first when the terminal is narrow.
    std::string words = fmt::format("{:3.0f} %", share * 100);
    const auto room = static_cast<std::size_t>(std::max(10, m_width - 1));
    const auto add = [&](const std::string& more) {
        if (!more.empty() && words.size() + 2 + more.size() <= room) {
            words += "  " + more;
        }
    };
    add(m_etaSeconds >= 0 ? "ETA " + duration(m_etaSeconds) : std::string());
    add(fmt::format("epoch {:.0f}/{:.0f}", std::min(std::floor(m_epoch) + 1, m_epochs), m_epochs));
    add(m_loss);
    add(m_metric);
    constexpr std::size_t kShortest = 8;
    constexpr std::size_t kLongest = 30;
    if (room > words.size() + kShortest + 3) {
        const std::size_t length = std::min(kLongest, room - words.size() - 3);
        const auto filled = static_cast<std::size_t>(std::lround(share * static_cast<double>(length)));
        words = "[" + coloured(kGreen, std::string(filled, '=')) + std::string(length - filled, ' ') + "] " + words;
    }
    return words;
}

std::string RunText::show(const RunEvent& event)
{
    const Json& fields = event.fields;
    if (event.type == "plan") {
        m_epochs = number(fields, "epochs", 0);
        const double parameters = number(fields, "parameters");
        return line(
            text(fields, "learner") + fmt::format(", {:.0f} {}", m_epochs, fields.contains("unit") ? text(fields, "unit") : "epochs")
            + (std::isfinite(parameters) ? fmt::format(", {:.0f} parameters", parameters) : ""));
    }
    if (event.type == "data") {
        return line(dataWords(fields));
    }
    if (event.type == "floor") {
        return line(fmt::format("kernels of a step alone: {:.3g} ms", number(fields, "stepSeconds") * 1e3));
    }
    if (event.type == "step" && m_width > 0) {
        m_epoch = number(fields, "epoch", m_epoch);
        m_loss = measureWords(fields);
        constexpr double kInterval = 0.1;
        const double now = steadySeconds();
        if (now - m_barShownAt < kInterval) {
            return {};
        }
        m_barShownAt = now;
        m_isBarShown = true;
        if (m_followsTerminal) {
            m_width = terminalWidth(); // it may have been resized
        }
        return "\r\033[K" + bar();
    }
    if (event.type == "epoch") {
        if (m_width == 0) {
            return line(epochWords(fields, m_epochs));
        }
        m_epoch = number(fields, "epoch", m_epoch);
        m_etaSeconds = number(fields, "etaSeconds", -1);
        m_metric = metricWords(fields, "validation");
        if (!m_metric.empty()) {
            m_metric = "validation " + m_metric;
        }
        m_isBarShown = true;
        return "\r\033[K" + bar();
    }
    if (event.type == "set" && text(fields, "name") == "epochs") {
        m_epochs = number(fields, "value", m_epochs);
    }
    if (event.type == "warning") {
        return line(coloured(kYellow, "warning: " + text(fields, "text") + adviceWords(fields)));
    }
    if (event.type == "finished") {
        return line(coloured(kGreen, finishedWords(fields)));
    }
    if (event.type == "failed") {
        return line(coloured(kRed, "failed"));
    }
    if (event.type == "started" || event.type == "note" || event.type == "state" || event.type == "set") {
        return line(logLine(event));
    }
    return {};
}

std::string RunText::logLine(const RunEvent& event)
{
    const Json& fields = event.fields;
    if (event.type == "started") {
        const double resumed = number(fields, "resumedFrom");
        return fmt::format(
            "{} \"{}\" on {}{}", std::isfinite(resumed) ? "resuming" : "training", text(fields, "name"),
            text(fields, "device"), std::isfinite(resumed) ? fmt::format(" from step {:.0f}", resumed) : "");
    }
    if (event.type == "data") {
        return dataWords(fields);
    }
    if (event.type == "epoch") {
        return epochWords(fields, 0);
    }
    if (event.type == "note") {
        return text(fields, "text");
    }
    if (event.type == "warning") {
        return "warning: " + text(fields, "text") + adviceWords(fields);
    }
    if (event.type == "state") {
        return text(fields, "state");
    }
    if (event.type == "set") {
        return "changed " + text(fields, "name") + " to " + (fields.contains("value") ? fields["value"].dump() : "?");
    }
    if (event.type == "finished") {
        return finishedWords(fields);
    }
    if (event.type == "failed") {
        return "failed: " + text(fields, "message") + adviceWords(fields);
    }
    return {};
}

} // namespace ty::runner
