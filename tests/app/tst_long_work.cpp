// What long work means to the desktop, with a bus of our own and the services of a real window.
#include <memory>

#include <QDBusConnection>
#include <QDateTime>
#include <QProcess>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTest>

#include "app/main_window.h"
#include "app/services/all_services.h"
#include "app/services/desktop_notices.h"
#include "app/services/long_work.h"
#include "app/services/sleep_guard.h"
#include "tests/app/run_fixture.h"

using namespace ty;
using namespace ty::app;

/// org.freedesktop.Notifications, which counts.
class CountingDesktop : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.Notifications")
public:
    QStringList titles;

public slots:
    Q_SCRIPTABLE uint Notify(
        const QString&, uint, const QString&, const QString& summary, const QString&, const QStringList&,
        const QVariantMap&, int)
    {
        titles << summary;
        return static_cast<uint>(titles.size());
    }
};

/// logind's Manager, which counts.
class CountingLogind : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.login1.Manager")
public:
    int asked = 0;

public slots:
    Q_SCRIPTABLE void Inhibit(const QString&, const QString&, const QString&, const QString&) { ++asked; }
};

class TestLongWork : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase();
    void noticesAreForLongWorkThatNobodyWatches_data();
    void noticesAreForLongWorkThatNobodyWatches();
    void pausedRunsMaySleep();

private:
    QProcess m_daemon;
    CountingDesktop m_desktop;
    CountingLogind m_logind;
    std::unique_ptr<RunFixture> m_fixture;
};

void TestLongWork::initTestCase()
{
    const auto program = QStandardPaths::findExecutable(QStringLiteral("dbus-daemon"));
    if (program.isEmpty()) {
        QSKIP("dbus-daemon is not installed");
    }
    m_daemon.start(program, {QStringLiteral("--session"), QStringLiteral("--nofork"), QStringLiteral("--print-address=1")});
    if (!m_daemon.waitForStarted() || !m_daemon.waitForReadyRead(10000)) {
        QSKIP("dbus-daemon does not start here");
    }
    const auto address = QString::fromUtf8(m_daemon.readLine()).trimmed();
    auto theirs = QDBusConnection::connectToBus(address, QStringLiteral("theirs"));
    QVERIFY(QDBusConnection::connectToBus(address, QStringLiteral("ours")).isConnected());
    QVERIFY(theirs.registerService(QStringLiteral("org.freedesktop.Notifications")));
    QVERIFY(theirs.registerObject(
        QStringLiteral("/org/freedesktop/Notifications"), &m_desktop, QDBusConnection::ExportScriptableContents));
    QVERIFY(theirs.registerService(QStringLiteral("org.freedesktop.login1")));
    QVERIFY(theirs.registerObject(
        QStringLiteral("/org/freedesktop/login1"), &m_logind, QDBusConnection::ExportScriptableContents));
    m_fixture = std::make_unique<RunFixture>();
    QVERIFY(m_fixture->start());
}

void TestLongWork::cleanupTestCase()
{
    m_fixture.reset();
    QDBusConnection::disconnectFromBus(QStringLiteral("theirs"));
    QDBusConnection::disconnectFromBus(QStringLiteral("ours"));
    m_daemon.kill();
    m_daemon.waitForFinished();
}

void TestLongWork::noticesAreForLongWorkThatNobodyWatches_data()
{
    QTest::addColumn<int>("seconds");
    QTest::addColumn<bool>("isWindowInFront");
    QTest::addColumn<bool>("isWanted");
    QTest::addColumn<OperationState>("state");
    QTest::addColumn<bool>("isTold");
    QTest::newRow("long, nobody looks") << 31 << false << true << OperationState::Done << true;
    QTest::newRow("long and failed") << 31 << false << true << OperationState::Failed << true;
    QTest::newRow("short") << 29 << false << true << OperationState::Done << false;
    QTest::newRow("window in front") << 31 << true << true << OperationState::Done << false;
    QTest::newRow("switched off") << 31 << false << false << OperationState::Done << false;
    QTest::newRow("cancelled by the person") << 31 << false << true << OperationState::Cancelled << false;
}

void TestLongWork::noticesAreForLongWorkThatNobodyWatches()
{
    QFETCH(int, seconds);
    QFETCH(bool, isWindowInFront);
    QFETCH(bool, isWanted);
    QFETCH(OperationState, state);
    QFETCH(bool, isTold);
    auto& context = m_fixture->context();
    DesktopNotices notices{QDBusConnection(QStringLiteral("ours"))};
    SleepGuard sleep([] { return QDBusConnection(QStringLiteral("ours")); });
    LongWork work(
        context.runs, context.activity, context.catalog, context.settings, context.navigation, notices, sleep,
        [isWindowInFront] { return isWindowInFront; });
    context.settings.setValue(QStringLiteral("notifications/desktop"), isWanted);
    m_desktop.titles.clear();

    OperationRow row;
    row.operation = QStringLiteral("Import");
    row.target = QStringLiteral("flowers");
    row.state = state;
    row.ended = QDateTime::currentDateTime();
    row.started = row.ended.addSecs(-seconds);
    emit context.activity.ended(row);
    // Messages of one connection come in order: once this one is there, nothing else is on its way.
    notices.notify(QStringLiteral("last"), {}, [] {});

    QTRY_VERIFY(m_desktop.titles.contains(QStringLiteral("last")));
    QCOMPARE(m_desktop.titles.size(), isTold ? 2 : 1);
}

void TestLongWork::pausedRunsMaySleep()
{
    auto& context = m_fixture->context();
    DesktopNotices notices{QDBusConnection(QStringLiteral("ours"))};
    SleepGuard sleep([] { return QDBusConnection(QStringLiteral("ours")); });
    LongWork work(
        context.runs, context.activity, context.catalog, context.settings, context.navigation, notices, sleep);
    const int before = m_logind.asked;
    auto spec = m_fixture->spec(100000);
    spec.settings["earlyStop"] = false;
    const qint64 run = m_fixture->startRun(spec);
    QVERIFY(run != 0);
    QTRY_COMPARE_WITH_TIMEOUT(m_logind.asked, before + 1, 60000);

    context.runs.pause(run);
    // As the window knows it, which hears of it after the catalog does.
    QTRY_COMPARE_WITH_TIMEOUT(context.runs.live(run)->record().state, catalog::RunState::Paused, 60000);
    const int paused = m_logind.asked;
    context.runs.resume(run); // asks anew only if it had let go
    QTRY_COMPARE_WITH_TIMEOUT(m_logind.asked, paused + 1, 60000);

    context.runs.stop(run);
    QVERIFY(m_fixture->waitForEnd(run));
}

QTEST_MAIN(TestLongWork)
#include "tst_long_work.moc"
