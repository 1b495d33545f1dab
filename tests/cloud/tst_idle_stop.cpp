#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

/// The script of rented machines, run here with its files elsewhere and a stop that only says so.
class TestIdleStop : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        for (const char* folder : {"proc", "etc/trainyard", "run/trainyard", "dev/pts", "bin"}) {
            QVERIFY(QDir(m_folder->path()).mkpath(QString::fromLatin1(folder)));
        }
        m_now = 1'800'000'000;
        m_busy = 0;
        m_still = 0;
        write("etc/trainyard/idle-stop.conf", "idle_minutes=15\nhard_limit_hours=12\n");
        write("proc/uptime", "600.00 1200.00\n");
        gpu(0);
    }

    void anIdleMachineStopsAfterItsMinutes()
    {
        pass(1, 90); // it worked
        int minutes = 0;
        while (!hasStopped() && minutes < 60) {
            pass(1, 1);
            ++minutes;
        }
        QVERIFY2(minutes >= 14 && minutes <= 16, qPrintable(QString::number(minutes)));
        QVERIFY(read("stopped").contains("nobody has used it for 15 min"));
    }

    void itWarnsFiveMinutesBefore()
    {
        pass(1, 90);
        for (int i = 0; i < 9; ++i) {
            pass(1, 0);
        }
        QVERIFY(!QFileInfo::exists(path("run/trainyard/stopping-at")));
        for (int i = 0; i < 3; ++i) {
            pass(1, 0);
        }
        QVERIFY(QFileInfo::exists(path("run/trainyard/stopping-at")));
        QVERIFY(!hasStopped());
        pass(1, 50);
        QVERIFY(!QFileInfo::exists(path("run/trainyard/stopping-at")));
    }

    void workOfAnyKindKeepsItRunning_data()
    {
        QTest::addColumn<QString>("kind");
        for (const char* kind : {"cpu", "gpu", "heartbeat", "terminal", "keep"}) {
            QTest::newRow(kind) << QString::fromLatin1(kind);
        }
    }
    void workOfAnyKindKeepsItRunning()
    {
        QFETCH(QString, kind);
        gpu(kind == QLatin1String("gpu") ? 40 : 0);
        if (kind == QLatin1String("keep")) {
            run({QStringLiteral("--keep"), QStringLiteral("1")});
        }
        for (int i = 0; i < 40; ++i) {
            if (kind == QLatin1String("heartbeat")) {
                touch("run/trainyard/heartbeat-7");
            } else if (kind == QLatin1String("terminal")) {
                touch("dev/pts/0");
            }
            pass(1, kind == QLatin1String("cpu") ? 30 : 1);
        }
        QVERIFY(!hasStopped());
    }

    /// A run that hangs gives no heartbeat: it is not work.
    void anOldHeartbeatDoesNotCount()
    {
        touch("run/trainyard/heartbeat-7");
        for (int i = 0; i < 25; ++i) {
            pass(1, 1);
        }
        QVERIFY(hasStopped());
    }

    void theHardLimitStopsAWorkingMachine()
    {
        pass(1, 95);
        QVERIFY(!hasStopped());
        write("proc/uptime", "43200.00 1.00\n");
        pass(1, 95);
        QVERIFY(read("stopped").contains("hard limit"));
    }

    void withoutIdleMinutesItNeverStopsForIdleness()
    {
        write("etc/trainyard/idle-stop.conf", "idle_minutes=0\nhard_limit_hours=0\n");
        for (int i = 0; i < 30; ++i) {
            pass(1, 0);
        }
        QVERIFY(!hasStopped());
    }

    void theSelfTestSaysWhetherItWouldFire()
    {
        pass(1, 50);
        const QByteArray answer = run({QStringLiteral("--self-test")});
        QVERIFY2(answer.contains("\"fires\":true"), answer.constData());
        QVERIFY2(answer.contains("\"idleMinutes\":15"), answer.constData());
        QVERIFY(!hasStopped());
    }

    void theSelfTestLeavesNoTraceAndDoesNotFireWithoutIdleMinutes()
    {
        pass(1, 90);
        const QByteArray before = read("var/lib/trainyard/idle-since");
        run({QStringLiteral("--self-test")});
        QCOMPARE(read("var/lib/trainyard/idle-since"), before);
        write("etc/trainyard/idle-stop.conf", "idle_minutes=0\nhard_limit_hours=12\n");
        QVERIFY(run({QStringLiteral("--self-test")}).contains("\"fires\":false"));
    }

    void aSpentBudgetStopsAWorkingMachineCountedOverRestarts()
    {
        write("etc/trainyard/idle-stop.conf", "idle_minutes=15\nhard_limit_hours=0\nbudget_minutes=30\n");
        for (int i = 0; i < 20; ++i) {
            pass(1, 95);
        }
        QVERIFY(!hasStopped());
        m_now += 7 * 24 * 3600; // it was off for a week
        for (int i = 0; i < 8; ++i) {
            pass(1, 95);
        }
        QVERIFY(!hasStopped());
        for (int i = 0; i < 3; ++i) {
            pass(1, 95);
        }
        QVERIFY(read("stopped").contains("budget is spent"));
    }

private:
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

    void gpu(int percent) const
    {
        write("bin/nvidia-smi", "#!/bin/sh\necho " + QByteArray::number(percent) + "\n");
        QFile::setPermissions(path("bin/nvidia-smi"), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }

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
        write("bin/say-stopped", "#!/bin/sh\necho \"$1\" > " + path("stopped").toUtf8() + "\n");
        QFile::setPermissions(path("bin/say-stopped"), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        environment.insert(QStringLiteral("STOP_COMMAND"), path("bin/say-stopped"));
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

    std::unique_ptr<QTemporaryDir> m_folder;
    qint64 m_now = 0;
    int m_busy = 0;
    int m_still = 0;
};

QTEST_GUILESS_MAIN(TestIdleStop)

#include "tst_idle_stop.moc"
