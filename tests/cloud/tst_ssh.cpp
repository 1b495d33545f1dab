#include <thread>

#include <QElapsedTimer>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include "cloud/ssh/key_pair.h"
#include "cloud/ssh/ssh_session.h"
#include "engine/base/files.h"
#include "tests/cloud/real_sshd.h"

using namespace ty;
using namespace ty::cloud;
using namespace std::chrono_literals;

namespace {

std::string userName()
{
    QProcess id;
    id.start(QStringLiteral("id"), {QStringLiteral("-un")});
    id.waitForFinished();
    return id.readAllStandardOutput().trimmed().toStdString();
}

} // namespace

class TestSsh : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        QVERIFY2(QFileInfo::exists(QStringLiteral("/usr/sbin/sshd")), "openssh-server is not installed");
        auto pair = KeyPair::openOrCreate(m_folder.path().toStdString() + "/keys", "trainyard@test");
        QVERIFY2(pair.isOk(), pair ? "" : pair.error().message.c_str());
        m_pair = *pair;
        m_sshd = std::make_unique<RealSshd>(m_pair.publicLine);
    }

    void aKeyIsMadeOnceAndClosedToOthers()
    {
        const auto again = KeyPair::openOrCreate(m_folder.path().toStdString() + "/keys", "trainyard@test");
        QVERIFY(again.isOk());
        QCOMPARE(again->publicLine, m_pair.publicLine);
        QVERIFY(m_pair.publicLine.starts_with("ssh-ed25519 "));
        const auto open = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;
        QVERIFY(!(QFileInfo(QString::fromStdString(m_pair.privateFile)).permissions() & open));
    }

    void aBrokenKeyFileIsToldAndKept()
    {
        const std::string folder = m_folder.path().toStdString() + "/broken";
        QVERIFY(makeFolders(folder).isOk());
        QVERIFY(writeFileAtomically(folder + "/id_ed25519", "no key").isOk());
        QCOMPARE(KeyPair::openOrCreate(folder, "x").error().kind, ErrorKind::InvalidInput);
        QCOMPARE(readFile(folder + "/id_ed25519").value(), "no key");
    }

    void theFingerprintIsOpenSshs()
    {
        const QString file = QString::fromStdString(m_pair.privateFile) + QStringLiteral(".pub");
        QProcess keygen;
        keygen.start(QStringLiteral("ssh-keygen"), {QStringLiteral("-lf"), file});
        QVERIFY(keygen.waitForFinished());
        QCOMPARE(
            QByteArray::fromStdString(fingerprintOf(m_pair.publicLine).value_or("")),
            keygen.readAllStandardOutput().split(' ').at(1));
        QVERIFY(!fingerprintOf("ssh-ed25519 notbase64").has_value());
        QVERIFY(!fingerprintOf("hello").has_value());
    }

    void hostKeysAreFoundInASerialLog()
    {
        const std::string log = "[   12.3] cloud-init: -----BEGIN SSH HOST KEY KEYS-----\n[   12.3] cloud-init: "
            + m_pair.publicLine + "\n" + m_pair.publicLine + "\n-----END SSH HOST KEY KEYS-----\n";
        const HostKeys keys = hostKeysIn(log);
        QCOMPARE(keys.fingerprints.size(), std::size_t{1});
        QVERIFY(keys.knows(fingerprintOf(m_pair.publicLine).value()));
    }

    void aCommandRunsWithInputOutputAndStatus()
    {
        auto session = connect();
        QVERIFY2(session.isOk(), session ? "" : session.error().message.c_str());
        const auto output = (*session)->run("cat; echo problem >&2; exit 7", "over there", {});
        QVERIFY(output.isOk());
        QCOMPARE(output->standardOutput, "over there");
        QCOMPARE(output->standardError, "problem\n");
        QCOMPARE(output->exitStatus, 7);
        const auto large = (*session)->run("head -c 3000000 /dev/zero", {}, {});
        QVERIFY(large.isOk());
        QCOMPARE(large->standardOutput.size(), std::size_t{3'000'000});
    }

    void anUnknownOrChangedHostKeyIsNeverTrusted()
    {
        SshTarget target = this->target();
        target.hostKeys = {};
        QCOMPARE(SshSession::connect(target, 5s, {}).error().kind, ErrorKind::Permission);
        const HostKeys before = m_sshd->hostKeys();
        m_sshd->changeHostKey();
        target.hostKeys = before;
        const auto changed = SshSession::connect(target, 5s, {});
        QVERIFY(!changed.isOk());
        QCOMPARE(changed.error().kind, ErrorKind::Permission);
        QVERIFY(changed.error().message.find(m_sshd->hostKeys().fingerprints.at(0)) != std::string::npos);
        QVERIFY(connect().isOk());
    }

    void anotherKeyIsRefused()
    {
        const auto other = KeyPair::openOrCreate(m_folder.path().toStdString() + "/other", "other");
        QVERIFY(other.isOk());
        SshTarget target = this->target();
        target.identityFile = other->privateFile;
        const auto refused = SshSession::connect(target, 5s, {});
        QVERIFY(!refused.isOk());
        QCOMPARE(refused.error().kind, ErrorKind::Permission);
    }

    void nobodyAtTheAddressIsANetworkError()
    {
        SshTarget target = this->target();
        target.port = 1;
        QCOMPARE(SshSession::connect(target, 2s, {}).error().kind, ErrorKind::Network);
    }

    void aStopEndsALongCommand()
    {
        auto session = connect();
        QVERIFY(session.isOk());
        std::stop_source stop;
        std::thread stopper([&] {
            std::this_thread::sleep_for(200ms);
            stop.request_stop();
        });
        QElapsedTimer timer;
        timer.start();
        const auto output = (*session)->run("sleep 30", {}, stop.get_token());
        stopper.join();
        QVERIFY(!output.isOk());
        QCOMPARE(output.error().kind, ErrorKind::Cancelled);
        QVERIFY(timer.elapsed() < 10'000);
    }

private:
    SshTarget target() const
    {
        SshTarget target;
        target.host = "127.0.0.1";
        target.port = m_sshd->port();
        target.user = userName();
        target.identityFile = m_pair.privateFile;
        target.hostKeys = m_sshd->hostKeys();
        target.machine = "gpu-1";
        return target;
    }
    Result<std::unique_ptr<SshSession>> connect() const { return SshSession::connect(target(), 5s, {}); }

    QTemporaryDir m_folder;
    KeyPair m_pair;
    std::unique_ptr<RealSshd> m_sshd;
};

QTEST_GUILESS_MAIN(TestSsh)

#include "tst_ssh.moc"
