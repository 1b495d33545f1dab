#include "app/cli/vm_metrics.h"

#include <array>

#include <fmt/format.h>

#include "app/provisioning/machine_pulse.h"
#include "app/provisioning/metrics_reader.h"
#include "cloud/model/utc_time.h"
#include "cloud/provision/machine_metrics.h"

namespace ty::cli {

namespace {

using namespace cloud;

struct Column {
    const char* heading;
    const char* key; ///< in JSON and CSV
    std::optional<double> MetricSample::* value;
    bool isBytes = true;
};

constexpr std::array<Column, 6> kColumns{{
    {"CPU %", "cpuPercent", &MetricSample::cpuPercent, false},
    {"PEAK %", "cpuPeakPercent", &MetricSample::cpuPeak, false},
    {"NET IN MB/s", "networkInBytesPerSecond", &MetricSample::networkIn},
    {"NET OUT MB/s", "networkOutBytesPerSecond", &MetricSample::networkOut},
    {"DISK READ MB/s", "diskReadBytesPerSecond", &MetricSample::diskRead},
    {"DISK WRITE MB/s", "diskWriteBytesPerSecond", &MetricSample::diskWrite},
}};

std::string gpuText(const Result<app::MachinePulse>& pulse)
{
    if (!pulse) {
        return "unknown (" + pulse.error().message + ")";
    }
    if (!pulse->hasGpuTool) {
        return "unknown (nvidia-smi is not installed on it)";
    }
    std::string text;
    for (const double percent : pulse->gpuPercent) {
        text += fmt::format("{}{:.0f} %", text.empty() ? "" : ", ", percent);
    }
    return text.empty() ? "unknown (nvidia-smi tells no use)" : text;
}

void printAsJson(
    const MachineMetrics& metrics, const MachineInfo& machine, const VmRequest& request, const Result<app::MachinePulse>& pulse)
{
    Json samples = Json::array();
    for (const MetricSample& sample : metrics.samples) {
        Json row{{"time", utcText(sample.time)}};
        for (const Column& column : kColumns) {
            const auto& value = sample.*(column.value);
            row[column.key] = value ? Json(*value) : Json(nullptr);
        }
        samples.push_back(std::move(row));
    }
    printJson(
        {{"machine", machine.name},
         {"account", request.account},
         {"period", request.period},
         {"from", utcText(metrics.from)},
         {"to", utcText(metrics.to)},
         {"intervalSeconds", metrics.intervalSeconds},
         {"gpuPercentNow", pulse ? Json(pulse->gpuPercent) : Json(nullptr)},
         {"samples", std::move(samples)}});
}

void printAsCsv(const MachineMetrics& metrics)
{
    std::string text = "time";
    for (const Column& column : kColumns) {
        text += std::string(",") + column.key;
    }
    text += "\r\n";
    for (const MetricSample& sample : metrics.samples) {
        text += utcText(sample.time);
        for (const Column& column : kColumns) {
            const auto& value = sample.*(column.value);
            text += "," + (value ? fmt::format("{}", *value) : std::string());
        }
        text += "\r\n";
    }
    printText(text);
}

void printAsTable(const MachineMetrics& metrics, const MachineInfo& machine)
{
    if (metrics.isEmpty()) {
        printText(
            "Nothing was measured of " + machine.name + " in that time: it was off, or has only just started.\n");
        return;
    }
    std::vector<std::string> heading{"TIME (UTC)"};
    for (const Column& column : kColumns) {
        heading.emplace_back(column.heading);
    }
    std::vector<std::vector<std::string>> rows;
    bool isInGap = false;
    for (const MetricSample& sample : metrics.samples) {
        if (sample.isGap()) {
            if (!isInGap) {
                rows.push_back({"...", "-", "-", "-", "-", "-", "-"}); // one line for the whole gap
            }
            isInGap = true;
            continue;
        }
        isInGap = false;
        std::vector<std::string> row{utcText(sample.time)};
        for (const Column& column : kColumns) {
            const auto& value = sample.*(column.value);
            constexpr double kMega = 1e6;
            row.push_back(
                !value              ? std::string("-")
                    : column.isBytes ? fmt::format("{:.3f}", *value / kMega)
                                     : fmt::format("{:.1f}", *value));
        }
        rows.push_back(std::move(row));
    }
    printText(table(heading, rows));
    printText(fmt::format("A row is {}; \"-\" was not measured.\n", shownDuration(static_cast<double>(metrics.intervalSeconds))));
}

} // namespace

Result<int> vmMetrics(app::CloudSession& session, const catalog::Paths& paths, const VmRequest& request)
{
    TY_TRY(const auto period, metricPeriod(request.period));
    TY_TRY(const auto machine, session.machines().find(request.name, {}));
    TY_TRY(const auto metrics, app::readMetrics(session, machine, period, {}));
    if (request.isCsv) {
        printAsCsv(metrics);
        return 0;
    }
    // No cloud sees a GPU from outside: the machine tells itself.
    const auto pulse = app::readPulse(session.provider(), paths, machine, {});
    if (request.form == OutputForm::Json) {
        printAsJson(metrics, machine, request, pulse);
    } else {
        printAsTable(metrics, machine);
        printText("GPU now: " + gpuText(pulse) + "\n");
    }
    return 0;
}

} // namespace ty::cli
