#include "app/services/study_place.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include "app/catalog/paths.h"
#include "engine/base/files.h"

namespace ty::app {

namespace {

constexpr auto kStateEnding = ".state.json";
constexpr int kDaysKept = 30;

/// A file that was changed since is other data.
void addFile(QCryptographicHash& hash, const QString& path)
{
    const QFileInfo file(path);
    hash.addData(QByteArray::number(file.size()) + ' ' + QByteArray::number(file.lastModified().toMSecsSinceEpoch()));
}

QString nameOf(const QString& what, const QCryptographicHash& hash)
{
    return what + QLatin1Char('-') + QString::fromLatin1(hash.result().toHex().left(12));
}

} // namespace

Result<QString> makeStateFile(const catalog::Paths& paths, const QString& what, const QStringList& question, const QString& data)
{
    const std::string studies = paths.dataFolder() + "/studies";
    TY_CHECK(makeFolders(studies));
    const QDir folder(QString::fromStdString(studies));
    for (const QFileInfo& file : folder.entryInfoList({QLatin1Char('*') + QLatin1String(kStateEnding)}, QDir::Files)) {
        if (file.lastModified().daysTo(QDateTime::currentDateTime()) > kDaysKept) {
            QFile::remove(file.filePath()); // one that stays does no harm
        }
    }
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(question.join(QLatin1Char('\n')).toUtf8());
    addFile(hash, data);
    return folder.filePath(nameOf(what, hash) + QLatin1String(kStateEnding));
}

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
    addFile(hash, QString::fromStdString(spec.data.training));
    const QString name = nameOf(what, hash);
    StudyPlace place;
    place.folder = QString::fromStdString(studies) + QLatin1Char('/') + name;
    place.runFile = place.folder + QStringLiteral(".json");
    TY_CHECK(named.save(place.runFile.toStdString()));
    return place;
}

} // namespace ty::app
