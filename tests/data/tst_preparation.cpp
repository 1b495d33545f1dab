#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include <QTest>

#include "engine/base/preparation.h"
#include "engine/data/dataset.h"
#include "engine/data/encoder.h"
#include "engine/data/prepare/balance.h"
#include "engine/data/prepare/expression.h"
#include "tests/data/data_files.h"

using namespace ty;
using namespace ty::engine;

namespace {

/// 40 people; every tenth has no weight.
std::string people()
{
    std::string text = "age,height,weight,city,born,sick\n";
    for (int i = 0; i < 40; ++i) {
        const std::string weight = i % 10 == 9 ? "" : std::to_string(50 + i);
        text += std::to_string(10 + i) + "," + std::to_string(150 + i) + "," + weight + "," + (i % 3 == 0 ? "Oslo" : i % 3 == 1 ? "Bergen" : "Bodø")
            + ",2020-0" + std::to_string(1 + i % 9) + "-15," + (i % 4 == 0 ? "yes" : "no") + "\n";
    }
    return text;
}

Preparation stepsOf(const std::string& json)
{
    const auto parsed = parseJson(json, "steps");
    auto steps = Preparation::fromJson(parsed.value(), "steps");
    return steps ? steps.value() : Preparation();
}

std::string refusalOf(const std::string& json)
{
    const auto steps = Preparation::fromJson(parseJson(json, "steps").value(), "steps");
    return steps ? "" : steps.error().message;
}

OpenOptions prepared(const std::string& json)
{
    OpenOptions options;
    options.target = "sick";
    options.preparation = stepsOf(json);
    return options;
}

std::size_t placeOf(const Dataset& dataset, const std::string& name)
{
    const auto& columns = dataset.info().columns;
    return static_cast<std::size_t>(
        std::find_if(columns.begin(), columns.end(), [&](const ColumnInfo& one) { return one.name == name; }) - columns.begin());
}

std::vector<float> numbersOf(const Dataset& dataset, const std::string& name)
{
    const auto span = dataset.numericColumn(placeOf(dataset, name));
    return {span.begin(), span.end()};
}

std::vector<std::uint32_t> allSamples(const Dataset& dataset)
{
    std::vector<std::uint32_t> samples(dataset.size());
    std::iota(samples.begin(), samples.end(), 0U);
    return samples;
}

} // namespace

class TestPreparation : public QObject {
    Q_OBJECT

private slots:
    void expressionsGiveWhatArithmeticSays_data();
    void expressionsGiveWhatArithmeticSays();
    void expressionsThatDoNotFitNameThePlace_data();
    void expressionsThatDoNotFitNameThePlace();
    void stepsSurviveJson();
    void impossibleStepsAreRefusedByName_data();
    void impossibleStepsAreRefusedByName();
    void computedColumnIsAFeatureAndNeverTheGuessedTarget();
    void filterLeavesTrainingRowsOutAndKeepsTheirNames();
    void clipBinFillAndOrdinalChangeColumns();
    void newDataGetsWhatTrainingDataFound();
    void newDataKeepsRowsThatAFilterWouldLeaveOut();
    void newDataWithoutAColumnOfAFeatureIsRefusedByThatName();
    void encoderCarriesTheStepsThroughItsFile();
    void scalingIsThePersonsChoice();
    void errorsNameStepAndColumn();
    void switchedOffStepsDoNothing();
    void targetCanBeMadeOfANumber();
    void oversampledClassesAreEqualInTrainingAlone();
    void picturesAreResized();
    void previewShowsThePreparedTable();
    void relabelledSampleMayBeFilteredOut();
};

void TestPreparation::expressionsGiveWhatArithmeticSays_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<double>("expected");
    const double missing = std::nan("");
    QTest::newRow("precedence") << "1 + 2 * 3 ^ 2" << 19.0;
    QTest::newRow("power binds to the right") << "2 ^ 3 ^ 2" << 512.0;
    QTest::newRow("minus before power") << "-2 ^ 2" << -4.0;
    QTest::newRow("division") << "7 / 2" << 3.5;
    QTest::newRow("by zero is missing") << "x / 0" << missing;
    QTest::newRow("column") << "x * 2" << 3.0;
    QTest::newRow("odd name") << "`odd name` + 1" << 11.0;
    QTest::newRow("a float finds what was written") << "if(tenth = 0.1, 1, 0)" << 1.0;
    QTest::newRow("missing spreads") << "x + gone" << missing;
    QTest::newRow("missing is asked for") << "if(is_missing(gone), 5, 6)" << 5.0;
    QTest::newRow("coalesce") << "coalesce(gone, x, 9)" << 1.5;
    QTest::newRow("false and missing is false") << "if(x > 2 and gone > 1, 1, 2)" << 2.0;
    QTest::newRow("true or missing is true") << "if(x > 1 or gone > 1, 1, 2)" << 1.0;
    QTest::newRow("true and missing is missing") << "if(x > 1 and gone > 1, 1, 2)" << missing;
    QTest::newRow("texts compare") << "if(city = 'Oslo', 1, 0)" << 1.0;
    QTest::newRow("texts differ") << "if(city != \"Bergen\" and not city = 'Bodø', 1, 0)" << 1.0;
    QTest::newRow("smallest") << "min(3, x, 2)" << 1.5;
    QTest::newRow("largest") << "max(3, x, 2)" << 3.0;
    QTest::newRow("logarithm of nothing") << "log(0 - x)" << missing;
    QTest::newRow("halves round to even") << "round(2.5) + round(3.5)" << 6.0;
    QTest::newRow("calendar") << "year(day) * 10000 + month(day) * 100 + day(day)" << 20240229.0;
    QTest::newRow("weekday") << "weekday(date('2026-11-22'))" << 7.0;
    QTest::newRow("exponent") << "1.5e2 + .5" << 150.5;
}

void TestPreparation::expressionsGiveWhatArithmeticSays()
{
    QFETCH(QString, text);
    QFETCH(double, expected);
    const auto expression = Expression::parse(text.toStdString());
    QVERIFY2(expression, expression ? "" : expression.error().message.c_str());
    const std::vector<float> x{1.5F}, odd{10}, tenth{0.1F}, gone{std::nanf("")}, day{19782};
    const std::vector<std::int32_t> city{0};
    StringPool texts;
    texts.intern("Oslo");
    const std::vector<ExpressionColumn> columns{
        {"x", x, {}, nullptr}, {"odd name", odd, {}, nullptr}, {"tenth", tenth, {}, nullptr}, {"gone", gone, {}, nullptr},
        {"day", day, {}, nullptr}, {"city", {}, city, &texts}};
    auto types = expression.value().types([](const std::string& name) -> Result<ExpressionType> {
        return name == "city" ? ExpressionType::Text : ExpressionType::Number;
    });
    QVERIFY2(types, types ? "" : types.error().message.c_str());

    ExpressionRows rows(expression.value(), types.value(), columns);
    const double got = rows.numbers(0, 1).front();

    QVERIFY2(std::isnan(expected) ? std::isnan(got) : std::abs(got - expected) < 1e-9, QByteArray::number(got).constData());
}

void TestPreparation::expressionsThatDoNotFitNameThePlace_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("says");
    QTest::newRow("end") << "1 +" << "character 4";
    QTest::newRow("bracket") << "(1 + 2" << "closing bracket";
    QTest::newRow("function") << "sine(1)" << "no function \"sine\"";
    QTest::newRow("arguments") << "if(1 = 1, 2)" << "if takes 3 values, not 2";
    QTest::newRow("text in a sum") << "1 + city" << "character 5: \"city\" is a text";
    QTest::newRow("chain") << "1 < 2 < 3" << "write a < b and b < c";
    QTest::newRow("quote") << "'abc" << "closing quote";
    QTest::newRow("rest") << "1 2" << "\"2\" is not expected";
    QTest::newRow("nested") << QString(5000, '(') << "too many levels";
    QTest::newRow("signs") << QString(5000, '-') << "too many levels";
    QTest::newRow("mixed") << "if(1 = 1, 2, 'two')" << "do not go together";
}

void TestPreparation::expressionsThatDoNotFitNameThePlace()
{
    QFETCH(QString, text);
    QFETCH(QString, says);
    const auto expression = Expression::parse(text.toStdString());
    std::string message = expression ? "" : expression.error().message;
    if (expression) {
        const auto types = expression.value().types([](const std::string& name) -> Result<ExpressionType> {
            return name == "city" ? ExpressionType::Text : ExpressionType::Number;
        });
        QVERIFY(!types);
        message = types.error().message;
    }
    QVERIFY2(QString::fromStdString(message).contains(says), message.c_str());
}

void TestPreparation::stepsSurviveJson()
{
    const Preparation steps = stepsOf(
        R"j([{"step":"compute","column":"bmi","expression":"weight / 2"},{"step":"clip","columns":["age"],"low":1,"high":9},
            {"step":"bin","columns":["age"],"edges":[3,5],"labels":["a","b","c"]},{"step":"fill","columns":["w"],"value":7},
            {"step":"scale","columns":["h"],"method":"robust"},{"step":"encode","columns":["city"],"order":["x","y"]},
            {"step":"balance","method":"undersample","seed":7},{"step":"resize","width":8,"height":9,"colours":"grey"},
            {"step":"resample","rate":8000},{"step":"drop-duplicates","off":true},{"step":"drop-missing"},{"step":"filter","expression":"a>1"}])j");
    QCOMPARE(steps.steps.size(), 12U);

    const auto again = Preparation::fromJson(steps.toJson(), "again");

    QVERIFY2(again, again ? "" : again.error().message.c_str());
    QVERIFY(again.value() == steps);
    QVERIFY(!steps.steps[9].isEnabled);
}

void TestPreparation::impossibleStepsAreRefusedByName_data()
{
    QTest::addColumn<QString>("json");
    QTest::addColumn<QString>("says");
    QTest::newRow("unknown") << R"j([{"step":"blur"}])j" << "step 1: unknown \"blur\"";
    QTest::newRow("key") << R"j([{"step":"clip","columns":["a"],"low":1,"hihg":2}])j" << "step 1 (clip): unknown key \"hihg\"";
    QTest::newRow("limits") << R"j([{"step":"clip","columns":["a"],"low":3,"high":2}])j" << "the lower limit 3 is above";
    QTest::newRow("edges") << R"j([{"step":"bin","columns":["a"],"edges":[3,3]}])j" << "each above the one before";
    QTest::newRow("columns") << R"j([{"step":"filter","expression":"a"},{"step":"fill"}])j" << "step 2 (fill): names no column";
    QTest::newRow("method") << R"j([{"step":"scale","columns":["a"],"method":"log"}])j" << "known: standard, min-max";
    QTest::newRow("format") << R"j({"format":9,"steps":[]})j" << "format 9 is not known";
}

void TestPreparation::impossibleStepsAreRefusedByName()
{
    QFETCH(QString, json);
    QFETCH(QString, says);
    const auto message = QString::fromStdString(refusalOf(json.toStdString()));
    QVERIFY2(message.contains(says), qPrintable(message));
}

void TestPreparation::computedColumnIsAFeatureAndNeverTheGuessedTarget()
{
    const FolderOfFiles files;
    OpenOptions options = prepared(R"j([{"step":"compute","column":"bmi","expression":"weight / (height / 100) ^ 2"}])j");
    options.target.clear();

    const auto dataset = openDataset(files.write("people.csv", people()), options);

    QVERIFY2(dataset, dataset ? "" : dataset.error().message.c_str());
    QCOMPARE(dataset.value()->info().target, std::string("sick"));
    const auto bmi = numbersOf(*dataset.value(), "bmi");
    QCOMPARE(bmi.size(), 40U);
    QVERIFY(std::abs(bmi[0] - 50 / (1.5F * 1.5F)) < 1e-4F);
    QVERIFY(std::isnan(bmi[9]));
    QCOMPARE(dataset.value()->info().columns[placeOf(*dataset.value(), "bmi")].missing, 4U);
}

void TestPreparation::filterLeavesTrainingRowsOutAndKeepsTheirNames()
{
    const FolderOfFiles files;

    const auto dataset = openDataset(
        files.write("people.csv", people()), prepared(R"j([{"step":"filter","expression":"age >= 30 and city != 'Oslo'"}])j"));

    QVERIFY2(dataset, dataset ? "" : dataset.error().message.c_str());
    const DatasetInfo& info = dataset.value()->info();
    QCOMPARE(info.samples, 13U); // ages 30 to 49 without every third
    QCOMPARE(info.leftOut, 27U);
    QCOMPARE(info.givenSplit[0], 13U);
    QCOMPARE(dataset.value()->sampleId(0), std::string("line 22"));
    std::uint64_t counted = 0;
    for (const ClassInfo& one : info.classes) {
        counted += one.samples;
    }
    QCOMPARE(counted, 13U);
    QCOMPARE(info.columns[placeOf(*dataset.value(), "city")].distinct, 2U);
}

void TestPreparation::clipBinFillAndOrdinalChangeColumns()
{
    const FolderOfFiles files;
    const auto dataset = openDataset(
        files.write("people.csv", people()),
        prepared(R"j([{"step":"clip","columns":["age"],"low":20,"high":30},{"step":"bin","columns":["height"],"edges":[160,180]},
                     {"step":"fill","columns":["weight"],"method":"mean"},{"step":"encode","columns":["city"],"order":["Bodø","Oslo","Bergen"]}])j"));
    QVERIFY2(dataset, dataset ? "" : dataset.error().message.c_str());
    const auto& columns = dataset.value()->info().columns;

    QCOMPARE(columns[placeOf(*dataset.value(), "age")].minimum, 20.0);
    QCOMPARE(columns[placeOf(*dataset.value(), "age")].maximum, 30.0);
    const ColumnInfo& height = columns[placeOf(*dataset.value(), "height")];
    QVERIFY(height.type == ColumnType::Category);
    QCOMPARE(height.categories.size(), 3U);
    QCOMPARE(dataset.value()->cellText(9, placeOf(*dataset.value(), "height")), std::string("below 160"));
    QCOMPARE(dataset.value()->cellText(10, placeOf(*dataset.value(), "height")), std::string("160 to 180"));
    QCOMPARE(columns[placeOf(*dataset.value(), "weight")].missing, 0U);
    QCOMPARE(numbersOf(*dataset.value(), "city")[0], 1.0F);
    QCOMPARE(numbersOf(*dataset.value(), "city")[1], 2.0F);
}

void TestPreparation::newDataGetsWhatTrainingDataFound()
{
    const FolderOfFiles files;
    const auto training = openDataset(
        files.write("people.csv", people()),
        prepared(R"j([{"step":"clip","columns":["age"],"method":"percentiles","low":10,"high":90},{"step":"bin","columns":["height"],"method":"quantile","bins":4},
                     {"step":"fill","columns":["weight"]},{"step":"compute","column":"double","expression":"weight * 2"}])j"));
    QVERIFY2(training, training ? "" : training.error().message.c_str());
    const DatasetInfo like = training.value()->info();
    OpenOptions options;
    options.like = &like;

    const auto dataset = openDataset(files.write("new.csv", "age,height,weight,city,born\n900,100,,Oslo,2021-01-01\n13.9,189,60,Tromsø,\n"), options);

    QVERIFY2(dataset, dataset ? "" : dataset.error().message.c_str());
    const Dataset& data = *dataset.value();
    QVERIFY(std::abs(numbersOf(data, "age")[0] - 45.1F) < 1e-4F); // numpy.percentile(range(10, 50), 90)
    QCOMPARE(numbersOf(data, "age")[1], 13.9F);
    QCOMPARE(numbersOf(data, "weight")[0], 69.0F); // between the 18th, 68, and the 19th, 70, of the weights that there are
    QCOMPARE(numbersOf(data, "double")[0], 138.0F);
    QCOMPARE(data.categoryColumn(placeOf(data, "height"))[0], training.value()->categoryColumn(placeOf(*training.value(), "height"))[0]);
    QCOMPARE(data.categoryColumn(placeOf(data, "height"))[1], training.value()->categoryColumn(placeOf(*training.value(), "height"))[39]);
}

void TestPreparation::newDataKeepsRowsThatAFilterWouldLeaveOut()
{
    const FolderOfFiles files;
    const std::string path = files.write("people.csv", people());
    const auto training = openDataset(path, prepared(R"j([{"step":"filter","expression":"age >= 40"},{"step":"drop-missing"}])j"));
    QVERIFY2(training, training ? "" : training.error().message.c_str());
    QCOMPARE(training.value()->size(), 9U);
    const DatasetInfo like = training.value()->info();
    OpenOptions options;
    options.like = &like;

    const auto dataset = openDataset(path, options);

    QVERIFY2(dataset, dataset ? "" : dataset.error().message.c_str());
    QCOMPARE(dataset.value()->size(), 40U);
}

void TestPreparation::newDataWithoutAColumnOfAFeatureIsRefusedByThatName()
{
    const FolderOfFiles files;
    const auto training = openDataset(
        files.write("people.csv", people()), prepared(R"j([{"step":"compute","column":"bmi","expression":"weight / height"}])j"));
    QVERIFY2(training, training ? "" : training.error().message.c_str());
    const DatasetInfo like = training.value()->info();
    OpenOptions options;
    options.like = &like;

    const auto dataset = openDataset(files.write("new.csv", "age,weight,city,born\n20,60,Oslo,2021-01-01\n"), options);

    QVERIFY(!dataset);
    QVERIFY2(dataset.error().message.find("step 1 (compute)") != std::string::npos, dataset.error().message.c_str());
    QVERIFY2(dataset.error().message.find("\"height\"") != std::string::npos, dataset.error().message.c_str());
}

void TestPreparation::encoderCarriesTheStepsThroughItsFile()
{
    const FolderOfFiles files;
    const std::string path = files.write("people.csv", people());
    const auto training = openDataset(
        path, prepared(R"j([{"step":"bin","columns":["age"],"method":"width","bins":3},{"step":"compute","column":"month","expression":"month(born)"},
                           {"step":"scale","columns":["height"],"method":"min-max"}])j"));
    QVERIFY2(training, training ? "" : training.error().message.c_str());
    const auto encoder = Encoder::fit(*training.value(), allSamples(*training.value()));
    QVERIFY2(encoder, encoder ? "" : encoder.error().message.c_str());

    const auto again = Encoder::fromJson(parseJson(encoder.value().toJson().dump(), "file").value());

    QVERIFY2(again, again ? "" : again.error().message.c_str());
    const DatasetInfo expected = again.value().expectedData();
    OpenOptions options;
    options.like = &expected;
    const auto fresh = openDataset(path, options);
    QVERIFY2(fresh, fresh ? "" : fresh.error().message.c_str());
    std::vector<float> a(encoder.value().inputSize());
    std::vector<float> b(a.size());
    for (std::uint64_t row = 0; row < 40; ++row) {
        QVERIFY(encoder.value().encodeInput(*training.value(), row, a));
        QVERIFY(again.value().encodeInput(*fresh.value(), row, b));
        QCOMPARE(a, b);
    }
}

void TestPreparation::scalingIsThePersonsChoice()
{
    const FolderOfFiles files;
    const std::string text = "x,y,z,kind\n0,0,5,a\n10,10,5,b\n20,20,5,a\n100,100,5,b\n";
    const auto dataset = openDataset(
        files.write("few.csv", text),
        [] {
            OpenOptions options;
            options.target = "kind";
            options.preparation = stepsOf(R"j([{"step":"scale","columns":["x","z"],"method":"min-max"},{"step":"scale","columns":["y"],"method":"none"}])j");
            return options;
        }());
    QVERIFY2(dataset, dataset ? "" : dataset.error().message.c_str());
    const auto encoder = Encoder::fit(*dataset.value(), allSamples(*dataset.value()));
    QVERIFY(encoder);

    std::vector<float> row(encoder.value().inputSize());
    QVERIFY(encoder.value().encodeInput(*dataset.value(), 3, row));

    QCOMPARE(row[0], 1.0F);
    QCOMPARE(row[1], 100.0F);
    QCOMPARE(row[2], 0.0F); // a column of one value has no range to divide by
}

void TestPreparation::errorsNameStepAndColumn()
{
    const FolderOfFiles files;
    const std::string path = files.write("people.csv", people());
    const auto messageOf = [&](const std::string& json) {
        const auto dataset = openDataset(path, prepared(json));
        return dataset ? std::string() : dataset.error().message + " " + dataset.error().advice;
    };

    const std::string typo = messageOf(R"j([{"step":"drop-duplicates"},{"step":"clip","columns":["agee"],"low":1}])j");
    QVERIFY2(typo.find("step 2 (clip): there is no column \"agee\"") != std::string::npos, typo.c_str());
    QVERIFY2(typo.find("age, height") != std::string::npos, typo.c_str());
    QCOMPARE(stepInMessage(typo).value_or(99), 1U);
    const std::string words = messageOf(R"j([{"step":"bin","columns":["city"]}])j");
    QVERIFY2(words.find("column \"city\" holds words") != std::string::npos, words.c_str());
    const std::string none = messageOf(R"j([{"step":"filter","expression":"age > 1000"}])j");
    QVERIFY2(none.find("no row is left") != std::string::npos, none.c_str());
    const std::string number = messageOf(R"j([{"step":"filter","expression":"age + 1"}])j");
    QVERIFY2(number.find("must be true or false") != std::string::npos, number.c_str());
    const std::string picture = messageOf(R"j([{"step":"resize","width":8,"height":8}])j");
    QVERIFY2(picture.find("it has no pictures") != std::string::npos, picture.c_str());
}

void TestPreparation::switchedOffStepsDoNothing()
{
    const FolderOfFiles files;

    const auto dataset = openDataset(
        files.write("people.csv", people()), prepared(R"j([{"step":"filter","expression":"age > 1000","off":true}])j"));

    QVERIFY2(dataset, dataset ? "" : dataset.error().message.c_str());
    QCOMPARE(dataset.value()->size(), 40U);
}

void TestPreparation::targetCanBeMadeOfANumber()
{
    const FolderOfFiles files;
    OpenOptions options = prepared(R"j([{"step":"bin","columns":["weight"],"edges":[60,75],"labels":["light","usual","heavy"]}])j");
    options.target = "weight";

    const auto dataset = openDataset(files.write("people.csv", people()), options);

    QVERIFY2(dataset, dataset ? "" : dataset.error().message.c_str());
    QVERIFY(dataset.value()->info().task == Task::Classification);
    QCOMPARE(dataset.value()->info().classes.size(), 3U);
    const DatasetInfo like = dataset.value()->info();
    OpenOptions asked;
    asked.like = &like;
    const auto unlabelled = openDataset(files.write("new.csv", "age,height,city,born,sick\n20,160,Oslo,2021-01-01,no\n"), asked);
    QVERIFY2(unlabelled, unlabelled ? "" : unlabelled.error().message.c_str());
    QCOMPARE(unlabelled.value()->classOf(0), -1);
}

void TestPreparation::oversampledClassesAreEqualInTrainingAlone()
{
    const FolderOfFiles files;
    const auto dataset = openDataset(files.write("people.csv", people()), prepared("[]"));
    QVERIFY(dataset);
    PrepareStep step = PrepareStep::of(StepKind::Balance);
    const auto countsOf = [&](const std::vector<std::uint32_t>& samples) {
        std::vector<int> counts(2);
        for (const std::uint32_t sample : samples) {
            ++counts[static_cast<std::size_t>(dataset.value()->classOf(sample))];
        }
        return counts;
    };

    auto more = allSamples(*dataset.value());
    balanceClasses(*dataset.value(), step, more);
    auto again = allSamples(*dataset.value());
    balanceClasses(*dataset.value(), step, again);
    step.method = "undersample";
    auto fewer = allSamples(*dataset.value());
    balanceClasses(*dataset.value(), step, fewer);

    QCOMPARE(countsOf(more), (std::vector<int>{30, 30}));
    QCOMPARE(countsOf(fewer), (std::vector<int>{10, 10}));
    QVERIFY(std::is_sorted(more.begin(), more.end()));
    QCOMPARE(more, again);
    QVERIFY(std::adjacent_find(fewer.begin(), fewer.end()) == fewer.end());
}

void TestPreparation::picturesAreResized()
{
    const FolderOfFiles files;
    files.write("train-images-idx3-ubyte", idxBytes({4, 2, 2}, std::string("\x00\x00\x00\x00\xff\xff\xff\xff\x10\x10\x10\x10\x20\x20\x20\x20", 16)));
    files.write("train-labels-idx1-ubyte", idxBytes({4}, std::string("\x00\x01\x00\x01", 4)));
    OpenOptions options;
    options.preparation = stepsOf(R"j([{"step":"resize","width":5,"height":3,"colours":"colour"}])j");

    const auto dataset = openDataset(files.path("train-images-idx3-ubyte"), options);

    QVERIFY2(dataset, dataset ? "" : dataset.error().message.c_str());
    QCOMPARE(dataset.value()->info().imageShape, (std::array<int, 3>{3, 3, 5}));
    std::vector<std::uint8_t> pixels(45);
    QVERIFY(dataset.value()->readImage(1, pixels));
    QCOMPARE(pixels[44], std::uint8_t{255});
    options.preparation = stepsOf(R"j([{"step":"filter","expression":"a > 1"}])j");
    const auto refused = openDataset(files.path("train-images-idx3-ubyte"), options);
    QVERIFY(!refused);
    QVERIFY2(refused.error().message.find("step 1 (filter): the data has no columns") != std::string::npos, refused.error().message.c_str());
}

void TestPreparation::previewShowsThePreparedTable()
{
    const FolderOfFiles files;

    const auto preview = previewDataset(
        files.write("people.csv", people()), prepared(R"j([{"step":"compute","column":"old","expression":"if(age > 30, 'old', 'young')"}])j"));

    QVERIFY2(preview, preview ? "" : preview.error().message.c_str());
    QCOMPARE(preview.value().info.columns.back().name, std::string("old"));
    QCOMPARE(preview.value().rows.front().back(), std::string("young"));
    QCOMPARE(preview.value().rows.back().back(), std::string("old"));
}

void TestPreparation::relabelledSampleMayBeFilteredOut()
{
    const FolderOfFiles files;
    const std::string rows = R"j({"a": 1, "kind": "x"}
{"a": 2, "kind": "y"}
{"a": 3, "kind": "x"}
{"a": 4, "kind": "y"}
)j";
    OpenOptions options;
    options.target = "kind";
    options.preparation = stepsOf(R"j([{"step":"filter","expression":"a > 1"}])j");
    const auto dataset = openDataset(files.write("rows.jsonl", rows), options);
    QVERIFY2(dataset, dataset ? "" : dataset.error().message.c_str());
    QCOMPARE(dataset.value()->size(), 3U);
    // Lines of the file, or rows of the data where there are none, keep their numbers.
    QVERIFY2(dataset.value()->sampleId(0).ends_with(" 2"), dataset.value()->sampleId(0).c_str());
}

QTEST_APPLESS_MAIN(TestPreparation)
#include "tst_preparation.moc"
