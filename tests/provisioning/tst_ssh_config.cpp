#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include "app/provisioning/ssh_config.h"

using namespace ty;
using namespace ty::app;

class TestSshConfig : public QObject {
    Q_OBJECT

private slots:
    void init();
    void theSshClientUnderstandsTheEntry();
    void whatThePersonWroteStays();
    void aSecondTimeChangesNothing();
    void anEntryIsReplacedAndTakenAwayAlone();
    void aLinkStaysALink();

private:
    QString path(const char* name) const { return m_folder->path() + QLatin1Char('/') + QLatin1String(name); }
    QByteArray text(const char* name) const
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    void put(const char* name, const QByteArray& content) const
    {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(content);
    }
    MachineAccess access(const char* machine = "gpu-1", const char* host = "203.0.113.7") const
    {
        MachineAccess made;
        made.target.machine = machine;
        made.target.host = host;
        made.target.port = 2222;
        made.target.user = "trainer";
        made.target.identityFile = "/home/me/my data 100%/keys/id_ed25519";
        made.knownHostsFile = "/home/me/known_hosts/gpu-1";
        return made;
    }
    SshConfig config() const { return SshConfig(m_folder->path().toStdString()); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestSshConfig::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

void TestSshConfig::theSshClientUnderstandsTheEntry()
{
    if (QStandardPaths::findExecutable(QStringLiteral("ssh")).isEmpty()) {
        QSKIP("no ssh here");
    }
    put("entry", QByteArray::fromStdString(sshConfigEntry(access())));
    QProcess ssh;
    ssh.start(QStringLiteral("ssh"), {QStringLiteral("-G"), QStringLiteral("-F"), path("entry"), QStringLiteral("gpu-1")});
    QVERIFY(ssh.waitForFinished());
    const QByteArray said = ssh.readAllStandardOutput();
    QVERIFY2(said.contains("hostname 203.0.113.7\n"), said.constData());
    QVERIFY(said.contains("port 2222\n"));
    QVERIFY(said.contains("user trainer\n"));
    QVERIFY2(said.contains("identityfile /home/me/my data 100%"), said.constData());
    QVERIFY(said.contains("userknownhostsfile /home/me/known_hosts/gpu-1\n"));
    QVERIFY(said.contains("stricthostkeychecking true\n") || said.contains("stricthostkeychecking yes\n"));
}

void TestSshConfig::whatThePersonWroteStays()
{
    const QByteArray own = "# mine\nHost work\n    HostName work.example\n";
    put("config", own);
    QVERIFY(config().write("gpu-1", sshConfigEntry(access())));
    const QByteArray now = text("config");
    QVERIFY2(now.startsWith("Include config.d/trainyard.conf\n"), "before the first Host, else it would belong to that one");
    QVERIFY(now.endsWith(own));
    QVERIFY(text("config.d/trainyard.conf").contains("Host gpu-1\n"));
    const auto others = QFile::permissions(path("config.d/trainyard.conf")) & (QFile::WriteGroup | QFile::WriteOther);
    QVERIFY(!others);
}

void TestSshConfig::aSecondTimeChangesNothing()
{
    QVERIFY(config().write("gpu-1", sshConfigEntry(access())));
    const QByteArray config1 = text("config");
    const QByteArray own1 = text("config.d/trainyard.conf");
    QVERIFY(config().write("gpu-1", sshConfigEntry(access())));
    QCOMPARE(text("config"), config1);
    QCOMPARE(text("config.d/trainyard.conf"), own1);
    const auto isThere = config().holds(sshConfigEntry(access()));
    QVERIFY(isThere && *isThere);
}

void TestSshConfig::anEntryIsReplacedAndTakenAwayAlone()
{
    QVERIFY(config().write("gpu-1", sshConfigEntry(access())));
    QVERIFY(config().write("gpu-10", sshConfigEntry(access("gpu-10", "203.0.113.10"))));
    QVERIFY(config().write("gpu-1", sshConfigEntry(access("gpu-1", "203.0.113.99"))));
    const QByteArray both = text("config.d/trainyard.conf");
    QCOMPARE(both.count("Host gpu-1\n"), 1);
    QVERIFY(both.contains("203.0.113.99") && !both.contains("203.0.113.7\n"));
    QVERIFY(config().remove("gpu-1"));
    const QByteArray rest = text("config.d/trainyard.conf");
    QVERIFY(!rest.contains("gpu-1\n"));
    QVERIFY(rest.contains("Host gpu-10\n"));
}

void TestSshConfig::aLinkStaysALink()
{
    put("dotfiles", "# kept elsewhere\n");
    QVERIFY(QFile::link(path("dotfiles"), path("config")));
    QVERIFY(config().write("gpu-1", sshConfigEntry(access())));
    QVERIFY(!QFile::symLinkTarget(path("config")).isEmpty());
    QVERIFY(text("dotfiles").startsWith("Include "));
}

QTEST_GUILESS_MAIN(TestSshConfig)
#include "tst_ssh_config.moc"
