#include <QFileInfo>
#include <QTest>

#include "tests/cloud/sandbox/sandbox_program.h"

using ty::sandbox::SandboxProgram;

namespace {
const QString kFolder = QStringLiteral(TRAINYARD_SOURCE_DIR "/tests/cloud/sandbox/node");
} // namespace

class TestSandboxJudges : public QObject {
    Q_OBJECT

private slots:
    void microsoftsOwnLibrariesMakeAndDeleteAMachine();
};

void TestSandboxJudges::microsoftsOwnLibrariesMakeAndDeleteAMachine()
{
    const QString node = QStandardPaths::findExecutable(QStringLiteral("node"));
    if (node.isEmpty() || !QFileInfo::exists(kFolder + "/node_modules/@azure/arm-compute")) {
        QSKIP("needs node and the packages of tests/cloud/sandbox/node (npm ci; packaging/test.sh does it)");
    }
    SandboxProgram sandbox;
    // A thousand times the real pace: a machine is up in 0.06 s. The port of machines is the test's own.
    const QString problem = sandbox.start({QStringLiteral("--pace"), QStringLiteral("1000"), QStringLiteral("--ssh-port"), QStringLiteral("23022")});
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const QString line = sandbox.folder() + "/ready.json";
    QFile file(line);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QJsonDocument(sandbox.ready).toJson());
    file.close();

    QProcess judge;
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("NODE_EXTRA_CA_CERTS"), sandbox.text("caFile"));
    judge.setProcessEnvironment(environment);
    judge.setProcessChannelMode(QProcess::MergedChannels);
    judge.start(node, {kFolder + "/machine.js", line});
    QVERIFY(judge.waitForFinished(120'000));
    const QByteArray said = judge.readAll();
    QVERIFY2(judge.exitCode() == 0 && said.contains("all well"), said.constData());
}

QTEST_GUILESS_MAIN(TestSandboxJudges)
#include "tst_sandbox_judges.moc"
