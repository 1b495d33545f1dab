#include <QTest>

#include "app/provisioning/boot_log.h"
#include "app/provisioning/cloud_offers.h"
#include "app/provisioning/machine_disks.h"
#include "app/provisioning/machine_script.h"
#include "app/provisioning/machine_validation.h"
#include "app/provisioning/metrics_reader.h"
#include "app/provisioning/price_reader.h"
#include "cloud/azure/resource.h"
#include "cloud/provision/azure_metrics.h"
#include "cloud/provision/azure_plan.h"
#include "tests/provisioning/sandbox_home.h"

using namespace ty;
using namespace ty::app;
using cloud::MachineInfo;

namespace {

cloud::MachineRequest wanted()
{
    cloud::MachineRequest request;
    request.provider = "azure";
    request.account = kSandboxAccount;
    request.group = "crash";
    request.name = "gpu-1";
    request.region = "eastus";
    request.size = "Standard_D2s_v5";
    request.image = "Canonical:0001-com-ubuntu-server-jammy:22_04-lts-gen2:latest";
    request.osDisk = {64, "Premium_LRS", true};
    request.dataDisks = {{128, "StandardSSD_LRS", false}};
    request.user = "trainer";
    request.allowedFrom = {"127.0.0.1/32"};
    request.sshPublicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGx me@home";
    return request;
}

} // namespace

/// What is known about a machine, all read from the sandbox.
class TestMachineFacts : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void disksTellKindSizeAndSpeed();
    void theCostHasALineForEachDisk();
    void theBootLogIsRead();
    void aScriptRunsAndSaysItsOutput();
    void metricsCoverThePeriodWithGapsAndNoZeros();
    void tagsAreReplacedAndOursStay();
    void aTagThatAzureDoesNotTakeIsRefusedBefore();
    void aMachineThatIsOffRunsNoScript();
    void sizesSayWhyTheyDoNotFit();
    void aRedeployedMachineRuns();
    void validatingReallyAsks_data();
    void validatingReallyAsks();
    void trafficCostsByItsTiers();
    void whatGoogleDoesNotTellIsSaidPlainly();
    void anotherSandboxHasAddressesOfItsOwn();

private:
    CloudSession& session() { return m_home.session(); }
    MachineInfo machine()
    {
        const auto found = session().machines().find("gpu-1", {});
        return found ? *found : MachineInfo();
    }

    SandboxHome m_home;
};

void TestMachineFacts::initTestCase()
{
    if (!m_home.open()) {
        QSKIP("no sandbox");
    }
    auto request = wanted();
    request.scope = session().account().scope;
    const auto report = session().machines().create(request, {});
    QVERIFY2(report, report ? "" : report.error().message.c_str());
    QVERIFY2(report->outcome == cloud::Outcome::Done, report->error.c_str());
}

void TestMachineFacts::disksTellKindSizeAndSpeed()
{
    const auto disks = readDisks(session(), machine(), {});
    QVERIFY(disks);
    QCOMPARE(disks->size(), std::size_t(2));
    QVERIFY((*disks)[0].isSystem);
    QCOMPARE((*disks)[0].sizeGiB, std::optional<std::int64_t>(64));
    QCOMPARE((*disks)[1].kind, std::string("StandardSSD_LRS"));
    QVERIFY((*disks)[1].iops.value_or(0) > 0);
}

void TestMachineFacts::theCostHasALineForEachDisk()
{
    const MachineInfo info = machine();
    const auto disks = readDisks(session(), info, {});
    QVERIFY(disks);
    const auto cost = readMachineCost(session(), info, *disks, "USD", {});
    QVERIFY(cost);
    QCOMPARE(cost->lines.size(), std::size_t(4)); // machine, two disks, address
    QVERIFY(cost->lines[2].what.find((*disks)[1].name) != std::string::npos);
    QVERIFY(cost->perHour(true) && cost->perHour(false));
    QVERIFY(*cost->perHour(false) > 0 && *cost->perHour(false) < *cost->perHour(true));
}

void TestMachineFacts::theBootLogIsRead()
{
    const auto log = readBootLog(session().connection(), machine(), {});
    QVERIFY2(log, log ? "" : log.error().message.c_str());
    QVERIFY(!log->empty());
}

void TestMachineFacts::aScriptRunsAndSaysItsOutput()
{
    const auto output = runScript(session().connection(), machine(), "echo one\necho two >&2", {});
    QVERIFY2(output, output ? "" : output.error().message.c_str());
    QVERIFY2(output->standardOutput.find("one") != std::string::npos, output->standardOutput.c_str());
    QVERIFY2(output->standardError.find("two") != std::string::npos, output->standardError.c_str());
}

void TestMachineFacts::metricsCoverThePeriodWithGapsAndNoZeros()
{
    const auto period = cloud::metricPeriod("1h");
    cloud::MachineMetrics metrics;
    // The sandbox looks at its machines every few seconds.
    QTRY_VERIFY_WITH_TIMEOUT(
        [&] {
            const auto read = cloud::azureMetrics(session().connection().client(), machine().id, *period, {});
            metrics = read ? *read : cloud::MachineMetrics();
            return !metrics.isEmpty();
        }(),
        30'000);
    QVERIFY(metrics.samples.size() >= 60);
    QVERIFY2(metrics.samples.front().isGap(), "an hour ago there was no machine, so nothing is known");
    QVERIFY(metrics.samples.back().cpuPercent);
    QVERIFY(*metrics.samples.back().cpuPercent >= 0 && *metrics.samples.back().cpuPercent <= 100);
}

void TestMachineFacts::tagsAreReplacedAndOursStay()
{
    const MachineInfo before = machine();
    const auto report = session().machines().retag(before, {{"owner", "ada"}, {"project", "digits"}}, {});
    QVERIFY2(report, report ? "" : report.error().message.c_str());
    QVERIFY2(report->outcome == cloud::Outcome::Done, report->error.c_str());
    const auto again = session().machines().retag(machine(), {{"owner", "grace"}, {cloud::kOperationTag, "forged"}}, {});
    QVERIFY(again && again->outcome == cloud::Outcome::Done);
    const auto tags = machine().tags;
    QCOMPARE(tags.at("owner"), std::string("grace"));
    QVERIFY(!tags.contains("project"));
    QCOMPARE(tags.at(cloud::kOperationTag), before.tags.at(cloud::kOperationTag));
    QCOMPARE(tags.at(cloud::kMachineTag), std::string("gpu-1"));
}

void TestMachineFacts::aTagThatAzureDoesNotTakeIsRefusedBefore()
{
    const auto report = session().machines().retag(machine(), {{"a/b", "c"}}, {});
    QVERIFY(!report);
    QCOMPARE(report.error().kind, ErrorKind::InvalidInput);
}

void TestMachineFacts::aMachineThatIsOffRunsNoScript()
{
    QVERIFY(session().machines().act(machine(), "deallocate", {}));
    const auto output = runScript(session().connection(), machine(), "echo one", {});
    QVERIFY(!output);
    QVERIFY(!output.error().message.empty());
    QVERIFY(session().machines().act(machine(), "start", {}));
}

void TestMachineFacts::sizesSayWhyTheyDoNotFit()
{
    MachineInfo info = machine();
    info.zone = "9";
    const auto sizes = readSizesFor(session(), info, {});
    QVERIFY(sizes);
    const auto find = [&](const char* name) {
        return std::find_if(
            sizes->begin(), sizes->end(), [&](const OfferedSize& each) { return cloud::azure::isSame(each.size.name, name); });
    };
    QVERIFY(find("Standard_D2s_v5") != sizes->end());
    QCOMPARE(find("Standard_D2s_v5")->obstacle(), std::string("what it is now"));
    QVERIFY(find("Standard_D4s_v5") != sizes->end());
    QVERIFY(find("Standard_D4s_v5")->obstacle().find("zone 9") != std::string::npos);
    const auto fitting = readSizesFor(session(), machine(), {});
    QVERIFY(fitting);
    const auto four = std::find_if(fitting->begin(), fitting->end(), [](const OfferedSize& each) {
        return each.size.name == "Standard_D4s_v5";
    });
    QVERIFY2(four->obstacle().empty(), four->obstacle().c_str());
    const auto prices = readSizePrices(session(), "eastus", "USD", {});
    QVERIFY(prices);
    QVERIFY(prices->contains("standard_d4s_v5"));
    QVERIFY(prices->at("standard_d4s_v5").perHour.value_or(0) > 0);
}

void TestMachineFacts::aRedeployedMachineRuns()
{
    const auto report = session().machines().act(machine(), "redeploy", {});
    QVERIFY2(report, report ? "" : report.error().message.c_str());
    QVERIFY2(report->outcome == cloud::Outcome::Done, report->error.c_str());
    QCOMPARE(machine().state, cloud::MachineState::Running);
}

void TestMachineFacts::validatingReallyAsks_data()
{
    QTest::addColumn<QString>("change");
    QTest::addColumn<QString>("wrong");
    QTest::newRow("a machine that can be had") << "" << "";
    QTest::newRow("a taken name") << "name" << "Name";
    QTest::newRow("more nodes than the quota has") << "nodes" << "Size and quota";
    QTest::newRow("a size that is not there") << "size" << "Size and quota";
    QTest::newRow("an image that is not there") << "image" << "Image";
}

void TestMachineFacts::validatingReallyAsks()
{
    QFETCH(QString, change);
    QFETCH(QString, wrong);
    auto request = wanted();
    request.scope = session().account().scope;
    request.name = change == QLatin1String("name") ? "gpu-1" : "gpu-2";
    if (change == QLatin1String("size")) {
        request.size = "Standard_Nothing";
    } else if (change == QLatin1String("image")) {
        request.image = "Canonical:0001-com-ubuntu-server-jammy:22_04-lts-gen2:0.0.0";
    }

    const auto checks = validateMachine(session(), request, change == QLatin1String("nodes") ? 100'000 : 1, {});

    QVERIFY2(checks, checks ? "" : checks.error().message.c_str());
    QStringList found;
    for (const MachineCheck& check : *checks) {
        if (check.outcome == MachineCheck::Outcome::Wrong) {
            found << QString::fromStdString(check.what);
        }
    }
    QCOMPARE(found, wrong.isEmpty() ? QStringList() : QStringList{wrong});
}

void TestMachineFacts::trafficCostsByItsTiers()
{
    const auto none = readTrafficCost(session().connection(), "eastus", 100, "USD", {});
    QVERIFY2(none, none ? "" : none.error().message.c_str());
    const auto some = readTrafficCost(session().connection(), "eastus", 200, "USD", {});
    const auto nowhere = readTrafficCost(session().connection(), "atlantis", 200, "USD", {});

    QCOMPARE(none->value_or(-1), 0.0); // the first 100 are free
    QVERIFY(some->value_or(0) > 5 && some->value_or(0) < 20);
    QVERIFY(!nowhere->has_value());
}

void TestMachineFacts::whatGoogleDoesNotTellIsSaidPlainly()
{
    MachineInfo info;
    info.provider = "google";
    info.name = "gpu-1";
    const auto metrics = readMetrics(session(), info, cloud::kMetricPeriods.front(), {});
    QVERIFY(!metrics);
    QCOMPARE(metrics.error().kind, ErrorKind::Unsupported);
    QVERIFY(metrics.error().advice.find("Cloud Monitoring") != std::string::npos);
    QCOMPARE(runScript(session().connection(), info, "true", {}).error().kind, ErrorKind::Unsupported);
}

void TestMachineFacts::anotherSandboxHasAddressesOfItsOwn()
{
    SandboxHome other;
    QVERIFY(other.open());
    auto request = wanted();
    request.scope = other.session().account().scope;
    const auto report = other.session().machines().create(request, {});
    QVERIFY(report && report->outcome == cloud::Outcome::Done);
    const auto theirs = other.session().machines().find("gpu-1", {});
    QVERIFY(theirs);
    QVERIFY2(theirs->publicAddress != machine().publicAddress, theirs->publicAddress.c_str());
}

QTEST_GUILESS_MAIN(TestMachineFacts)
#include "tst_machine_facts.moc"
