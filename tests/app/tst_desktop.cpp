#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusUnixFileDescriptor>
#include <QProcess>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTest>

#include "app/services/desktop_notices.h"
#include "app/services/sleep_guard.h"

using namespace ty::app;

/// org.freedesktop.Notifications as a desktop has it, as far as is asked of it.
class FakeDesktop : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.Notifications")
public:
    QString title;
    QString text;
    QStringList actions;
    bool isSilent = false;
    int shown = 0;

public slots:
    Q_SCRIPTABLE uint Notify(
        const QString&, uint, const QString&, const QString& summary, const QString& body,
        const QStringList& offered, const QVariantMap& hints, int)
    {
        title = summary;
        text = body;
        actions = offered;
        isSilent = hints.value(QStringLiteral("suppress-sound")).toBool();
        return static_cast<uint>(++shown);
    }

signals:
    Q_SCRIPTABLE void ActionInvoked(uint id, const QString& action);
    Q_SCRIPTABLE void NotificationClosed(uint id, uint reason);
};

/// logind's Manager: the lock is the writing end of a pipe, so that reading tells whether it is still held.
class FakeLogind : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.login1.Manager")
public:
    QStringList asked;
    int reader = -1;

    ~FakeLogind() override { ::close(reader); }
    bool isLockHeld() const
    {
        char byte = 0;
        return ::read(reader, &byte, 1) < 0 && errno == EAGAIN; // 0: nobody has the other end any more
    }

public slots:
    Q_SCRIPTABLE QDBusUnixFileDescriptor
    Inhibit(const QString& what, const QString& who, const QString& why, const QString& mode)
    {
        asked = QStringList{what, who, why, mode};
        int ends[2] = {-1, -1};
        if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
            return QDBusUnixFileDescriptor();
        }
        reader = ends[0];
        QDBusUnixFileDescriptor lock;
        lock.giveFileDescriptor(ends[1]);
        return lock;
    }
};

/// A private bus; neither the person's session nor the system's takes part.
class TestDesktop : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase();
    void noticeIsShownAndItsClickComesBack();
    void clickOnAnotherProgramsNoticeDoesNothing();
    void withoutABusNothingHappens();
    void computerStaysAwakeWhileHeld();
    void answerAfterReleaseHoldsNothing();

private:
    QProcess m_daemon;
    QString m_address;
};

void TestDesktop::initTestCase()
{
    const auto program = QStandardPaths::findExecutable(QStringLiteral("dbus-daemon"));
    if (program.isEmpty()) {
        QSKIP("dbus-daemon is not installed");
    }
    m_daemon.start(
        program, {QStringLiteral("--session"), QStringLiteral("--nofork"), QStringLiteral("--print-address=1")});
    if (!m_daemon.waitForStarted() || !m_daemon.waitForReadyRead(10000)) {
        QSKIP("dbus-daemon does not start here");
    }
    m_address = QString::fromUtf8(m_daemon.readLine()).trimmed();
    QVERIFY(QDBusConnection::connectToBus(m_address, QStringLiteral("desktop")).isConnected());
    QVERIFY(QDBusConnection::connectToBus(m_address, QStringLiteral("ours")).isConnected());
}

void TestDesktop::cleanupTestCase()
{
    QDBusConnection::disconnectFromBus(QStringLiteral("desktop"));
    QDBusConnection::disconnectFromBus(QStringLiteral("ours"));
    m_daemon.kill();
    m_daemon.waitForFinished();
}

void TestDesktop::noticeIsShownAndItsClickComesBack()
{
    FakeDesktop desktop;
    QDBusConnection theirs(QStringLiteral("desktop"));
    QVERIFY(theirs.registerService(QStringLiteral("org.freedesktop.Notifications")));
    QVERIFY(theirs.registerObject(
        QStringLiteral("/org/freedesktop/Notifications"), &desktop, QDBusConnection::ExportScriptableContents));
    DesktopNotices notices{QDBusConnection(QStringLiteral("ours"))};
    int clicks = 0;

    notices.notify(QStringLiteral("digits-fast-1 has finished"), QStringLiteral("a < b"), [&clicks] { ++clicks; });

    QTRY_COMPARE(desktop.shown, 1);
    QCOMPARE(desktop.title, QStringLiteral("digits-fast-1 has finished"));
    QCOMPARE(desktop.text, QStringLiteral("a &lt; b"));
    QVERIFY(desktop.actions.contains(QStringLiteral("default")));
    QVERIFY(desktop.isSilent);
    // The desktop's answer and its signal travel in order, so the notice is known by then.
    emit desktop.ActionInvoked(1, QStringLiteral("default"));
    QTRY_COMPARE(clicks, 1);
    emit desktop.ActionInvoked(1, QStringLiteral("default"));
    emit desktop.ActionInvoked(77, QStringLiteral("default"));
    notices.notify(QStringLiteral("second"), {}, [&clicks] { clicks += 10; });
    QTRY_COMPARE(desktop.shown, 2);
    emit desktop.NotificationClosed(2, 1);
    emit desktop.ActionInvoked(2, QStringLiteral("default"));
    notices.notify(QStringLiteral("third"), {}, [&clicks] { clicks += 100; });
    QTRY_COMPARE(desktop.shown, 3);
    emit desktop.ActionInvoked(3, QStringLiteral("default"));
    QTRY_COMPARE(clicks, 101);
    theirs.unregisterObject(QStringLiteral("/org/freedesktop/Notifications"));
    theirs.unregisterService(QStringLiteral("org.freedesktop.Notifications"));
}

void TestDesktop::clickOnAnotherProgramsNoticeDoesNothing()
{
    FakeDesktop desktop;
    QDBusConnection theirs(QStringLiteral("desktop"));
    QVERIFY(theirs.registerService(QStringLiteral("org.freedesktop.Notifications")));
    QVERIFY(theirs.registerObject(
        QStringLiteral("/org/freedesktop/Notifications"), &desktop, QDBusConnection::ExportScriptableContents));
    DesktopNotices notices{QDBusConnection(QStringLiteral("ours"))};
    int clicks = 0;
    notices.notify(QStringLiteral("ours"), {}, [&clicks] { ++clicks; });
    QTRY_COMPARE(desktop.shown, 1);
    emit desktop.ActionInvoked(55, QStringLiteral("default"));
    emit desktop.ActionInvoked(1, QStringLiteral("default"));
    QTRY_COMPARE(clicks, 1);
    theirs.unregisterObject(QStringLiteral("/org/freedesktop/Notifications"));
    theirs.unregisterService(QStringLiteral("org.freedesktop.Notifications"));
}

void TestDesktop::withoutABusNothingHappens()
{
    DesktopNotices notices{QDBusConnection(QStringLiteral("there is none"))};
    notices.notify(QStringLiteral("title"), {}, [] { QFAIL("nobody can have clicked"); });
    SleepGuard guard([] { return QDBusConnection(QStringLiteral("there is none")); });
    guard.hold(QStringLiteral("A run is training"));
    QVERIFY(!guard.isHeld());
    guard.release();
}

void TestDesktop::computerStaysAwakeWhileHeld()
{
    FakeLogind logind;
    QDBusConnection theirs(QStringLiteral("desktop"));
    QVERIFY(theirs.registerService(QStringLiteral("org.freedesktop.login1")));
    QVERIFY(theirs.registerObject(
        QStringLiteral("/org/freedesktop/login1"), &logind, QDBusConnection::ExportScriptableContents));
    SleepGuard guard([] { return QDBusConnection(QStringLiteral("ours")); });

    guard.hold(QStringLiteral("A run is training"));
    guard.hold(QStringLiteral("A run is training")); // is one lock all the same
    QTRY_VERIFY(guard.isHeld());
    QCOMPARE(logind.asked.value(0), QStringLiteral("sleep"));
    QCOMPARE(logind.asked.value(3), QStringLiteral("block"));
    QTRY_VERIFY(logind.isLockHeld());

    guard.release();
    QVERIFY(!guard.isHeld());
    QTRY_VERIFY(!logind.isLockHeld());
    theirs.unregisterObject(QStringLiteral("/org/freedesktop/login1"));
    theirs.unregisterService(QStringLiteral("org.freedesktop.login1"));
}

void TestDesktop::answerAfterReleaseHoldsNothing()
{
    FakeLogind logind;
    QDBusConnection theirs(QStringLiteral("desktop"));
    QVERIFY(theirs.registerService(QStringLiteral("org.freedesktop.login1")));
    QVERIFY(theirs.registerObject(
        QStringLiteral("/org/freedesktop/login1"), &logind, QDBusConnection::ExportScriptableContents));
    SleepGuard guard([] { return QDBusConnection(QStringLiteral("ours")); });
    guard.hold(QStringLiteral("A run is training"));
    guard.release(); // before logind has answered
    QTRY_VERIFY(!logind.asked.isEmpty());
    QTRY_VERIFY(!logind.isLockHeld());
    QVERIFY(!guard.isHeld());
    theirs.unregisterObject(QStringLiteral("/org/freedesktop/login1"));
    theirs.unregisterService(QStringLiteral("org.freedesktop.login1"));
}

QTEST_GUILESS_MAIN(TestDesktop)
#include "tst_desktop.moc"
