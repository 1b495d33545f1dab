#include <utility>

#include <QFileInfo>
#include <QTest>

#include "tests/cloud/sandbox/sandbox_program.h"

using ty::sandbox::SandboxProgram;

namespace {
const QString kPython = QStringLiteral("/usr/bin/python3"); // another python3 lacks Debian's modules
const QString kShim = QStringLiteral(TRAINYARD_SOURCE_DIR "/tests/cloud/sandbox/az.py");
} // namespace

class TestSandboxAz : public QObject {
    Q_OBJECT

private slots:
    void theAzureCommandLineMakesAndDeletesAMachine();
};

void TestSandboxAz::theAzureCommandLineMakesAndDeletesAMachine()
{
    if (QProcess::execute(kPython, {"-c", "import azure.cli"}) != 0) {
        QSKIP("needs the Azure CLI (package azure-cli, 662 MB)");
    }
    SandboxProgram sandbox;
    const QString problem = sandbox.start({"--pace", "1000", "--ssh-port", "23024"});
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    QFile clientFile(sandbox.text("clientFile"));
    QVERIFY(clientFile.open(QIODevice::ReadOnly));
    const auto client = QJsonDocument::fromJson(clientFile.readAll()).object();
    QTemporaryDir folder;
    // The system's authorities and the sandbox's: nothing is told to look away.
    QFile bundle(folder.filePath("bundle.pem"));
    QFile system(QStringLiteral("/etc/ssl/certs/ca-certificates.crt"));
    QFile own(sandbox.text("caFile"));
    QVERIFY(bundle.open(QIODevice::WriteOnly) && own.open(QIODevice::ReadOnly));
    bundle.write((system.open(QIODevice::ReadOnly) ? system.readAll() : QByteArray()) + own.readAll());
    bundle.close();
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert("AZURE_CONFIG_DIR", folder.filePath("config"));
    environment.insert("AZURE_CORE_COLLECT_TELEMETRY", "no");
    environment.insert("REQUESTS_CA_BUNDLE", bundle.fileName());
    const auto az = [&](const QStringList& arguments) {
        QProcess process;
        process.setProcessEnvironment(environment);
        process.start(kPython, QStringList{kShim} + arguments + QStringList{"--only-show-errors"});
        process.waitForFinished(180'000);
        const QByteArray said = process.readAllStandardOutput();
        if (process.exitCode() != 0) {
            qWarning("az %s: %s", qPrintable(arguments.mid(0, 3).join(' ')), process.readAllStandardError().constData());
        }
        return std::make_pair(process.exitCode(), said);
    };
    const QString origin = sandbox.text("https");
    QCOMPARE(az({"cloud", "register", "--name", "sandbox", "--endpoint-resource-manager", origin, "--endpoint-active-directory", origin + "/adfs",
                 "--endpoint-active-directory-resource-id", origin, "--endpoint-active-directory-graph-resource-id", origin,
                 "--suffix-storage-endpoint", "core.sandbox.localhost", "--endpoint-vm-image-alias-doc", origin + "/aliases.json"}).first, 0);
    QCOMPARE(az({"cloud", "set", "--name", "sandbox"}).first, 0);
    QCOMPARE(az({"login", "--service-principal", "-u", client.value("clientId").toString(), "-p", client.value("clientSecret").toString(), "--tenant", client.value("tenantId").toString()}).first, 0);
    QCOMPARE(az({"group", "create", "-n", "g", "-l", "westeurope"}).first, 0);
    const QString key = folder.filePath("key");
    QCOMPARE(QProcess::execute("ssh-keygen", {"-q", "-t", "ed25519", "-N", "", "-f", key}), 0);
    const auto made = az({"vm", "create", "-g", "g", "-n", "box", "--image", "Debian12", "--size", "Standard_B2s", "--admin-username", "trainer", "--ssh-key-values", key + ".pub"});
    QCOMPARE(made.first, 0);
    QVERIFY2(made.second.contains("\"powerState\": \"VM running\""), made.second.constData());
    const auto listed = az({"vm", "list", "-g", "g", "--query", "[].name", "-o", "tsv"});
    QCOMPARE(listed.second.trimmed(), QByteArray("box"));
    const auto shown = az({"vm", "show", "-d", "-g", "g", "-n", "box", "--query", "publicIps", "-o", "tsv"});
    QVERIFY2(shown.second.startsWith("127.77."), shown.second.constData());
    QCOMPARE(az({"vm", "deallocate", "-g", "g", "-n", "box"}).first, 0);
    const auto off = az({"vm", "get-instance-view", "-g", "g", "-n", "box", "--query", "instanceView.statuses[1].code", "-o", "tsv"});
    QCOMPARE(off.second.trimmed(), QByteArray("PowerState/deallocated"));
    QCOMPARE(az({"vm", "start", "-g", "g", "-n", "box"}).first, 0);
    QCOMPARE(az({"vm", "delete", "-g", "g", "-n", "box", "--yes"}).first, 0);
    QCOMPARE(az({"vm", "list", "-g", "g", "--query", "length(@)", "-o", "tsv"}).second.trimmed(), QByteArray("0"));
    QCOMPARE(az({"group", "delete", "-n", "g", "--yes"}).first, 0);
}

QTEST_GUILESS_MAIN(TestSandboxAz)
#include "tst_sandbox_az.moc"
