#include <QElapsedTimer>
#include <QTest>

#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/interruption.h"

using namespace ty;

/// Ctrl-C while a command works.
class TestInterruption : public QObject {
    Q_OBJECT
private slots:
    void aSignalAsksTheWorkToStop_data()
    {
        QTest::addColumn<int>("signal");
        QTest::newRow("Ctrl-C") << SIGINT;
        QTest::newRow("kill") << SIGTERM;
    }

    void aSignalAsksTheWorkToStop()
    {
        QFETCH(int, signal);
        // In a process of its own: the test's has threads that began before.
        const pid_t command = ::fork();
        if (command == 0) {
            const Interruption interruption;
            const bool isEarly = interruption.token().stop_requested();
            ::kill(::getpid(), signal);
            for (int i = 0; i < 500 && !interruption.token().stop_requested(); ++i) {
                ::usleep(10'000);
            }
            ::_exit(!isEarly && interruption.token().stop_requested() ? 0 : 1);
        }
        int status = -1;
        QCOMPARE(::waitpid(command, &status, 0), command);
        QVERIFY2(WIFEXITED(status) && WEXITSTATUS(status) == 0, qPrintable(QString::number(status)));
    }

    void aCommandThatIsDoneWaitsForNoSignal()
    {
        QElapsedTimer clock;
        clock.start();
        for (int i = 0; i < 100; ++i) {
            const Interruption interruption;
            QVERIFY(!interruption.token().stop_requested());
        }
        QVERIFY2(clock.elapsed() < 5000, "a hundred commands, each with a tenth of a second to wait, take ten");
    }
};

QTEST_GUILESS_MAIN(TestInterruption)
#include "tst_interruption.moc"
