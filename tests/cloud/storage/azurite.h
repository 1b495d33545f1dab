#pragma once

#include <QElapsedTimer>
#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QThread>

#include "cloud/storage/storage_access.h"

namespace ty::test {

/// Microsoft's storage emulator on loopback, with its usual account and key.
class Azurite {
public:
    /// What is missing to run it; empty: nothing.
    static QString missing()
    {
        const bool isThere = !QStandardPaths::findExecutable(QStringLiteral("node")).isEmpty() && QFileInfo::exists(program());
        return isThere ? QString() : QStringLiteral("needs node and the packages of tests/cloud/storage/node (npm ci; packaging/test.sh does it)");
    }

    /// @param more  arguments that it gets besides
    explicit Azurite(QStringList more = {}, std::string scheme = "http")
        : m_more(std::move(more))
        , m_scheme(std::move(scheme))
    {
        QTcpServer probe;
        probe.listen(QHostAddress::LocalHost, 0);
        m_port = probe.serverPort();
        probe.close();
        start();
    }
    ~Azurite() { stop(); }

    void start()
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(
            QStringLiteral("node"),
            QStringList{
                program(), QStringLiteral("--silent"), QStringLiteral("--disableTelemetry"), QStringLiteral("--location"),
                m_folder.path(), QStringLiteral("--blobPort"), QString::number(m_port)}
                + m_more);
        QElapsedTimer clock;
        clock.start();
        while (clock.elapsed() < 30'000 && m_process.state() != QProcess::NotRunning) {
            QTcpSocket socket;
            socket.connectToHost(QHostAddress(QHostAddress::LocalHost), m_port);
            if (socket.waitForConnected(200)) {
                return;
            }
            QThread::msleep(50);
        }
    }

    void stop()
    {
        m_process.kill();
        m_process.waitForFinished();
    }

    std::string endpoint() const { return m_scheme + "://127.0.0.1:" + std::to_string(m_port) + "/devstoreaccount1"; }
    static const char* key() { return "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="; }
    QString connectionString() const
    {
        return QStringLiteral("DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=%1;BlobEndpoint=%2;")
            .arg(QLatin1String(key()), QString::fromStdString(endpoint()));
    }

    cloud::StorageAccessOptions access() const
    {
        cloud::StorageAccessOptions options;
        options.endpoint = endpoint();
        options.credential.kind = cloud::StorageCredential::Kind::SharedKey;
        options.credential.key = {"devstoreaccount1", cloud::Secret(key())};
        options.curl.isDirect = true;
        return options;
    }

private:
    static QString program()
    {
        return QStringLiteral(TRAINYARD_SOURCE_DIR "/tests/cloud/storage/node/node_modules/azurite/dist/src/blob/main.js");
    }

    QStringList m_more;
    std::string m_scheme;
    QTemporaryDir m_folder;
    QProcess m_process;
    quint16 m_port = 0;
};

} // namespace ty::test
