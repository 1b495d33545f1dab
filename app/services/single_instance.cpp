#include "app/services/single_instance.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QLocalServer>
#include <QLocalSocket>
#include <QTimer>

namespace ty::app {

namespace {
constexpr int kConnectMs = 300;
constexpr int kAnswerMs = 500;
constexpr qint64 kLongestMessage = 1 << 20;
constexpr auto kEnd = '\n';

QString socketPath(const QString& dataFolder)
{
    const auto runtime = qEnvironmentVariable("XDG_RUNTIME_DIR");
    QString folder = runtime.isEmpty() ? dataFolder : runtime + QStringLiteral("/trainyard");
    // A Unix socket's path holds 107 bytes at most; a deep data folder would not fit.
    if (folder.toLocal8Bit().size() > 80) {
        folder = QDir::tempPath() + QStringLiteral("/trainyard-%1").arg(qEnvironmentVariable("USER"));
    }
    QDir().mkpath(folder);
    QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    const auto key = QCryptographicHash::hash(QDir(dataFolder).absolutePath().toUtf8(), QCryptographicHash::Sha256)
                         .toHex()
                         .left(12);
    return folder + QStringLiteral("/window-%1").arg(QString::fromLatin1(key));
}
} // namespace

SingleInstance::SingleInstance(const QString& dataFolder, QObject* parent)
    : QObject(parent)
    , m_socket(socketPath(dataFolder))
{
}

SingleInstance::~SingleInstance() = default;

bool SingleInstance::handOver(const QStringList& files)
{
    QLocalSocket socket;
    socket.connectToServer(m_socket);
    if (!socket.waitForConnected(kConnectMs)) {
        return false;
    }
    // Files travel in percent-encoding: a path may hold anything but NUL.
    QByteArray message;
    for (const auto& file : files) {
        message += QFile::encodeName(file).toPercentEncoding() + ' ';
    }
    socket.write(message + kEnd);
    return socket.waitForReadyRead(kAnswerMs);
}

void SingleInstance::listen()
{
    m_server = std::make_unique<QLocalServer>();
    m_server->setSocketOptions(QLocalServer::UserAccessOption);
    // Left behind by a window that was killed; nobody answers on it, or handOver() would have succeeded.
    QLocalServer::removeServer(m_socket);
    if (!m_server->listen(m_socket)) {
        qWarning("cannot listen on %s: a second start will open a second window", qPrintable(m_socket));
        return;
    }
    connect(m_server.get(), &QLocalServer::newConnection, this, [this] {
        auto* client = m_server->nextPendingConnection();
        connect(client, &QLocalSocket::disconnected, client, &QObject::deleteLater);
        connect(client, &QLocalSocket::readyRead, this, [this, client] {
            if (client->bytesAvailable() > kLongestMessage) {
                client->abort();
                return;
            }
            if (!client->canReadLine()) {
                return;
            }
            QStringList files;
            for (const auto& word : client->readLine().trimmed().split(' ')) {
                if (!word.isEmpty()) {
                    files << QFile::decodeName(QByteArray::fromPercentEncoding(word));
                }
            }
            client->write("ok\n");
            client->flush();
            emit raised(files);
        });
    });
}

} // namespace ty::app
