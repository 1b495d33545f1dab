#include "tests/cloud/idle_machine.h"

using namespace ty;

/// What stops a rented machine that is used, how it lets go of its processors, and what its self-test tells.
class TestIdleLimits : public QObject {
    Q_OBJECT

private slots:
    void init() { m_machine.begin(); }

    void theHardLimitStopsAWorkingMachine()
    {
        m_machine.pass(1, 95);
        QVERIFY(!m_machine.hasStopped());
        m_machine.write("proc/uptime", "43200.00 1.00\n");
        m_machine.pass(1, 95);
        QVERIFY(m_machine.read("stopped").contains("hard limit"));
    }

    void withoutIdleMinutesItNeverStopsForIdleness()
    {
        m_machine.write("etc/trainyard/idle-stop.conf", "idle_minutes=0\nhard_limit_hours=0\n");
        for (int i = 0; i < 30; ++i) {
            m_machine.pass(1, 0);
        }
        QVERIFY(!m_machine.hasStopped());
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
        m_machine.write("etc/trainyard/idle-stop.conf", "provider=azure\nmachine_id='" + id + "'\nidle_minutes=0\nhard_limit_hours=1\n");
        m_machine.write("proc/uptime", "3600.00 1.00\n");
        m_machine.program("curl", "case $* in\n*resourceId*) printf /subscriptions/s/set/virtualMachines/3 ;;\n"
                        "*/oauth2/token*) echo '{\"access_token\": \"secret\"}' ;;\n*) echo \"$*\" >>" + m_machine.path("asked").toUtf8() + " ;;\nesac\n");
        m_machine.program("shutdown", "touch " + m_machine.path("powered-off").toUtf8() + "\n");
        m_machine.program("pkill", "exit 1\n");
        m_machine.program("logger", "");
        m_machine.setStops(test::IdleMachine::Stops::Really);
        m_machine.run({});
        const QByteArray asked = m_machine.read("asked");
        QVERIFY2(asked.contains("-X POST"), asked.constData());
        QVERIFY2(asked.contains("https://management.azure.com" + released + "?"), asked.constData());
        QVERIFY(!asked.contains("secret")); // it would show in the process list
        QVERIFY(!QFileInfo::exists(m_machine.path("powered-off")));
        QVERIFY(m_machine.run({QStringLiteral("--self-test")}).contains("\"releases\":true"));
        // Refused: it at least switches itself off.
        m_machine.program("curl", "exit 22\n");
        m_machine.run({});
        QVERIFY(QFileInfo::exists(m_machine.path("powered-off")));
        QVERIFY(m_machine.run({QStringLiteral("--self-test")}).contains("\"releases\":false"));
    }

    void theSelfTestSaysWhetherItWouldFire()
    {
        m_machine.pass(1, 50);
        const QByteArray answer = m_machine.run({QStringLiteral("--self-test")});
        QVERIFY2(answer.contains("\"fires\":true"), answer.constData());
        QVERIFY2(answer.contains("\"idleMinutes\":15"), answer.constData());
        QVERIFY(!m_machine.hasStopped());
    }

    void theSelfTestLeavesNoTraceAndDoesNotFireWithoutIdleMinutes()
    {
        m_machine.pass(1, 90);
        const QByteArray before = m_machine.read("var/lib/trainyard/idle-since");
        m_machine.run({QStringLiteral("--self-test")});
        QCOMPARE(m_machine.read("var/lib/trainyard/idle-since"), before);
        m_machine.write("etc/trainyard/idle-stop.conf", "idle_minutes=0\nhard_limit_hours=12\n");
        QVERIFY(m_machine.run({QStringLiteral("--self-test")}).contains("\"fires\":false"));
    }

    void aSpentBudgetStopsAWorkingMachineCountedOverRestarts()
    {
        m_machine.write("etc/trainyard/idle-stop.conf", "idle_minutes=15\nhard_limit_hours=0\nbudget_minutes=30\n");
        for (int i = 0; i < 20; ++i) {
            m_machine.pass(1, 95);
        }
        QVERIFY(!m_machine.hasStopped());
        m_machine.letPass(7 * 24 * 3600); // it was off for a week
        for (int i = 0; i < 8; ++i) {
            m_machine.pass(1, 95);
        }
        QVERIFY(!m_machine.hasStopped());
        for (int i = 0; i < 3; ++i) {
            m_machine.pass(1, 95);
        }
        QVERIFY(m_machine.read("stopped").contains("budget is spent"));
    }

private:
    test::IdleMachine m_machine;
};

QTEST_GUILESS_MAIN(TestIdleLimits)
#include "tst_idle_limits.moc"
