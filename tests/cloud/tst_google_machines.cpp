#include <deque>
#include <set>

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include "cloud/gcp/instance.h"
#include "cloud/provision/google_cost.h"
#include "cloud/provision/google_driver.h"
#include "cloud/provision/google_machines.h"
#include "cloud/provision/google_plan.h"
#include "cloud/provision/google_startup.h"
#include "cloud/provision/idle_stop_text.h"
#include "cloud/provision/machine_defaults.h"

using namespace ty;
using namespace ty::cloud;

namespace {

constexpr const char* kMark = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9";

MachineRequest goodRequest()
{
    MachineRequest request;
    request.provider = "google";
    request.account = "sandbox-google";
    request.scope = "my-project";
    request.name = "gpu-1";
    request.zone = "europe-west4-b";
    request.size = "n1-standard-4";
    request.gpu = "nvidia-tesla-t4";
    request.dataDisks = {{256, {}, false}, {512, "pd-standard", true}};
    request.sshPublicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEQdCWiw7g++b+wZskvmxUuI54EckYmLw0hmeb9BPTKx me";
    request.allowedFrom = {"203.0.113.7/32"};
    request.tags = {{"team", "vision"}};
    request.idleMinutes = 15;
    fillDefaults(request);
    return request;
}

const Step& stepOn(const std::vector<Step>& steps, const std::string& part)
{
    for (const Step& step : steps) {
        if (step.resource.find(part) != std::string::npos) {
            return step;
        }
    }
    qFatal("no step for %s", part.c_str());
}

gcp::Instance machineOf(const MachineRequest& request)
{
    const Plan plan = googleCreation(request, kMark, "#!/bin/sh\n");
    return fromJson<gcp::Instance>(stepOn(plan.forward, "/instances/").body, "machine").value();
}

std::string itemOf(const gcp::Instance& machine, const std::string& key)
{
    for (const gcp::MetadataItem& item : machine.metadata.items) {
        if (item.key == key) {
            return item.value;
        }
    }
    return {};
}

/// Answers in a row; remembers what was asked.
class ScriptedCloud : public Transport {
public:
    Result<HttpResponse> send(const HttpRequest& request, std::stop_token) override
    {
        requests.push_back(request);
        HttpResponse answer;
        answer.status = answers.front().first;
        answer.body = answers.front().second;
        answers.pop_front();
        return answer;
    }

    std::string requestId(std::size_t index) const
    {
        const std::string& url = requests[index].url;
        const auto begin = url.find("requestId=");
        return begin == std::string::npos ? std::string() : url.substr(begin + 10, 36);
    }

    std::deque<std::pair<int, std::string>> answers;
    std::vector<HttpRequest> requests;
};

constexpr const char* kRunning
    = R"({"name":"operation-1","status":"RUNNING","selfLink":"https://compute.googleapis.com/compute/v1/projects/my-project/zones/europe-west4-b/operations/operation-1"})";
constexpr const char* kSoldOut
    = R"({"name":"operation-1","status":"DONE","httpErrorStatusCode":503,"error":{"errors":[{"code":"ZONE_RESOURCE_POOL_EXHAUSTED","message":"The zone does not have enough resources."}]}})";

} // namespace

/// What is asked of Compute Engine for a machine of ours.
class TestGoogleMachines : public QObject {
    Q_OBJECT

private slots:
    void everythingMadeIsMarkedAndTakenBack()
    {
        const Plan plan = googleCreation(goodRequest(), kMark, "#!/bin/sh\n");
        QCOMPARE(plan.forward.size(), std::size_t{5}); // two rules, two disks, the machine
        std::set<std::string> undone;
        for (const Step& step : plan.undo) {
            QCOMPARE(step.kind, Step::Kind::Remove);
            undone.insert(step.resource);
        }
        for (const Step& step : plan.forward) {
            QVERIFY2(undone.contains(step.resource), step.resource.c_str());
            const std::string text = step.body.dump();
            QVERIFY2(text.find(kMark) != std::string::npos, text.c_str());
            QVERIFY2(text.find("gpu-1") != std::string::npos, text.c_str());
        }
        QVERIFY(undone.contains("projects/my-project/zones/europe-west4-b/disks/gpu-1-os-0a1b2c3d"));
        QCOMPARE(plan.undo.front().resource, plan.forward.back().resource);
    }

    void onlyThoseWhoMayKnockReachThePort()
    {
        const Plan plan = googleCreation(goodRequest(), kMark, {});
        const auto open = fromJson<gcp::Firewall>(stepOn(plan.forward, "gpu-1-ssh-").body, "rule").value();
        const auto closed = fromJson<gcp::Firewall>(stepOn(plan.forward, "gpu-1-closed-").body, "rule").value();
        QCOMPARE(open.sourceRanges, std::vector<std::string>{"203.0.113.7/32"});
        QCOMPARE(open.allowed.front().ports, std::vector<std::string>{"22"});
        QCOMPARE(closed.sourceRanges, std::vector<std::string>{"0.0.0.0/0"});
        QVERIFY(*open.priority < *closed.priority && *closed.priority < 65534); // before those of the default network
        const gcp::Instance machine = machineOf(goodRequest());
        QCOMPARE(machine.tags.items, open.targetTags);
        QCOMPARE(machine.tags.items, closed.targetTags);
        // Closed before the machine is there.
        QCOMPARE(plan.forward.front().resource, "projects/my-project/global/firewalls/" + closed.name);
    }

    void aMachineWithGpuIsNotMoved_data()
    {
        QTest::addColumn<QString>("size");
        QTest::addColumn<QString>("gpu");
        QTest::addColumn<QString>("onMaintenance");
        QTest::newRow("attached") << "n1-standard-4" << "nvidia-tesla-t4" << "TERMINATE";
        QTest::newRow("built in") << "g2-standard-8" << "" << "TERMINATE";
        QTest::newRow("a100") << "a2-highgpu-1g" << "" << "TERMINATE";
        QTest::newRow("none") << "n2-standard-4" << "" << "MIGRATE";
    }
    void aMachineWithGpuIsNotMoved()
    {
        QFETCH(QString, size);
        QFETCH(QString, gpu);
        QFETCH(QString, onMaintenance);
        MachineRequest request = goodRequest();
        request.size = size.toStdString();
        request.gpu = gpu.toStdString();
        const gcp::Instance machine = machineOf(request);
        QCOMPARE(machine.scheduling.onHostMaintenance, onMaintenance.toStdString());
        QCOMPARE(machine.accelerators.size(), std::size_t(gpu.isEmpty() ? 0 : 1));
        if (!gpu.isEmpty()) {
            QCOMPARE(machine.accelerators.front().type, "zones/europe-west4-b/acceleratorTypes/nvidia-tesla-t4");
        }
    }

    void aSpotMachineKeepsItsDiskWhenItIsTaken()
    {
        MachineRequest request = goodRequest();
        request.isSpot = true;
        const gcp::Scheduling scheduling = machineOf(request).scheduling;
        QCOMPARE(scheduling.provisioningModel, "SPOT");
        QCOMPARE(scheduling.instanceTerminationAction, "STOP");
        QCOMPARE(scheduling.automaticRestart, std::optional(false));
        QCOMPARE(machineOf(goodRequest()).scheduling.provisioningModel, "STANDARD");
    }

    void theFirstUserComesInByKeyAlone()
    {
        const gcp::Instance machine = machineOf(goodRequest());
        QCOMPARE(itemOf(machine, "ssh-keys"), "trainer:" + goodRequest().sshPublicKey);
        QCOMPARE(itemOf(machine, "block-project-ssh-keys"), "TRUE");
        QCOMPARE(machine.networkInterfaces.front().accessConfigs.size(), std::size_t{1});
        MachineRequest inside = goodRequest();
        inside.hasPublicIp = false;
        QVERIFY(machineOf(inside).networkInterfaces.front().accessConfigs.empty());
    }

    void disksGoOrStayAsAsked()
    {
        const gcp::Instance machine = machineOf(goodRequest());
        QCOMPARE(machine.disks.size(), std::size_t{3});
        QCOMPARE(machine.disks[0].autoDelete, std::optional(true));
        QCOMPARE(machine.disks[0].make->sourceImage, "projects/ubuntu-os-cloud/global/images/family/ubuntu-2204-lts");
        QCOMPARE(machine.disks[1].autoDelete, std::optional(false));
        QCOMPARE(machine.disks[2].autoDelete, std::optional(true));
        const Plan deletion = googleDeletion(goodRequest(), kMark);
        std::set<std::string> gone;
        for (const Step& step : deletion.forward) {
            gone.insert(step.resource);
        }
        QVERIFY(!gone.contains("projects/my-project/zones/europe-west4-b/disks/gpu-1-data0"));
        QVERIFY(gone.contains("projects/my-project/zones/europe-west4-b/disks/gpu-1-data1"));
        QCOMPARE(gone.size(), std::size_t{5}); // machine, system disk, one data disk, two rules
    }

    void longNamesStayWithinGooglesLimit()
    {
        MachineRequest request = goodRequest();
        request.name = std::string(63, 'a');
        const GoogleMachinePaths paths(request, kMark);
        for (const std::string& path : {paths.machine, paths.openRule, paths.closedRule, paths.osDisk, paths.dataDisks[0]}) {
            QVERIFY2(gcp::lastPart(path).size() <= 63, path.c_str());
        }
        QVERIFY(paths.dataDisks[0] != paths.dataDisks[1]);
    }

    void whatGoogleDoesNotTakeIsSaidBefore()
    {
        QVERIFY(problemsOf(goodRequest(), false).empty());
        MachineRequest request = goodRequest();
        request.name = "Gpu_1";
        request.zone = {};
        request.tags = {{"Team", "vision"}};
        request.maxPrice = 0.2;
        std::set<std::string> fields;
        for (const FieldProblem& problem : problemsOf(request, false)) {
            fields.insert(problem.field);
        }
        QCOMPARE(fields, (std::set<std::string>{"name", "zone", "tags", "maxPrice"}));
    }

    void noPriceIsNeverZero()
    {
        const CostTable cost = googleCost(goodRequest(), GooglePrices(), {}, "USD", "2026-11-21");
        QVERIFY(cost.lines.size() >= 5);
        for (const CostLine& line : cost.lines) {
            QVERIFY(!line.perHour);
        }
        QVERIFY(!cost.perHour(true));
        QVERIFY(!cost.perHour(false));
    }

    /// After a crash the same request has the same id, so that Google does it once; another operation has others.
    void theSameRequestHasTheSameId()
    {
        ScriptedCloud cloud;
        gcp::ComputeClient client(cloud, {});
        const Step step = googleCreation(goodRequest(), kMark, {}).forward.back();
        for (int i = 0; i < 3; ++i) {
            cloud.answers.emplace_back(200, kRunning);
        }
        QVERIFY(GoogleDriver(client, "one").begin(step, kMark, {}));
        QVERIFY(GoogleDriver(client, "one").begin(step, kMark, {}));
        QVERIFY(GoogleDriver(client, "two").begin(step, kMark, {}));
        QVERIFY(!cloud.requestId(0).empty());
        QCOMPARE(cloud.requestId(0), cloud.requestId(1));
        QVERIFY(cloud.requestId(0) != cloud.requestId(2));
    }

    /// Google repeats a failed answer to the same id; trying again needs a new one.
    void aTryAfterAFailureHasAnotherId()
    {
        ScriptedCloud cloud;
        gcp::ComputeClient client(cloud, {});
        GoogleDriver driver(client, "one");
        const Step step = googlePower("projects/my-project/zones/europe-west4-b/instances/gpu-1", "start").forward.front();
        cloud.answers.emplace_back(200, kRunning);
        cloud.answers.emplace_back(200, kSoldOut);
        cloud.answers.emplace_back(200, kRunning);
        const auto begun = driver.begin(step, kMark, {});
        QVERIFY(begun);
        const auto progress = driver.progress(begun->handle, {});
        QVERIFY(!progress);
        QCOMPARE(progress.error().kind, ErrorKind::Quota); // sold out: no use in asking again now
        QVERIFY(driver.begin(step, kMark, {}));
        QVERIFY(cloud.requestId(0) != cloud.requestId(2));
        QVERIFY(cloud.requests[1].url.ends_with("/zones/europe-west4-b/operations/operation-1"));
    }

    void whatOthersMadeIsNeverTouched_data()
    {
        QTest::addColumn<QString>("answer");
        QTest::addColumn<int>("found");
        const QString ours = QString::fromLatin1(kMark);
        QTest::newRow("label of ours") << QStringLiteral(R"({"labels":{"trainyard-operation":"%1"},"status":"READY"})").arg(ours)
                                       << int(Found::Done);
        QTest::newRow("rule of ours") << QStringLiteral(R"({"description":"trainyard-operation=%1 trainyard-machine=gpu-1"})").arg(ours)
                                      << int(Found::Done);
        QTest::newRow("other mark") << QStringLiteral(R"({"labels":{"trainyard-operation":"other"},"status":"READY"})")
                                    << int(Found::Foreign);
        QTest::newRow("longer mark") << QStringLiteral(R"({"description":"trainyard-operation=%1x"})").arg(ours) << int(Found::Foreign);
        QTest::newRow("no mark") << QStringLiteral(R"({"status":"READY"})") << int(Found::Foreign);
    }
    void whatOthersMadeIsNeverTouched()
    {
        QFETCH(QString, answer);
        QFETCH(int, found);
        ScriptedCloud cloud;
        gcp::ComputeClient client(cloud, {});
        cloud.answers.emplace_back(200, answer.toStdString());
        GoogleDriver driver(client, "one");
        const auto looked = driver.look(googleCreation(goodRequest(), kMark, {}).forward[2], kMark, {});
        QVERIFY(looked);
        QCOMPARE(int(*looked), found);
    }

    /// The sandbox's machines are processes of this very computer.
    void theStartUpScriptLeavesThisComputerAlone()
    {
        QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("startup")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(googleStartup(goodRequest(), idleStopText()).c_str());
        file.close();
        QVERIFY(QProcess::execute(QStringLiteral("sh"), {QStringLiteral("-n"), file.fileName()}) == 0);
        QProcess script;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("TRAINYARD_SANDBOX_MACHINE"), QStringLiteral("gce-1"));
        script.setProcessEnvironment(environment);
        script.start(QStringLiteral("sh"), {QStringLiteral("-x"), file.fileName()});
        QVERIFY(script.waitForFinished());
        QCOMPARE(script.exitCode(), 0);
        const QByteArray said = script.readAllStandardError();
        QVERIFY2(!said.contains("mkdir") && !said.contains("systemctl"), said.constData());
    }

    void theListTellsWhatTheTableShows()
    {
        gcp::Instance instance = machineOf(goodRequest());
        instance.status = "RUNNING";
        instance.zone = "https://www.googleapis.com/compute/v1/projects/my-project/zones/europe-west4-b";
        instance.machineType = instance.zone + "/machineTypes/n1-standard-4";
        instance.disks[0].source = instance.zone + "/disks/gpu-1-os-0a1b2c3d";
        instance.networkInterfaces.front().accessConfigs.front().natIp = "34.1.2.3";
        const MachineInfo info = googleMachineInfo(instance, "my-project");
        QCOMPARE(info.id, GoogleMachinePaths(goodRequest(), kMark).machine);
        QCOMPARE(info.osDisk, GoogleMachinePaths(goodRequest(), kMark).osDisk);
        QCOMPARE(info.region, "europe-west4");
        QCOMPARE(info.zone, "europe-west4-b");
        QCOMPARE(info.size, "n1-standard-4");
        QCOMPARE(info.user, "trainer");
        QCOMPARE(info.publicAddress, "34.1.2.3");
        QCOMPARE(info.state, MachineState::Running);
        QCOMPARE(info.tags.at(kOperationTag), kMark);
        QCOMPARE(info.dataDisks.size(), std::size_t{2});
    }
};

QTEST_GUILESS_MAIN(TestGoogleMachines)
#include "tst_google_machines.moc"
