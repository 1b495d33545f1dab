#include <algorithm>
#include <csignal>
#include <memory>
#include <vector>

#include <QJsonArray>
#include <QSet>
#include <QSslConfiguration>
#include <QSslSocket>
#include <QTcpServer>
#include <QTcpSocket>
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QTest>
#include <QUrl>

#include "tests/cloud/sandbox/sandbox_program.h"

using ty::sandbox::SandboxProgram;

namespace {

const QStringList kFast{QStringLiteral("--pace"), QStringLiteral("1000"), QStringLiteral("--http"), QStringLiteral("--ssh-port"),
                        QStringLiteral("23023"), QStringLiteral("--sample-ms"), QStringLiteral("100")};

struct Reply {
    int status = 0;
    QByteArray body;
    QJsonObject json;
    QByteArray whole;
};

/// One request on a connection of its own, so that it is seen how the answer ends.
Reply send(const SandboxProgram& sandbox, const QByteArray& method, const QString& target, const QByteArray& token, const QByteArray& body = {}, const QByteArray& more = {})
{
    const QUrl url(sandbox.text("http"));
    QTcpSocket socket;
    socket.connectToHost(QStringLiteral("127.0.0.1"), static_cast<quint16>(url.port()));
    socket.waitForConnected(5000);
    QByteArray request = method + " " + target.toUtf8() + " HTTP/1.1\r\nHost: localhost:" + QByteArray::number(url.port())
        + "\r\nConnection: close\r\n" + more;
    if (!token.isEmpty()) {
        request += "Authorization: Bearer " + token + "\r\n";
    }
    if (!body.isEmpty()) {
        request += "Content-Type: application/json\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n";
    }
    socket.write(request + "\r\n" + body);
    Reply reply;
    while (socket.waitForReadyRead(10'000)) {
        reply.whole += socket.readAll();
    }
    reply.whole += socket.readAll();
    const auto end = reply.whole.indexOf("\r\n\r\n");
    reply.status = reply.whole.startsWith("HTTP/1.1 ") ? reply.whole.mid(9, 3).toInt() : 0;
    reply.body = end < 0 ? QByteArray() : reply.whole.mid(end + 4);
    reply.json = QJsonDocument::fromJson(reply.body).object();
    return reply;
}

/// The client secret in its file, and a token for it.
QByteArray signIn(const SandboxProgram& sandbox)
{
    QFile file(sandbox.text("clientFile"));
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    const auto client = QJsonDocument::fromJson(file.readAll()).object();
    const QByteArray form = "grant_type=client_credentials&scope=https%3A%2F%2Fmanagement.azure.com%2F.default&client_id="
        + client.value("clientId").toString().toUtf8() + "&client_secret=" + client.value("clientSecret").toString().toUtf8();
    const auto reply = send(sandbox, "POST", "/" + client.value("tenantId").toString() + "/oauth2/v2.0/token", {}, form);
    return reply.json.value("access_token").toString().toUtf8();
}

QByteArray json(const char* text)
{
    return QByteArray(text).replace('\'', '"');
}

class Client {
public:
    explicit Client(const SandboxProgram& sandbox) : m_sandbox(sandbox), m_token(signIn(sandbox)) {}
    Reply operator()(const QByteArray& method, const QString& path, const QByteArray& body = {}) const
    {
        const QString separator = path.contains('?') ? QStringLiteral("&") : QStringLiteral("?");
        return send(m_sandbox, method, "/subscriptions/" + m_sandbox.text("subscriptionId") + path + separator + "api-version=2024-03-01", m_token, body);
    }
    QString state(const QString& vm) const
    {
        const auto statuses = (*this)("GET", vm + "/instanceView").json.value("statuses").toArray();
        return statuses.isEmpty() ? QString() : statuses.last().toObject().value("code").toString();
    }

private:
    const SandboxProgram& m_sandbox;
    QByteArray m_token;
};

} // namespace

namespace {

/// "ci-info: user NAME, ssh on ..." in the serial log of the only machine.
QString loginOf(const QString& dataFolder)
{
    QDirIterator logs(dataFolder + "/machines", {"serial.log"}, QDir::Files, QDirIterator::Subdirectories);
    while (logs.hasNext()) {
        QFile file(logs.next());
        if (file.open(QIODevice::ReadOnly)) {
            const auto found = QRegularExpression("ci-info: user (\\S+),").match(QString::fromUtf8(file.readAll()));
            if (found.hasMatch()) {
                return found.captured(1);
            }
        }
    }
    return {};
}

/// Of a public address that is made now.
QString newAddress(const SandboxProgram& sandbox, const QString& name)
{
    const Client client(sandbox);
    client("PUT", QStringLiteral("/resourcegroups/g"), json("{'location':'eastus'}"));
    const Reply made = client(
        "PUT", QStringLiteral("/resourceGroups/g/providers/Microsoft.Network/publicIPAddresses/") + name,
        json("{'location':'eastus','sku':{'name':'Standard'},'properties':{'publicIPAllocationMethod':'Static'}}"));
    return made.json.value("properties").toObject().value("ipAddress").toString();
}

} // namespace

class TestSandboxProgram : public QObject {
    Q_OBJECT

private slots:
    void itsCertificateIsGoodForLocalhostAlone();
    void brokenAnswersBreakOnTheWire();
    void aMachineIsLoggedInToOutlivesAKillAndGoesWithItsDelete();
    void sandboxesSideBySideNeverGiveOutOneAddressTwice();
    void anAddressOnWhichSomebodyListensIsPassedOver();
};

void TestSandboxProgram::itsCertificateIsGoodForLocalhostAlone()
{
    SandboxProgram sandbox;
    const QString problem = sandbox.start(kFast);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    QFile settings(sandbox.text("clientFile"));
    QVERIFY(settings.open(QIODevice::ReadOnly));
    // Plain users' machines do not listen on 22.
    QCOMPARE(QJsonDocument::fromJson(settings.readAll()).object().value("sshPort").toInt(), 23023);
    QCOMPARE(QFile(sandbox.text("clientFile")).permissions() & (QFileDevice::ReadGroup | QFileDevice::ReadOther), QFileDevice::Permissions());
    const int port = QUrl(sandbox.text("https")).port();
    const auto connects = [&](const QString& name, const QList<QSslCertificate>& trusted) {
        QSslSocket socket;
        auto configuration = QSslConfiguration::defaultConfiguration();
        configuration.setCaCertificates(trusted);
        socket.setSslConfiguration(configuration);
        socket.connectToHostEncrypted(QStringLiteral("127.0.0.1"), static_cast<quint16>(port), name);
        return socket.waitForEncrypted(5000);
    };
    const auto authority = QSslCertificate::fromPath(sandbox.text("caFile"));
    QCOMPARE(authority.size(), 1);
    QVERIFY(connects(QStringLiteral("localhost"), authority));
    QVERIFY(connects(QStringLiteral("127.0.0.1"), authority));
    QVERIFY(!connects(QStringLiteral("management.azure.com"), authority));
    QVERIFY(!connects(QStringLiteral("localhost"), {}));
}

void TestSandboxProgram::brokenAnswersBreakOnTheWire()
{
    SandboxProgram sandbox;
    const QString problem = sandbox.start(kFast);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const Client client(sandbox);
    const auto script = [&](const char* text) {
        QCOMPARE(send(sandbox, "POST", QStringLiteral("/sandbox/faults"), {}, json(text), "x-sandbox-admin: 1\r\n").status, 200);
    };
    script("{'rules':[{'path':'*/resourcegroups/*','do':'drop','when':'after','times':1}]}");
    const Reply dropped = client("PUT", QStringLiteral("/resourcegroups/g"), json("{'location':'eastus'}"));
    QVERIFY2(dropped.whole.isEmpty(), dropped.whole.constData());
    QCOMPARE(client("GET", QStringLiteral("/resourcegroups/g")).status, 200);
    script("{'rules':[{'path':'*/locations','do':'half','times':1}]}");
    const Reply half = client("GET", QStringLiteral("/locations"));
    QCOMPARE(half.status, 200);
    QVERIFY(half.json.isEmpty() && !half.body.isEmpty());
    QCOMPARE(client("GET", QStringLiteral("/locations")).json.value("value").toArray().size(), 60);
    // Without a body and without saying so, as Node sends it.
    QCOMPARE(client("DELETE", QStringLiteral("/resourcegroups/g")).status, 202);
}

void TestSandboxProgram::aMachineIsLoggedInToOutlivesAKillAndGoesWithItsDelete()
{
    const QString ssh = QStandardPaths::findExecutable(QStringLiteral("ssh"));
    SandboxProgram sandbox;
    QString problem = sandbox.start(kFast);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    if (sandbox.text("sshd").isEmpty() || ssh.isEmpty()) {
        QSKIP("needs sshd and ssh (packages openssh-server, openssh-client)");
    }
    QTemporaryDir keys;
    const QString key = keys.filePath("key");
    QCOMPARE(QProcess::execute(QStringLiteral("ssh-keygen"), {"-q", "-t", "ed25519", "-N", "", "-f", key}), 0);
    QFile publicFile(key + ".pub");
    QVERIFY(publicFile.open(QIODevice::ReadOnly));
    const QByteArray publicKey = publicFile.readAll().trimmed();
    Client client(sandbox);
    const QString network = QStringLiteral("/resourceGroups/g/providers/Microsoft.Network");
    const QByteArray subscription = "/subscriptions/" + sandbox.text("subscriptionId").toUtf8() + network.toUtf8();
    QCOMPARE(client("PUT", QStringLiteral("/resourcegroups/g"), json("{'location':'eastus'}")).status, 201);
    QCOMPARE(client("PUT", network + "/virtualNetworks/n", json("{'location':'eastus','properties':{'addressSpace':{'addressPrefixes':['10.0.0.0/16']},'subnets':[{'name':'d','properties':{'addressPrefix':'10.0.0.0/24'}}]}}")).status, 201);
    QCOMPARE(client("PUT", network + "/publicIPAddresses/p", json("{'location':'eastus','sku':{'name':'Standard'},'properties':{'publicIPAllocationMethod':'Static'}}")).status, 201);
    QCOMPARE(client("PUT", network + "/networkInterfaces/i", json("{'location':'eastus','properties':{'ipConfigurations':[{'name':'a','properties':{'subnet':{'id':'@/virtualNetworks/n/subnets/d'},'publicIPAddress':{'id':'@/publicIPAddresses/p'}}}]}}").replace("@", subscription)).status, 201);
    const QString vm = QStringLiteral("/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/box");
    const Reply made = client(
        "PUT", vm,
        json("{'location':'eastus','properties':{'hardwareProfile':{'vmSize':'Standard_B1s'},'storageProfile':{'imageReference':{'publisher':'Debian','offer':'debian-12','sku':'12-gen2','version':'latest'},"
             "'osDisk':{'createOption':'FromImage','deleteOption':'Delete'}},'osProfile':{'adminUsername':'trainer','computerName':'box','linuxConfiguration':{'ssh':{'publicKeys':[{'path':'/x','keyData':'#'}]}}},"
             "'networkProfile':{'networkInterfaces':[{'id':'@/networkInterfaces/i'}]}}}").replace("@", subscription).replace("#", publicKey));
    QVERIFY2(made.status == 201, made.body.constData());
    QTRY_COMPARE_WITH_TIMEOUT(client.state(vm), QStringLiteral("PowerState/running"), 15'000);
    const QString address = client("GET", network + "/publicIPAddresses/p").json.value("properties").toObject().value("ipAddress").toString();
    // The login asked for, or that of whoever runs this, where nobody can be renamed (a chroot).
    const QString login = loginOf(sandbox.text("dataFolder"));
    QVERIFY2(!login.isEmpty(), "the machine's serial log tells no login");
    const auto shell = [&](const QString& command) {
        QProcess process;
        process.start(ssh, {"-i", key, "-p", "23023", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=accept-new", "-o", "UserKnownHostsFile=" + keys.filePath("known"),
                            "-o", "GlobalKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", login + "@" + address, command});
        process.waitForFinished(20'000);
        return QString::fromUtf8(process.readAllStandardOutput() + process.readAllStandardError()).trimmed();
    };
    const QStringList said = shell("whoami; echo kept > file; hostname").split(QLatin1Char('\n'));
    QCOMPARE(said.size(), 2);
    QCOMPARE(said[0], login);
    if (login == QLatin1String("trainer")) {
        QCOMPARE(said[1], QStringLiteral("box"));
    }

    // Its processor time is what runs on it.
    shell("nohup sh -c 'while :; do :; done' > /dev/null 2>&1 & true");
    const auto busy = [&] {
        const auto values = client("GET", vm + "/providers/Microsoft.Insights/metrics?metricnames=Percentage%20CPU&aggregation=Maximum").json.value("value").toArray();
        double most = 0;
        const auto series = values.isEmpty() ? QJsonArray() : values[0].toObject().value("timeseries").toArray();
        for (const auto& point : series.isEmpty() ? QJsonArray() : series[0].toObject().value("data").toArray()) {
            most = std::max(most, point.toObject().value("maximum").toDouble());
        }
        return most;
    };
    QTRY_VERIFY_WITH_TIMEOUT(busy() > 3, 15'000);

    const QString machine = QDir(sandbox.folder() + "/machines").entryList(QDir::Dirs | QDir::NoDotAndDotDot).value(0);
    const int before = sandbox.machineProcess(machine);
    sandbox.kill();
    QCOMPARE(shell("cat file"), QStringLiteral("kept")); // lives on without the sandbox
    problem = sandbox.start(kFast);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    QCOMPARE(sandbox.machineProcess(machine), before); // and is found again
    const Client again(sandbox);
    QCOMPARE(again.state(vm), QStringLiteral("PowerState/running"));

    QCOMPARE(again("POST", vm + "/deallocate").status, 202);
    QTRY_COMPARE_WITH_TIMEOUT(again.state(vm), QStringLiteral("PowerState/deallocated"), 10'000);
    QFile process(QStringLiteral("/proc/%1/stat").arg(before)); // gone, or dead and not yet taken note of
    QVERIFY(!process.open(QIODevice::ReadOnly) || process.readAll().contains(") Z "));
    QVERIFY(shell("true").contains("refused"));
    QCOMPARE(again("POST", vm + "/start").status, 202);
    QTRY_COMPARE_WITH_TIMEOUT(again.state(vm), QStringLiteral("PowerState/running"), 15'000);
    QCOMPARE(shell("cat file; pgrep -fc 'while :; do :; don[e]' || true"), QStringLiteral("kept\n0"));
    QCOMPARE(again("DELETE", vm).status, 202);
    QTRY_VERIFY_WITH_TIMEOUT(QDir(sandbox.folder() + "/machines").entryList(QDir::Dirs | QDir::NoDotAndDotDot).isEmpty(), 10'000);
}

void TestSandboxProgram::sandboxesSideBySideNeverGiveOutOneAddressTwice()
{
    // Of one seed: by their ids alone all of them would begin at the same address.
    constexpr int kSandboxes = 4;
    constexpr int kEach = 3;
    const QStringList alike = kFast + QStringList{QStringLiteral("--seed"), QStringLiteral("11")};
    std::vector<std::unique_ptr<SandboxProgram>> sandboxes;
    for (int i = 0; i < kSandboxes; ++i) {
        sandboxes.push_back(std::make_unique<SandboxProgram>());
        const QString problem = sandboxes.back()->start(alike);
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
    }
    QSet<QString> given;
    for (int round = 0; round < kEach; ++round) {
        for (const auto& sandbox : sandboxes) {
            const QString address = newAddress(*sandbox, QStringLiteral("p%1").arg(round));
            QVERIFY2(!address.isEmpty() && !given.contains(address), qPrintable(address));
            given.insert(address);
        }
    }
    // One that is killed and comes back meets nobody either, though others were served meanwhile.
    sandboxes.front()->kill();
    SandboxProgram late;
    QVERIFY(late.start(alike).isEmpty());
    const QString between = newAddress(late, QStringLiteral("p0"));
    QVERIFY(sandboxes.front()->start(alike).isEmpty());
    const QString again = newAddress(*sandboxes.front(), QStringLiteral("again"));
    QVERIFY2(!between.isEmpty() && !again.isEmpty() && between != again, qPrintable(between + " " + again));
    for (std::size_t i = 1; i < sandboxes.size(); ++i) {
        QVERIFY(!given.contains(again) && newAddress(*sandboxes[i], QStringLiteral("last")) != again);
    }
}

void TestSandboxProgram::anAddressOnWhichSomebodyListensIsPassedOver()
{
    SandboxProgram sandbox;
    QVERIFY(sandbox.start(kFast).isEmpty());
    const QString first = newAddress(sandbox, QStringLiteral("first"));
    const auto dot = first.lastIndexOf(QLatin1Char('.')) + 1;
    const QString next = first.left(dot) + QString::number(first.mid(dot).toInt() + 1);
    QTcpServer outlived; // a machine whose sandbox is gone
    QVERIFY2(outlived.listen(QHostAddress(next), 23023), qPrintable(outlived.errorString()));
    const QString second = newAddress(sandbox, QStringLiteral("second"));
    QVERIFY2(!second.isEmpty() && second != next && second != first, qPrintable(second));
}

QTEST_GUILESS_MAIN(TestSandboxProgram)
#include "tst_sandbox_program.moc"
