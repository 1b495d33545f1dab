#include "app/services/network_preview.h"

#include <utility>

#include <QTemporaryFile>

#include "app/services/runner_call.h"

namespace ty::app {

NetworkPreview::NetworkPreview(QString program, QObject* parent)
    : QObject(parent)
    , m_call(new RunnerCall(std::move(program), this))
{
}

NetworkPreview::~NetworkPreview()
{
    m_call->cancel();
}

void NetworkPreview::ask(const RunSpec& spec, std::function<void(Outcome)> then)
{
    m_call->cancel();
    m_file = std::make_unique<QTemporaryFile>();
    const QByteArray text = QByteArray::fromStdString(spec.toJson().dump());
    if (!m_file->open() || m_file->write(text) != text.size() || !m_file->flush()) {
        then(Error{ErrorKind::Io, "A temporary file could not be written: " + m_file->errorString().toStdString(), {}});
        return;
    }
    m_call->ask(
        {QStringLiteral("train"), m_file->fileName(), QStringLiteral("--print-network"), QStringLiteral("--json")},
        std::move(then));
}

} // namespace ty::app
