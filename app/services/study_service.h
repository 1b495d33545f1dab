#pragma once

#include <functional>

#include <QList>
#include <QObject>
#include <QStringList>
#include <QThreadPool>

#include "app/models/study_record.h"
#include "app/services/study_place.h"

class QFileSystemWatcher;

namespace ty::app {

/// A study in the trash.
struct DeletedStudy {
    StudyRecord record;
    quint64 bytes = 0;
    QString deleted; ///< when, ISO 8601, UTC
};

/// The studies of this computer: begun, kept, found again after a restart, deleted and brought back. Files are read and written on a
/// thread of its own, in the order of the calls; everything else is of the GUI thread. There may be several: the folder is what they share.
class StudyService : public QObject {
    Q_OBJECT
public:
    explicit StudyService(const catalog::Paths& paths, QObject* parent = nullptr);
    /// Writes what is to be written.
    ~StudyService() override;

    /// Finds or makes the place of a study and notes that it works; the record that `then` gets has its name.
    /// @param arguments  all that change the answers, @param isAnew  a place of its own, whatever is kept
    using Begun = std::function<void(Result<StudyPlace>, const StudyRecord&)>;
    void begin(StudyRecord record, const QStringList& arguments, bool isAnew, QObject* receiver, Begun then);
    /// Writes what is known now.
    void keep(KeptStudy study);

    /// The newest first. Files that cannot be read are left out.
    void list(QObject* receiver, std::function<void(QList<StudyRecord>)> then);
    void load(const QString& name, QObject* receiver, std::function<void(Result<KeptStudy>)> then);
    /// From now on changed() tells of everything that happens in the folder, whoever did it.
    void watch();

    /// Adds to the words of a long learning the file in which it keeps how far it is, as makeStateFile() finds it away from the GUI thread.
    /// Without room for one `then` gets the words alone: it can be learned all the same, only not gone on with.
    void addStateFile(
        const QString& what, const QStringList& words, const QString& data, QObject* receiver, std::function<void(QStringList)> then);

    /// Into the studies' own trash, for 30 days; `restore` brings it back.
    void remove(const QString& name);
    void restore(const QString& name);
    /// What lies in that trash, the newest first.
    void listTrash(QObject* receiver, std::function<void(QList<DeletedStudy>)> then);
    /// Deletes it for good. `then` gets the bytes that this freed.
    void emptyTrash(QObject* receiver, std::function<void(Result<quint64>)> then);
    static constexpr int kDaysInTrash = 30;

signals:
    void changed();
    void failed(const ty::Error& error);

private:
    void post(std::function<Result<void>()> work);
    /// Does `work` on the thread of the files and hands what it made to `then`, unless the receiver is gone.
    template<typename Work, typename Then>
    void answer(QObject* receiver, Work work, Then then);

    std::string m_folder;
    const catalog::Paths& m_paths;
    QFileSystemWatcher* m_watcher = nullptr;
    QThreadPool m_pool;
};

} // namespace ty::app
