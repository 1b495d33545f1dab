#include "tests/cloud/idle_machine.h"

using namespace ty;

/// When a rented machine counts as used, and that it stops when it does not.
class TestIdleStop : public QObject {
    Q_OBJECT

private slots:
    void init() { m_machine.begin(); }

    void anIdleMachineStopsAfterItsMinutes()
    {
        m_machine.pass(1, 90); // it worked
        int minutes = 0;
        while (!m_machine.hasStopped() && minutes < 60) {
            m_machine.pass(1, 1);
            ++minutes;
        }
        QVERIFY2(minutes >= 14 && minutes <= 16, qPrintable(QString::number(minutes)));
        QVERIFY(m_machine.read("stopped").contains("nobody has used it for 15 min"));
    }

    void itWarnsFiveMinutesBefore()
    {
        m_machine.pass(1, 90);
        for (int i = 0; i < 9; ++i) {
            m_machine.pass(1, 0);
        }
        QVERIFY(!QFileInfo::exists(m_machine.path("run/trainyard/stopping-at")));
        for (int i = 0; i < 3; ++i) {
            m_machine.pass(1, 0);
        }
        QVERIFY(QFileInfo::exists(m_machine.path("run/trainyard/stopping-at")));
        QVERIFY(!m_machine.hasStopped());
        m_machine.pass(1, 50);
        QVERIFY(!QFileInfo::exists(m_machine.path("run/trainyard/stopping-at")));
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
        m_machine.gpu(kind == QLatin1String("gpu") ? 40 : 0);
        if (kind == QLatin1String("keep")) {
            m_machine.run({QStringLiteral("--keep"), QStringLiteral("1")});
        }
        for (int i = 0; i < 20; ++i) { // above its 15 min
            if (kind == QLatin1String("heartbeat")) {
                m_machine.touch("run/trainyard/heartbeat-7");
            } else if (kind == QLatin1String("terminal")) {
                m_machine.touch("dev/pts/0");
            }
            m_machine.pass(1, kind == QLatin1String("cpu") ? 30 : 1);
        }
        QVERIFY(!m_machine.hasStopped());
    }

    /// A run that hangs gives no heartbeat: it is not work.
    void anOldHeartbeatDoesNotCount()
    {
        m_machine.touch("run/trainyard/heartbeat-7");
        for (int i = 0; i < 25; ++i) {
            m_machine.pass(1, 1);
        }
        QVERIFY(m_machine.hasStopped());
    }

private:
    test::IdleMachine m_machine;
};

QTEST_GUILESS_MAIN(TestIdleStop)
#include "tst_idle_stop.moc"
