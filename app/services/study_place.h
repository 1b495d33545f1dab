#pragma once

#include <QString>
#include <QStringList>

#include "engine/base/result.h"
#include "engine/base/run_spec.h"

namespace ty::catalog {
class Paths;
}

namespace ty::app {

/// Where a study of many fits is kept: the same question finds the same folder, so that what was done is not done again, and what
/// a crash ended goes on.
struct StudyPlace {
    QString folder;
    QString runFile; ///< the run that is studied, beside the folder
};

/// Makes the folder that holds studies and writes the run.
/// @param what  "validate", "tune": the first word of the folder's name, @param question  all arguments that change the answers
/// Errors: those of writing.
Result<StudyPlace> makeStudyPlace(
    const catalog::Paths& paths, const QString& what, const RunSpec& spec, const QStringList& question);

/// The file in which one long learning keeps how far it is (`trainyard-run --checkpoint`): the same question finds the same file, so
/// that what a crash or a person ended goes on. Files that nobody came back to for 30 days are removed.
/// @param what  "sequence", "world", @param question  all arguments that change the answer, @param data  the file that is read, or empty
/// Errors: those of writing.
Result<QString> makeStateFile(const catalog::Paths& paths, const QString& what, const QStringList& question, const QString& data);

} // namespace ty::app
