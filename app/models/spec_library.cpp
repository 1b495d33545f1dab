#include "app/models/spec_library.h"

#include <QCoreApplication>
#include <QDir>
#include <QStringDecoder>

#include "engine/base/files.h"

namespace ty::app {

namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{4} << 20;
const QString kSuffix = QStringLiteral(".mch");

/// TRAINYARD_SPECS, or the folder beside the program as it is installed.
QString starterFolder()
{
    const auto set = qEnvironmentVariable("TRAINYARD_SPECS");
    return set.isEmpty() ? QDir::cleanPath(QCoreApplication::applicationDirPath() + QStringLiteral("/../share/trainyard/specs")) : set;
}

void append(std::vector<SpecEntry>& entries, const QString& folder, bool areStarters)
{
    const QDir directory(folder);
    for (const auto& file : directory.entryInfoList({QLatin1Char('*') + kSuffix}, QDir::Files | QDir::Readable, QDir::Name)) {
        entries.push_back({file.completeBaseName(), file.filePath(), areStarters});
    }
}

} // namespace

std::vector<SpecEntry> specEntries(const QString& folder)
{
    std::vector<SpecEntry> entries;
    append(entries, starterFolder(), true);
    append(entries, folder, false);
    return entries;
}

Result<QString> readSpec(const QString& file)
{
    TY_TRY(const auto bytes, readFile(file.toStdString(), kMostBytes));
    QStringDecoder decoder(QStringDecoder::Utf8);
    QString text = decoder(QByteArray::fromStdString(bytes));
    if (decoder.hasError()) {
        return Error{ErrorKind::InvalidInput, file.toStdString() + ": this is no text (UTF-8)", {}};
    }
    return text;
}

Result<void> saveSpec(const QString& file, const QString& text)
{
    TY_CHECK(makeFolders(QFileInfo(file).path().toStdString()));
    return writeFileAtomically(file.toStdString(), text.toStdString());
}

QString freeSpecFile(const QString& folder, const QString& name)
{
    const QDir directory(folder);
    QString file = directory.filePath(name + kSuffix);
    for (int number = 2; QFileInfo::exists(file); ++number) {
        file = directory.filePath(QStringLiteral("%1-%2%3").arg(name).arg(number).arg(kSuffix));
    }
    return file;
}

} // namespace ty::app
