#include <chrono>
#include <memory>

#include <QTest>

#include "app/provisioning/auto_stop.h"
#include "app/provisioning/machine_pulse.h"
#include "cloud/provision/azure_driver.h"
#include "cloud/provision/azure_plan.h"
#include "cloud/ssh/key_pair.h"
#include "tests/provisioning/sandbox_home.h"
#include "tests/provisioning/wanted_machine.h"

using namespace ty;
using namespace ty::app;
using namespace ty::cloud;

namespace {

constexpr const char* kMayNotGrant
    = "{\"rules\": [{\"path\": \"*/roleAssignments/*\", \"do\": \"status\", \"status\": 403, \"code\": \"AuthorizationFailed\","
      " \"message\": \"The client does not have authorization to perform action\"}]}";

MachineRequest wanted(const std::string& name, const std::string& subscription)
{
    MachineRequest request = test::wantedMachine("azure", subscription, name);
    request.idleMinutes = 15;
    request.hardLimitHours = 12;
    return request;
}

} // namespace

/// A machine's right to release itself, and the proof that its auto-stop fires.
class TestAutoStop : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void theMachineIsGivenTheRightAndItGoesWithTheMachine();
    void whoMayNotGrantGetsAMachineAllTheSame();
    void aMachineThatNeverStopsNeedsNoRight();
    void theSelfTestFiresOnTheMachineAndIsRemembered();
    void aMachineThatCannotBeReachedProvesNothing();
    void whatAMachineTellsIsReadLineByLine();

private:
    bool isGranted(const MachineRequest& request, const std::string& mark);
    std::string markOf(const std::string& name);
    std::unique_ptr<SandboxHome> m_home;
};

void TestAutoStop::initTestCase()
{
    m_home = std::make_unique<SandboxHome>();
    QVERIFY(m_home->open());
}

std::string TestAutoStop::markOf(const std::string& name)
{
    const auto machine = m_home->session().machines().find(name, {});
    return machine ? machine->tags.at(kOperationTag) : std::string();
}

bool TestAutoStop::isGranted(const MachineRequest& request, const std::string& mark)
{
    const AzureMachineIds ids(request, mark);
    const auto answer = m_home->session().connection().client().get<ListedResource>(
        {"GET", ids.grant, {{"api-version", kRoleAssignments.apiVersion}}, {}}, {});
    return answer.isOk();
}

void TestAutoStop::theMachineIsGivenTheRightAndItGoesWithTheMachine()
{
    auto& machines = m_home->session().machines();
    const auto request = wanted("granted", m_home->session().account().scope);
    const auto created = machines.create(request, {});
    QVERIFY2(created && created->outcome == Outcome::Done, created ? created->error.c_str() : created.error().message.c_str());
    const std::string mark = markOf("granted");
    QVERIFY(isGranted(request, mark));
    const auto machine = machines.find("granted", {});
    QVERIFY(machine && machines.remove(*machine, {}));
    QVERIFY(!isGranted(request, mark));
    QVERIFY(m_home->inventory().empty());
}

void TestAutoStop::whoMayNotGrantGetsAMachineAllTheSame()
{
    QVERIFY(m_home->setFaults(kMayNotGrant));
    auto& machines = m_home->session().machines();
    const auto request = wanted("poor", m_home->session().account().scope);
    const auto created = machines.create(request, {});
    QVERIFY2(created && created->outcome == Outcome::Done, created ? created->error.c_str() : created.error().message.c_str());
    QVERIFY(!isGranted(request, markOf("poor")));
    const auto machine = machines.find("poor", {});
    const auto removed = machines.remove(*machine, {});
    QVERIFY(removed && removed->outcome == Outcome::Done);
    QVERIFY(m_home->setFaults("{}"));
    QVERIFY(m_home->inventory().empty());
}

void TestAutoStop::aMachineThatNeverStopsNeedsNoRight()
{
    auto request = wanted("tireless", "sub");
    request.idleMinutes.reset();
    request.hardLimitHours.reset();
    QVERIFY(AzureMachineIds(request, "mark").grant.empty());
    for (const Step& step : azureCreation(request, "mark", "").forward) {
        QVERIFY(step.verb != kGrantVerb);
    }
}

void TestAutoStop::theSelfTestFiresOnTheMachineAndIsRemembered()
{
    auto& session = m_home->session();
    auto request = wanted("proven", session.account().scope);
    const auto pair = KeyPair::openOrCreate(m_home->paths().dataFolder() + "/keys", "trainyard");
    QVERIFY(pair);
    request.sshPublicKey = pair->publicLine;
    const auto created = session.machines().create(request, {});
    QVERIFY2(created && created->outcome == Outcome::Done, created ? created->error.c_str() : created.error().message.c_str());
    const auto machine = session.machines().find("proven", {});
    QVERIFY(machine);
    const auto proof = proveAutoStop(
        session.provider(), session.records(), m_home->paths(), *machine, std::chrono::seconds(20), {});
    QVERIFY(proof);
    if (proof->problem.find("runs without SSH") != std::string::npos || proof->problem.find("no public") != std::string::npos) {
        QSKIP("no SSH server here");
    }
    QVERIFY2(proof->isProven(), proof->problem.c_str());
    QVERIFY(!proof->releases.value_or(true)); // no Azure around this machine: said, not passed over
    QVERIFY(proofText(*proof).find("stays billed") != std::string::npos);
    const auto record = session.records().find("proven");
    QVERIFY(record && *record && provenOf(**record) && provenOf(**record)->isProven());

    const auto pulse = readPulse(session.provider(), m_home->paths(), *machine, {});
    QVERIFY2(pulse, pulse ? "" : pulse.error().message.c_str());
    QVERIFY(!pulse->stopsAt);
    QVERIFY(keepRunning(session.provider(), m_home->paths(), *machine, 1, {}));
    QVERIFY(session.machines().remove(*machine, {}));
}

void TestAutoStop::aMachineThatCannotBeReachedProvesNothing()
{
    MachineInfo machine;
    machine.name = "nowhere";
    auto& session = m_home->session();
    const auto proof
        = proveAutoStop(session.provider(), session.records(), m_home->paths(), machine, std::chrono::seconds(0), {});
    QVERIFY(proof && !proof->isProven());
    QVERIFY(proofText(*proof).starts_with("Auto-stop not proven"));
}

void TestAutoStop::whatAMachineTellsIsReadLineByLine()
{
    const MachinePulse told
        = pulseIn("Welcome to Ubuntu\nstopping 1700000000\ngputool yes\ngpu 7\ngpu [N/A]\ngpu 93\nscheduler PBS\nqueued 0\n");
    QCOMPARE(told.stopsAt, std::optional<std::int64_t>(1'700'000'000));
    QCOMPARE(told.busyGpus(), 2);
    QCOMPARE(told.gpuMost(), std::optional<double>(93));
    QCOMPARE(told.queued, std::optional<std::int64_t>(0));
    const MachinePulse silent = pulseIn("stopping \n\nqueued\n");
    QVERIFY(!silent.stopsAt && !silent.gpuMost() && !silent.queued && !silent.hasGpuTool);
}

QTEST_GUILESS_MAIN(TestAutoStop)
#include "tst_auto_stop.moc"
