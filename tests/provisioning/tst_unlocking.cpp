#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "app/provisioning/lazy_secrets.h"

using namespace ty;
using namespace ty::app;

/// Secrets where no keychain runs.
class TestUnlocking : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void withoutAnythingThePersonChooses();
    void aLockedFileRefusesAndKeepsNothingElsewhere();
    void aWrongPassphraseChangesNothing();
    void theRightOneOpens();
    void forThisSessionNothingIsWritten();

private:
    catalog::Paths paths() const { return catalog::Paths::below(m_home.path().toStdString()); }
    QTemporaryDir m_home;
};

void TestUnlocking::initTestCase()
{
    qunsetenv("DBUS_SESSION_BUS_ADDRESS");
    qunsetenv("TRAINYARD_PASSPHRASE");
    qputenv("XDG_RUNTIME_DIR", m_home.path().toUtf8());
    QVERIFY(paths().ensure());
}

void TestUnlocking::withoutAnythingThePersonChooses()
{
    LazySecrets secrets(paths());

    QCOMPARE(secrets.need().value(), SecretsNeed::Choice);
    QVERIFY(!secrets.isLocked());
    QVERIFY(secrets.unlock(cloud::Secret("correct horse")));

    QCOMPARE(secrets.need().value(), SecretsNeed::Nothing);
    QVERIFY(secrets.isLasting());
    QVERIFY(secrets.put("account/a/secret", cloud::Secret("value"), "a"));
    QVERIFY(QFile::exists(QString::fromStdString(secretsFile(paths()))));
}

void TestUnlocking::aLockedFileRefusesAndKeepsNothingElsewhere()
{
    LazySecrets secrets(paths());

    const auto found = secrets.find("account/a/secret");
    const auto put = secrets.put("account/b/secret", cloud::Secret("b"), "b");

    QVERIFY(!found && !put);
    QCOMPARE(found.error().kind, ErrorKind::Busy); // it passes: nothing is given up for it
    QVERIFY(secrets.isLocked());
    QCOMPARE(secrets.need().value(), SecretsNeed::Passphrase);
}

void TestUnlocking::aWrongPassphraseChangesNothing()
{
    LazySecrets secrets(paths());
    QVERIFY(!secrets.find("account/a/secret"));

    const auto opened = secrets.unlock(cloud::Secret("wrong horse"));

    QVERIFY(!opened);
    QCOMPARE(opened.error().kind, ErrorKind::Permission);
    QVERIFY(secrets.isLocked());
}

void TestUnlocking::theRightOneOpens()
{
    LazySecrets secrets(paths());
    QVERIFY(!secrets.find("account/a/secret"));

    QVERIFY(secrets.unlock(cloud::Secret("correct horse")));

    QVERIFY(!secrets.isLocked());
    QCOMPARE(secrets.find("account/a/secret").value()->reveal(), std::string("value"));
    QVERIFY(!secrets.find("account/b/secret").value());
}

void TestUnlocking::forThisSessionNothingIsWritten()
{
    LazySecrets secrets(paths());
    QCOMPARE(secrets.need().value(), SecretsNeed::Passphrase);

    secrets.keepForSession();

    QVERIFY(secrets.put("account/c/secret", cloud::Secret("c"), "c"));
    QVERIFY(!secrets.isLasting());
    LazySecrets later(paths());
    QVERIFY(later.unlock(cloud::Secret("correct horse")));
    QVERIFY(!later.find("account/c/secret").value());
}

QTEST_GUILESS_MAIN(TestUnlocking)
#include "tst_unlocking.moc"
