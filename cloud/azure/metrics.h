#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cloud/model/fields.h"

namespace ty::cloud::azure {

/// One point of a metric; a value is empty where nothing was measured or the aggregation was not asked for.
struct MetricPoint {
    std::string time; ///< RFC 3339, start of the interval
    std::optional<double> average;
    std::optional<double> minimum;
    std::optional<double> maximum;
    std::optional<double> total;
    std::optional<double> count;

    void fields(auto& f)
    {
        f("timeStamp", time);
        f("average", average);
        f("minimum", minimum);
        f("maximum", maximum);
        f("total", total);
        f("count", count);
    }
};

struct MetricDimension {
    std::string name;
    std::string value;

    void fields(auto& f)
    {
        f("name.value", name);
        f("value", value);
    }
};

struct MetricSeries {
    std::vector<MetricDimension> dimensions;
    std::vector<MetricPoint> points;

    void fields(auto& f)
    {
        f("metadatavalues", dimensions);
        f("data", points);
    }
};

struct Metric {
    std::string id;
    std::string name;        ///< "Percentage CPU"
    std::string description;
    std::string unit;        ///< Percent, Bytes, BytesPerSecond, CountPerSecond ...
    std::string errorCode;   ///< Success
    std::string errorMessage;
    std::vector<MetricSeries> series;

    void fields(auto& f)
    {
        f("id", id);
        f("name.value", name);
        f("displayDescription", description);
        f("unit", unit);
        f("errorCode", errorCode);
        f("errorMessage", errorMessage);
        f("timeseries", series);
    }
};

struct MetricAnswer {
    std::string timespan;
    std::string interval; ///< ISO 8601 duration
    std::string metricNamespace;
    std::string region;
    std::optional<double> cost;
    std::vector<Metric> metrics;

    void fields(auto& f)
    {
        f("timespan", timespan);
        f("interval", interval);
        f("namespace", metricNamespace);
        f("resourceregion", region);
        f("cost", cost);
        f("value", metrics);
    }
};

struct MetricAvailability {
    std::string interval;  ///< "timeGrain"
    std::string retention; ///< how long points of it are kept

    void fields(auto& f)
    {
        f("timeGrain", interval);
        f("retention", retention);
    }
};

/// A metric that a resource offers.
struct MetricDefinition {
    std::string id;
    std::string resourceId;
    std::string metricNamespace;
    std::string name;
    std::string localizedName;
    std::string description;
    std::string category;
    std::string unit;
    std::string primaryAggregation;
    std::vector<std::string> supportedAggregations;
    std::vector<MetricAvailability> availabilities;
    std::optional<bool> isDimensionRequired;

    void fields(auto& f)
    {
        f("id", id);
        f("resourceId", resourceId);
        f("namespace", metricNamespace);
        f("name.value", name);
        f("name.localizedValue", localizedName);
        f("displayDescription", description);
        f("category", category);
        f("unit", unit);
        f("primaryAggregationType", primaryAggregation);
        f("supportedAggregationTypes", supportedAggregations);
        f("metricAvailabilities", availabilities);
        f("isDimensionRequired", isDimensionRequired);
    }
};

/// A question for metrics.
struct MetricQuery {
    std::string resourceId; ///< with or without its first slash
    std::string timespan;   ///< "2026-11-21T10:00:00Z/2026-11-21T11:00:00Z"
    std::string interval;   ///< "PT1M"
    std::vector<std::string> names;
    std::vector<std::string> aggregations; ///< "average", "maximum"
    std::string metricNamespace;
    std::string filter;  ///< splits by dimension: "Tier eq '*'"
    std::string top;     ///< number of series
    std::string orderBy; ///< "average asc"
    std::string resultType; ///< "metadata": names and dimensions only
    bool canAdjustInterval = false; ///< the nearest interval is fine when the asked one is not offered
    std::optional<bool> validateDimensions;
};

/// The interval that gives a chart of `span` enough points and no more: 1 min up to 6 h, 5 min up to a day, 1 h up to
/// 7 days, 6 h above.
std::string metricInterval(std::chrono::hours span);

} // namespace ty::cloud::azure
