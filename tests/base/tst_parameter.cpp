#include <QTest>

#include "engine/base/parameter.h"

using namespace ty;

namespace {

ParameterTable sampleTable()
{
    Parameter epochs;
    epochs.name = "epochs";
    epochs.label = "Epochs";
    epochs.type = ParameterType::Integer;
    epochs.defaultValue = 20;
    epochs.minimum = 1;
    epochs.maximum = 10000;
    Parameter rate;
    rate.name = "learningRate";
    rate.type = ParameterType::Real;
    rate.minimum = 0;
    rate.minimumExcluded = true;
    rate.isAutomaticAllowed = true;
    Parameter optimizer;
    optimizer.name = "optimizer";
    optimizer.type = ParameterType::Choice;
    optimizer.defaultValue = "adamw";
    optimizer.choices = {"adamw", "sgd"};
    Parameter flip;
    flip.name = "flip";
    flip.type = ParameterType::Boolean;
    flip.defaultValue = false;
    return ParameterTable({epochs, rate, optimizer, flip});
}

} // namespace

class TestParameter : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void completeFillsTheDefaults()
    {
        const auto settings = sampleTable().complete(Json{{"epochs", 5}});
        QVERIFY(settings);
        QCOMPARE(settings->at("epochs").get<int>(), 5);
        QCOMPARE(settings->at("optimizer").get<std::string>(), std::string("adamw"));
        QVERIFY(settings->at("learningRate").is_null());
    }

    void unknownNameOffersTheNearest()
    {
        const auto settings = sampleTable().complete(Json{{"learningrate", 0.1}});
        QVERIFY(!settings);
        QCOMPARE(
            settings.error().message,
            std::string("unknown setting \"learningrate\"; did you mean \"learningRate\"?"));
    }

    void badTextIsRefusedWithTheRange_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        QTest::newRow("fraction") << "epochs" << "2.5" << "epochs must be a whole number, 1 to 10000, it is 2.5";
        QTest::newRow("too small") << "epochs" << "0" << "epochs must be a whole number, 1 to 10000, it is 0";
        QTest::newRow("word") << "epochs" << "many" << "epochs must be a whole number, 1 to 10000, it is \"many\"";
        QTest::newRow("excluded end") << "learningRate" << "0"
                                      << "learningRate must be a number, above 0 or \"auto\", it is 0.0";
        QTest::newRow("infinite") << "learningRate" << "inf"
                                  << "learningRate must be a number, above 0 or \"auto\", it is null";
        QTest::newRow("choice") << "optimizer" << "adam" << "optimizer must be one of adamw, sgd, it is \"adam\"";
        QTest::newRow("boolean") << "flip" << "maybe" << "flip must be true or false, it is \"maybe\"";
        QTest::newRow("auto not allowed") << "epochs" << "auto"
                                          << "epochs must be a whole number, 1 to 10000, it is \"auto\"";
    }

    void badTextIsRefusedWithTheRange()
    {
        QFETCH(QString, name);
        QFETCH(QString, text);
        QFETCH(QString, expected);
        const auto value = sampleTable().parseValue(name.toStdString(), text.toStdString());
        QVERIFY(!value);
        QCOMPARE(QString::fromStdString(value.error().message), expected);
    }

    void goodTextBecomesAValueOfItsType()
    {
        const ParameterTable table = sampleTable();
        QVERIFY(table.parseValue("epochs", "1e3")->is_number_integer());
        QCOMPARE(table.parseValue("learningRate", "3e-4")->get<double>(), 3e-4);
        QVERIFY(table.parseValue("learningRate", "auto")->is_null());
        QCOMPARE(table.parseValue("flip", "on")->get<bool>(), true);
    }

    void tableSurvivesJson()
    {
        const auto copy = ParameterTable::fromJson(sampleTable().toJson());
        QVERIFY(copy);
        QVERIFY(copy->toJson() == sampleTable().toJson());
    }
};

QTEST_GUILESS_MAIN(TestParameter)
#include "tst_parameter.moc"
