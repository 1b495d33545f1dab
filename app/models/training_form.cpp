#include "app/models/training_form.h"

namespace ty::app {

using widgets::FieldKind;
using widgets::FormField;

namespace {

FieldKind kindOf(ParameterType type)
{
    switch (type) {
    case ParameterType::Integer: return FieldKind::Integer;
    case ParameterType::Real: return FieldKind::Real;
    case ParameterType::Boolean: return FieldKind::Boolean;
    case ParameterType::Choice: return FieldKind::Choice;
    case ParameterType::Text: return FieldKind::Text;
    }
    return FieldKind::Text;
}

} // namespace

QVariant fieldValueOf(const Json& setting)
{
    switch (setting.type()) {
    case Json::value_t::boolean: return setting.get<bool>();
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned: return static_cast<qlonglong>(setting.get<std::int64_t>());
    case Json::value_t::number_float: return setting.get<double>();
    case Json::value_t::string: return QString::fromStdString(setting.get<std::string>());
    default: return {};
    }
}

Json settingOf(const Parameter& row, const QVariant& value)
{
    if (!value.isValid()) {
        return nullptr;
    }
    switch (row.type) {
    case ParameterType::Integer: return static_cast<std::int64_t>(value.toLongLong());
    case ParameterType::Real: return value.toDouble();
    case ParameterType::Boolean: return value.toBool();
    case ParameterType::Choice:
    case ParameterType::Text: return value.toString().toStdString();
    }
    return nullptr;
}

QList<FormField> formFieldsOf(const ParameterTable& table, const Json& values)
{
    QList<FormField> fields;
    for (const Parameter& row : table.rows()) {
        FormField field;
        field.name = QString::fromStdString(row.name);
        field.label = QString::fromStdString(row.label);
        field.kind = kindOf(row.type);
        const auto preset = values.find(row.name);
        field.defaultValue = fieldValueOf(preset != values.end() ? *preset : row.defaultValue);
        field.value = field.defaultValue;
        field.minimum = row.minimum.value_or(field.minimum);
        field.maximum = row.maximum.value_or(field.maximum);
        field.isMinimumExcluded = row.minimumExcluded;
        for (const std::string& choice : row.choices) {
            field.choices.append({QString::fromStdString(choice), {}});
        }
        field.unit = QString::fromStdString(row.unit);
        field.help = QString::fromStdString(row.help);
        field.group = QString::fromStdString(row.group);
        field.isAdvanced = row.level == ParameterLevel::Advanced;
        field.isAutomaticAllowed = row.isAutomaticAllowed || row.defaultValue.is_null();
        fields.append(field);
    }
    return fields;
}

void applyChoices(const Json& choices, DataSpec& data)
{
    if (!choices.is_object()) {
        return;
    }
    const auto text = [&choices](const char* key) {
        const auto found = choices.find(key);
        return found != choices.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    data.target = text("target");
    data.task = text("task");
    if (const auto columns = choices.find("columns"); columns != choices.end() && columns->is_object()) {
        for (const auto& [name, choice] : columns->items()) {
            if (choice.is_object()) {
                data.columns[name] = {choice.value("type", std::string()), choice.value("role", std::string())};
            }
        }
    }
    if (const auto split = choices.find("split"); split != choices.end() && split->is_object()) {
        data.split.validation = split->value("validation", data.split.validation);
        data.split.test = split->value("test", data.split.test);
        data.split.seed = split->value("seed", data.split.seed);
        data.split.isStratified = split->value("stratified", data.split.isStratified);
    }
    if (const auto fixes = choices.find("fixes"); fixes != choices.end() && fixes->is_object()) {
        for (const auto& [part, item] : fixes->items()) {
            data.fixes[part] = SampleFixes::fromJson(item, "choices").valueOr({});
        }
    }
    if (const auto repairs = choices.find("repairs"); repairs != choices.end()) {
        // The catalog's own text; what this program does not know is not done.
        data.repairs = DataRepairs::fromJson(*repairs, "choices").valueOr({});
    }
    if (const auto steps = choices.find("preparation"); steps != choices.end()) {
        data.preparation = Preparation::fromJson(*steps, "choices").valueOr({});
    }
}

SplitSpec usualSplit(qint64 samples, bool isTestGiven)
{
    constexpr qint64 kTestFrom = 100; // fewer spare none
    SplitSpec split;
    split.test = isTestGiven || samples < kTestFrom ? 0.0 : 0.15;
    return split;
}

SplitSpec splitOfChoices(const Json& choices, qint64 samples, bool isTestGiven)
{
    if (!choices.is_object() || !choices.contains("split")) {
        return usualSplit(samples, isTestGiven);
    }
    DataSpec data;
    applyChoices(choices, data);
    return data.split;
}

} // namespace ty::app
