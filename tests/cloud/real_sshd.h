#pragma once

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QThread>

#include <csignal>
#include <unistd.h>

#include "cloud/ssh/host_key.h"

namespace ty::cloud {

/// OpenSSH's server on loopback with its own host key, for the user who runs the test.
class RealSshd {
public:
    /// `authorizedKey`: the one public key that is let in.
    explicit RealSshd(const std::string& authorizedKey)
    {
        makeHostKey();
        write("authorized_keys", QByteArray::fromStdString(authorizedKey) + "\n");
        if (::geteuid() == 0) {
            QDir().mkpath(QStringLiteral("/run/sshd")); // where it locks itself in
        }
        QTcpServer probe;
        probe.listen(QHostAddress::LocalHost, 0);
        m_port = probe.serverPort();
        probe.close();
        start();
    }

    ~RealSshd() { stop(); }

    int port() const { return m_port; }
    HostKeys hostKeys() const { return hostKeysIn(read("host_key.pub")); }

    /// Ends what is connected, without a farewell.
    void endSessions()
    {
        QProcess children;
        children.start(QStringLiteral("pgrep"), {QStringLiteral("-P"), QString::number(m_process.processId())});
        children.waitForFinished();
        for (const QByteArray& child : children.readAllStandardOutput().split('\n')) {
            if (const int process = child.toInt(); process > 0) {
                ::kill(process, SIGKILL);
            }
        }
    }

    /// As if the machine had been made anew behind the same address.
    void changeHostKey()
    {
        stop();
        QFile::remove(path("host_key"));
        QFile::remove(path("host_key.pub"));
        makeHostKey();
        start();
    }

private:
    QString path(const char* name) const { return m_folder.filePath(QString::fromLatin1(name)); }

    void write(const char* name, const QByteArray& content) const
    {
        QFile file(path(name));
        if (file.open(QIODevice::WriteOnly)) {
            file.write(content);
        }
    }

    std::string read(const char* name) const
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
    }

    void makeHostKey()
    {
        QProcess::execute(
            QStringLiteral("ssh-keygen"),
            {QStringLiteral("-q"), QStringLiteral("-t"), QStringLiteral("ed25519"), QStringLiteral("-N"), QString(),
             QStringLiteral("-f"), path("host_key")});
    }

    void start()
    {
        QByteArray config = "Port " + QByteArray::number(m_port) + "\nListenAddress 127.0.0.1\n";
        config += "HostKey " + path("host_key").toUtf8() + "\n";
        config += "AuthorizedKeysFile " + path("authorized_keys").toUtf8() + "\n";
        config += "UsePAM no\nStrictModes no\nPasswordAuthentication no\nSubsystem sftp internal-sftp\nPidFile none\n";
        write("sshd_config", config);
        m_process.setStandardErrorFile(path("log"));
        m_process.start(
            QStringLiteral("/usr/sbin/sshd"),
            {QStringLiteral("-D"), QStringLiteral("-e"), QStringLiteral("-f"), path("sshd_config")});
        m_process.waitForStarted();
        for (int i = 0; i < 200; ++i) {
            QTcpSocket socket;
            socket.connectToHost(QHostAddress::LocalHost, static_cast<quint16>(m_port));
            if (socket.waitForConnected(100)) {
                return;
            }
            QThread::msleep(20);
        }
    }

    void stop()
    {
        m_process.terminate();
        m_process.waitForFinished();
    }

    QTemporaryDir m_folder;
    QProcess m_process;
    int m_port = 0;
};

} // namespace ty::cloud
