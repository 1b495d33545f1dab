#include <csignal>
#include <map>

#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include "app/catalog/machines.h"
#include "app/catalog/operations.h"
#include "app/provisioning/cloud_session.h"
#include "cloud/secrets/session_secrets.h"

using namespace ty;
using namespace ty::cloud;

namespace {

struct Ended {
    int exitCode = 0;
    bool isKilled = false;
    QByteArray output;
};

struct Listed : azure::Resource {
    void fields(auto& f) { resourceFields(f); }
};

/// What a look at the whole resource group finds, by kind.
using Inventory = std::map<std::string, int>;

} // namespace

/// Real processes, a real catalog and the sandbox: the program is killed at every request of an operation, before it is sent
/// and after its answer came, and started again. TRAINYARD_CRASH_STRIDE: only every so many-th request.
class TestProvisioningCrash : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        qputenv("TRAINYARD_SANDBOX_PACE", "2000");
        qputenv("PATH", QByteArray(TRAINYARD_BIN_DIR) + ":" + qgetenv("PATH"));
        if (!QFile::exists(QStringLiteral(TRAINYARD_BIN_DIR "/trainyard-sandbox"))) {
            QFAIL("trainyard-sandbox was not built");
        }
        m_stride = qEnvironmentVariableIntValue("TRAINYARD_CRASH_STRIDE");
        m_stride = m_stride > 0 ? m_stride : 1;
        QVERIFY(openSession());
    }

    void cleanupTestCase()
    {
        m_session.reset();
        // The sandbox goes on when its programs end; this one was ours alone.
        QProcess::execute(
            QStringLiteral("pkill"),
            {QStringLiteral("-TERM"), QStringLiteral("-f"),
             QStringLiteral("trainyard-sandbox --data-dir ") + m_home.path() + QStringLiteral("/sandbox")});
    }

    void anyOperationEndsRightAfterAKill_data()
    {
        QTest::addColumn<QString>("action");
        for (const char* action : {"create", "resize", "capture", "delete"}) {
            QTest::newRow(action) << QString::fromLatin1(action);
        }
    }
    void anyOperationEndsRightAfterAKill()
    {
        QFETCH(QString, action);
        int kills = 0;
        int number = 0;
        for (const QString& when : {QStringLiteral("before"), QStringLiteral("after")}) {
            for (int request = 1;; request += m_stride) {
                const QString name = QStringLiteral("m%1").arg(++number);
                if (action != QLatin1String("create")) {
                    QCOMPARE(child(QStringLiteral("create"), name).exitCode, 0);
                }
                const Ended ended = child(action, name, request, when);
                const Ended again = child(QStringLiteral("recover"), name);
                QVERIFY2(again.exitCode == 0, again.output.constData());
                check(action, name, ended);
                if (QTest::currentTestFailed()) {
                    qWarning("killed %s request %d of %s", qPrintable(when), request, qPrintable(action));
                    return;
                }
                clear(name);
                if (!ended.isKilled) {
                    break; // there are no more requests
                }
                ++kills;
            }
        }
        QVERIFY(kills >= 2);
        qInfo("%s: %d kills", qPrintable(action), kills);
    }

private:
    bool openSession()
    {
        const auto paths = catalog::Paths::below(m_home.path().toStdString());
        if (!paths.ensure()) {
            return false;
        }
        app::Account account;
        account.name = app::kSandboxAccount;
        account.provider = "azure";
        account.signIn = "sandbox";
        auto session = app::CloudSession::open(paths, account, m_secrets, {});
        if (!session) {
            qWarning("%s", session.error().message.c_str());
            return false;
        }
        m_session = std::move(session).value();
        return true;
    }

    Ended child(
        const QString& action, const QString& name, int request = 0, const QString& when = QStringLiteral("before")) const
    {
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(
            QStringLiteral(CRASH_CHILD), {m_home.path(), action, name, QString::number(request), when});
        process.waitForFinished(120'000);
        Ended ended;
        ended.isKilled = process.exitStatus() == QProcess::CrashExit;
        ended.exitCode = process.exitCode();
        ended.output = process.readAll();
        return ended;
    }

    Inventory inventory() const
    {
        Inventory found;
        auto listed = m_session->connection().client().list<Listed>(
            azure::listResources(m_session->account().scope, "crash"), {});
        if (!listed) {
            return found; // the group is not there yet
        }
        for (const auto& resource : *listed) {
            ++found[resource.type];
        }
        return found;
    }

    /// Either all of it or nothing of it; and the catalog says the same as the cloud.
    void check(const QString& action, const QString& name, const Ended& ended)
    {
        const auto paths = catalog::Paths::below(m_home.path().toStdString());
        const auto operations = catalog::Operations::open(paths).value();
        QVERIFY2(operations->openOnes()->empty(), "an operation is still open");
        const auto newest = operations->newest(1).value();
        const auto machines = m_session->machines().machines({});
        QVERIFY(machines.isOk());
        const Inventory found = inventory();
        const bool isThere = !machines->empty();
        const auto record = catalog::Machines::open(paths).value()->find(name.toStdString()).value();
        if (action == QLatin1String("delete")) {
            if (newest.front().kind == "delete") {
                QVERIFY2(!isThere, ended.output.constData());
            }
        } else if (action == QLatin1String("create")) {
            const bool isBegun = !newest.empty() && newest.front().target == name.toStdString();
            QCOMPARE(isThere, isBegun && newest.front().state == "done");
            QCOMPARE(record.has_value(), isThere);
        } else {
            QVERIFY(isThere);
        }
        if (!isThere) {
            for (const auto& [type, count] : found) {
                QVERIFY2(false, (type + " is left").c_str());
            }
            return;
        }
        QCOMPARE(machines->size(), std::size_t{1});
        QCOMPARE(found.at("Microsoft.Compute/virtualMachines"), 1);
        QCOMPARE(found.at("Microsoft.Compute/disks"), 2);
        QCOMPARE(found.at("Microsoft.Network/networkInterfaces"), 1);
        QCOMPARE(found.at("Microsoft.Network/publicIPAddresses"), 1);
        QCOMPARE(found.at("Microsoft.Network/virtualNetworks"), 1);
        QCOMPARE(found.at("Microsoft.Network/networkSecurityGroups"), 1);
        const bool isBegun = newest.front().kind == action.toStdString();
        if (action == QLatin1String("resize") && isBegun) {
            QCOMPARE(machines->front().size, "Standard_D4s_v5");
            QCOMPARE(machines->front().state, MachineState::Running);
        }
        if (action == QLatin1String("capture")) {
            const auto images = found.find("Microsoft.Compute/images");
            QCOMPARE(images == found.end() ? 0 : images->second, isBegun ? 1 : 0);
        }
    }

    /// An empty group for the next round.
    void clear(const QString& name)
    {
        const auto machines = m_session->machines().machines({});
        if (machines && !machines->empty()) {
            const Ended ended = child(QStringLiteral("delete"), name);
            QVERIFY2(ended.exitCode == 0, ended.output.constData());
        }
        const azure::ResourceRef image{m_session->account().scope, "crash", azure::kImages, {name.toStdString() + "-image"}};
        auto removal = m_session->connection().client().begin<azure::NoBody>(azure::deleteResource(image), {});
        if (removal) {
            (void)removal->wait({});
        }
    }

    QTemporaryDir m_home;
    SessionSecrets m_secrets;
    std::unique_ptr<app::CloudSession> m_session;
    int m_stride = 1;
};

QTEST_GUILESS_MAIN(TestProvisioningCrash)

#include "tst_provisioning_crash.moc"
