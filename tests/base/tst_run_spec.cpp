#include <QTest>

#include "engine/base/run_spec.h"

using namespace ty;

namespace {

RunSpec fullSpec()
{
    RunSpec spec;
    spec.name = "digits-fast-1";
    spec.data.training = "/data/digits";
    spec.data.target = "label";
    spec.data.columns["age"] = ColumnChoice{"category", "ignored"};
    spec.data.split = SplitSpec{0.1, 0.15, 7, false};
    spec.data.repairs.areDuplicatesLeftOut = true;
    spec.data.repairs.areClassesWeighed = true;
    spec.data.repairs.mergedClasses = {{"Setosa", "setosa"}, {"setossa", "Setosa"}};
    spec.data.repairs.missing = {{"age", MissingValues::DropRows}, {"size", MissingValues::Fill}};
    spec.settings = Json{{"epochs", 5}};
    spec.seed = 18'446'744'073'709'551'615ULL;
    spec.budgetMinutes = 2.5;
    return spec;
}

} // namespace

class TestRunSpec : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void survivesJson()
    {
        const RunSpec spec = fullSpec();
        const auto copy = RunSpec::fromJson(*parseJson(spec.toJson().dump(), "x"), "run.json");
        QVERIFY2(copy, copy ? "" : copy.error().message.c_str());
        QVERIFY(copy->toJson() == spec.toJson());
        QVERIFY(copy->data == spec.data);
        QCOMPARE(copy->seed, spec.seed);
    }

    void badDescriptionNamesTheKey_data()
    {
        QTest::addColumn<QString>("pointer");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("expected");
        QTest::newRow("future format") << "/format" << "2" << "run.json: format 2 is not known";
        QTest::newRow("unknown key") << "/colour" << "1" << "run.json: unknown key \"colour\"";
        QTest::newRow("unknown data key") << "/data/labels" << "1" << "run.json: data: unknown key \"labels\"";
        QTest::newRow("no data") << "/data/training" << "\"\"" << "run.json: no training data";
        QTest::newRow("split above one") << "/data/split/validation" << "0.9" << "run.json: split fractions";
        QTest::newRow("negative split") << "/data/split/test" << "-0.1" << "run.json: split fractions";
        QTest::newRow("split as text") << "/data/split/test" << "\"a\""
                                       << "run.json: data.split: \"test\" must be a number";
        QTest::newRow("preset") << "/preset" << "\"turbo\"" << "run.json: unknown preset \"turbo\"";
        QTest::newRow("device") << "/device" << "\"tpu\"" << "run.json: unknown device \"tpu\"";
        QTest::newRow("column type") << "/data/columns/age/type" << "\"int\""
                                     << "run.json: data.columns.age: unknown type \"int\"";
        QTest::newRow("unknown repair") << "/data/repairs/colour" << "\"blue\""
                                        << "run.json: data.repairs: unknown key \"colour\"";
        QTest::newRow("repair") << "/data/repairs/duplicates" << "\"keep-two\""
                                << "run.json: data.repairs.duplicates: must be \"keep-one\"";
        QTest::newRow("missing") << "/data/repairs/missingValues/age" << "\"guess\""
                                 << "run.json: data.repairs.missingValues.age: unknown \"guess\"";
        QTest::newRow("merged in a circle") << "/data/repairs/mergedClasses/setosa" << "\"setossa\""
                                            << "run.json: data.repairs.mergedClasses: classes are merged in a circle";
        QTest::newRow("budget") << "/budget/minutes" << "0" << "run.json: budget.minutes must be above 0";
        QTest::newRow("seed") << "/seed" << "-1" << "run.json: \"seed\" must be a whole number, zero or more";
    }

    void badDescriptionNamesTheKey()
    {
        QFETCH(QString, pointer);
        QFETCH(QString, value);
        QFETCH(QString, expected);
        Json json = fullSpec().toJson();
        json[Json::json_pointer(pointer.toStdString())] = Json::parse(value.toStdString());

        const auto spec = RunSpec::fromJson(json, "run.json");

        QVERIFY(!spec);
        QVERIFY2(
            QString::fromStdString(spec.error().message).startsWith(expected), spec.error().message.c_str());
    }

    void mergedNamesAreFollowedToTheLast()
    {
        const DataRepairs repairs = fullSpec().data.repairs;
        QCOMPARE(repairs.classNameFor("setossa"), std::string("setosa"));
        QCOMPARE(repairs.classNameFor("virginica"), std::string("virginica"));
    }

    void onlyTheDataIsRequired()
    {
        const auto spec = RunSpec::fromJson(Json{{"format", 1}, {"data", {{"training", "iris.csv"}}}}, "run.json");
        QVERIFY(spec);
        QCOMPARE(spec->preset, std::string("balanced"));
        QCOMPARE(spec->data.split.validation, 0.2);
    }
};

QTEST_GUILESS_MAIN(TestRunSpec)
#include "tst_run_spec.moc"
