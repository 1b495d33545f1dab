#include "app/models/dataset_summary.h"

#include <algorithm>
#include <limits>

#include <QObject>

#include "engine/base/json.h"

namespace ty::app {

namespace {
QString text(const Json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? QString::fromStdString(found->get<std::string>()) : QString();
}

quint64 count(const Json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? static_cast<quint64>(std::max(0.0, found->get<double>())) : 0;
}

double number(const Json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? found->get<double>()
                                                       : std::numeric_limits<double>::quiet_NaN();
}

/// The member as an array; empty if it is missing or something else.
Json list(const Json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_array() ? *found : Json::array();
}

QStringList texts(const Json& object, const char* key)
{
    QStringList result;
    for (const auto& entry : list(object, key)) {
        if (entry.is_string()) {
            result << QString::fromStdString(entry.get<std::string>());
        }
    }
    return result;
}

void takeDistribution(const Json& column, ColumnSummary& summary)
{
    const auto found = column.find("distribution");
    if (found == column.end() || !found->is_object()) {
        return;
    }
    for (const Json& bar : list(*found, "counts")) {
        summary.bars.push_back(bar.is_number() ? std::max(0.0, bar.get<double>()) : 0.0);
    }
    summary.barNames = texts(*found, "names");
    summary.barsFrom = number(*found, "from");
    summary.barsTo = number(*found, "to");
    summary.otherValues = count(*found, "others");
}

std::vector<ProblemSummary> problemsOf(const Json& object, const char* key)
{
    std::vector<ProblemSummary> result;
    for (const auto& problem : list(object, key)) {
        result.push_back(
            {text(problem, "severity"), text(problem, "kind"), text(problem, "message"), text(problem, "advice"),
             texts(problem, "places"), texts(problem, "names")});
        if (const auto removals = problem.find("removals"); removals != problem.end() && removals->is_object()) {
            for (const auto& [kept, ids] : removals->items()) {
                result.back().removals[QString::fromStdString(kept)] = texts(*removals, kept.c_str());
            }
        }
    }
    return result;
}
} // namespace

QString DatasetSummary::shapeText() const
{
    if (isImage()) {
        return QStringLiteral("%1\u00A0×\u00A0%2\u00A0×\u00A0%3").arg(imageShape[0]).arg(imageShape[1]).arg(imageShape[2]);
    }
    if (isText()) {
        return QObject::tr("a text");
    }
    return QObject::tr("%n column(s)", nullptr, static_cast<int>(columns.size()));
}

QString DatasetSummary::formatText() const
{
    if (format == QLatin1String("image-folder")) {
        return QObject::tr("folder of pictures");
    }
    if (format == QLatin1String("recordings")) {
        return QObject::tr("folder of recordings");
    }
    if (format == QLatin1String("text")) {
        return QObject::tr("plain text");
    }
    if (format == QLatin1String("jsonl")) {
        return QStringLiteral("JSON Lines");
    }
    if (format == QLatin1String("sqlite")) {
        return QStringLiteral("SQLite");
    }
    return format == QLatin1String("ctf") ? QObject::tr("CNTK text") : format.toUpper(); // "CSV", "ARFF", "NPZ", ...
}

Result<DatasetSummary> DatasetSummary::fromJson(const Json& json)
{
    if (!json.is_object()) {
        return Error{ErrorKind::Internal, "the description of the dataset is not an object", {}};
    }
    DatasetSummary summary;
    summary.path = text(json, "path");
    summary.name = text(json, "name");
    summary.format = text(json, "format");
    summary.kind = text(json, "kind");
    summary.task = text(json, "task");
    summary.samples = count(json, "samples");
    summary.bytes = count(json, "bytes");
    summary.target = text(json, "target");
    summary.fingerprint = text(json, "fingerprint");
    for (const auto& column : list(json, "columns")) {
        summary.columns.push_back(
            {text(column, "name"), text(column, "type"), text(column, "role"), count(column, "missing"),
             count(column, "distinct"), number(column, "minimum"), number(column, "maximum"), number(column, "mean")});
        takeDistribution(column, summary.columns.back());
    }
    for (const auto& entry : list(json, "classes")) {
        summary.classes.push_back({text(entry, "name"), count(entry, "samples")});
    }
    const auto shape = list(json, "imageShape");
    for (std::size_t axis = 0; axis < std::min<std::size_t>(3, shape.size()); ++axis) {
        summary.imageShape[axis] = shape[axis].is_number() ? shape[axis].get<int>() : 0;
    }
    if (const auto split = json.find("split"); split != json.end() && split->is_object()) {
        summary.givenSplit = {count(*split, "training"), count(*split, "validation"), count(*split, "test")};
    }
    summary.problems = problemsOf(json, "problems");
    summary.repaired = problemsOf(json, "repaired");
    summary.leftOut = count(json, "leftOut");
    summary.json = json;
    return summary;
}

} // namespace ty::app
