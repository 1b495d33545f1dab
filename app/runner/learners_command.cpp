#include <fmt/format.h>

#include "app/runner/commands.h"
#include "engine/learn/learner.h"
#include "engine/learn/learner_family.h"

namespace ty::runner {

namespace {

using namespace ty::engine;

Json describe(const Learner& learner, const DatasetInfo& info)
{
    Json tasks = Json::array();
    Json kinds = Json::array();
    for (const Task task : {Task::Classification, Task::Regression, Task::NextWord, Task::Grouping}) {
        if (learner.canLearn(task, DataKind::Table) || learner.canLearn(task, DataKind::Image)) {
            tasks.push_back(taskName(task));
        }
    }
    for (const DataKind kind : {DataKind::Table, DataKind::Image}) {
        if (learner.canLearn(Task::Classification, kind) || learner.canLearn(Task::Regression, kind)) {
            kinds.push_back(dataKindName(kind));
        }
    }
    Json presets = Json::object();
    for (const char* preset : {"fast", "balanced", "best"}) {
        presets[preset] = learner.presetSettings(preset, info);
    }
    return Json{
        {"name", learner.name()},
        {"label", learner.label()},
        {"help", learner.help()},
        {"family", learnerFamily(learner.name())},
        {"tasks", tasks},
        {"kinds", kinds},
        {"mostClasses", learner.mostClasses()},
        {"parameters", learner.parameters().toJson()},
        {"presets", presets}};
}

std::string words(const Learner& learner)
{
    std::string text = fmt::format("{} - {}\n  {}\n", learner.name(), learner.label(), learner.help());
    for (const Parameter& row : learner.parameters().rows()) {
        const std::string value = row.defaultValue.is_null() ? "auto" : row.defaultValue.dump();
        std::string range;
        if (!row.choices.empty()) {
            for (const std::string& choice : row.choices) {
                range += (range.empty() ? "one of " : ", ") + choice;
            }
        } else if (row.minimum || row.maximum) {
            range = fmt::format(
                "{}{} to {}", row.minimumExcluded ? "above " : "", row.minimum ? fmt::format("{:g}", *row.minimum) : "any",
                row.maximum ? fmt::format("{:g}", *row.maximum) : "any");
        }
        text += fmt::format("    --set {}={}  {}{}{}\n", row.name, value, row.help, range.empty() ? "" : "  ", range);
    }
    return text;
}

} // namespace

int listLearners(const LearnersOptions& options)
{
    DatasetInfo info;
    info.kind = options.kind == "image" ? DataKind::Image : DataKind::Table;
    info.task = taskFromName(options.task).value_or(Task::Classification);
    info.samples = options.samples;
    Json list = Json::array();
    std::string text;
    std::string family;
    for (const auto& learner : makeLearners()) {
        list.push_back(describe(*learner, info));
        if (learnerFamily(learner->name()) != family) {
            family = learnerFamily(learner->name());
            text += family + "\n\n";
        }
        text += words(*learner) + "\n";
    }
    const auto done = options.form == OutputForm::Json ? printJson({{"learners", list}}) : printText(text);
    return done ? 0 : reportError(done.error(), options.form);
}

} // namespace ty::runner
