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
        m_stops = Stops::SaysSo;
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

    /// Azure, asked by the machine's own identity: a machine by the id that it was made with, a node of a scale set by the one that
    /// the metadata service tells it.
    void atAzureItReleasesItself_data()
    {
        QTest::addColumn<QByteArray>("id");
        QTest::addColumn<QByteArray>("released");
        QTest::newRow("machine") << QByteArray("/subscriptions/s/vm") << QByteArray("/subscriptions/s/vm/deallocate");
        QTest::newRow("node") << QByteArray() << QByteArray("/subscriptions/s/set/virtualMachines/3/deallocate");
    }
    void atAzureItReleasesItself()
    {
        QFETCH(QByteArray, id);
        QFETCH(QByteArray, released);
        write("etc/trainyard/idle-stop.conf", "provider=azure\nmachine_id='" + id + "'\nidle_minutes=0\nhard_limit_hours=1\n");
        write("proc/uptime", "3600.00 1.00\n");
        program("curl", "case $* in\n*resourceId*) printf /subscriptions/s/set/virtualMachines/3 ;;\n"
                        "*/oauth2/token*) echo '{\"access_token\": \"secret\"}' ;;\n*) echo \"$*\" >>" + path("asked").toUtf8() + " ;;\nesac\n");
        program("shutdown", "touch " + path("powered-off").toUtf8() + "\n");
        program("pkill", "exit 1\n");
        program("logger", "");
        m_stops = Stops::Really;
        run({});
        const QByteArray asked = read("asked");
        QVERIFY2(asked.contains("-X POST"), asked.constData());
        QVERIFY2(asked.contains("https://management.azure.com" + released + "?"), asked.constData());
        QVERIFY(!asked.contains("secret")); // it would show in the process list
        QVERIFY(!QFileInfo::exists(path("powered-off")));
        QVERIFY(run({QStringLiteral("--self-test")}).contains("\"releases\":true"));
        // Refused: it at least switches itself off.
        program("curl", "exit 22\n");
        run({});
        QVERIFY(QFileInfo::exists(path("powered-off")));
        QVERIFY(run({QStringLiteral("--self-test")}).contains("\"releases\":false"));
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
    Stops m_stops = Stops::SaysSo;
    std::unique_ptr<QTemporaryDir> m_folder;
    qint64 m_now = 0;
    int m_busy = 0;
    int m_still = 0;
};

QTEST_GUILESS_MAIN(TestIdleStop)

#include "tst_idle_stop.moc"
