#include "app/services/learner_list.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <QPointer>
#include <QProcess>

namespace ty::app {

namespace {

QStringList textsOf(const Json& object, const char* key)
{
    QStringList texts;
    if (const auto found = object.find(key); found != object.end() && found->is_array()) {
        for (const Json& item : *found) {
            if (item.is_string()) {
                texts << QString::fromStdString(item.get<std::string>());
            }
        }
    }
    return texts;
}

Result<Learners> answerOf(QProcess& process)
{
    const std::string output = process.readAllStandardOutput().toStdString();
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0) {
        return Error{ErrorKind::Internal, "trainyard-run could not list the ways to learn",
                     process.readAllStandardError().trimmed().toStdString()};
    }
    TY_TRY(const Json json, parseJson(output, "learners"));
    return LearnerList::fromJson(json);
}

} // namespace

bool LearnerInfo::canLearn(const QString& task, const QString& kind, std::size_t classes) const
{
    return (tasks.isEmpty() || task.isEmpty() || tasks.contains(task))
        && (kinds.isEmpty() || kind.isEmpty() || kinds.contains(kind))
        && (mostClasses == 0 || classes <= static_cast<std::size_t>(mostClasses));
}

Learners fittingLearners(const Learners& learners, const QString& task, const QString& kind, std::size_t classes)
{
    Learners made;
    std::copy_if(learners.begin(), learners.end(), std::back_inserter(made), [&](const LearnerInfo& one) {
        return one.canLearn(task, kind, classes);
    });
    return made;
}

bool LearnerInfo::areGroupsFound() const
{
    return name != QLatin1String("isolation-forest");
}

Json LearnerInfo::presetValues(const std::string& preset) const
{
    Json values = parameters.defaults();
    if (const auto found = presets.find(preset); found != presets.end() && found->second.is_object()) {
        for (const auto& [key, value] : found->second.items()) {
            values[key] = value;
        }
    }
    return values;
}

LearnerList::LearnerList(QString program, QObject* parent)
    : QObject(parent)
    , m_program(std::move(program))
{
}

Result<Learners> LearnerList::fromJson(const Json& json)
{
    const Json& list = json.is_object() && json.contains("learners") ? json.at("learners") : json;
    if (!list.is_array()) {
        return Error{ErrorKind::Internal, "learners: must be a list", {}};
    }
    Learners learners;
    for (const Json& item : list) {
        LearnerInfo learner;
        const std::string what = "learner";
        TY_TRY(const std::string name, jsonField<std::string>(item, "name", what));
        TY_TRY(const std::string label, jsonFieldOr<std::string>(item, "label", name, what));
        TY_TRY(const std::string help, jsonFieldOr<std::string>(item, "help", {}, what));
        TY_TRY(const std::string family, jsonFieldOr<std::string>(item, "family", {}, what));
        TY_TRY(const Json table, jsonField<Json>(item, "parameters", what));
        TY_TRY(learner.parameters, ParameterTable::fromJson(table));
        learner.name = QString::fromStdString(name);
        learner.label = QString::fromStdString(label);
        learner.help = QString::fromStdString(help);
        learner.family = QString::fromStdString(family);
        learner.tasks = textsOf(item, "tasks");
        learner.kinds = textsOf(item, "kinds");
        TY_TRY(learner.mostClasses, jsonFieldOr<int>(item, "mostClasses", 0, what));
        if (const auto presets = item.find("presets"); presets != item.end() && presets->is_object()) {
            for (const auto& [preset, values] : presets->items()) {
                learner.presets[preset] = values;
            }
        }
        learners.push_back(std::move(learner));
    }
    return learners;
}

void LearnerList::ask(
    const QString& kind,
    qint64 samples,
    QObject* receiver,
    std::function<void(Result<Learners>)> then)
{
    const QString key = QStringLiteral("%1/%2").arg(kind).arg(samples);
    if (const auto known = m_known.constFind(key); known != m_known.constEnd()) {
        then(*known);
        return;
    }
    auto* process = new QProcess(this);
    auto answer = [this, key, process, guard = QPointer<QObject>(receiver), then = std::move(then)](
                      Result<Learners> learners) {
        process->deleteLater();
        if (learners) {
            m_known.insert(key, learners.value());
        }
        if (guard) {
            then(std::move(learners));
        }
    };
    connect(process, &QProcess::finished, this, [process, answer] { answer(answerOf(*process)); });
    connect(process, &QProcess::errorOccurred, this, [process, answer](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) {
            answer(Error{
                ErrorKind::NotFound, "trainyard-run does not start: " + process->errorString().toStdString(),
                "Install Trainyard again; the program trainyard-run belongs beside it."});
        }
    });
    process->start(
        m_program,
        {QStringLiteral("learners"), QStringLiteral("--json"), QStringLiteral("--kind"), kind,
         QStringLiteral("--samples"), QString::number(samples)});
}

} // namespace ty::app
