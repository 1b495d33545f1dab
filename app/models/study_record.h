#pragma once

#include <vector>

#include <QList>
#include <QString>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/base/run_spec.h"

namespace ty::app {

/// A study of many fits as a list shows it: a cross-validation, a search for settings, learners compared. Kept beside the study's folder.
struct StudyRecord {
    enum class State { Working, Done, FinishedEarly, Stopped, Failed };

    QString name;     ///< of its folder
    QString kind;     ///< "validate", "tune", "compare"
    QString learners; ///< "Random forest", "Random forest and Support vectors"
    QString dataName;
    qint64 datasetId = 0; ///< 0: not in the catalog
    State state = State::Working;
    QString problem; ///< of a failed one
    QString result;  ///< one line: "ROC AUC 0.9912"
    int done = 0;    ///< fits
    int all = 0;
    QString started; ///< UTC, ISO 8601
    qint64 process = 0; ///< that worked on it last

    /// Whether a dialog of this program works on it now.
    bool isOpen() const;
    RunSpec spec;
    Json question; ///< what the fields of its dialog held

    Json toJson() const;
    /// Errors: InvalidInput.
    static Result<StudyRecord> fromJson(const Json& json, const std::string& what);
};

/// A study with everything that was told of it.
struct KeptStudy {
    StudyRecord record;
    std::vector<Json> told; ///< a line a fit
    Json answer;            ///< null until it has ended by itself
};

QString studyKindWords(const QString& kind);
QString studyStateWords(const StudyRecord& record);

} // namespace ty::app
