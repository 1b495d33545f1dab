#include <QRegularExpression>
#include <QTest>

#include "engine/base/run_events.h"

using namespace ty;

class TestRunEvents : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void eventSurvivesItsLine()
    {
        RunEvent event;
        event.seq = 12;
        event.time = utcNow();
        event.type = "epoch";
        event.fields = Json{{"epoch", 3}, {"training", {{"loss", 0.25}}}};
        const auto copy = RunEvent::fromLine(event.toLine());
        QVERIFY(copy);
        QCOMPARE(copy->seq, event.seq);
        QCOMPARE(copy->time, event.time);
        QCOMPARE(copy->type, event.type);
        QVERIFY(copy->fields == event.fields);
    }

    void unknownEventsAreKept()
    {
        const auto event = RunEvent::fromLine("{\"event\":\"hologram\",\"depth\":3}");
        QVERIFY(event);
        QCOMPARE(event->fields.at("depth").get<int>(), 3);
    }

    void tornLineIsAnError()
    {
        QVERIFY(!RunEvent::fromLine("{\"event\":\"epo"));
        QVERIFY(!RunEvent::fromLine("[]"));
        QVERIFY(!RunEvent::fromLine(""));
    }

    void commandSurvivesItsLine()
    {
        const auto command = RunCommand::fromLine(RunCommand{"set", Json{{"name", "epochs"}, {"value", 40}}}.toLine());
        QVERIFY(command);
        QCOMPARE(command->name, std::string("set"));
        QCOMPARE(command->fields.at("value").get<int>(), 40);
    }

    void timeIsUtcWithMilliseconds()
    {
        const QRegularExpression form("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$");
        QVERIFY(form.match(QString::fromStdString(utcNow())).hasMatch());
    }
};

QTEST_GUILESS_MAIN(TestRunEvents)
#include "tst_run_events.moc"
