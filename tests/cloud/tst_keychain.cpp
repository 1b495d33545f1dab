#include <cstdlib>

#include <QTest>

#include "cloud/secrets/keychain_secrets.h"

using namespace ty;
using namespace ty::cloud;

/// Run by with_keychain.sh: a real keychain on a bus of its own.
class TestKeychain : public QObject {
    Q_OBJECT

private slots:
    void keepsASecretForTheNextProgram()
    {
        const std::string text = "p\xc3\xa4ss \"word\"";
        {
            auto keychain = KeychainSecrets::open();
            QVERIFY2(keychain.isOk(), keychain ? "" : keychain.error().message.c_str());
            QVERIFY(*keychain != nullptr);
            QVERIFY((*keychain)->isLasting());
            QVERIFY((*keychain)->put("azure/key", Secret("older"), "Azure key").isOk());
            QVERIFY((*keychain)->put("azure/key", Secret(text), "Azure key").isOk());
        }
        auto keychain = KeychainSecrets::open();
        QVERIFY(keychain.isOk() && *keychain != nullptr);
        const auto found = (*keychain)->find("azure/key");
        QVERIFY(found.isOk() && found->has_value());
        QCOMPARE((*found)->reveal(), text);
        QVERIFY(!(*keychain)->find("probe").value().has_value());
        QVERIFY((*keychain)->remove("azure/key").isOk());
        QVERIFY((*keychain)->remove("azure/key").isOk());
        QVERIFY(!(*keychain)->find("azure/key").value().has_value());
    }

    void withoutABusThereIsNone()
    {
        const QByteArray address = qgetenv("DBUS_SESSION_BUS_ADDRESS");
        qunsetenv("DBUS_SESSION_BUS_ADDRESS");
        const auto keychain = KeychainSecrets::open();
        qputenv("DBUS_SESSION_BUS_ADDRESS", address);
        QVERIFY(keychain.isOk());
        QVERIFY(*keychain == nullptr);
    }
};

QTEST_APPLESS_MAIN(TestKeychain)

#include "tst_keychain.moc"
