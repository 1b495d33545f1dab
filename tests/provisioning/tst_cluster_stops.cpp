#include <algorithm>
#include <memory>

#include <QDir>
#include <QElapsedTimer>
#include <QProcess>
#include <QTest>

#include "app/provisioning/cluster_operations.h"
#include "app/provisioning/cluster_pulse.h"
#include "app/provisioning/cost_watch.h"
#include "app/provisioning/hard_limit.h"
#include "cloud/provision/marks.h"
#include "cloud/sandbox/sshd_host.h"
#include "cloud/ssh/key_pair.h"
#include "tests/provisioning/sandbox_home.h"
#include "tests/provisioning/wanted_machine.h"

using namespace ty;
using namespace ty::app;
using namespace ty::cloud;

/// Nodes of a cluster that nobody uses, what they cost, and machines that run beyond their hard limit.
class TestClusterStops : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void eachNodeHasTheIdleStopAndItFires();
    void theNodesTellTheirQueueAndTheirGpus();
    void oneNodeReleasedCostsItsDiskAlone();
    void allNodesStopAndStart();
    void scalingWakesNobody();
    void aNodeBeyondItsHardLimitIsSeen();
    void sinceIsTheLaterOfCloudAndJournal();
    void theLimitHasAGrace();
    void cleanupTestCase();

private:
    ClusterInfo crew();
    QStringList nodeHomes() const;
    CostLook look();
    std::unique_ptr<SandboxHome> m_home;
};

void TestClusterStops::initTestCase()
{
    m_home = std::make_unique<SandboxHome>();
    QVERIFY(m_home->open());
    ClusterOperations clusters(m_home->session().machines());
    ClusterRequest request;
    request.node = test::wantedMachine("azure", m_home->session().account().scope, "crew");
    request.node.idleMinutes = 15;
    request.node.hardLimitHours = 12;
    request.count = 2;
    const auto pair = KeyPair::openOrCreate(m_home->paths().dataFolder() + "/keys", "trainyard");
    QVERIFY(pair);
    request.node.sshPublicKey = pair->publicLine;
    QVERIFY(checkRequest(request, false));
    const auto made = clusters.create(request, {});
    QVERIFY2(made && made->outcome == Outcome::Done, made ? made->error.c_str() : made.error().message.c_str());
    QVERIFY(crew().stopsItself);
    QCOMPARE(crew().osDisk.sizeGiB, std::optional<std::int64_t>(64));
}

void TestClusterStops::cleanupTestCase()
{
    ClusterOperations clusters(m_home->session().machines());
    QCOMPARE(clusters.remove(crew(), {})->outcome, Outcome::Done);
    QVERIFY(m_home->inventory().empty());
    QVERIFY(look().sightings.empty());
}

ClusterInfo TestClusterStops::crew()
{
    return ClusterOperations(m_home->session().machines()).find("crew", {}).valueOr({});
}

QStringList TestClusterStops::nodeHomes() const
{
    const QDir machines(QString::fromStdString(m_home->paths().dataFolder()) + QStringLiteral("/sandbox/machines"));
    QStringList homes;
    for (const QString& name : machines.entryList({QStringLiteral("node-*")}, QDir::Dirs)) {
        homes << machines.filePath(name) + QStringLiteral("/home");
    }
    return homes;
}

CostLook TestClusterStops::look()
{
    CostWatch watch;
    return watch.look(m_home->session(), "USD", {}).valueOr({});
}

void TestClusterStops::eachNodeHasTheIdleStopAndItFires()
{
    if (sandbox::findSshd().empty()) {
        QSKIP("no SSH server here: nodes do not boot");
    }
    QCOMPARE(nodeHomes().size(), 2);
    for (const QString& home : nodeHomes()) {
        const QString script = home + QStringLiteral("/.machine/usr/local/lib/trainyard/idle-stop.sh");
        QTRY_VERIFY2_WITH_TIMEOUT(QFileInfo::exists(script), qPrintable(script), 10'000);
        const QString settings = home + QStringLiteral("/.machine/etc/trainyard/idle-stop.conf");
        QTRY_VERIFY_WITH_TIMEOUT(QFileInfo::exists(settings), 10'000);
        QProcess test;
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("ROOT"), home + QStringLiteral("/.machine"));
        test.setProcessEnvironment(environment);
        test.start(QStringLiteral("/bin/sh"), {script, QStringLiteral("--self-test")});
        QVERIFY(test.waitForFinished());
        const QByteArray said = test.readAllStandardOutput();
        QVERIFY2(said.contains("\"fires\":true"), said.constData());
        QVERIFY2(said.contains("\"hardLimitHours\":12"), said.constData());
        QVERIFY2(said.contains("\"releases\":false"), said.constData()); // no Azure around it: said, not passed over
    }
}

void TestClusterStops::theNodesTellTheirQueueAndTheirGpus()
{
    if (sandbox::findSshd().empty()) {
        QSKIP("no SSH server here: nodes do not boot");
    }
    const auto pulse = [this](bool hasGpus) {
        return readClusterPulse(m_home->session().provider(), m_home->paths(), crew(), hasGpus, {});
    };
    const ClusterPulse bare = pulse(false);
    QVERIFY2(bare.leaderWhy.empty(), bare.leaderWhy.c_str());
    // A node has the programs of this computer: those of the test go before them.
    const auto give = [](const QString& home, const char* name, const QByteArray& script) {
        const QString folder = home + QStringLiteral("/.machine/usr/bin");
        QVERIFY(QDir().mkpath(folder));
        QFile file(folder + u'/' + QLatin1String(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("#!/bin/sh\n" + script);
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    };
    for (const QString& home : nodeHomes()) {
        give(home, "nvidia-smi", "printf '97\\n[N/A]\\n3\\n'");
        give(home, "squeue", "printf '17\\n18_1\\n18_2'");
    }
    const ClusterPulse told = pulse(true);
    QCOMPARE(told.busyGpus, std::optional<int>(2)); // one of each node
    QCOMPARE(told.scheduler, std::string("Slurm"));
    QCOMPARE(told.queued, std::optional<std::int64_t>(3));
    for (const QString& home : nodeHomes()) {
        give(home, "squeue", "exit 1"); // its controller is down
    }
    const ClusterPulse silent = pulse(true);
    QCOMPARE(silent.scheduler, std::string("Slurm"));
    QVERIFY2(!silent.queued, "not known is not 0");
}

void TestClusterStops::oneNodeReleasedCostsItsDiskAlone()
{
    auto& machines = m_home->session().machines();
    const CostLook before = look();
    QCOMPARE(before.sightings.size(), std::size_t{2});
    QVERIFY(before.sightings[0].isOn && before.sightings[1].isOn);
    QVERIFY(before.sightings[0].perHour > 0.05 && !before.sightings[0].isPartial);
    // As the node's own script asks, and as the program does for a node that is off and billed.
    const auto node = before.machines.back();
    const auto released = machines.act(node, "deallocate", {});
    QVERIFY2(released && released->outcome == Outcome::Done, released ? released->error.c_str() : released.error().message.c_str());
    const CostLook after = look();
    const auto sighted = std::find_if(
        after.sightings.begin(), after.sightings.end(), [&](const auto& each) { return each.machine == node.name; });
    QVERIFY(sighted != after.sightings.end());
    QVERIFY(!sighted->isOn);
    QVERIFY(sighted->perHour < before.sightings[0].perHour / 2);
    QCOMPARE(crew().readyNodes(), 1);
}

void TestClusterStops::allNodesStopAndStart()
{
    ClusterOperations clusters(m_home->session().machines());
    QCOMPARE(clusters.halt(crew(), {})->outcome, Outcome::Done);
    const auto stopped = crew();
    QVERIFY(std::all_of(stopped.nodes.begin(), stopped.nodes.end(), [](const auto& each) { return each.state == MachineState::Off; }));
    QCOMPARE(stopped.state, MachineState::Off);
    QCOMPARE(clusters.start(crew(), {})->outcome, Outcome::Done);
    QCOMPARE(crew().readyNodes(), 2);
    QCOMPARE(crew().state, MachineState::Running);
}

void TestClusterStops::scalingWakesNobody()
{
    ClusterOperations clusters(m_home->session().machines());
    auto& machines = m_home->session().machines();
    const ClusterInfo before = crew();
    QCOMPARE(machines.act(before.machine(before.nodes.front()), "deallocate", {})->outcome, Outcome::Done);
    QCOMPARE(clusters.scale(crew(), 3, {})->outcome, Outcome::Done);
    QCOMPARE(crew().nodes.size(), std::size_t{3});
    QCOMPARE(crew().nodes.front().state, MachineState::Off);
    QCOMPARE(clusters.scale(crew(), 2, {})->outcome, Outcome::Done);
    QCOMPARE(clusters.start(crew(), {})->outcome, Outcome::Done);
}

void TestClusterStops::aNodeBeyondItsHardLimitIsSeen()
{
    CostLook now = look();
    QVERIFY(!now.machines.front().since.empty());
    QCOMPARE(now.requests.size(), std::size_t{1});
    QCOMPARE(now.requests.begin()->second.hardLimitHours, std::optional<std::int64_t>(12));
    QVERIFY(overdueOf(m_home->session(), m_home->paths(), now, {}).empty());
    // What the journal did a moment ago counts more than a cloud that tells of yesterday.
    now.machines.front().since = "2026-01-01T00:00:00Z";
    QVERIFY(overdueOf(m_home->session(), m_home->paths(), now, {}).empty());
    // Of a node that this computer never started the cloud's word counts.
    now.machines.front().tags[kMachineTag] = "elsewhere";
    const auto overdue = overdueOf(m_home->session(), m_home->paths(), now, {});
    QCOMPARE(overdue.size(), std::size_t{1});
    QCOMPARE(overdue.front().machine.name, now.machines.front().name);
    QCOMPARE(overdue.front().hours, std::int64_t{12});
}

void TestClusterStops::sinceIsTheLaterOfCloudAndJournal()
{
    MachineInfo machine;
    machine.state = MachineState::Running;
    machine.since = "2026-11-21T08:00:00Z";
    catalog::OperationRecord start;
    start.kind = "start";
    start.ended = "2026-11-21T09:00:00.000Z";
    QCOMPARE(onSince(machine, {}), machine.since);
    QCOMPARE(onSince(machine, {start}), start.ended);
    start.ended = "2026-11-20T09:00:00.000Z";
    QCOMPARE(onSince(machine, {start}), machine.since);
    start.ended.clear(); // it is starting now
    QVERIFY(onSince(machine, {start}).empty());
    catalog::OperationRecord tag;
    tag.kind = "tag";
    tag.ended = "2026-11-21T10:00:00.000Z";
    QCOMPARE(onSince(machine, {tag}), machine.since);
    machine.state = MachineState::Off;
    QVERIFY(onSince(machine, {}).empty());
    machine.state = MachineState::Running;
    machine.since.clear(); // a cloud that does not tell: nobody is stopped
    QVERIFY(onSince(machine, {}).empty());
}

void TestClusterStops::theLimitHasAGrace()
{
    QVERIFY(!isOverdue("2026-11-21T08:00:00Z", 2, "2026-11-21T10:04:00.000Z"));
    QVERIFY(isOverdue("2026-11-21T08:00:00Z", 2, "2026-11-21T10:06:00.000Z"));
    QVERIFY(isOverdue("2026-11-21T01:00:00-07:00", 2, "2026-11-21T10:06:00.000Z")); // as Google writes times
    QVERIFY(!isOverdue("", 2, "2026-11-21T10:06:00.000Z"));
    QVERIFY(!isOverdue("2026-11-21T08:00:00Z", 0, "2026-11-21T10:06:00.000Z"));
}

QTEST_GUILESS_MAIN(TestClusterStops)
#include "tst_cluster_stops.moc"
