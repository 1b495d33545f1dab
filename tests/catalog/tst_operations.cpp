#include <QTemporaryDir>
#include <QTest>

#include "app/catalog/machines.h"
#include "app/catalog/operations.h"

using namespace ty;
using namespace ty::catalog;

class TestOperations : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_paths = Paths::below(m_folder->path().toStdString());
        QVERIFY(m_paths.ensure().isOk());
    }

    void anOpenOperationIsFoundByTheNextProgram()
    {
        std::int64_t id = 0;
        {
            auto operations = Operations::open(m_paths).value();
            id = operations->begin("create", "gpu-1", Json{{"size", "Standard_NC4as_T4_v3"}}).value();
            OperationRecord note;
            note.id = id;
            note.direction = "undo";
            note.step = 2;
            note.steps = 5;
            note.stage = "Creating network card";
            note.remoteId = "https://poll/1";
            note.error = "quota";
            QVERIFY(operations->note(note).isOk());
        }
        auto operations = Operations::open(m_paths).value();
        const auto open = operations->openOnes().value();
        QCOMPARE(open.size(), std::size_t{1});
        QCOMPARE(open[0].id, id);
        QCOMPARE(open[0].request["size"].get<std::string>(), "Standard_NC4as_T4_v3");
        QCOMPARE(open[0].direction, "undo");
        QCOMPARE(open[0].step, 2);
        QCOMPARE(open[0].steps, 5);
        QCOMPARE(open[0].remoteId, "https://poll/1");
        QCOMPARE(open[0].error, "quota");
        QVERIFY(!open[0].started.empty());
        QVERIFY(open[0].ended.empty());
    }

    void anEndedOperationStaysAsItEnded()
    {
        auto operations = Operations::open(m_paths).value();
        const auto id = operations->begin("delete", "gpu-1", Json::object()).value();
        QVERIFY(operations->end(id, "done", "").isOk());
        OperationRecord late;
        late.id = id;
        QCOMPARE(operations->note(late).error().kind, ErrorKind::NotFound);
        QCOMPARE(operations->end(id, "failed", "late").error().kind, ErrorKind::NotFound);
        QVERIFY(operations->openOnes()->empty());
        QCOMPARE(operations->operation(id)->state, "done");
        const auto second = operations->begin("create", "gpu-2", Json::object()).value();
        const auto newest = operations->newest(10).value();
        QCOMPARE(newest.size(), std::size_t{2});
        QCOMPARE(newest[0].id, second);
        QCOMPARE(operations->operation(99).error().kind, ErrorKind::NotFound);
    }

    void aMachineKeepsItsIdAndAnUnknownPriceIsNotNothing()
    {
        auto machines = Machines::open(m_paths).value();
        MachineRecord machine;
        machine.name = "gpu-1";
        machine.cloud = "sandbox";
        machine.state = "starting";
        machine.details = Json{{"hostKey", "SHA256:x"}};
        const auto id = machines->put(machine).value();
        QVERIFY(!machines->find("gpu-1").value()->usdPerHour.has_value());
        QVERIFY(!machines->find("gpu-1").value()->autoStopMinutes.has_value());
        machine.usdPerHour = 0.0;
        machine.autoStopMinutes = 15;
        machine.state = "running";
        QCOMPARE(machines->put(machine).value(), id);
        QVERIFY(machines->setState("gpu-1", "off", "127.0.1.1").isOk());
        const auto stored = machines->find("gpu-1").value().value();
        QCOMPARE(stored.usdPerHour.value(), 0.0);
        QCOMPARE(stored.autoStopMinutes.value(), 15);
        QCOMPARE(stored.state, "off");
        QCOMPARE(stored.address, "127.0.1.1");
        QCOMPARE(stored.details["hostKey"].get<std::string>(), "SHA256:x");
        QCOMPARE(machines->setState("gone", "off", "").error().kind, ErrorKind::NotFound);
        QVERIFY(machines->remove("gpu-1").isOk());
        QVERIFY(machines->remove("gpu-1").isOk());
        QVERIFY(machines->all()->empty());
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    Paths m_paths = Paths::below("");
};

QTEST_APPLESS_MAIN(TestOperations)

#include "tst_operations.moc"
