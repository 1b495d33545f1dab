#include "app/services/study_service.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <utility>

#include <QCoreApplication>
#include <QDateTime>
#include <QFileInfo>
#include <QFileSystemWatcher>
#include <QPointer>

#include "app/catalog/paths.h"
#include "engine/base/files.h"

namespace ty::app {

namespace fs = std::filesystem;

namespace {

constexpr auto kCardEnding = ".study.json";
constexpr auto kToldEnding = ".told.jsonl";
constexpr auto kTrash = "/trash";
constexpr auto kKeptInTrash = std::chrono::hours(24 * StudyService::kDaysInTrash);

/// A study is a folder with files of its name beside it.
constexpr const char* kParts[] = {"", ".json", kCardEnding, kToldEnding};

Result<void> moveStudy(const std::string& from, const std::string& to, const std::string& name)
{
    TY_CHECK(makeFolders(to));
    for (const char* ending : kParts) {
        const std::string part = name + ending;
        std::error_code code;
        if (!fs::exists(from + "/" + part, code)) {
            continue;
        }
        fs::remove_all(to + "/" + part, code); // an older one of the same name
        fs::rename(from + "/" + part, to + "/" + part, code);
        if (code) {
            return Error{ErrorKind::Io, "cannot move " + from + "/" + part + ": " + code.message(), "Check that the disk is not full and the folder can be written."};
        }
        if (std::string(ending) == kCardEnding) {
            fs::last_write_time(to + "/" + part, fs::file_time_type::clock::now(), code); // when it was deleted
        }
    }
    return {};
}

void emptyOldTrash(const std::string& trash)
{
    std::error_code code;
    std::vector<std::string> old;
    for (const auto& entry : fs::directory_iterator(trash, code)) {
        const std::string file = entry.path().filename().string();
        const auto at = file.find(kCardEnding);
        if (at != std::string::npos && fs::file_time_type::clock::now() - fs::last_write_time(entry.path(), code) > kKeptInTrash) {
            old.push_back(file.substr(0, at));
        }
    }
    for (const std::string& name : old) {
        for (const char* ending : kParts) {
            fs::remove_all(trash + "/" + name + ending, code); // what is left does no harm
        }
    }
}

quint64 bytesOf(const std::string& folder, const std::string& name)
{
    quint64 bytes = 0;
    std::error_code code;
    for (const char* ending : kParts) {
        const fs::path part = folder + "/" + name + ending;
        if (fs::is_regular_file(part, code)) {
            bytes += fs::file_size(part, code);
        }
        for (const auto& entry : fs::recursive_directory_iterator(part, code)) {
            bytes += entry.is_regular_file(code) ? entry.file_size(code) : 0;
        }
    }
    return bytes;
}

QList<StudyRecord> recordsIn(const std::string& folder)
{
    QList<StudyRecord> records;
    std::error_code code;
    for (const auto& entry : fs::directory_iterator(folder, code)) {
        const std::string file = entry.path().string();
        if (!QString::fromStdString(file).endsWith(QLatin1String(kCardEnding))) {
            continue;
        }
        const auto json = readJsonFile(file);
        auto record = json ? StudyRecord::fromJson(json.value(), file) : Result<StudyRecord>(json.error());
        if (record) {
            records << std::move(record).value();
        }
    }
    std::sort(records.begin(), records.end(), [](const StudyRecord& a, const StudyRecord& b) { return a.started > b.started; });
    return records;
}

Result<KeptStudy> studyIn(const std::string& folder, const std::string& name)
{
    KeptStudy study;
    const std::string card = folder + "/" + name + kCardEnding;
    TY_TRY(const Json json, readJsonFile(card));
    TY_TRY(study.record, StudyRecord::fromJson(json, card));
    const std::string told = folder + "/" + name + kToldEnding;
    std::error_code code;
    if (!fs::exists(told, code)) {
        return study; // it was interrupted before its first fit was kept
    }
    TY_TRY(const std::string text, readFile(told));
    for (std::size_t first = 0; first < text.size();) {
        const std::size_t end = std::min(text.find('\n', first), text.size());
        TY_TRY(Json line, parseJson(text.substr(first, end - first), told));
        if (line.contains("answer")) {
            study.answer = line["answer"];
        } else {
            study.told.push_back(std::move(line));
        }
        first = end + 1;
    }
    return study;
}

} // namespace

StudyService::StudyService(const catalog::Paths& paths, QObject* parent)
    : QObject(parent)
    , m_folder(paths.dataFolder() + "/studies")
    , m_paths(paths)
{
    m_pool.setMaxThreadCount(1);
}

StudyService::~StudyService()
{
    m_pool.waitForDone();
}

void StudyService::watch()
{
    m_watcher = new QFileSystemWatcher(this);
    connect(m_watcher, &QFileSystemWatcher::directoryChanged, this, &StudyService::changed);
    m_pool.start([this, folder = m_folder] {
        emptyOldTrash(folder + kTrash);
        const bool isThere = makeFolders(folder).isOk();
        QMetaObject::invokeMethod(
            this,
            [this, isThere] {
                if (isThere) {
                    m_watcher->addPath(QString::fromStdString(m_folder));
                }
            },
            Qt::QueuedConnection);
    });
}

void StudyService::post(std::function<Result<void>()> work)
{
    m_pool.start([this, work = std::move(work)] {
        const auto done = std::make_shared<Result<void>>(work());
        QMetaObject::invokeMethod(
            this,
            [this, done] {
                if (!*done) {
                    emit failed(done->error());
                }
            },
            Qt::QueuedConnection);
    });
}

void StudyService::begin(StudyRecord record, const QStringList& arguments, bool isAnew, QObject* receiver, Begun then)
{
    record.state = StudyRecord::State::Working;
    record.process = QCoreApplication::applicationPid();
    record.started = QDateTime::currentDateTimeUtc().toString(Qt::ISODate);
    const QString what = isAnew ? QStringLiteral("%1-%2").arg(record.kind).arg(QDateTime::currentMSecsSinceEpoch()) : record.kind;
    m_pool.start([this, record, what, arguments, folder = m_folder, receiver = QPointer<QObject>(receiver), then = std::move(then)]() mutable {
        auto place = std::make_shared<Result<StudyPlace>>(makeStudyPlace(m_paths, what, record.spec, arguments));
        if (*place) {
            record.name = place->value().folder.section(QLatin1Char('/'), -1);
            const auto written = writeFileAtomically(folder + "/" + record.name.toStdString() + kCardEnding, record.toJson().dump(1));
            if (!written) {
                *place = written.error();
            }
        }
        QMetaObject::invokeMethod(
            this,
            [place, record, receiver, then] {
                if (!receiver) {
                    return;
                }
                then(*place, record);
            },
            Qt::QueuedConnection);
    });
}

void StudyService::keep(KeptStudy study)
{
    if (study.record.name.isEmpty()) {
        return;
    }
    post([folder = m_folder, study = std::move(study)]() -> Result<void> {
        const std::string base = folder + "/" + study.record.name.toStdString();
        std::string lines;
        for (const Json& line : study.told) {
            lines += toJsonLine(line) + "\n";
        }
        if (!study.answer.is_null()) {
            lines += toJsonLine({{"answer", study.answer}}) + "\n";
        }
        if (!lines.empty()) { // stopped before it began again: what was told before stays
            TY_CHECK(writeFileAtomically(base + kToldEnding, lines));
        }
        return writeFileAtomically(base + kCardEnding, study.record.toJson().dump(1));
    });
}

template<typename Work, typename Then>
void StudyService::answer(QObject* receiver, Work work, Then then)
{
    m_pool.start([this, work = std::move(work), receiver = QPointer<QObject>(receiver), then = std::move(then)] {
        auto made = std::make_shared<decltype(work())>(work());
        QMetaObject::invokeMethod(
            this,
            [receiver, then, made] {
                if (receiver) {
                    then(std::move(*made));
                }
            },
            Qt::QueuedConnection);
    });
}

void StudyService::list(QObject* receiver, std::function<void(QList<StudyRecord>)> then)
{
    answer(receiver, [folder = m_folder] { return recordsIn(folder); }, std::move(then));
}

void StudyService::load(const QString& name, QObject* receiver, std::function<void(Result<KeptStudy>)> then)
{
    answer(receiver, [folder = m_folder, name = name.toStdString()] { return studyIn(folder, name); }, std::move(then));
}

void StudyService::addStateFile(
    const QString& what, const QStringList& words, const QString& data, QObject* receiver, std::function<void(QStringList)> then)
{
    const auto work = [this, what, words, data] {
        const auto file = makeStateFile(m_paths, what, words, data);
        return file ? words + QStringList{QStringLiteral("--checkpoint"), *file} : words;
    };
    answer(receiver, work, std::move(then));
}

void StudyService::listTrash(QObject* receiver, std::function<void(QList<DeletedStudy>)> then)
{
    const auto work = [trash = m_folder + kTrash] {
        QList<DeletedStudy> found;
        for (const StudyRecord& record : recordsIn(trash)) {
            const std::string name = record.name.toStdString();
            const QFileInfo card(QString::fromStdString(trash + "/" + name + kCardEnding));
            found << DeletedStudy{record, bytesOf(trash, name), card.lastModified().toUTC().toString(Qt::ISODate)};
        }
        std::sort(found.begin(), found.end(), [](const DeletedStudy& a, const DeletedStudy& b) { return a.deleted > b.deleted; });
        return found;
    };
    answer(receiver, work, std::move(then));
}

void StudyService::emptyTrash(QObject* receiver, std::function<void(Result<quint64>)> then)
{
    const auto work = [trash = m_folder + kTrash]() -> Result<quint64> {
        quint64 bytes = 0;
        for (const StudyRecord& record : recordsIn(trash)) {
            bytes += bytesOf(trash, record.name.toStdString());
        }
        std::error_code code;
        fs::remove_all(trash, code);
        if (code) {
            return Error{ErrorKind::Io, "cannot remove " + trash + ": " + code.message(), "Check that the folder can be written."};
        }
        return bytes;
    };
    answer(receiver, work, std::move(then));
}

void StudyService::remove(const QString& name)
{
    post([folder = m_folder, name = name.toStdString()] { return moveStudy(folder, folder + kTrash, name); });
}

void StudyService::restore(const QString& name)
{
    post([folder = m_folder, name = name.toStdString()] { return moveStudy(folder + kTrash, folder, name); });
}

} // namespace ty::app
