#include "app/services/study_place.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QFileInfo>

#include "app/catalog/paths.h"
#include "engine/base/files.h"

namespace ty::app {

Result<StudyPlace> makeStudyPlace(
    const catalog::Paths& paths, const QString& what, const RunSpec& spec, const QStringList& question)
{
    const std::string studies = paths.dataFolder() + "/studies";
    TY_CHECK(makeFolders(studies));
    RunSpec named = spec;
    named.name.clear(); // a name changes no answer
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(QByteArray::fromStdString(toJsonLine(named.toJson())));
    hash.addData(question.join(QLatin1Char('\n')).toUtf8());
    // A file that was changed since is other data.
    const QFileInfo file(QString::fromStdString(spec.data.training));
    hash.addData(QByteArray::number(file.size()) + ' ' + QByteArray::number(file.lastModified().toMSecsSinceEpoch()));
    const QString name = what + QLatin1Char('-') + QString::fromLatin1(hash.result().toHex().left(12));
    StudyPlace place;
    place.folder = QString::fromStdString(studies) + QLatin1Char('/') + name;
    place.runFile = place.folder + QStringLiteral(".json");
    TY_CHECK(named.save(place.runFile.toStdString()));
    return place;
}

} // namespace ty::app
