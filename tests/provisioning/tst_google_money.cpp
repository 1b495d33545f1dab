#include <algorithm>
#include <memory>

#include <QTest>

#include "app/provisioning/cost_watch.h"
#include "app/provisioning/gpu_chase.h"
#include "app/provisioning/leftover_reader.h"
#include "app/provisioning/machine_disks.h"
#include "app/provisioning/price_reader.h"
#include "cloud/provision/google_cost.h"
#include "tests/provisioning/sandbox_home.h"
#include "tests/provisioning/wanted_machine.h"

using namespace ty;
using namespace ty::app;
using namespace ty::cloud;
using test::namesOf;

namespace {

MachineRequest wanted(const std::string& name, const std::string& project)
{
    MachineRequest request = test::wantedMachine("google", project, name);
    request.size = "n1-standard-4";
    request.osDisk = {20, "pd-balanced", true};
    return request;
}

constexpr const char* kNoPrices
    = "{\"rules\": [{\"path\": \"*/skus*\", \"do\": \"status\", \"status\": 403, \"code\": \"SERVICE_DISABLED\","
      " \"message\": \"Cloud Billing API has not been used in project 1 before or it is disabled.\"}]}";

} // namespace

/// What machines of Google cost, what they leave, and what that costs.
class TestGoogleMoney : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanup();
    void aMachineIsPricedWithItsCardDisksAndAddress();
    void aListThatMayNotBeReadMakesPricesUnknownAndSaysWhy();
    void whatRunsIsSeenWithItsPrice();
    void disksAndCostOfAMachineThatIsThere();
    void aKeptDiskAnImageAndAForeignMachineAreFoundAndCleaned();
    void allSizesOfARegionHaveTheirPrice();
    void aChaseKnowsWhatEachPlaceCosts();

private:
    bool isMade(const MachineRequest& request);
    std::vector<Leftover> leftovers();
    std::unique_ptr<SandboxHome> m_home;
    CloudSession& session() { return m_home->session(); }
    const std::string& project() { return session().account().scope; }
};

void TestGoogleMoney::initTestCase()
{
    m_home = std::make_unique<SandboxHome>();
    QVERIFY(m_home->open());
    m_home->setProvider("google");
}

void TestGoogleMoney::cleanup()
{
    QVERIFY(m_home->setFaults("{}"));
    const auto machines = session().machines().machines({});
    QVERIFY(machines);
    for (const auto& machine : *machines) {
        QVERIFY(session().machines().remove(machine, {}));
    }
    for (const auto& group : byMark(leftovers())) {
        QVERIFY(session().machines().clean(group, {}));
    }
    QVERIFY(m_home->inventory().empty());
}

bool TestGoogleMoney::isMade(const MachineRequest& request)
{
    const auto created = session().machines().create(request, {});
    if (!created || created->outcome != Outcome::Done) {
        qWarning("%s", created ? created->error.c_str() : created.error().message.c_str());
        return false;
    }
    return true;
}

std::vector<Leftover> TestGoogleMoney::leftovers()
{
    auto found = readLeftovers(session(), "USD", {});
    if (!found) {
        qWarning("%s", found.error().message.c_str());
        return {};
    }
    return std::move(found).value();
}

void TestGoogleMoney::aMachineIsPricedWithItsCardDisksAndAddress()
{
    auto request = wanted("priced", project());
    request.gpu = "nvidia-tesla-t4";
    request.gpus = 1;
    const auto cost = session().provider().cost(request, "USD", {});
    QVERIFY2(cost, cost ? "" : cost.error().message.c_str());
    QCOMPARE(cost->lines.size(), std::size_t(4));
    for (const CostLine& line : cost->lines) {
        QVERIFY2(line.perHour && *line.perHour > 0, line.what.c_str());
    }
    QVERIFY(*cost->perHour(true) > 0.5 && *cost->perHour(true) < 2);
    QVERIFY(*cost->perHour(false) < 0.01);
    request.isSpot = true;
    const auto spot = session().provider().cost(request, "USD", {});
    QVERIFY(spot && *spot->perHour(true) < *cost->perHour(true) / 2);
    const auto euros = session().provider().cost(request, "EUR", {});
    QVERIFY(euros && *euros->perHour(true) < *spot->perHour(true));
    request.size = "a3-highgpu-8g"; // its local disks are billed besides
    const auto unknown = session().provider().cost(request, "USD", {});
    QVERIFY(unknown && !unknown->perHour(true));
}

void TestGoogleMoney::aListThatMayNotBeReadMakesPricesUnknownAndSaysWhy()
{
    const std::string folder = m_home->paths().cacheFolder() + "/prices";
    GooglePriceBook first(*session().google(), folder);
    QVERIFY(first.read("USD", {}));
    QVERIFY(m_home->setFaults(kNoPrices));
    GooglePriceBook next(*session().google(), folder); // of the next program: nothing is asked for in half a day
    const auto kept = next.read("USD", {});
    QVERIFY(kept && kept->problem.empty());
    QCOMPARE(kept->prices->rates().size(), first.read("USD", {})->prices->rates().size());
    GooglePriceBook book(*session().google(), {});
    const auto list = book.read("USD", {});
    QVERIFY2(list, list ? "" : list.error().message.c_str());
    QVERIFY(list->prices->rates().empty());
    QVERIFY(list->problem.find("Cloud Billing API") != std::string::npos);
    const auto cost = googleCost(wanted("x", project()), *list->prices, {}, "USD", list->day);
    QVERIFY(!cost.perHour(true) && !cost.perHour(false));
}

void TestGoogleMoney::whatRunsIsSeenWithItsPrice()
{
    QVERIFY(isMade(wanted("seen", project())));
    CostWatch watch;
    const auto look = watch.look(session(), "USD", {});
    QVERIFY2(look, look ? "" : look.error().message.c_str());
    QCOMPARE(look->sightings.size(), std::size_t(1));
    const auto& sighting = look->sightings.front();
    QVERIFY(sighting.isOn && !sighting.isPartial);
    QVERIFY(sighting.perHour > 0.1 && sighting.perHour < 1);
    QVERIFY(sandboxNames().contains(session().account().name)); // shown, and not summed up as money
    const auto machine = session().machines().find("seen", {});
    QVERIFY(machine && session().machines().act(*machine, "deallocate", {}));
    const auto after = watch.look(session(), "USD", {});
    QVERIFY(after && !after->sightings.front().isOn && after->sightings.front().perHour < 0.01);
}

void TestGoogleMoney::disksAndCostOfAMachineThatIsThere()
{
    auto request = wanted("owner", project());
    request.dataDisks = {{32, "pd-ssd", true}};
    QVERIFY(isMade(request));
    const auto machine = session().machines().find("owner", {});
    QVERIFY(machine);
    const auto disks = readDisks(session(), *machine, {});
    QVERIFY2(disks, disks ? "" : disks.error().message.c_str());
    QCOMPARE(disks->size(), std::size_t(2));
    QCOMPARE(disks->front().kind, std::string("pd-balanced"));
    QCOMPARE(disks->back().sizeGiB.value_or(0), 32);
    const auto cost = readMachineCost(session(), *machine, *disks, "USD", {});
    QVERIFY(cost && cost->perHour(true));
    QVERIFY2(cost->lines[2].what.find("owner-data0") != std::string::npos, cost->lines[2].what.c_str());
}

void TestGoogleMoney::aKeptDiskAnImageAndAForeignMachineAreFoundAndCleaned()
{
    auto request = wanted("keeper", project());
    request.dataDisks = {{32, "pd-ssd", false}};
    QVERIFY(isMade(request));
    QCOMPARE(namesOf(leftovers()), QStringList());
    const auto machine = session().machines().find("keeper", {});
    QVERIFY(machine);
    const auto captured = session().machines().capture(*machine, {"kept-image", CaptureForm::Image}, {});
    QVERIFY(captured && captured->outcome == Outcome::Done);
    const auto copied = session().machines().capture(*session().machines().find("keeper", {}), {"kept-whole", CaptureForm::Machine}, {});
    QVERIFY(copied && copied->outcome == Outcome::Done);
    QCOMPARE(namesOf(leftovers()), QStringList()); // its machine is there
    QVERIFY(session().machines().remove(*session().machines().find("keeper", {}), {}));
    QVERIFY(isMade(wanted("elsewhere", project())));
    QVERIFY(session().records().remove("elsewhere"));

    auto found = leftovers();
    QCOMPARE(namesOf(found), QStringList({QStringLiteral("elsewhere"), QStringLiteral("keeper-data0"), QStringLiteral("kept-image"),
                                          QStringLiteral("kept-whole")}));
    QVERIFY(found[0].perMonth && *found[0].perMonth > 50);
    QVERIFY(found[1].perMonth && *found[1].perMonth > 5 && found[1].holdsData);
    QCOMPARE(found[1].reason, std::string("Its machine keeper is gone."));
    QVERIFY(!found[2].perMonth && found[2].holdsData); // unknown is not 0
    std::erase_if(found, [](const Leftover& leftover) { return leftover.kind == LeftoverKind::Machine; });
    for (const auto& group : byMark(found)) {
        const auto cleaned = session().machines().clean(group, {});
        QVERIFY2(cleaned && cleaned->outcome == Outcome::Done, cleaned ? cleaned->error.c_str() : cleaned.error().message.c_str());
    }
    QCOMPARE(namesOf(leftovers()), QStringList{QStringLiteral("elsewhere")});
}

void TestGoogleMoney::allSizesOfARegionHaveTheirPrice()
{
    const auto prices = readSizePrices(session(), "us-central1", "USD", {});
    QVERIFY2(prices, prices ? "" : prices.error().message.c_str());
    QVERIFY(prices->size() > 30);
    const auto found = prices->find("n1-standard-4");
    QVERIFY(found != prices->end() && found->second.perHour && found->second.spotPerHour);
    QVERIFY(!prices->contains("a3-highgpu-8g"));
}

void TestGoogleMoney::aChaseKnowsWhatEachPlaceCosts()
{
    ChaseRequest request;
    request.gpu = "T4";
    request.maxCost = 1.0;
    request.machine.allowedFrom = {"127.0.0.1/32"};
    SessionSecrets secrets;
    const auto chase = GpuChase::plan(m_home->paths(), {sandboxAccounts().back()}, secrets, request, {}, {});
    QVERIFY2(chase, chase ? "" : chase.error().message.c_str());
    const auto preview = (*chase)->preview();
    QCOMPARE(preview.unpriced, 0);
    QCOMPARE(preview.withoutPrice, 0);
    QCOMPARE(preview.waiting, 84); // where the GPU is offered
    QVERIFY(preview.leastPerHour && *preview.leastPerHour > 0.4 && *preview.mostPerHour < 2);
    QCOMPARE(preview.mostUsd.value_or(0), 1.0); // all of them would cost more than the limit
}

QTEST_GUILESS_MAIN(TestGoogleMoney)
#include "tst_google_money.moc"
