#include "app/services/runner_call.h"

#include <utility>

#include <QProcess>

#include "app/services/runner_error.h"
#include "app/services/runner_stores.h"
#include "app/services/store_service.h"

namespace ty::app {

namespace {

/// With --json the runner tells its errors as {"error": {"kind", "message", "advice"}}.
Result<Json> answerOf(QProcess& process, const QByteArray& before)
{
    const std::string output = process.readAllStandardOutput().toStdString();
    const std::string words = (before + process.readAllStandardError()).toStdString();
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0) {
        return runnerError(output, words);
    }
    return parseJson(output, "the runner's answer");
}

} // namespace

RunnerCall::RunnerCall(QString program, QObject* parent)
    : QObject(parent)
    , m_program(std::move(program))
{
}

RunnerCall::~RunnerCall()
{
    cancel();
}

void RunnerCall::askOfStores(
    const QStringList& arguments, StoreService& stores, const std::vector<std::string>& places, Answer then, Told told)
{
    cancel();
    const int turn = m_turn;
    m_isFetching = true;
    stores.grant(
        places, this,
        [this, turn, arguments, then = std::move(then), told = std::move(told)](const Result<cloud::Secret>& grants) {
            if (turn != m_turn) {
                return;
            }
            m_isFetching = false;
            if (grants) {
                ask(arguments, then, told, grants.value());
            } else {
                then(grants.error());
            }
        });
}

void RunnerCall::cancel()
{
    ++m_turn;
    m_isFetching = false;
    if (m_process != nullptr) {
        m_process->disconnect(this);
        m_process->kill();
        // It is gone in a moment; the window does not wait for that.
        m_process->setParent(nullptr);
        connect(m_process, &QProcess::finished, m_process, &QObject::deleteLater);
        m_process = nullptr;
    }
}

void RunnerCall::command(const QString& name)
{
    if (m_process != nullptr) {
        m_process->write(QByteArray::fromStdString(toJsonLine({{"command", name.toStdString()}})) + '\n');
    }
}

void RunnerCall::readTold(const Told& told)
{
    m_words += m_process->readAllStandardError();
    QByteArray rest;
    for (qsizetype first = 0; first < m_words.size();) {
        const qsizetype end = m_words.indexOf('\n', first);
        const QByteArray line = m_words.mid(first, end < 0 ? -1 : end - first);
        const auto object = end < 0 ? Result<Json>(Json()) : parseJson(line.toStdString(), "the runner's progress");
        if (object && object.value().is_object()) {
            told(object.value());
        } else {
            rest += line + (end < 0 ? "" : "\n"); // not whole yet, or words for a person
        }
        first = end < 0 ? m_words.size() : end + 1;
    }
    m_words = rest;
}

void RunnerCall::ask(const QStringList& arguments, Answer then, Told told, const cloud::Secret& grants)
{
    cancel();
    m_words.clear();
    m_process = new QProcess(this);
    if (told) {
        connect(m_process, &QProcess::readyReadStandardError, this, [this, told = std::move(told)] { readTold(told); });
    }
    const auto answer = [this, then = std::move(then)](Result<Json> outcome) {
        std::exchange(m_process, nullptr)->deleteLater();
        then(std::move(outcome));
    };
    connect(m_process, &QProcess::finished, this, [this, answer] { answer(answerOf(*m_process, m_words)); });
    connect(m_process, &QProcess::errorOccurred, this, [this, answer](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) {
            answer(Error{
                ErrorKind::NotFound, "trainyard-run does not start: " + m_process->errorString().toStdString(),
                "Install Trainyard again; the program trainyard-run belongs beside it."});
        }
    });
    m_process->setProgram(m_program);
    m_process->setArguments(arguments);
    if (const auto given = giveStores(*m_process, grants); !given) {
        answer(given.error());
        return;
    }
    m_process->start();
}

} // namespace ty::app
