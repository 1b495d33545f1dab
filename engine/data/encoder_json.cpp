#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/data/encoder.h"

namespace ty::engine {

namespace {

constexpr const char* kWhat = "preprocessing";
constexpr int kFormatVersion = 1;
constexpr int kPreparedVersion = 2; ///< with steps, which programs that know 1 alone would pass over
constexpr std::int64_t kMostInputs = std::int64_t{1} << 28;

constexpr std::array<std::pair<EncodedColumn::Kind, const char*>, 4> kKindNames = {
    {{EncodedColumn::Kind::Standardised, "standardised"},
     {EncodedColumn::Kind::OneHot, "one-hot"},
     {EncodedColumn::Kind::YearCycle, "year-cycle"},
     {EncodedColumn::Kind::Words, "words"}}};

Error broken(const std::string& reason)
{
    return {
        ErrorKind::InvalidInput, std::string(kWhat) + ": " + reason, "The model file is damaged."};
}

Result<std::vector<std::string>> textsFrom(const Json& object, const char* key)
{
    std::vector<std::string> texts;
    if (!object.is_object() || !object.contains(key)) {
        return texts;
    }
    if (!object[key].is_array()) {
        return broken(fmt::format("\"{}\" is no list", key));
    }
    for (const Json& item : object[key]) {
        if (!item.is_string()) {
            return broken(fmt::format("\"{}\" holds something else than texts", key));
        }
        texts.push_back(item.get<std::string>());
    }
    return texts;
}

Result<std::vector<float>> numbersFrom(const Json& object, const char* key)
{
    std::vector<float> numbers;
    if (!object.contains(key) || !object[key].is_array()) {
        return broken(fmt::format("\"{}\" is missing", key));
    }
    for (const Json& item : object[key]) {
        if (!item.is_number() || !std::isfinite(item.get<float>())) {
            return broken(fmt::format("\"{}\" holds something else than numbers", key));
        }
        numbers.push_back(item.get<float>());
    }
    return numbers;
}

Result<EncodedColumn> columnFrom(const Json& json)
{
    EncodedColumn column;
    TY_TRY(column.name, jsonField<std::string>(json, "name", kWhat));
    TY_TRY(const auto kind, jsonField<std::string>(json, "kind", kWhat));
    TY_TRY(const auto type, jsonField<std::string>(json, "sourceType", kWhat));
    bool isKnown = false;
    for (const auto& [value, name] : kKindNames) {
        if (kind == name) {
            column.kind = value;
            isKnown = true;
        }
    }
    const auto sourceType = columnTypeFromName(type);
    if (!isKnown || !sourceType) {
        return broken(fmt::format("column \"{}\" is of an unknown kind", column.name));
    }
    column.sourceType = *sourceType;
    TY_TRY(column.mean, jsonFieldOr<double>(json, "mean", 0.0, kWhat));
    TY_TRY(column.deviation, jsonFieldOr<double>(json, "deviation", 1.0, kWhat));
    TY_TRY(column.fill, jsonFieldOr<double>(json, "fill", 0.0, kWhat));
    TY_TRY(column.hasMissingFlag, jsonFieldOr<bool>(json, "hasMissingFlag", false, kWhat));
    TY_TRY(column.categories, textsFrom(json, "categories"));
    TY_TRY(const auto words, jsonFieldOr<std::int64_t>(json, "words", 0, kWhat));
    const bool areWords = column.kind == EncodedColumn::Kind::Words;
    if (areWords ? words < 1 || words > kMostInputs || column.categories.size() < 2 : words != 0) {
        return broken(fmt::format("column \"{}\" has an impossible number of words", column.name));
    }
    column.words = static_cast<std::size_t>(words);
    if (!(column.deviation > 0) || !std::isfinite(column.deviation) ||
        !std::isfinite(column.mean) || !std::isfinite(column.fill)) {
        return broken(
            fmt::format("column \"{}\" has an impossible mean or deviation", column.name));
    }
    return column;
}

Result<ColumnInfo> sourceFrom(const Json& json)
{
    ColumnInfo column;
    TY_TRY(column.name, jsonField<std::string>(json, "name", kWhat));
    TY_TRY(const auto type, jsonField<std::string>(json, "type", kWhat));
    TY_TRY(const auto role, jsonField<std::string>(json, "role", kWhat));
    const auto knownType = columnTypeFromName(type);
    const auto knownRole = columnRoleFromName(role);
    if (!knownType || !knownRole) {
        return broken(fmt::format("column \"{}\" is of an unknown type or role", column.name));
    }
    column.type = *knownType;
    column.role = *knownRole;
    TY_TRY(column.categories, textsFrom(json, "categories"));
    TY_TRY(column.unseen, textsFrom(json, "unseen"));
    return column;
}

Json sourcesToJson(const std::vector<ColumnInfo>& columns)
{
    Json list = Json::array();
    for (const ColumnInfo& column : columns) {
        Json entry = {
            {"name", column.name},
            {"type", columnTypeName(column.type)},
            {"role", columnRoleName(column.role)}};
        if (!column.categories.empty()) {
            entry["categories"] = column.categories;
        }
        if (!column.unseen.empty()) {
            entry["unseen"] = column.unseen;
        }
        list.push_back(std::move(entry));
    }
    return list;
}

} // namespace

Json Encoder::toJson() const
{
    Json json = {
        {"formatVersion", m_preparation.isEmpty() ? kFormatVersion : kPreparedVersion},
        {"kind", dataKindName(m_kind)},
        {"task", taskName(m_task)},
        {"inputShape", m_inputShape},
        {"target",
         {{"name", m_targetName}, {"mean", m_targetMean}, {"deviation", m_targetDeviation}}},
        {"classes", m_classes}};
    if (!m_mergedClasses.empty()) {
        json["mergedClasses"] = m_mergedClasses;
    }
    if (!m_preparation.isEmpty()) {
        json["preparation"] = m_preparation.toJson();
    }
    if (m_kind == DataKind::Image) {
        json["image"] = {{"mean", m_imageMean}, {"deviation", m_imageDeviation}};
        return json;
    }
    json["columns"] = Json::array();
    for (const EncodedColumn& column : m_columns) {
        Json entry = {
            {"name", column.name},
            {"kind", "standardised"},
            {"sourceType", columnTypeName(column.sourceType)}};
        for (const auto& [value, name] : kKindNames) {
            if (column.kind == value) {
                entry["kind"] = name;
            }
        }
        if (column.kind == EncodedColumn::Kind::OneHot) {
            entry["categories"] = column.categories;
        } else if (column.kind == EncodedColumn::Kind::Words) {
            entry["categories"] = column.categories;
            entry["words"] = column.words;
        } else if (column.kind == EncodedColumn::Kind::Standardised) {
            entry["mean"] = column.mean;
            entry["deviation"] = column.deviation;
            entry["fill"] = column.fill;
            entry["hasMissingFlag"] = column.hasMissingFlag;
        }
        json["columns"].push_back(std::move(entry));
    }
    json["sourceColumns"] = sourcesToJson(m_sourceColumns);
    if (!m_rawColumns.empty()) {
        json["rawColumns"] = sourcesToJson(m_rawColumns);
    }
    return json;
}

Result<Encoder> Encoder::fromJson(const Json& json)
{
    if (!json.is_object()) {
        return broken("an object is expected");
    }
    TY_TRY(const auto version, jsonField<int>(json, "formatVersion", kWhat));
    if (version != kFormatVersion && version != kPreparedVersion) {
        return Error{
            ErrorKind::Unsupported,
            fmt::format("{}: format version {} is newer than this program", kWhat, version),
            "Update Trainyard."};
    }
    Encoder encoder;
    TY_TRY(const auto kind, jsonField<std::string>(json, "kind", kWhat));
    TY_TRY(const auto task, jsonField<std::string>(json, "task", kWhat));
    const auto knownTask = taskFromName(task);
    if (!knownTask || (kind != "table" && kind != "image")) {
        return broken("unknown kind or task");
    }
    encoder.m_kind = kind == "image" ? DataKind::Image : DataKind::Table;
    encoder.m_task = *knownTask;
    TY_TRY(const auto target, jsonField<Json>(json, "target", kWhat));
    TY_TRY(encoder.m_targetName, jsonField<std::string>(target, "name", kWhat));
    TY_TRY(encoder.m_targetMean, jsonField<double>(target, "mean", kWhat));
    TY_TRY(encoder.m_targetDeviation, jsonField<double>(target, "deviation", kWhat));
    TY_TRY(encoder.m_classes, textsFrom(json, "classes"));
    TY_TRY(const Json merged, jsonFieldOr<Json>(json, "mergedClasses", Json::object(), kWhat));
    if (!merged.is_object()) {
        return broken("mergedClasses is not an object");
    }
    for (const auto& [name, other] : merged.items()) {
        TY_TRY(encoder.m_mergedClasses[name], jsonField<std::string>(merged, name.c_str(), kWhat));
    }
    if (json.contains("preparation")) {
        TY_TRY(encoder.m_preparation, Preparation::fromJson(json["preparation"], std::string(kWhat) + ".preparation"));
    }
    TY_TRY(const auto extents, numbersFrom(json, "inputShape"));
    std::int64_t size = 1;
    for (const float extent : extents) {
        if (!(extent >= 1) || extent > 1e6F || size > kMostInputs) {
            return broken("impossible input shape");
        }
        encoder.m_inputShape.push_back(static_cast<std::int64_t>(extent));
        size *= encoder.m_inputShape.back();
    }
    if (!(encoder.m_targetDeviation > 0) ||
        (encoder.areAnswersNames() && encoder.m_classes.empty()) ||
        size > kMostInputs) {
        return broken("no classes, or an impossible target or shape");
    }
    if (encoder.m_task == Task::Reconstruction && encoder.m_kind != DataKind::Image) {
        return broken("only pictures are given again");
    }
    if (encoder.m_kind == DataKind::Image) {
        TY_TRY(const auto image, jsonField<Json>(json, "image", kWhat));
        TY_TRY(encoder.m_imageMean, numbersFrom(image, "mean"));
        TY_TRY(encoder.m_imageDeviation, numbersFrom(image, "deviation"));
        const bool arePositive = std::all_of(
            encoder.m_imageDeviation.begin(), encoder.m_imageDeviation.end(), [](float v) {
                return v > 0;
            });
        if (extents.size() != 3 ||
            encoder.m_imageMean.size() != static_cast<std::size_t>(encoder.m_inputShape[0]) ||
            encoder.m_imageDeviation.size() != encoder.m_imageMean.size() || !arePositive) {
            return broken("image statistics and shape do not fit");
        }
        return encoder;
    }
    TY_TRY(const auto columns, jsonField<Json>(json, "columns", kWhat));
    TY_TRY(const auto sources, jsonField<Json>(json, "sourceColumns", kWhat));
    std::int64_t width = 0;
    for (const Json& entry : columns) {
        TY_TRY(auto column, columnFrom(entry));
        width += static_cast<std::int64_t>(column.width());
        encoder.m_columns.push_back(std::move(column));
    }
    for (const Json& entry : sources) {
        TY_TRY(auto source, sourceFrom(entry));
        encoder.m_sourceColumns.push_back(std::move(source));
    }
    TY_TRY(const auto raw, jsonFieldOr<Json>(json, "rawColumns", Json::array(), kWhat));
    for (const Json& entry : raw) {
        TY_TRY(auto source, sourceFrom(entry));
        encoder.m_rawColumns.push_back(std::move(source));
    }
    if (encoder.m_inputShape.size() != 1 || encoder.m_inputShape[0] != width) {
        return broken("columns and input shape do not fit");
    }
    const auto areWords = [](const EncodedColumn& column) { return column.kind == EncodedColumn::Kind::Words; };
    const auto texts = std::count_if(encoder.m_columns.begin(), encoder.m_columns.end(), areWords);
    if (texts > 0 ? encoder.m_columns.size() != 1 : encoder.m_task == Task::NextWord) {
        return broken("a text and other columns do not go together");
    }
    encoder.rememberWords();
    encoder.rememberInputs();
    return encoder;
}

} // namespace ty::engine
