#include "app/services/network_preview.h"

#include <memory>
#include <utility>

#include <QProcess>
#include <QTemporaryFile>

#include "engine/base/result.h"

namespace ty::app {

namespace {

Error unreadable(QProcess& process)
{
    return Error{
        ErrorKind::Internal, "trainyard-run could not describe the network",
        process.readAllStandardError().trimmed().toStdString()};
}

/// With --json the runner tells its errors as {"error": {"kind", "message", "advice"}}.
NetworkPreview::Outcome answerOf(QProcess& process)
{
    const std::string output = process.readAllStandardOutput().toStdString();
    const auto json = parseJson(output, "the runner's answer");
    if (!json || !json.value().is_object()) {
        return unreadable(process);
    }
    if (const auto error = json.value().find("error"); error != json.value().end() && error->is_object()) {
        return Error{
            errorKindFromName(error->value("kind", std::string())), error->value("message", std::string()),
            error->value("advice", std::string())};
    }
    return process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0
               ? NetworkPreview::Outcome(json.value())
               : NetworkPreview::Outcome(unreadable(process));
}

} // namespace

NetworkPreview::NetworkPreview(QString program, QObject* parent)
    : QObject(parent)
    , m_program(std::move(program))
{
}

NetworkPreview::~NetworkPreview()
{
    end();
}

void NetworkPreview::end()
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

void NetworkPreview::ask(const RunSpec& spec, std::function<void(Outcome)> then)
{
    end();
    m_process = new QProcess(this);
    auto* file = new QTemporaryFile(m_process);
    const QByteArray text = QByteArray::fromStdString(spec.toJson().dump());
    if (!file->open() || file->write(text) != text.size() || !file->flush()) {
        const Error error{ErrorKind::Io, "A temporary file could not be written: " + file->errorString().toStdString(), {}};
        m_process->deleteLater();
        m_process = nullptr;
        then(error);
        return;
    }
    const auto answer = [this, then = std::move(then)](Outcome outcome) {
        std::exchange(m_process, nullptr)->deleteLater();
        then(std::move(outcome));
    };
    connect(m_process, &QProcess::finished, this, [this, answer] { answer(answerOf(*m_process)); });
    connect(m_process, &QProcess::errorOccurred, this, [this, answer](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) {
            answer(Error{ErrorKind::Internal, m_program.toStdString() + " could not be started", {}});
        }
    });
    m_process->start(
        m_program,
        {QStringLiteral("train"), file->fileName(), QStringLiteral("--print-network"), QStringLiteral("--json")});
}

} // namespace ty::app
