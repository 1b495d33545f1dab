#include "app/services/runner_call.h"

#include <utility>

#include <QProcess>

#include "app/services/runner_error.h"

namespace ty::app {

namespace {

/// With --json the runner tells its errors as {"error": {"kind", "message", "advice"}}.
Result<Json> answerOf(QProcess& process)
{
    const std::string output = process.readAllStandardOutput().toStdString();
    const std::string words = process.readAllStandardError().toStdString();
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

void RunnerCall::cancel()
{
    if (m_process != nullptr) {
        m_process->disconnect(this);
        m_process->kill();
        // It is gone in a moment; the window does not wait for that.
        m_process->setParent(nullptr);
        connect(m_process, &QProcess::finished, m_process, &QObject::deleteLater);
        m_process = nullptr;
    }
}

void RunnerCall::ask(const QStringList& arguments, Answer then)
{
    cancel();
    m_process = new QProcess(this);
    const auto answer = [this, then = std::move(then)](Result<Json> outcome) {
        std::exchange(m_process, nullptr)->deleteLater();
        then(std::move(outcome));
    };
    connect(m_process, &QProcess::finished, this, [this, answer] { answer(answerOf(*m_process)); });
    connect(m_process, &QProcess::errorOccurred, this, [this, answer](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) {
            answer(Error{
                ErrorKind::NotFound, "trainyard-run does not start: " + m_process->errorString().toStdString(),
                "Install Trainyard again; the program trainyard-run belongs beside it."});
        }
    });
    m_process->start(m_program, arguments);
}

} // namespace ty::app
