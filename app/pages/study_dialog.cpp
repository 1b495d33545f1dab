#include "app/pages/study_dialog.h"

#include <utility>

#include <QApplication>
#include <QBoxLayout>
#include <QClipboard>
#include <QIODevice>
#include <QPushButton>

#include "app/pages/save_file.h"
#include "app/pages/study_progress.h"
#include "app/services/all_services.h"
#include "app/services/runner_call.h"
#include "app/services/runner_program.h"
#include "app/services/study_service.h"

namespace ty::app {

namespace {

StudyRecord stoppedBeforeItBegan(StudyRecord record)
{
    record.state = StudyRecord::State::Stopped;
    return record;
}

} // namespace

StudyDialog::StudyDialog(AppContext& context, QString kind, CanGoOn canGoOn, StudySubject subject, QWidget* parent)
    : QDialog(parent)
    , m_context(context)
    , m_subject(std::move(subject))
    , m_progress(new StudyProgress(this))
    , m_studies(new StudyService(context.paths, this))
    , m_call(new RunnerCall(runnerProgram(), this))
    , m_canGoOn(canGoOn)
{
    setAttribute(Qt::WA_DeleteOnClose);
    m_study.record.kind = std::move(kind);
    m_progress->setCanFinish(canGoOn == CanGoOn::Yes);
    connect(m_studies, &StudyService::failed, this, [this](const Error& error) {
        m_context.notices.error(tr("The study could not be kept."), error);
    });
    connect(m_progress, &StudyProgress::finishRequested, this, [this] { m_call->command(QStringLiteral("finish")); });
    connect(m_progress, &StudyProgress::stopRequested, this, &StudyDialog::stop);
}

StudyDialog::~StudyDialog()
{
    if (m_progress->isWorking()) {
        m_study.record.state = StudyRecord::State::Stopped;
        m_studies->keep(std::move(m_study));
    }
}

QPushButton* StudyDialog::addSaveCsv(QBoxLayout& foot, const QString& file)
{
    auto* button = new QPushButton(tr("Save as CSV…"), this);
    foot.addWidget(button);
    connect(button, &QPushButton::clicked, this, [this, file] {
        askAndSave(
            m_context, this, tr("Save the table"), file, [text = csv().toUtf8()](QIODevice& device, const SaveProgress&) -> Result<void> {
                device.write(text);
                return {};
            });
    });
    return button;
}

QPushButton* StudyDialog::addCopyMarkdown(QBoxLayout& foot)
{
    auto* button = new QPushButton(tr("Copy as Markdown"), this);
    foot.addWidget(button);
    connect(button, &QPushButton::clicked, this, [this] {
        QApplication::clipboard()->setText(markdown());
        m_context.notices.toast(tr("The table is on the clipboard."));
    });
    return button;
}

QPushButton* StudyDialog::addClose(QBoxLayout& foot)
{
    auto* button = new QPushButton(tr("Close"), this);
    foot.addWidget(button);
    connect(button, &QPushButton::clicked, this, &QDialog::close);
    return button;
}

void StudyDialog::ask(const QStringList& identity, const QStringList& others, const Json& fields, const QString& learners)
{
    m_identity = identity;
    m_others = others;
    StudyRecord& record = m_study.record;
    record.learners = learners;
    record.dataName = m_subject.dataName;
    record.datasetId = m_subject.datasetId;
    record.spec = m_subject.spec;
    record.question = fields;
    begin(false);
}

void StudyDialog::begin(bool isAnew)
{
    m_isAnew = isAnew;
    m_study.told.clear();
    m_study.answer = nullptr;
    m_study.record.problem.clear();
    m_study.record.result.clear();
    clearAnswers();
    m_progress->begin(tr("Reading the data…"));
    refresh();
    m_studies->begin(m_study.record, m_identity, isAnew, this, [this](const Result<StudyPlace>& place, const StudyRecord& record) {
        if (!m_progress->isWorking()) {
            m_studies->keep({stoppedBeforeItBegan(record), {}, {}});
            return;
        }
        if (!place) {
            fail(place.error(), tr("It could not begin."));
            return;
        }
        m_study.record = record;
        grant(place.value());
    });
}

void StudyDialog::grant(const StudyPlace& place)
{
    const DataSpec& parts = m_subject.spec.data;
    m_context.stores.grant({parts.training, parts.validation, parts.test}, this, [this, place](const Result<cloud::Secret>& grants) {
        if (!m_progress->isWorking()) {
            return; // stopped meanwhile
        }
        if (!grants) {
            fail(grants.error(), tr("It could not begin."));
            return;
        }
        send(place, grants.value());
    });
}

void StudyDialog::send(const StudyPlace& place, const cloud::Secret& grants)
{
    QStringList arguments{m_study.record.kind, QStringLiteral("--json")};
    if (!m_subject.spec.data.training.empty()) {
        arguments << QStringLiteral("--run") << place.runFile;
    }
    if (m_canGoOn == CanGoOn::Yes) {
        arguments << QStringLiteral("--out") << place.folder << QStringLiteral("--resume");
    }
    m_call->ask(
        arguments + m_identity + m_others, [this](Result<Json> answer) { take(std::move(answer)); },
        [this](const Json& told) {
            m_study.told.push_back(told);
            m_study.record.done = told.value("done", m_study.record.done);
            m_study.record.all = told.value("all", m_study.record.all);
            showTold(told);
        },
        grants);
}

void StudyDialog::take(Result<Json> answer)
{
    if (!answer && answer.error().kind == ErrorKind::Conflict && !m_isAnew) {
        m_studies->remove(m_study.record.name); // of data that were changed since
        begin(true);
        return;
    }
    if (!answer) {
        fail(answer.error(), tr("It ended early."));
        return;
    }
    m_study.answer = std::move(answer).value();
    showAnswer(m_study.answer);
    const std::string outcome = m_study.answer.is_object() ? m_study.answer.value("outcome", std::string("completed")) : "completed";
    const bool isWhole = outcome == "completed" || outcome == "out-of-time";
    end(isWhole ? StudyRecord::State::Done : StudyRecord::State::FinishedEarly,
        outcome == "completed"         ? tr("Done.")
            : outcome == "out-of-time" ? tr("The time is up.")
                                       : tr("Finished early: this is what was done."));
}

void StudyDialog::stop()
{
    m_call->cancel();
    end(StudyRecord::State::Stopped, tr("Stopped. What was done so far stays."));
}

void StudyDialog::fail(const Error& error, const QString& words)
{
    m_study.record.problem = QString::fromStdString(error.message);
    m_progress->fail(error, words);
    end(StudyRecord::State::Failed, words);
}

void StudyDialog::end(StudyRecord::State state, const QString& words)
{
    m_progress->end(words);
    m_study.record.state = state;
    m_study.record.result = resultWords();
    m_studies->keep(m_study);
    refresh();
    emit ended();
}

void StudyDialog::showKept(KeptStudy study)
{
    m_study = std::move(study);
    putQuestion(m_study.record.question);
    clearAnswers();
    for (const Json& told : m_study.told) {
        showTold(told);
    }
    if (!m_study.answer.is_null()) {
        showAnswer(m_study.answer);
    }
    const bool isWhole = m_study.record.state == StudyRecord::State::Done;
    m_progress->end(isWhole ? tr("Done.") : tr("%1. Start it again and it goes on.").arg(studyStateWords(m_study.record)));
    refresh();
}

} // namespace ty::app
