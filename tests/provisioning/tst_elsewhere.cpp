#include <QTest>

#include "app/provisioning/alternatives.h"
#include "app/provisioning/data_place.h"
#include "app/provisioning/own_images.h"
#include "cloud/sandbox/file_service.h"
#include "sandbox_home.h"
#include "wanted_machine.h"

using namespace ty;
using namespace ty::app;

/// What else can be had when a machine is refused, and where data lies.
class TestElsewhere : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanup();
    void aRefusedMachineTellsWhyAndWhatWasAsked();
    void anotherRegionAndSizeAreFound();
    void aSizeWithoutQuotaMovesToWhereThereIsSome();
    void anotherZoneComesBeforeAnotherRegion();
    void whatIsNowhereIsSaid();
    void aStorageAccountTellsItsRegion();
    void aMachineAsItWasIsAmongTheImages();

private:
    CloudSession& session() { return m_home.session(); }
    cloud::MachineRequest wanted()
    {
        return test::wantedMachine(m_home.provider(), session().account().scope, "gpu-1");
    }
    SandboxHome m_home;
};

void TestElsewhere::initTestCase()
{
    if (!m_home.open()) {
        QSKIP("there is no sandbox");
    }
}

void TestElsewhere::cleanup()
{
    m_home.setProvider("azure");
    QVERIFY(m_home.setFaults("{}"));
}

void TestElsewhere::aRefusedMachineTellsWhyAndWhatWasAsked()
{
    QVERIFY(m_home.setFaults(R"({"rules": [{"zone": "eastus", "do": "AllocationFailed"}]})"));

    const auto report = session().machines().create(wanted(), {});

    QVERIFY2(report, report ? "" : report.error().message.c_str());
    QCOMPARE(report->outcome, cloud::Outcome::Undone);
    QVERIFY(isAboutPlaceOrSize(report->finding));
    QCOMPARE(report->finding.code, std::string("AllocationFailed"));
    QVERIFY(report->asked);
    QCOMPARE(report->asked->size, std::string("Standard_D2s_v5"));
    QVERIFY(m_home.inventory().empty());
}

void TestElsewhere::anotherRegionAndSizeAreFound()
{
    const auto found = findAlternatives(session(), wanted(), 1, cloud::FailureClass::NoCapacity, {});

    QVERIFY2(found, found ? "" : found.error().message.c_str());
    QVERIFY(found->place && found->place->region != "eastus");
    QVERIFY(found->place->zone.empty());
    QVERIFY(found->size && found->size->size != "Standard_D2s_v5");
    QVERIFY(found->size->usdPerHour.value_or(0) > 0);
    const auto text = QString::fromStdString(alternativesText(wanted(), *found));
    QVERIFY2(text.contains(QString::fromStdString(found->place->region)) && text.contains("USD an hour"), qPrintable(text));
    QCOMPARE(movedTo(wanted(), *found->place).region, found->place->region);
    QCOMPARE(resizedTo(wanted(), *found->size).size, found->size->size);
}

void TestElsewhere::aSizeWithoutQuotaMovesToWhereThereIsSome()
{
    auto request = wanted();
    request.size = "Standard_NC4as_T4_v3";
    QVERIFY(m_home.setFaults(R"({"rules": [{"zone": "eastus", "size": "Standard NCASv3_T4 Family", "do": "quota", "limit": 0}]})"));

    const auto found = findAlternatives(session(), request, 1, cloud::FailureClass::Quota, {});

    QVERIFY2(found, found ? "" : found.error().message.c_str());
    QVERIFY(found->place && found->place->region != "eastus");
    QVERIFY(!found->place->coresLeft || *found->place->coresLeft >= 4);
}

void TestElsewhere::anotherZoneComesBeforeAnotherRegion()
{
    m_home.setProvider("google");
    auto request = wanted();

    const auto found = findAlternatives(session(), request, 1, cloud::FailureClass::NoCapacity, {});

    QVERIFY2(found, found ? "" : found.error().message.c_str());
    QVERIFY(found->place);
    QCOMPARE(found->place->region, request.region);
    QVERIFY(!found->place->zone.empty() && found->place->zone != request.zone);
    QCOMPARE(found->regionsAsked, 0);
}

void TestElsewhere::whatIsNowhereIsSaid()
{
    auto request = wanted();
    request.size = "Standard_Nothing";

    const auto found = findAlternatives(session(), request, 1, cloud::FailureClass::NotOffered, {});

    QVERIFY2(found, found ? "" : found.error().message.c_str());
    QVERIFY(!found->place && !found->size);
    QVERIFY(QString::fromStdString(alternativesText(request, *found)).contains("None of the 12 nearest"));
}

void TestElsewhere::aStorageAccountTellsItsRegion()
{
    const auto known = regionOfData(session(), std::string("az://") + sandbox::kStorageAccount + "/images/cats", {});
    const auto foreign = regionOfData(session(), "az://somebodyelse/images", {});
    const auto here = regionOfData(session(), "/home/me/images", {});

    QVERIFY2(known, known ? "" : known.error().message.c_str());
    QCOMPARE(known->value_or(""), std::string("westeurope"));
    QVERIFY(foreign && !*foreign);
    QVERIFY(here && !*here);
}

void TestElsewhere::aMachineAsItWasIsAmongTheImages()
{
    const auto made = session().machines().create(wanted(), {});
    QVERIFY2(made && made->outcome == cloud::Outcome::Done, made ? made->error.c_str() : made.error().message.c_str());
    const auto machine = session().machines().find("gpu-1", {});
    QVERIFY(machine);
    const auto captured = session().machines().capture(*machine, {"kept", CaptureForm::Machine}, {});
    QVERIFY2(captured && captured->outcome == cloud::Outcome::Done, captured ? captured->error.c_str() : captured.error().message.c_str());

    const auto images = readOwnImages(session(), {});

    QVERIFY2(images, images ? "" : images.error().message.c_str());
    QCOMPARE(images->size(), std::size_t(1));
    QCOMPARE(images->front().name, std::string("kept 1.0.0"));
    QVERIFY(images->front().isSpecialized);
    QCOMPARE(images->front().region, std::string("eastus"));
}

QTEST_GUILESS_MAIN(TestElsewhere)
#include "tst_elsewhere.moc"
