#include "app/services/reading_arguments.h"

namespace ty::app {

Json readingChoices(const DataSpec& data)
{
    Json choices = Json::object();
    if (!data.target.empty()) {
        choices["target"] = data.target;
    }
    if (!data.task.empty()) {
        choices["task"] = data.task;
    }
    for (const auto& [name, choice] : data.columns) {
        choices["columns"][name] = {{"type", choice.type}, {"role", choice.role}};
    }
    if (!data.repairs.isEmpty()) {
        choices["repairs"] = data.repairs.toJson();
    }
    if (!data.preparation.isEmpty()) {
        choices["preparation"] = data.preparation.toJson();
    }
    return choices;
}

QStringList readingArguments(const DataSpec& data)
{
    QStringList arguments;
    if (!data.target.empty()) {
        arguments << QStringLiteral("--target") << QString::fromStdString(data.target);
    }
    if (!data.task.empty()) {
        arguments << QStringLiteral("--task") << QString::fromStdString(data.task);
    }
    const Json choices = readingChoices(data);
    for (const char* key : {"columns", "repairs"}) {
        if (const auto found = choices.find(key); found != choices.end()) {
            arguments << QStringLiteral("--") + QLatin1String(key) << QString::fromStdString(found->dump());
        }
    }
    if (!data.preparation.isEmpty()) {
        arguments << QStringLiteral("--prepare") << QString::fromStdString(data.preparation.toJson().dump());
    }
    if (const auto fixes = data.fixes.find("training"); fixes != data.fixes.end() && !fixes->second.isEmpty()) {
        arguments << QStringLiteral("--fixes") << QString::fromStdString(fixes->second.toJson().dump());
    }
    return arguments;
}

} // namespace ty::app
