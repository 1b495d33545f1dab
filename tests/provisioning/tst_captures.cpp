#include <memory>

#include <QTest>

#include "cloud/azure/requests.h"
#include "tests/provisioning/sandbox_home.h"
#include "tests/provisioning/wanted_machine.h"

using namespace ty;
using namespace ty::app;
using namespace ty::cloud;

namespace {

MachineRequest wanted(const std::string& name, const Account& account)
{
    return test::wantedMachine(account.provider, account.scope, name);
}

} // namespace

/// A machine saved as it is: it lives on, and on Azure others are made of it.
class TestCaptures : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void aSpecializedCaptureLeavesTheMachineRunning_data();
    void aSpecializedCaptureLeavesTheMachineRunning();
    void theNextVersionStandsBesideTheFirst();
    void versionsCountOn_data();
    void versionsCountOn();
    void namesThatAzureDoesNotTakeAreRefusedBefore();
    void aMachineOfASpecializedImageBringsItsUsersAlong();
    void aMachineOfAMachineImageGoesWithItsDisks();
    void aGeneralizedMachineNeverStartsAgain();

private:
    bool isMade(const MachineRequest& request);
    std::unique_ptr<SandboxHome> m_home;
};

void TestCaptures::initTestCase()
{
    m_home = std::make_unique<SandboxHome>();
    QVERIFY(m_home->open());
}

bool TestCaptures::isMade(const MachineRequest& request)
{
    const auto created = m_home->session().machines().create(request, {});
    if (!created || created->outcome != Outcome::Done) {
        qWarning("%s", created ? created->error.c_str() : created.error().message.c_str());
        return false;
    }
    return true;
}

void TestCaptures::aSpecializedCaptureLeavesTheMachineRunning_data()
{
    QTest::addColumn<QString>("provider");
    QTest::addColumn<QString>("kind");
    QTest::newRow("azure") << QStringLiteral("azure") << QStringLiteral("Microsoft.Compute/galleries/images/versions");
    QTest::newRow("google") << QStringLiteral("google") << QStringLiteral("machineImages");
}

void TestCaptures::aSpecializedCaptureLeavesTheMachineRunning()
{
    QFETCH(QString, provider);
    QFETCH(QString, kind);
    m_home->setProvider(provider.toStdString());
    auto& machines = m_home->session().machines();
    const std::string name = "source-" + provider.toStdString();
    QVERIFY(isMade(wanted(name, m_home->session().account())));
    const auto source = machines.find(name, {});
    QVERIFY(source);
    const auto captured = machines.capture(*source, {"as-it-was", CaptureForm::Machine}, {});
    QVERIFY2(captured && captured->outcome == Outcome::Done, captured ? captured->error.c_str() : captured.error().message.c_str());
    QCOMPARE(machines.find(name, {})->state, MachineState::Running);
    const auto found = m_home->inventory();
    QVERIFY(found.contains(kind.toStdString()));
    // The name is taken: nothing is written over, and the machine runs on. Azure has versions of one name.
    CaptureOrder same{"as-it-was", CaptureForm::Machine};
    same.version = "1.0.0";
    const auto again = machines.capture(*machines.find(name, {}), same, {});
    QVERIFY(!again || again->outcome != Outcome::Done);
    QCOMPARE(machines.find(name, {})->state, MachineState::Running);
    QCOMPARE(m_home->inventory().at(kind.toStdString()), 1);
}

void TestCaptures::theNextVersionStandsBesideTheFirst()
{
    m_home->setProvider("azure");
    auto& machines = m_home->session().machines();
    auto& connection = m_home->session().connection();
    const auto machine = machines.find("source-azure", {});
    QVERIFY(machine);
    const auto shelf = [&](const char* gallery) {
        return readImageShelf(connection, machine->group, gallery, "as-it-was", {}).valueOr({});
    };
    QCOMPARE(shelf(kStandardGallery).versions, std::vector<std::string>{"1.0.0"});
    QVERIFY(shelf(kStandardGallery).isSpecialized);
    const CaptureOrder next{"as-it-was", CaptureForm::Machine}; // the next one by itself
    const auto captured = machines.capture(*machine, next, {});
    QVERIFY2(captured && captured->outcome == Outcome::Done, captured ? captured->error.c_str() : captured.error().message.c_str());
    QCOMPARE(shelf(kStandardGallery).versions, (std::vector<std::string>{"1.0.0", "1.0.1"}));

    QVERIFY(!shelf("lab").isThere);
    CaptureOrder elsewhere{"as-it-was", CaptureForm::Machine};
    elsewhere.gallery = "lab";
    elsewhere.version = "2.5.0";
    QVERIFY(machines.capture(*machines.find("source-azure", {}), elsewhere, {}).isOk());
    QCOMPARE(shelf("lab").versions, std::vector<std::string>{"2.5.0"});
    QCOMPARE(machines.find("source-azure", {})->state, MachineState::Running);
}

void TestCaptures::versionsCountOn_data()
{
    QTest::addColumn<QStringList>("versions");
    QTest::addColumn<QString>("next");
    QTest::newRow("none") << QStringList{} << QStringLiteral("1.0.0");
    QTest::newRow("by number, not by letters") << QStringList{"1.0.9", "1.0.10"} << QStringLiteral("1.0.11");
    QTest::newRow("the highest of all") << QStringList{"2.0.0", "1.9.7"} << QStringLiteral("2.0.1");
    QTest::newRow("what is no version is passed over") << QStringList{"latest", "1.2.3"} << QStringLiteral("1.2.4");
}

void TestCaptures::versionsCountOn()
{
    QFETCH(QStringList, versions);
    QFETCH(QString, next);
    std::vector<std::string> texts;
    for (const QString& version : versions) {
        texts.push_back(version.toStdString());
    }
    QCOMPARE(QString::fromStdString(nextVersion(texts)), next);
}

void TestCaptures::namesThatAzureDoesNotTakeAreRefusedBefore()
{
    QVERIFY(checkGallery("trainyard", ""));
    QVERIFY(checkGallery("lab.images_2", "3.0.12"));
    QVERIFY(!checkGallery("", "1.0.0"));
    QVERIFY(!checkGallery("with-hyphen", "1.0.0"));
    for (const char* version : {"1.0", "1.0.0.0", "v1.0.0", "1.0.-1", "1..0", "1.0.99999999999", "1.0.0 "}) {
        QVERIFY2(!checkGallery("trainyard", version), version);
    }
}

void TestCaptures::aMachineOfASpecializedImageBringsItsUsersAlong()
{
    m_home->setProvider("azure");
    const auto& account = m_home->session().account();
    auto request = wanted("copy", account);
    request.image = azure::ResourceRef{account.scope, "crash", azure::kGalleryVersions, {"trainyard", "as-it-was", "1.0.0"}}.id();
    const auto refused = m_home->session().machines().create(request, {});
    QVERIFY(refused && refused->outcome == Outcome::Undone); // users of its own are refused
    QVERIFY2(refused->error.find("osProfile") != std::string::npos, refused->error.c_str());
    request.isImageSpecialized = true;
    request.sshPublicKey.clear();
    QVERIFY(problemsOf(request, false).empty());
    QVERIFY(isMade(request));
    const auto copy = m_home->session().machines().find("copy", {});
    QVERIFY(copy);
    QCOMPARE(copy->state, MachineState::Running);
    QCOMPARE(copy->user, std::string("trainer")); // Azure does not tell it
}

void TestCaptures::aMachineOfAMachineImageGoesWithItsDisks()
{
    m_home->setProvider("google");
    auto& machines = m_home->session().machines();
    auto original = wanted("original", m_home->session().account());
    original.dataDisks = {{32, "pd-ssd", false}}; // which stays, by itself
    QVERIFY(isMade(original));
    const auto captured = machines.capture(*machines.find("original", {}), {"whole", CaptureForm::Machine}, {});
    QVERIFY2(captured && captured->outcome == Outcome::Done, captured ? captured->error.c_str() : captured.error().message.c_str());
    const auto before = m_home->inventory();
    auto request = wanted("copy-of-original", m_home->session().account());
    request.image = "projects/" + request.scope + "/global/machineImages/whole";
    QVERIFY(problemsOf(request, false).empty());
    QVERIFY(isMade(request));
    const auto copy = machines.find("copy-of-original", {});
    QVERIFY(copy);
    QCOMPARE(copy->state, MachineState::Running);
    QCOMPARE(copy->dataDisks.size(), std::size_t{1});
    QCOMPARE(copy->user, std::string("trainer"));
    QCOMPARE(m_home->inventory().at("disks"), before.at("disks") + 2);
    const auto removed = machines.remove(*copy, {});
    QVERIFY2(removed && removed->outcome == Outcome::Done, removed ? removed->error.c_str() : removed.error().message.c_str());
    QCOMPARE(m_home->inventory(), before);
    request.dataDisks = {{32, "pd-ssd", true}};
    QCOMPARE(problemsOf(request, false).front().field, std::string("dataDisks"));
}

void TestCaptures::aGeneralizedMachineNeverStartsAgain()
{
    m_home->setProvider("azure");
    auto& machines = m_home->session().machines();
    QVERIFY(isMade(wanted("template", m_home->session().account())));
    const auto captured = machines.capture(*machines.find("template", {}), {"plain", CaptureForm::Image}, {});
    QVERIFY(captured && captured->outcome == Outcome::Done);
    QCOMPARE(machines.find("template", {})->state, MachineState::Off);
    const auto started = machines.act(*machines.find("template", {}), "start", {});
    QVERIFY(started && started->outcome == Outcome::Failed);
}

QTEST_GUILESS_MAIN(TestCaptures)
#include "tst_captures.moc"
