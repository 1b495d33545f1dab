#include "app/models/study_record.h"

#include <array>
#include <cstdint>

#include <QCoreApplication>

namespace ty::app {

namespace {

struct StudyText {
    Q_DECLARE_TR_FUNCTIONS(ty::app::Study)
};

constexpr std::array kStateNames{"working", "done", "finished-early", "stopped", "failed"};

} // namespace

Json StudyRecord::toJson() const
{
    return Json{
        {"format", 1},
        {"name", name.toStdString()},
        {"kind", kind.toStdString()},
        {"learners", learners.toStdString()},
        {"data", dataName.toStdString()},
        {"dataset", datasetId},
        {"state", kStateNames.at(static_cast<std::size_t>(state))},
        {"problem", problem.toStdString()},
        {"result", result.toStdString()},
        {"done", done},
        {"all", all},
        {"started", started.toStdString()},
        {"process", process},
        {"run", spec.data.training.empty() ? Json() : spec.toJson()},
        {"question", question}};
}

Result<StudyRecord> StudyRecord::fromJson(const Json& json, const std::string& what)
{
    StudyRecord record;
    const auto text = [&](const char* key) -> Result<QString> {
        TY_TRY(const std::string value, jsonFieldOr<std::string>(json, key, {}, what));
        return QString::fromStdString(value);
    };
    TY_TRY(record.name, text("name"));
    TY_TRY(record.kind, text("kind"));
    TY_TRY(record.learners, text("learners"));
    TY_TRY(record.dataName, text("data"));
    TY_TRY(record.problem, text("problem"));
    TY_TRY(record.result, text("result"));
    TY_TRY(record.started, text("started"));
    TY_TRY(record.datasetId, jsonFieldOr<std::int64_t>(json, "dataset", 0, what));
    TY_TRY(record.process, jsonFieldOr<std::int64_t>(json, "process", 0, what));
    TY_TRY(record.done, jsonFieldOr<int>(json, "done", 0, what));
    TY_TRY(record.all, jsonFieldOr<int>(json, "all", 0, what));
    TY_TRY(const QString state, text("state"));
    for (std::size_t i = 0; i < kStateNames.size(); ++i) {
        if (state == QLatin1String(kStateNames.at(i))) {
            record.state = static_cast<State>(i);
        }
    }
    if (json.contains("run") && json["run"].is_object()) { // comparisons of bundled machines have none
        TY_TRY(record.spec, RunSpec::fromJson(json["run"], what));
    }
    TY_TRY(record.question, jsonFieldOr<Json>(json, "question", Json::object(), what));
    if (record.name.isEmpty() || record.kind.isEmpty()) {
        return Error{ErrorKind::InvalidInput, what + ": a study has a name and a kind", {}};
    }
    return record;
}

QString studyKindWords(const QString& kind)
{
    return kind == QLatin1String("tune") ? StudyText::tr("Search")
        : kind == QLatin1String("compare") ? StudyText::tr("Comparison")
                                           : StudyText::tr("Cross-validation");
}

bool StudyRecord::isOpen() const
{
    return state == State::Working && process == QCoreApplication::applicationPid();
}

QString studyStateWords(const StudyRecord& record)
{
    switch (record.state) {
    case StudyRecord::State::Working:
        return record.isOpen() ? StudyText::tr("Working") : StudyText::tr("Interrupted");
    case StudyRecord::State::Done:
        return StudyText::tr("Done");
    case StudyRecord::State::FinishedEarly:
        return StudyText::tr("Finished early");
    case StudyRecord::State::Stopped:
        return StudyText::tr("Stopped");
    case StudyRecord::State::Failed:
        return StudyText::tr("Failed");
    }
    return {};
}

} // namespace ty::app
