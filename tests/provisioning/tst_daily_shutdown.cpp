#include <memory>

#include <QTest>

#include "cloud/azure/requests.h"
#include "cloud/provision/azure_shutdown.h"
#include "cloud/provision/marks.h"
#include "tests/provisioning/sandbox_home.h"
#include "tests/provisioning/wanted_machine.h"

using namespace ty;
using namespace ty::app;
using namespace ty::cloud;

/// A machine that Azure itself stops each day. The sandbox's subscription has never used the service that does it.
class TestDailyShutdown : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void itIsSetReadAndTakenAway();
    void itGoesWithTheMachine();
    void whatIsNoTimeIsRefusedAndGoogleHasNone();

private:
    MachineInfo make(const std::string& name);
    int schedules() { return m_home->inventory()["Microsoft.DevTestLab/schedules"]; }
    std::unique_ptr<SandboxHome> m_home;
};

void TestDailyShutdown::initTestCase()
{
    m_home = std::make_unique<SandboxHome>();
    QVERIFY(m_home->open());
}

MachineInfo TestDailyShutdown::make(const std::string& name)
{
    auto& machines = m_home->session().machines();
    const auto made = machines.create(test::wantedMachine("azure", m_home->session().account().scope, name), {});
    return made && made->outcome == Outcome::Done ? machines.find(name, {}).valueOr({}) : MachineInfo();
}

void TestDailyShutdown::itIsSetReadAndTakenAway()
{
    auto& session = m_home->session();
    auto& client = session.connection().client();
    const auto service = [&] {
        return client.get<azure::Provider>(azure::getProvider(session.account().scope, "Microsoft.DevTestLab"), {})->registrationState;
    };
    QVERIFY(service() != "Registered");
    const MachineInfo machine = make("evening");
    QVERIFY(!machine.id.empty());
    QVERIFY(!*readShutdown(client, machine.id, {}));
    const auto set = session.machines().shutDownDaily(machine, DailyShutdown{"19:05", "W. Europe Standard Time"}, {});
    QVERIFY2(set && set->outcome == Outcome::Done, set ? set->error.c_str() : set.error().message.c_str());
    QCOMPARE(service(), std::string("Registered"));
    const auto read = readShutdown(client, machine.id, {});
    QVERIFY(read && *read);
    QCOMPARE((*read)->time, std::string("19:05"));
    QCOMPARE((*read)->timeZone, std::string("W. Europe Standard Time"));
    const auto tagged = session.machines().find("evening", {});
    QVERIFY(tagged->tags.contains(kShutdownTag) && tagged->tags.contains(kOperationTag));
    // Another time is set over it.
    QCOMPARE(session.machines().shutDownDaily(*tagged, DailyShutdown{"23:00", "UTC"}, {})->outcome, Outcome::Done);
    QCOMPARE((*readShutdown(client, machine.id, {}))->time, std::string("23:00"));
    QCOMPARE(session.machines().shutDownDaily(*session.machines().find("evening", {}), {}, {})->outcome, Outcome::Done);
    QVERIFY(!*readShutdown(client, machine.id, {}));
    QVERIFY(!session.machines().find("evening", {})->tags.contains(kShutdownTag));
    QVERIFY(session.machines().remove(*session.machines().find("evening", {}), {}));
    QVERIFY(m_home->inventory().empty());
}

void TestDailyShutdown::itGoesWithTheMachine()
{
    auto& machines = m_home->session().machines();
    const MachineInfo machine = make("night");
    QCOMPARE(machines.shutDownDaily(machine, DailyShutdown{"20:00", "UTC"}, {})->outcome, Outcome::Done);
    QCOMPARE(schedules(), 1);
    const auto removed = machines.remove(*machines.find("night", {}), {});
    QVERIFY2(removed && removed->outcome == Outcome::Done, removed ? removed->error.c_str() : removed.error().message.c_str());
    QVERIFY(m_home->inventory().empty());
}

void TestDailyShutdown::whatIsNoTimeIsRefusedAndGoogleHasNone()
{
    for (const char* wrong : {"", "7pm", "24:00", "19:60", "1900", "19:0a"}) {
        QVERIFY2(!checkShutdown({wrong, "UTC"}), wrong);
    }
    QVERIFY(checkShutdown({"00:00", "UTC"}) && checkShutdown({"23:59", "UTC"}));
    MachineInfo machine;
    machine.provider = "google";
    const auto refused = m_home->session().machines().shutDownDaily(machine, DailyShutdown{"19:00", "UTC"}, {});
    QVERIFY(!refused);
    QCOMPARE(refused.error().kind, ErrorKind::Unsupported);
}

QTEST_GUILESS_MAIN(TestDailyShutdown)
#include "tst_daily_shutdown.moc"
