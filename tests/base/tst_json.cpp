#include <string>

#include <QTest>

#include "engine/base/json.h"

using namespace ty;

class TestJson : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void syntaxErrorNamesLineAndColumn()
    {
        const auto parsed = parseJson("{\n  \"a\": 1,\n  \"b\" 2\n}", "run.json");
        QVERIFY(!parsed);
        QCOMPARE(parsed.error().kind, ErrorKind::InvalidInput);
        QVERIFY2(
            parsed.error().message.find("run.json: line 3, column 7") != std::string::npos,
            parsed.error().message.c_str());
    }

    void hostileNestingIsRefusedBeforeParsing()
    {
        const auto parsed = parseJson(std::string(1'000'000, '['), "x");
        QVERIFY(!parsed);
        QVERIFY(parsed.error().message.find("nested deeper") != std::string::npos);
    }

    void bracketsInsideStringsDoNotNest()
    {
        QVERIFY(parseJson("\"" + std::string(500, '[') + "\\\"{\"", "x"));
    }

    void wrongTypeNamesTheKeyAndTheValue()
    {
        const Json object{{"epochs", "many"}};
        const auto field = jsonField<int>(object, "epochs", "run.json");
        QVERIFY(!field);
        QCOMPARE(field.error().message, std::string("run.json: \"epochs\" must be a whole number, it is \"many\""));
    }

    void wholeNumbersMayBeWrittenAsReals()
    {
        QCOMPARE(*jsonField<int>(Json{{"n", 20.0}}, "n", "x"), 20);
        QVERIFY(!jsonField<int>(Json{{"n", 20.5}}, "n", "x"));
        QVERIFY(!jsonField<int>(Json{{"n", 1e300}}, "n", "x"));
        QVERIFY(!jsonField<std::uint64_t>(Json{{"n", -1}}, "n", "x"));
    }

    void missingOrNullGivesTheFallback()
    {
        QCOMPARE(*jsonFieldOr<double>(Json{{"a", nullptr}}, "a", 0.5, "x"), 0.5);
        QCOMPARE(*jsonFieldOr<double>(Json::object(), "a", 0.5, "x"), 0.5);
    }

    void invalidUtf8IsReplacedNotThrown()
    {
        QVERIFY(!toJsonLine(Json{{"name", "\xff\xfe"}}).empty());
    }
};

QTEST_GUILESS_MAIN(TestJson)
#include "tst_json.moc"
