#pragma once

#include <vector>

#include <QDialog>
#include <QStringList>

#include "app/models/study_record.h"
#include "cloud/secrets/secret.h"

class QBoxLayout;
class QPushButton;

namespace ty::app {

struct AppContext;
class RunnerCall;
class StudyProgress;
class StudyService;
struct StudyPlace;

/// What a study of many fits is about.
struct StudySubject {
    RunSpec spec;
    qint64 datasetId = 0; ///< 0: not in the catalog
    QString dataName;
};

/// What the dialogs of studies have in common: they ask the runner, show how far it is, keep what it told with the studies of this computer,
/// and can show it again. Closing one ends its work; the same question goes on where it ended.
class StudyDialog : public QDialog {
    Q_OBJECT
public:
    ~StudyDialog() override;

    /// As the button does.
    virtual void start() = 0;
    /// A study as it was kept: its question in the fields, its answers below.
    void showKept(KeptStudy study);

signals:
    /// It is over: done, stopped or failed.
    void ended();

protected:
    enum class CanGoOn { Yes, No };
    /// @param kind  of the record, and the runner's command, @param canGoOn  the runner keeps fits, and takes commands
    StudyDialog(AppContext& context, QString kind, CanGoOn canGoOn, StudySubject subject, QWidget* parent);

    /// Asks the runner.
    /// @param identity  all arguments that change the answers, @param others  those that only limit them
    /// @param fields  what putQuestion() takes back, @param learners  who takes part, as words
    void ask(const QStringList& identity, const QStringList& others, const Json& fields, const QString& learners);
    QPushButton* addSaveCsv(QBoxLayout& foot, const QString& file);
    QPushButton* addCopyMarkdown(QBoxLayout& foot);
    QPushButton* addClose(QBoxLayout& foot);

    virtual void putQuestion(const Json& fields) = 0;
    virtual void clearAnswers() = 0;
    /// One JSON object that the runner told.
    virtual void showTold(const Json& told) = 0;
    virtual void showAnswer(const Json& /*answer*/) {}
    virtual void refresh() = 0;
    virtual QString resultWords() const = 0; ///< one line for the list of studies
    virtual QString csv() const = 0;
    virtual QString markdown() const { return {}; }

    AppContext& m_context;
    StudySubject m_subject;
    StudyProgress* m_progress;

private:
    void begin(bool isAnew);
    void grant(const StudyPlace& place);
    void send(const StudyPlace& place, const cloud::Secret& grants);
    void take(Result<Json> answer);
    void fail(const Error& error, const QString& words);
    void end(StudyRecord::State state, const QString& words);
    void stop();

    StudyService* m_studies;
    RunnerCall* m_call;
    CanGoOn m_canGoOn;
    KeptStudy m_study;
    QStringList m_identity;
    QStringList m_others;
    bool m_isAnew = false; ///< what was kept is of other data
};

} // namespace ty::app
