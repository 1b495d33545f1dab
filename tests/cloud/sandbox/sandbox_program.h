#pragma once

#include <csignal>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>

namespace ty::sandbox {

/// trainyard-sandbox itself, in a folder of its own; nothing of it is left behind.
class SandboxProgram {
public:
    ~SandboxProgram() { end(); }

    /// Starts it, or starts it again, and waits for its line. @return what went wrong; empty: nothing
    QString start(const QStringList& arguments)
    {
        m_process.setProcessChannelMode(QProcess::SeparateChannels);
        m_process.start(
            QStringLiteral(TRAINYARD_BIN_DIR "/trainyard-sandbox"),
            QStringList{QStringLiteral("--data-dir"), folder()} + arguments);
        QElapsedTimer clock;
        clock.start();
        QByteArray line;
        while (!line.endsWith('\n') && clock.elapsed() < 30'000 && m_process.state() != QProcess::NotRunning) {
            m_process.waitForReadyRead(200);
            line += m_process.readLine();
        }
        ready = QJsonDocument::fromJson(line).object();
        return ready.isEmpty() ? QString::fromUtf8(m_process.readAllStandardError() + line) : QString();
    }

    void kill()
    {
        m_process.kill();
        m_process.waitForFinished(10'000);
    }

    /// As a user ends it, and then its machines, which would outlive it.
    void end()
    {
        if (m_process.state() != QProcess::NotRunning) {
            m_process.terminate();
            m_process.waitForFinished(10'000);
        }
        for (const auto& name : QDir(folder() + QStringLiteral("/machines")).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
            const int pid = machineProcess(name);
            if (pid > 0) {
                ::kill(pid, SIGKILL);
            }
        }
    }

    /// The pid of a machine's sshd as the sandbox wrote it down; 0: it is off.
    int machineProcess(const QString& machine) const
    {
        QFile file(folder() + QStringLiteral("/machines/%1/process").arg(machine));
        return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object().value("pid").toInt() : 0;
    }

    QString folder() const { return m_folder.path(); }
    QString text(const char* member) const { return ready.value(QLatin1String(member)).toString(); }

    QJsonObject ready;

private:
    QTemporaryDir m_folder;
    QProcess m_process;
};

} // namespace ty::sandbox
