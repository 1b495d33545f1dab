#pragma once

#include <memory>

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

namespace ty::test {

/// The script of rented machines, run here with its files elsewhere and a stop that only says so.
class IdleMachine {
public:
    /// A machine that nobody uses, which stops after 15 min and at most 12 h.
    void begin()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        for (const char* folder : {"proc", "etc/trainyard", "run/trainyard", "dev/pts", "bin"}) {
            QVERIFY(QDir(m_folder->path()).mkpath(QString::fromLatin1(folder)));
        }
        m_now = 1'800'000'000;
        m_stops = Stops::SaysSo;
        m_busy = 0;
        m_still = 0;
        write("etc/trainyard/idle-stop.conf", "idle_minutes=15\nhard_limit_hours=12\n");
        write("proc/uptime", "600.00 1200.00\n");
        gpu(0);
    }

    QString path(const char* name) const { return m_folder->filePath(QString::fromLatin1(name)); }

    void write(const char* name, const QByteArray& content) const
    {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(content);
    }

    QByteArray read(const char* name) const
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    void touch(const char* name) const
    {
        write(name, "x");
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::ReadWrite));
        const auto time = QDateTime::fromSecsSinceEpoch(m_now);
        file.setFileTime(time, QFileDevice::FileModificationTime);
        file.setFileTime(time, QFileDevice::FileAccessTime);
    }

    /// What the script finds under that name instead of the computer's own.
    void program(const char* name, const QByteArray& script) const
    {
        const QByteArray file = QByteArray("bin/") + name;
        write(file.constData(), "#!/bin/sh\n" + script);
        QFile::setPermissions(path(file.constData()), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }

    void gpu(int percent) const { program("nvidia-smi", "echo " + QByteArray::number(percent) + "\n"); }

    /// Lets minutes go by in which the processors were busy for that share, and looks at their end.
    void pass(int minutes, int percent)
    {
        m_now += 60 * minutes;
        m_busy += percent * minutes;
        m_still += (100 - percent) * minutes;
        write(
            "proc/stat",
            "cpu  " + QByteArray::number(100 + m_busy) + " 0 0 " + QByteArray::number(100 + m_still) + " 0 0 0 0 0 0\n");
        run({});
    }

    QByteArray run(const QStringList& arguments)
    {
        QProcess process;
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("ROOT"), m_folder->path());
        environment.insert(QStringLiteral("NOW"), QString::number(m_now));
        environment.insert(
            QStringLiteral("PATH"), path("bin") + QLatin1Char(':') + environment.value(QStringLiteral("PATH")));
        if (m_stops == Stops::SaysSo) {
            program("say-stopped", "echo \"$1\" > " + path("stopped").toUtf8() + "\n");
            environment.insert(QStringLiteral("STOP_COMMAND"), path("bin/say-stopped"));
        }
        process.setProcessEnvironment(environment);
        process.start(
            QStringLiteral("/bin/sh"),
            QStringList{QStringLiteral(TRAINYARD_SOURCE_DIR "/packaging/machine/idle-stop.sh")} + arguments);
        process.waitForFinished();
        if (process.exitCode() != 0) {
            qWarning("%s", process.readAllStandardError().constData());
        }
        return process.readAllStandardOutput();
    }

    bool hasStopped() const { return QFileInfo::exists(path("stopped")); }

    enum class Stops { SaysSo, Really }; ///< Really: with programs that the test has put in their places
    void setStops(Stops stops) { m_stops = stops; }
    void letPass(qint64 seconds) { m_now += seconds; }

private:
    Stops m_stops = Stops::SaysSo;
    std::unique_ptr<QTemporaryDir> m_folder;
    qint64 m_now = 0;
    int m_busy = 0;
    int m_still = 0;
};

} // namespace ty::test
