#include "cloud/sandbox/arm_metrics.h"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "cloud/sandbox/machine_metrics.h"

namespace ty::sandbox {

namespace {

struct Metric {
    const char* name;
    const char* quantity;
    const char* unit;
    const char* aggregation; ///< primary
    const char* description;
};

constexpr std::array<Metric, 6> kMetrics{{
    {"Percentage CPU", "cpu", "Percent", "Average",
     "The percentage of allocated compute units that are currently in use by the Virtual Machine(s)"},
    {"Network In Total", "in", "Bytes", "Total", "The number of bytes received on all network interfaces by the Virtual Machine(s)"},
    {"Network Out Total", "out", "Bytes", "Total", "The number of bytes out on all network interfaces by the Virtual Machine(s)"},
    {"Disk Read Bytes", "read", "Bytes", "Total", "Bytes read from disk during monitoring period"},
    {"Disk Write Bytes", "write", "Bytes", "Total", "Bytes written to disk during monitoring period"},
    {"Available Memory Bytes", "memory", "Bytes", "Average", "Amount of physical memory, in bytes, immediately available for allocation"},
}};

int minutesOf(const std::string& interval)
{
    static const std::map<std::string, int> known{{"PT1M", 1},   {"PT5M", 5},    {"PT15M", 15},  {"PT30M", 30},
                                                  {"PT1H", 60},  {"PT6H", 360},  {"PT12H", 720}, {"P1D", 1440}};
    const auto found = known.find(interval.empty() ? "PT1M" : interval);
    return found == known.end() ? 0 : found->second;
}

Json definitions(const std::string& id)
{
    Json list = Json::array();
    for (const auto& metric : kMetrics) {
        Json grains = Json::array();
        for (const char* grain : {"PT1M", "PT5M", "PT15M", "PT30M", "PT1H", "PT6H", "PT12H", "P1D"}) {
            grains.push_back({{"timeGrain", grain}, {"retention", "P93D"}});
        }
        list.push_back(
            {{"id", fmt::format("{}/providers/microsoft.insights/metricdefinitions/{}", id, metric.name)},
             {"resourceId", id},
             {"namespace", "Microsoft.Compute/virtualMachines"},
             {"name", {{"value", metric.name}, {"localizedValue", metric.name}}},
             {"displayDescription", metric.description},
             {"isDimensionRequired", false},
             {"unit", metric.unit},
             {"primaryAggregationType", metric.aggregation},
             {"supportedAggregationTypes", {"Average", "Minimum", "Maximum", "Total", "Count"}},
             {"metricAvailabilities", std::move(grains)}});
    }
    return list;
}

Json series(
    const World& world, const std::string& machine, const Metric& metric, const std::string& aggregations, TimePoint from, TimePoint to, int grain)
{
    std::map<std::int64_t, MetricMinute> buckets;
    for (const auto& minute : MachineMetrics::minutes(world, machine, metric.quantity, from, to)) {
        auto [found, isNew] = buckets.try_emplace(minute.minute / grain * grain, minute);
        if (!isNew) {
            auto& bucket = found->second;
            bucket.count += minute.count;
            bucket.sum += minute.sum;
            bucket.least = std::min(bucket.least, minute.least);
            bucket.most = std::max(bucket.most, minute.most);
        }
    }
    Json data = Json::array();
    const auto first = std::chrono::floor<std::chrono::minutes>(from).time_since_epoch().count() / grain * grain;
    const auto last = std::chrono::ceil<std::chrono::minutes>(to).time_since_epoch().count();
    for (std::int64_t at = first; at < last; at += grain) {
        Json point{{"timeStamp", isoSeconds(TimePoint(std::chrono::minutes(at)))}};
        const auto found = buckets.find(at);
        if (found != buckets.end()) {
            const auto& bucket = found->second;
            const auto asks = [&](const char* word) { return lowerCase(aggregations).find(word) != std::string::npos; };
            if (asks("total")) {
                point["total"] = bucket.sum;
            }
            if (asks("average")) {
                point["average"] = bucket.sum / bucket.count;
            }
            if (asks("minimum")) {
                point["minimum"] = bucket.least;
            }
            if (asks("maximum")) {
                point["maximum"] = bucket.most;
            }
            if (asks("count")) {
                point["count"] = bucket.count;
            }
        }
        data.push_back(std::move(point));
    }
    return data;
}

} // namespace

bool answerMetrics(World& world, const ArmCall& call, const std::vector<std::string>& rest, Response& response)
{
    if (rest.size() < 3 || !equalFold(rest[0], "providers") || !equalFold(rest[1], "Microsoft.Insights")) {
        return false;
    }
    const ArmStore store(world);
    const Json* document = store.find(call.path);
    if (document == nullptr) {
        response = resourceNotFound(call.path);
        return true;
    }
    const std::string id = textAt(bodyOf(*document), "id");
    if (equalFold(rest[2], "metricDefinitions")) {
        response = jsonResponse(200, {{"value", definitions(id)}});
        return true;
    }
    if (!equalFold(rest[2], "metrics")) {
        return false;
    }
    const auto parts = splitText(call.request.parameter("timespan"), '/');
    const auto to = parts.size() == 2 ? parseIsoTime(parts[1]) : world.clock.now();
    const auto from = parts.size() == 2 ? parseIsoTime(parts[0]) : to - std::chrono::hours(1);
    const int grain = minutesOf(call.request.parameter("interval"));
    if (grain == 0 || from >= to || to - from > std::chrono::hours(24 * 93)) {
        response = jsonResponse(
            400, {{"code", "BadRequest"}, {"message", "Invalid time interval or time grain of the metrics requested."}});
        return true;
    }
    Json values = Json::array();
    std::string names = call.request.parameter("metricnames");
    names = names.empty() ? kMetrics[0].name : names;
    for (const auto& name : splitText(names, ',')) {
        const auto metric = std::find_if(kMetrics.begin(), kMetrics.end(), [&](const auto& each) { return equalFold(each.name, name); });
        if (metric == kMetrics.end()) {
            // Flat, as this service's errors are.
            response = jsonResponse(
                400,
                {{"code", "BadRequest"},
                 {"message", fmt::format("Failed to find metric configuration for provider: Microsoft.Compute, resource Type: "
                                         "virtualMachines, metric: {}, Valid metrics: Percentage CPU, Network In Total, Network "
                                         "Out Total, Disk Read Bytes, Disk Write Bytes, Available Memory Bytes", name)}});
            return true;
        }
        std::string aggregations = call.request.parameter("aggregation");
        aggregations = aggregations.empty() ? metric->aggregation : aggregations;
        values.push_back(
            {{"id", fmt::format("{}/providers/Microsoft.Insights/metrics/{}", id, metric->name)},
             {"type", "Microsoft.Insights/metrics"},
             {"name", {{"value", metric->name}, {"localizedValue", metric->name}}},
             {"displayDescription", metric->description},
             {"unit", metric->unit},
             {"timeseries",
              Json::array({{{"metadatavalues", Json::array()},
                            {"data", series(world, document->value("machine", ""), *metric, aggregations, from, to, grain)}}})},
             {"errorCode", "Success"}});
    }
    const std::string interval = call.request.parameter("interval");
    response = jsonResponse(
        200,
        {{"cost", 0},
         {"timespan", isoSeconds(from) + "/" + isoSeconds(to)},
         {"interval", interval.empty() ? "PT1M" : interval},
         {"value", std::move(values)},
         {"namespace", "Microsoft.Compute/virtualMachines"},
         {"resourceregion", textAt(bodyOf(*document), "location")}});
    return true;
}

} // namespace ty::sandbox
