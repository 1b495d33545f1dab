#include "engine/data/dataset.h"

#include <cmath>

namespace ty::engine {

const char* taskName(Task task)
{
    switch (task) {
    case Task::Regression:
        return "regression";
    case Task::Reconstruction:
        return "reconstruction";
    case Task::NextWord:
        return "next-word";
    case Task::Grouping:
        return "grouping";
    case Task::Classification:
        break;
    }
    return "classification";
}
const char* dataKindName(DataKind kind)
{
    return kind == DataKind::Image ? "image" : "table";
}

const char* columnTypeName(ColumnType type)
{
    switch (type) {
    case ColumnType::Numeric:
        return "numeric";
    case ColumnType::Category:
        return "category";
    case ColumnType::Date:
        return "date";
    case ColumnType::Text:
        break;
    }
    return "text";
}

const char* columnRoleName(ColumnRole role)
{
    switch (role) {
    case ColumnRole::Feature:
        return "feature";
    case ColumnRole::Target:
        return "target";
    case ColumnRole::Ignored:
        break;
    }
    return "ignored";
}

const char* problemSeverityName(ProblemSeverity severity)
{
    switch (severity) {
    case ProblemSeverity::Note:
        return "note";
    case ProblemSeverity::Warning:
        return "warning";
    case ProblemSeverity::Error:
        break;
    }
    return "error";
}

std::optional<Task> taskFromName(const std::string& name)
{
    for (const Task task :
         {Task::Classification, Task::Regression, Task::Reconstruction, Task::NextWord, Task::Grouping}) {
        if (name == taskName(task)) {
            return task;
        }
    }
    return std::nullopt;
}

std::optional<ColumnType> columnTypeFromName(const std::string& name)
{
    for (const ColumnType type :
         {ColumnType::Numeric, ColumnType::Category, ColumnType::Date, ColumnType::Text}) {
        if (name == columnTypeName(type)) {
            return type;
        }
    }
    return std::nullopt;
}

std::optional<ColumnRole> columnRoleFromName(const std::string& name)
{
    for (const ColumnRole role : {ColumnRole::Feature, ColumnRole::Target, ColumnRole::Ignored}) {
        if (name == columnRoleName(role)) {
            return role;
        }
    }
    return std::nullopt;
}

namespace {

Json numberOrNull(double value)
{
    return std::isfinite(value) ? Json(value) : Json();
}

Json columnToJson(const ColumnInfo& column)
{
    Json json = {
        {"name", column.name},
        {"type", columnTypeName(column.type)},
        {"role", columnRoleName(column.role)},
        {"missing", column.missing},
        {"distinct", column.distinct},
        {"minimum", numberOrNull(column.minimum)},
        {"maximum", numberOrNull(column.maximum)},
        {"mean", numberOrNull(column.mean)},
        {"deviation", numberOrNull(column.deviation)}};
    if (column.type == ColumnType::Category) {
        json["categories"] = column.categories;
    }
    if (!column.distribution.isEmpty()) {
        json["distribution"] = column.distribution.toJson();
    }
    return json;
}

Json problemToJson(const Problem& problem)
{
    Json json = {
        {"severity", problemSeverityName(problem.severity)},
        {"kind", problem.kind},
        {"message", problem.message},
        {"advice", problem.advice},
        {"count", problem.count},
        {"places", problem.places},
        {"names", problem.names}};
    if (!problem.removals.empty()) {
        json["removals"] = problem.removals;
    }
    return json;
}

} // namespace

Json DatasetInfo::toJson() const
{
    Json json = {
        {"path", path},
        {"name", name},
        {"format", format},
        {"kind", dataKindName(kind)},
        {"task", taskName(task)},
        {"samples", samples},
        {"bytes", bytes},
        {"target", target}};
    json["columns"] = Json::array();
    for (const ColumnInfo& column : columns) {
        json["columns"].push_back(columnToJson(column));
    }
    json["classes"] = Json::array();
    for (const ClassInfo& entry : classes) {
        json["classes"].push_back({{"name", entry.name}, {"samples", entry.samples}});
    }
    json["imageShape"] = kind == DataKind::Image ? Json(imageShape) : Json();
    json["areImagesSameSize"] = areImagesSameSize;
    json["split"] = {
        {"training", givenSplit[0]}, {"validation", givenSplit[1]}, {"test", givenSplit[2]}};
    json["fingerprint"] = fingerprint;
    json["problems"] = Json::array();
    for (const Problem& problem : problems) {
        json["problems"].push_back(problemToJson(problem));
    }
    json["repaired"] = Json::array();
    for (const Problem& problem : repaired) {
        json["repaired"].push_back(problemToJson(problem));
    }
    json["leftOut"] = leftOut;
    if (!preparation.isEmpty()) {
        json["preparation"] = preparation.toJson();
    }
    if (!rawColumns.empty()) {
        json["rawColumns"] = Json::array();
        for (const ColumnInfo& column : rawColumns) {
            json["rawColumns"].push_back(
                {{"name", column.name}, {"type", columnTypeName(column.type)}, {"role", columnRoleName(column.role)}});
        }
    }
    return json;
}

void expectOf(const Dataset& source, std::span<const std::uint32_t> kept, std::span<const std::uint32_t> samples)
{
    source.expect(placesIn(kept, samples));
}

std::vector<std::uint32_t> placesIn(std::span<const std::uint32_t> kept, std::span<const std::uint32_t> samples)
{
    std::vector<std::uint32_t> places;
    places.reserve(samples.size());
    for (const std::uint32_t sample : samples) {
        places.push_back(kept[sample]);
    }
    return places;
}

} // namespace ty::engine
