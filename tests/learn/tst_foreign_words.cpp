#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include <QTemporaryDir>
#include <QTest>

#include "engine/base/files.h"
#include "engine/learn/decision_threshold.h"
#include "engine/learn/foreign_model.h"
#include "engine/learn/foreign_package.h"
#include "engine/learn/model_package.h"
#include "tests/exchange/onnx_model_builder.h"

using namespace ty;
using namespace ty::engine;
using Builder = ty::testing::OnnxModelBuilder;
using Names = std::vector<std::string>;

/// What is said about a model of another program: when, how long it is kept, and what contradicts itself.
class TestForeignWords : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void wordsThatContradictThemselvesAreRefused_data();
    void wordsThatContradictThemselvesAreRefused();
    void withoutDataAModelTakesWordsToo();
    void anExportedModelTakesWordsStill_data();
    void anExportedModelTakesWordsStill();
    void aModelOfOursTakesNoWords();
    void theColumnThatIsNoInputIsPredicted();
    void rowsWithChannelsLastAreInTheFilesOrder();
    void namedColumnsAreNoPicture();
    void aTableForAModelOfPicturesIsToldByItsKind();
    void aKeptThresholdFollowsItsClass();
    void aDamagedOriginIsLeftOut();
    void categoriesAreNamedInTheirOrder();

private:
    std::string path(const std::string& name) const { return m_folder.filePath(QString::fromStdString(name)).toStdString(); }
    std::string write(const std::string& name, const std::string& bytes) const
    {
        return writeFileAtomically(path(name), bytes) ? path(name) : "";
    }
    /// Takes {a, b, c}, gives the scores (a + 2 b + 3 c) and 0.
    std::string sums(const std::string& name, const std::vector<std::int64_t>& sample = {3}) const;
    static std::vector<float> answers(Model& model, const std::string& data);

    QTemporaryDir m_folder;
    std::string m_file;
    std::string m_table;
};

std::string TestForeignWords::sums(const std::string& name, const std::vector<std::int64_t>& sample) const
{
    Builder builder(sample);
    const auto width = std::accumulate(sample.begin(), sample.end(), std::int64_t{1}, std::multiplies<>());
    auto& weights = builder.weights("w", {width, 2});
    for (int i = 0; i < static_cast<int>(width); ++i) {
        weights.set_float_data(2 * i, static_cast<float>(i + 1));
        weights.set_float_data(2 * i + 1, 0);
    }
    builder.node("Flatten", {"x"}, {"f"});
    builder.node("MatMul", {"f", "w"}, {"y"});
    return write(name, builder.bytes());
}

std::vector<float> TestForeignWords::answers(Model& model, const std::string& data)
{
    const DatasetInfo expected = model.encoder().expectedData();
    OpenOptions options;
    options.areDuplicatesSought = false;
    options.like = &expected;
    const auto dataset = openDataset(data, options);
    if (!dataset) {
        return {};
    }
    std::vector<std::uint32_t> samples(static_cast<std::size_t>(dataset.value()->size()));
    std::iota(samples.begin(), samples.end(), 0U);
    const auto given = model.predict(*dataset.value(), samples);
    return given ? given.value().probabilities : std::vector<float>();
}

void TestForeignWords::initTestCase()
{
    m_file = sums("sums.onnx");
    m_table = write("table.csv", "a,b,c,kind\n0.5,-0.25,0.125,up\n0.25,0.5,-0.75,down\n-0.5,0.25,0.5,up\n");
    QVERIFY(!m_file.empty() && !m_table.empty());
}

void TestForeignWords::wordsThatContradictThemselvesAreRefused_data()
{
    QTest::addColumn<QStringList>("columns");
    QTest::addColumn<QStringList>("classes");
    QTest::addColumn<QString>("target");
    QTest::addColumn<QString>("message");
    const QStringList abc{"a", "b", "c"};
    QTest::newRow("a column twice") << QStringList{"a", "a", "c"} << QStringList{} << "" << "the column \"a\" is named twice";
    QTest::newRow("a class twice") << abc << QStringList{"up", "up"} << "" << "the class \"up\" is named twice";
    QTest::newRow("an empty column") << QStringList{"a", "", "c"} << QStringList{} << "" << "a column has no name";
    QTest::newRow("an input as target") << abc << QStringList{} << "c" << "the column \"c\" cannot be an input and what is to be predicted";
}

void TestForeignWords::wordsThatContradictThemselvesAreRefused()
{
    QFETCH(QStringList, columns);
    QFETCH(QStringList, classes);
    QFETCH(QString, target);
    QFETCH(QString, message);
    ForeignOptions options;
    for (const auto& name : columns) {
        options.words.columns.push_back(name.toStdString());
    }
    for (const auto& name : classes) {
        options.words.classes.push_back(name.toStdString());
    }
    options.words.target = target.toStdString();
    const std::string folder = path(QTest::currentDataTag());
    const auto plain = openNetworkFile(m_file, {}, {}, "cpu");
    QVERIFY(plain && plain.value()->save(folder));

    for (const auto& model :
         {openNetworkFile(m_file, {}, options, "cpu"), openNetworkFile(m_file, m_table, options, "cpu"),
          loadModelFor(folder, {}, options.words, "cpu"), loadModelFor(folder, m_table, options.words, "cpu")}) {
        QVERIFY(!model);
        QVERIFY2(model.error().message.ends_with(message.toStdString()), model.error().message.c_str());
    }
}

void TestForeignWords::withoutDataAModelTakesWordsToo()
{
    const std::string folder = path("unnamed");
    const auto plain = openNetworkFile(m_file, {}, {}, "cpu");
    QVERIFY(plain && plain.value()->save(folder));

    const auto model = loadModelFor(folder, {}, {{"no", "yes"}, {"p", "q", "r"}, {}, {}}, "cpu");
    const auto few = loadModelFor(folder, {}, {{}, {"p", "q"}, {}, {}}, "cpu");

    QVERIFY2(model, model ? "" : model.error().message.c_str());
    QCOMPARE(model.value()->encoder().classes(), (Names{"no", "yes"}));
    QCOMPARE(model.value()->encoder().columns()[2].name, std::string("r"));
    QCOMPARE(model.value()->encoder().expectedData().columns.size(), std::size_t{4}); // the answer too
    QVERIFY(!few);
    QVERIFY2(few.error().message.ends_with("takes samples of (3), 2 columns are named"), few.error().message.c_str());
}

void TestForeignWords::anExportedModelTakesWordsStill_data()
{
    QTest::addColumn<QString>("format");
    QTest::newRow("onnx") << "onnx";
    QTest::newRow("safetensors") << "safetensors";
}

void TestForeignWords::anExportedModelTakesWordsStill()
{
    QFETCH(QString, format);
    const std::string file = path("exported." + format.toStdString());
    const auto plain = openNetworkFile(m_file, {}, {}, "cpu");
    QVERIFY(plain);
    const auto written = plain.value()->exportTo(format.toStdString(), file, {});
    QVERIFY2(written, written ? "" : written.error().message.c_str());
    ForeignOptions options;
    options.words.columns = {"c", "b", "a"};

    const auto model = openNetworkFile(file, m_table, {}, "cpu");
    const auto turned = openNetworkFile(file, m_table, options, "cpu");

    QVERIFY2(model, model ? "" : model.error().message.c_str());
    QCOMPARE(answers(*model.value(), m_table), answers(*openNetworkFile(m_file, m_table, {}, "cpu").value(), m_table));
    QCOMPARE(model.value()->encoder().columns().front().name, std::string("a"));
    QVERIFY(assumptionsOf(*model.value())["assumed"]["columns"]["from"] == "data");
    QVERIFY2(turned, turned ? "" : turned.error().message.c_str());
    QCOMPARE(turned.value()->encoder().columns().front().name, std::string("c"));
    QCOMPARE(answers(*turned.value(), m_table), answers(*openNetworkFile(m_file, m_table, options, "cpu").value(), m_table));
    QVERIFY(answers(*turned.value(), m_table) != answers(*model.value(), m_table));
}

void TestForeignWords::aModelOfOursTakesNoWords()
{
    const std::string file = path("named.safetensors");
    const std::string folder = path("ours");
    const auto model = openNetworkFile(m_file, m_table, {}, "cpu");
    QVERIFY(model && model.value()->save(folder));
    Json card = readJsonFile(folder + "/model.json").value();
    card.erase("source"); // as a training leaves it
    QVERIFY(writeFileAtomically(folder + "/model.json", card.dump()));

    const auto package = loadModelFor(folder, m_table, {{}, {"c", "b", "a"}, {}, {}}, "cpu");

    QVERIFY(!package);
    QCOMPARE(package.error().kind, ErrorKind::Usage);
    QVERIFY2(package.error().message.ends_with("it was trained by Trainyard"), package.error().message.c_str());
    QVERIFY(loadModelFor(folder, m_table, {}, "cpu"));
}

void TestForeignWords::theColumnThatIsNoInputIsPredicted()
{
    // The last column would be guessed, but it is an input.
    const auto first = write("first.csv", "kind,a,b,c\nup,0.5,-0.25,0.125\ndown,0.25,0.5,-0.75\n");
    ForeignOptions options;
    options.words.columns = {"a", "b", "c"};
    const std::string folder = path("named columns");
    const auto plain = openNetworkFile(m_file, {}, options, "cpu");
    QVERIFY(plain && plain.value()->save(folder));

    const auto model = openNetworkFile(m_file, first, options, "cpu");
    const auto package = loadModelFor(folder, first, {}, "cpu");

    QVERIFY2(model, model ? "" : model.error().message.c_str());
    QCOMPARE(model.value()->encoder().targetName(), std::string("kind"));
    QCOMPARE(model.value()->encoder().classes(), (Names{"down", "up"}));
    QVERIFY2(package, package ? "" : package.error().message.c_str());
    QCOMPARE(package.value()->encoder().targetName(), std::string("kind"));
}

void TestForeignWords::rowsWithChannelsLastAreInTheFilesOrder()
{
    const auto file = sums("channels last.onnx", {2, 2, 3});
    std::string text = "p1,p2,p3,p4,p5,p6,p7,p8,p9,p10,p11,p12,kind\n";
    const std::vector<std::vector<double>> rows{
        {0.1, -0.2, 0.05, 0.15, -0.1, 0.02, 0.03, -0.04, 0.06, -0.05, 0.01, 0.02},
        {-0.02, 0.1, 0.03, -0.08, 0.05, 0.04, -0.03, 0.02, -0.01, 0.03, 0.02, -0.05}};
    std::vector<double> scores(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
        for (std::size_t i = 0; i < rows[row].size(); ++i) {
            text += std::to_string(rows[row][i]) + ",";
            scores[row] += static_cast<double>(i + 1) * rows[row][i];
        }
        text += row == 0 ? "up\n" : "down\n";
    }
    const auto table = write("channels last.csv", text);

    const auto model = openNetworkFile(file, table, {}, "cpu");

    QVERIFY2(model, model ? "" : model.error().message.c_str());
    const auto given = answers(*model.value(), table);
    QCOMPARE(given.size(), rows.size() * 2);
    for (std::size_t row = 0; row < rows.size(); ++row) {
        QVERIFY(std::abs(static_cast<double>(given[row * 2]) - 1 / (1 + std::exp(-scores[row]))) < 1e-5);
    }
}

void TestForeignWords::namedColumnsAreNoPicture()
{
    const auto file = sums("steps.onnx", {8, 9});
    ForeignOptions options;
    for (int i = 0; i < 72; ++i) {
        options.words.columns.push_back("f" + std::to_string(i));
    }

    const auto picture = openNetworkFile(file, {}, {}, "cpu");
    const auto table = openNetworkFile(file, {}, options, "cpu");

    QVERIFY(picture && table);
    QCOMPARE(picture.value()->encoder().kind(), DataKind::Image);
    QCOMPARE(table.value()->encoder().kind(), DataKind::Table);
    QCOMPARE(table.value()->encoder().columns()[71].name, std::string("f71"));
}

void TestForeignWords::aTableForAModelOfPicturesIsToldByItsKind()
{
    const std::string folder = path("of pictures");
    const auto picture = openNetworkFile(sums("picture.onnx", {8, 9}), {}, {}, "cpu");
    QVERIFY(picture && picture.value()->save(folder));

    const auto model = loadModelFor(folder, m_table, {}, "cpu"); // its classes are not those of a table

    QVERIFY2(model, model ? "" : model.error().message.c_str());
    QCOMPARE(model.value()->encoder().kind(), DataKind::Image);
    QCOMPARE(model.value()->encoder().classes(), (Names{"class 0", "class 1"}));
}

void TestForeignWords::aKeptThresholdFollowsItsClass()
{
    const std::string folder = path("threshold");
    const auto plain = openNetworkFile(m_file, {}, {}, "cpu");
    QVERIFY(plain && plain.value()->save(folder));
    QVERIFY(keepThreshold(folder, DecisionThreshold{1, 0.9}, plain.value()->encoder()));

    const auto model = loadModelFor(folder, m_table, {{"no", "yes"}, {}, {}, {}}, "cpu");

    QVERIFY2(model, model ? "" : model.error().message.c_str());
    const auto threshold = thresholdOf(model.value()->card(), model.value()->encoder());
    QVERIFY2(threshold, threshold ? "" : threshold.error().message.c_str());
    QVERIFY(threshold.value() && threshold.value()->classIndex == 1);
    QCOMPARE(threshold.value()->value, 0.9);
}

void TestForeignWords::aDamagedOriginIsLeftOut()
{
    const std::string folder = path("damaged");
    const auto plain = openNetworkFile(m_file, m_table, {}, "cpu");
    QVERIFY(plain && plain.value()->save(folder));
    const Json card = readJsonFile(folder + "/model.json").value();
    for (const Json& assumed : {Json("text"), Json::array({1}), Json{{"columns", {{"from", 3}, {"text", "x"}}}}, Json{{"columns", 1}}}) {
        Json damaged = card;
        damaged["source"]["assumed"] = assumed;
        damaged["source"]["medians"] = {1, 2};
        QVERIFY(writeFileAtomically(folder + "/model.json", damaged.dump()));

        const auto model = loadModelFor(folder, m_table, {}, "cpu");

        QVERIFY2(model, model ? "" : model.error().message.c_str());
        QVERIFY(!assumptionsOf(*model.value())["assumed"].contains("missing"));
    }
}

void TestForeignWords::categoriesAreNamedInTheirOrder()
{
    const auto table = write("colours.csv", "colour,x,kind\nred,1,up\nblue,2,down\nred,3,up\nblue,4,up\n");

    const auto model = openNetworkFile(m_file, table, {}, "cpu");

    QVERIFY2(model, model ? "" : model.error().message.c_str());
    QCOMPARE(
        assumptionsOf(*model.value())["assumed"]["columns"]["text"].get<std::string>(),
        std::string("inputs are the columns of the data (colours) in their order: colour (blue, red), x"));
}

QTEST_GUILESS_MAIN(TestForeignWords)
#include "tst_foreign_words.moc"
