#include <thread>

#include <QTemporaryDir>
#include <QTest>

#include "cloud/auth/crypto.h"
#include "cloud/auth/process.h"
#include "tests/cloud/auth/auth_fixture.h"

using namespace ty;
using namespace ty::cloud;
using namespace ty::test;
using namespace std::chrono_literals;

class TestAuth : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void hashesAreThoseOfTheStandards()
    {
        // Source: FIPS 180-4 and RFC 4231, test case 2.
        QCOMPARE(
            QByteArray::fromStdString(sha256("abc")).toHex(),
            QByteArray("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
        QCOMPARE(
            QByteArray::fromStdString(hmacSha256("Jefe", "what do ya want for nothing?")).toHex(),
            QByteArray("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
    }

    void keyThatCannotBeReadIsNotShown()
    {
        const auto got = signRsaSha256("-----BEGIN PRIVATE KEY-----\nSECRETSECRET\n-----END PRIVATE KEY-----\n", "x", RsaPadding::Pss);
        QVERIFY(!got);
        QVERIFY(got.error().message.find("SECRET") == std::string::npos);
    }

    void programThatHangsIsKilledWithItsChildren()
    {
        const QTemporaryDir folder;
        const std::string slow = script(folder, "slow", "echo begun\nsleep 60 & wait");
        const auto start = std::chrono::steady_clock::now();
        QCOMPARE(runProgram(slow, {}, 200ms, {}).error().kind, ErrorKind::Network);
        std::stop_source stop;
        std::jthread stopper([&] {
            std::this_thread::sleep_for(100ms);
            stop.request_stop();
        });
        QCOMPARE(runProgram(slow, {}, 60s, stop.get_token()).error().kind, ErrorKind::Cancelled);
        QVERIFY(std::chrono::steady_clock::now() - start < 10s);
    }

    void largeOutputOfBothChannelsIsRead()
    {
        const QTemporaryDir folder;
        const std::string loud = script(folder, "loud", "head -c 300000 /dev/zero | tr '\\0' a\nhead -c 300000 /dev/zero | tr '\\0' b >&2\nexit 3");
        const auto output = runProgram(loud, {}, 20s, {});
        QVERIFY(output);
        QCOMPARE(output->exitCode, 3);
        QCOMPARE(output->standardOutput.size(), std::size_t{300000});
        QCOMPARE(output->standardError.size(), std::size_t{300000});
    }
};

QTEST_GUILESS_MAIN(TestAuth)
#include "tst_auth.moc"
