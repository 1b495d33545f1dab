#include "engine/learn/parameter_rows.h"

#include <utility>

namespace ty::engine {

Parameter makeRow(
    const char* name, const char* label, ParameterType type, Json defaultValue, const char* group, const char* help)
{
    Parameter row;
    row.name = name;
    row.label = label;
    row.type = type;
    row.isAutomaticAllowed = defaultValue.is_null();
    row.defaultValue = std::move(defaultValue);
    row.group = group;
    row.help = help;
    return row;
}

Parameter ranged(Parameter row, double minimum, double maximum)
{
    row.minimum = minimum;
    row.maximum = maximum;
    return row;
}

Parameter searched(Parameter row, double low, double high, bool isLogarithmic)
{
    row.searchLow = low;
    row.searchHigh = high;
    row.isSearchLogarithmic = isLogarithmic;
    return row;
}

Parameter advanced(Parameter row)
{
    row.level = ParameterLevel::Advanced;
    return row;
}

Parameter choice(
    const char* name,
    const char* label,
    std::vector<std::string> choices,
    const char* defaultValue,
    const char* group,
    const char* help)
{
    Parameter row = makeRow(name, label, ParameterType::Choice, defaultValue, group, help);
    row.choices = std::move(choices);
    return row;
}

Parameter checkpointRow(const char* group)
{
    Parameter row = advanced(ranged(
        makeRow(
            "checkpointSeconds", "Checkpoint interval", ParameterType::Real, 60.0, group,
            "Longest time of training without a checkpoint to go on from."),
        0.05, 86'400));
    row.unit = "seconds";
    return row;
}

} // namespace ty::engine
