#include <algorithm>
#include <memory>

#include <QTest>

#include "app/provisioning/leftover_reader.h"
#include "cloud/azure/requests.h"
#include "cloud/provision/azure_plan.h"
#include "tests/provisioning/sandbox_home.h"
#include "tests/provisioning/wanted_machine.h"

using namespace ty;
using namespace ty::app;
using namespace ty::cloud;
using test::namesOf;

namespace {

MachineRequest wanted(const std::string& name, const std::string& subscription)
{
    return test::wantedMachine("azure", subscription, name);
}

} // namespace

/// What is found as left over in a subscription, and what cleaning does to it and leaves alone.
class TestLeftovers : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void aKeptDataDiskIsFoundWithItsPriceAndItsNameMustBeTyped();
    void aLivingMachineHasNoLeftovers();
    void whatIsNotOursIsNeverListed();
    void whatAnOperationWorksOnIsNotLeftOver();
    void aMachineThatTheCatalogDoesNotKnowIsListedButNotProposed();
    void anAddressAndACardOfAGoneMachineAreDeletedAndTheJournalSaysSo();
    void whatGotAnotherMarkMeanwhileIsLeftAlone();
    void leftoversOfSeveralOperationsAreNotCleanedAsOne();

private:
    std::vector<Leftover> leftovers();
    /// Puts a disk of 32 GiB, or an address, with these tags; false: refused.
    bool putDisk(const std::string& name, const TextMap& tags);
    bool putAddress(const std::string& name, const TextMap& tags);
    bool put(const std::string& type, const std::string& name, Json body);
    bool isThere(const std::string& type, const std::string& name);
    void clear();

    std::unique_ptr<SandboxHome> m_home;
};

void TestLeftovers::initTestCase()
{
    m_home = std::make_unique<SandboxHome>();
    QVERIFY(m_home->open());
    auto& client = m_home->session().connection().client();
    const azure::ArmRequest group{
        "PUT", "/subscriptions/" + m_home->session().account().scope + "/resourceGroups/crash",
        {{"api-version", "2024-03-01"}}, Json{{"location", "eastus"}}};
    QVERIFY(client.get<ListedResource>(group, {}));
}

/// Each test finds the subscription without anything of ours.
void TestLeftovers::init()
{
    clear();
    QCOMPARE(namesOf(leftovers()), QStringList());
}

void TestLeftovers::clear()
{
    const auto machines = m_home->session().machines().machines({});
    QVERIFY(machines);
    for (const auto& machine : *machines) {
        QVERIFY(m_home->session().machines().remove(machine, {}));
    }
    for (const auto& group : byMark(leftovers())) {
        QVERIFY(m_home->session().machines().clean(group, {}));
    }
}

std::vector<Leftover> TestLeftovers::leftovers()
{
    auto found = readLeftovers(m_home->session(), "USD", {});
    if (!found) {
        qWarning("%s", found.error().message.c_str());
        return {};
    }
    return std::move(found).value();
}

bool TestLeftovers::put(const std::string& type, const std::string& name, Json body)
{
    auto& session = m_home->session();
    const std::string id
        = "/subscriptions/" + session.account().scope + "/resourceGroups/crash/providers/" + type + "/" + name;
    body["location"] = "eastus";
    const char* version = type.starts_with("Microsoft.Network") ? "2024-01-01" : "2023-10-02";
    auto operation = session.connection().client().begin<ListedResource>({"PUT", id, {{"api-version", version}}, body}, {});
    return operation && operation->wait({}).isOk();
}

bool TestLeftovers::putDisk(const std::string& name, const TextMap& tags)
{
    return put(
        "Microsoft.Compute/disks", name,
        Json{{"tags", tags}, {"sku", {{"name", "StandardSSD_LRS"}}},
             {"properties", {{"creationData", {{"createOption", "Empty"}}}, {"diskSizeGB", 32}}}});
}

bool TestLeftovers::putAddress(const std::string& name, const TextMap& tags)
{
    return put(
        "Microsoft.Network/publicIPAddresses", name,
        Json{{"tags", tags}, {"sku", {{"name", "Standard"}}}, {"properties", {{"publicIPAllocationMethod", "Static"}}}});
}

bool TestLeftovers::isThere(const std::string& type, const std::string& name)
{
    const auto listed = m_home->session().connection().client().list<ListedResource>(
        azure::listResources(m_home->session().account().scope, "crash"), {});
    return listed && std::any_of(listed->begin(), listed->end(), [&](const auto& resource) {
        return azure::isSame(resource.type, type) && resource.name == name;
    });
}

void TestLeftovers::aKeptDataDiskIsFoundWithItsPriceAndItsNameMustBeTyped()
{
    auto& machines = m_home->session().machines();
    auto request = wanted("keeper", m_home->session().account().scope);
    request.dataDisks = {{32, "StandardSSD_LRS", false}};
    const auto created = machines.create(request, {});
    QVERIFY2(created && created->outcome == Outcome::Done, created ? created->error.c_str() : created.error().message.c_str());
    const auto machine = machines.find("keeper", {});
    QVERIFY(machine && machines.remove(*machine, {}));

    const auto found = leftovers();
    QCOMPARE(namesOf(found), QStringList{QStringLiteral("keeper-data0")});
    QVERIFY(found.front().holdsData);
    QVERIFY(found.front().perMonth && *found.front().perMonth > 0.5);
    QCOMPARE(found.front().sizeGiB.value_or(0), 32);
    QCOMPARE(found.front().reason, std::string("Its machine keeper is gone."));
    const auto cleaned = machines.clean(found, {});
    QVERIFY(cleaned && cleaned->outcome == Outcome::Done);
    QVERIFY(!isThere("Microsoft.Compute/disks", "keeper-data0"));
}

void TestLeftovers::aLivingMachineHasNoLeftovers()
{
    auto request = wanted("alive", m_home->session().account().scope);
    request.dataDisks = {{32, "StandardSSD_LRS", false}};
    QVERIFY(m_home->session().machines().create(request, {}));
    QCOMPARE(namesOf(leftovers()), QStringList());
}

void TestLeftovers::whatIsNotOursIsNeverListed()
{
    QVERIFY(putDisk("somebodys", {{"team", "vision"}}));
    QVERIFY(putAddress("somebodys-address", {}));
    QCOMPARE(namesOf(leftovers()), QStringList());
}

void TestLeftovers::whatAnOperationWorksOnIsNotLeftOver()
{
    auto& operations = m_home->session().operations();
    const auto id = operations.begin("create", "coming", Json{{"account", "elsewhere"}, {"mark", "mark-of-coming"}});
    QVERIFY(id);
    QVERIFY(putAddress("coming-address", {{kOperationTag, "mark-of-coming"}, {kMachineTag, "coming"}}));
    QCOMPARE(namesOf(leftovers()), QStringList());
    QVERIFY(operations.end(*id, "failed", ""));
    QCOMPARE(namesOf(leftovers()), QStringList{QStringLiteral("coming-address")});
}

void TestLeftovers::aMachineThatTheCatalogDoesNotKnowIsListedButNotProposed()
{
    QVERIFY(m_home->session().machines().create(wanted("elsewhere", m_home->session().account().scope), {}));
    QVERIFY(m_home->session().records().remove("elsewhere"));
    const auto found = leftovers();
    QCOMPARE(namesOf(found), QStringList{QStringLiteral("elsewhere")});
    QCOMPARE(found.front().kind, LeftoverKind::Machine);
    QVERIFY(found.front().holdsData);
    QVERIFY(found.front().perMonth && *found.front().perMonth > 10);
}

void TestLeftovers::anAddressAndACardOfAGoneMachineAreDeletedAndTheJournalSaysSo()
{
    QVERIFY(putAddress("gone-address", {{kOperationTag, "mark-of-gone"}, {kMachineTag, "gone"}}));
    QVERIFY(putDisk("gone-os", {{kOperationTag, "mark-of-gone"}, {kMachineTag, "gone"}}));
    const auto found = leftovers();
    QCOMPARE(namesOf(found), QStringList({QStringLiteral("gone-os"), QStringLiteral("gone-address")}));
    const auto cost = costOf(found);
    QVERIFY(cost.perMonth > 0);
    QCOMPARE(cost.unknown, 0);
    const auto cleaned = m_home->session().machines().clean(found, {});
    QVERIFY(cleaned && cleaned->outcome == Outcome::Done);
    QCOMPARE(namesOf(leftovers()), QStringList());
    const auto entry = m_home->session().operations().operation(cleaned->id);
    QVERIFY(entry);
    QCOMPARE(entry->kind, std::string("clean"));
    QCOMPARE(entry->state, std::string("done"));
}

void TestLeftovers::whatGotAnotherMarkMeanwhileIsLeftAlone()
{
    QVERIFY(putAddress("shared-address", {{kOperationTag, "old-mark"}, {kMachineTag, "old"}}));
    const auto found = leftovers();
    QCOMPARE(namesOf(found), QStringList{QStringLiteral("shared-address")});
    QVERIFY(putAddress("shared-address", {{kOperationTag, "new-mark"}, {kMachineTag, "new"}}));
    const auto cleaned = m_home->session().machines().clean(found, {});
    QVERIFY(cleaned && cleaned->outcome == Outcome::Done);
    QVERIFY(isThere("Microsoft.Network/publicIPAddresses", "shared-address"));
}

void TestLeftovers::leftoversOfSeveralOperationsAreNotCleanedAsOne()
{
    QVERIFY(putAddress("one-address", {{kOperationTag, "one"}, {kMachineTag, "one"}}));
    QVERIFY(putAddress("two-address", {{kOperationTag, "two"}, {kMachineTag, "two"}}));
    const auto found = leftovers();
    QCOMPARE(found.size(), std::size_t(2));
    QVERIFY(!m_home->session().machines().clean(found, {}));
    QCOMPARE(byMark(found).size(), std::size_t(2));
}

QTEST_GUILESS_MAIN(TestLeftovers)
#include "tst_leftovers.moc"
