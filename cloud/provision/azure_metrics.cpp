#include "cloud/provision/azure_metrics.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <utility>

#include "cloud/azure/resource.h"
#include "cloud/model/utc_time.h"

namespace ty::cloud {

namespace {

using namespace azure;

constexpr const char* kCpu = "Percentage CPU";
/// An interval that has just begun has seen too little for a rate: what is counted comes in lumps.
constexpr std::int64_t kLeastSeconds = 15;

constexpr std::int64_t kKeptSeconds = 93LL * 24 * 3600; // Azure Monitor keeps no more

struct Flow {
    const char* name;
    std::optional<double> MetricSample::* rate;
};

constexpr std::array<Flow, 4> kFlows{{
    {"Network In Total", &MetricSample::networkIn},
    {"Network Out Total", &MetricSample::networkOut},
    {"Disk Read Bytes", &MetricSample::diskRead},
    {"Disk Write Bytes", &MetricSample::diskWrite},
}};

/// Of "PT1M", "PT6H", "P1D"; 0 for anything else.
std::int64_t secondsOf(const std::string& interval)
{
    static constexpr std::array<std::pair<const char*, std::int64_t>, 8> kKnown{
        {{"PT1M", 60}, {"PT5M", 300}, {"PT15M", 900}, {"PT30M", 1800}, {"PT1H", 3600}, {"PT6H", 21600}, {"PT12H", 43200},
         {"P1D", 86400}}};
    const auto* found
        = std::find_if(kKnown.begin(), kKnown.end(), [&](const auto& known) { return interval == known.first; });
    return found == kKnown.end() ? 0 : found->second;
}

void add(MachineMetrics& metrics, std::map<std::int64_t, MetricSample>& samples, const Metric& metric, std::int64_t now)
{
    const auto* flow
        = std::find_if(kFlows.begin(), kFlows.end(), [&](const Flow& each) { return isSame(metric.name, each.name); });
    const bool isCpu = isSame(metric.name, kCpu);
    if ((flow == kFlows.end() && !isCpu) || metric.series.empty()) {
        return;
    }
    for (const MetricPoint& point : metric.series.front().points) {
        const auto time = unixSeconds(point.time);
        if (!time || *time > now || *time < now - kKeptSeconds) {
            continue;
        }
        MetricSample& sample = samples[*time];
        sample.time = *time;
        if (isCpu) {
            sample.cpuPercent = point.average;
            sample.cpuPeak = point.maximum;
            continue;
        }
        const std::int64_t passed = std::min(metrics.intervalSeconds, now - *time);
        if (point.total && passed >= std::min(kLeastSeconds, metrics.intervalSeconds)) {
            sample.*(flow->rate) = *point.total / static_cast<double>(passed);
        }
    }
}

} // namespace

MetricQuery azureMetricQuery(const std::string& machineId, const MetricPeriod& period, std::int64_t now)
{
    MetricQuery query;
    query.resourceId = machineId;
    query.interval = metricInterval(period.span);
    // Whole intervals: a first one that is cut would tell of a part as if it were the whole.
    const std::int64_t interval = secondsOf(query.interval);
    const std::int64_t begin = now - std::chrono::seconds(period.span).count();
    query.timespan = utcText((begin + interval - 1) / interval * interval) + "/" + utcText(now);
    query.names.emplace_back(kCpu);
    for (const Flow& flow : kFlows) {
        query.names.emplace_back(flow.name);
    }
    query.aggregations = {"average", "maximum", "total"};
    return query;
}

MachineMetrics azureMetricsOf(const MetricAnswer& answer, std::int64_t now)
{
    MachineMetrics metrics;
    metrics.intervalSeconds = secondsOf(answer.interval);
    const auto middle = answer.timespan.find('/');
    metrics.from = unixSeconds(answer.timespan.substr(0, middle)).value_or(0);
    metrics.to
        = middle == std::string::npos ? now : unixSeconds(answer.timespan.substr(middle + 1)).value_or(now);
    if (metrics.intervalSeconds <= 0) {
        return metrics;
    }
    std::map<std::int64_t, MetricSample> samples;
    for (const Metric& metric : answer.metrics) {
        add(metrics, samples, metric, now);
    }
    std::int64_t expected = samples.empty() ? 0 : samples.begin()->first;
    for (const auto& [time, sample] : samples) {
        for (; expected < time; expected += metrics.intervalSeconds) {
            MetricSample gap;
            gap.time = expected;
            metrics.samples.push_back(gap);
        }
        metrics.samples.push_back(sample);
        expected = time + metrics.intervalSeconds;
    }
    return metrics;
}

Result<MachineMetrics> azureMetrics(
    ArmClient& client, const std::string& machineId, const MetricPeriod& period, std::stop_token stop)
{
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count();
    const auto query = azureMetricQuery(machineId, period, now);
    TY_TRY(const auto answer, client.get<MetricAnswer>(getMetrics(query), std::move(stop)));
    return azureMetricsOf(answer, now);
}

} // namespace ty::cloud
