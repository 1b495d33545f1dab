#include <QTest>

#include <string>
#include <vector>

#include "engine/nn/adaptation.h"
#include "engine/nn/lowering.h"
#include "engine/nn/zoo.h"

using namespace ty;
using namespace ty::engine;

namespace {

const Shape kTable{7};
const Shape kDigits{1, 28, 28};

ModelDescription described(const char* text)
{
    return ModelDescription::fromJson(Json::parse(text)).value();
}

bool has(const std::string& text, const QString& word)
{
    return QString::fromStdString(text).contains(word);
}

} // namespace

class TestAdaptation : public QObject {
    Q_OBJECT

private slots:
    void everyZooNetworkTakesItsOwnDataWithAnyClasses_data();
    void everyZooNetworkTakesItsOwnDataWithAnyClasses();
    void networksOfRowsTakePicturesAndRows_data();
    void networksOfRowsTakePicturesAndRows();
    void whatDoesNotFitIsNamedWithBothShapes_data();
    void whatDoesNotFitIsNamedWithBothShapes();
    void onlyWhatMustChangeIsChangedAndTold();
    void frozenLayersAreFoundByNameAndBeginning();
    void unknownFrozenLayersAndNothingToLearnAreRefused();
    void whatIsFrozenIsCountedAndNamed();
    void columnsBecomeTheStepsThatASequenceWants();
    void anEmbeddingTakesWholeNumbersThatAreGiven();
    void anActivationThatLimitsTheAnswersIsTold_data();
    void anActivationThatLimitsTheAnswersIsTold();
};

void TestAdaptation::everyZooNetworkTakesItsOwnDataWithAnyClasses_data()
{
    QTest::addColumn<int>("number");
    for (std::size_t i = 0; i < zooNetworks().size(); ++i) {
        if (zooNetworks()[i].isForTargets) {
            QTest::newRow(zooNetworks()[i].name.c_str()) << static_cast<int>(i);
        }
    }
}

void TestAdaptation::everyZooNetworkTakesItsOwnDataWithAnyClasses()
{
    QFETCH(int, number);
    const ModelDescription network = zooNetworks()[static_cast<std::size_t>(number)].make();
    const std::int64_t own = elementCount(summarise(network)->outputShape);
    for (const std::int64_t classes : {own, std::int64_t{2}, std::int64_t{37}}) {
        const auto adapted = adaptNetwork(network, network.input, Shape{classes});
        QVERIFY2(adapted, adapted ? "" : adapted.error().message.c_str());
        QCOMPARE(elementCount(summarise(adapted->network)->outputShape), classes);
        QCOMPARE(adapted->changes.size(), std::size_t(classes == own ? 0 : 1));
        QCOMPARE(adapted->network.layers.size(), network.layers.size());
    }
}

void TestAdaptation::networksOfRowsTakePicturesAndRows_data()
{
    QTest::addColumn<QString>("name");
    for (const char* name : {"playground", "iris-demo", "fcn5"}) {
        QTest::newRow(name) << QString(name);
    }
}

void TestAdaptation::networksOfRowsTakePicturesAndRows()
{
    QFETCH(QString, name);
    const ModelDescription network = makeZooNetwork(name.toStdString()).value();
    for (const Shape& input : {kTable, kDigits}) {
        const auto adapted = adaptNetwork(network, input, {5});
        QVERIFY2(adapted, adapted ? "" : adapted.error().message.c_str());
        QCOMPARE(adapted->network.input, input);
    }
}

void TestAdaptation::whatDoesNotFitIsNamedWithBothShapes_data()
{
    QTest::addColumn<QString>("network");
    QTest::addColumn<QList<int>>("input");
    QTest::addColumn<int>("outputs");
    QTest::addColumn<QStringList>("words");
    for (const char* name : {"cntk-convnet", "alexnet-cifar", "resnet56", "googlenet", "resnet18", "resnet50", "vgg16"}) {
        const ModelDescription network = makeZooNetwork(name).value();
        QTest::newRow(name) << QString(name) << QList<int>{7} << 3
                            << QStringList{
                                   QString::fromStdString("\"" + network.layers[0].name + "\""),
                                   QString::fromStdString(toString(network.input)), "(7)"};
    }
    QTest::newRow("softmax of a value") << "iris-demo" << QList<int>{7} << 1 << QStringList{"\"softmax3\"", "(1)", "classes"};
    QTest::newRow("words") << "lstm-classifier" << QList<int>{7} << 2 << QStringList{"\"embedding1\"", "measured"};
    QTest::newRow("other pictures") << R"({"input":[3,8,8],"layers":[{"name":"c","type":"conv2d","filters":2},{"name":"d","type":"dense","units":2}]})"
                                    << QList<int>{3, 9, 9} << 2 << QStringList{"\"c\" (conv2d)", "(3, 8, 8)", "(3, 9, 9)"};
    QTest::newRow("a row that a layer folds") << R"({"input":[16],"layers":[{"name":"r","type":"reshape","shape":[1,4,4]},{"name":"d","type":"dense","units":2}]})"
                                              << QList<int>{7} << 2 << QStringList{"\"r\" (reshape)", "(16)", "(7)", "(1, 4, 4)"};
    QTest::newRow("no dense at the end") << R"({"input":[3,8,8],"layers":[{"name":"c","type":"conv2d","filters":4},{"name":"g","type":"globalAveragePool2d"}]})"
                                         << QList<int>{3, 8, 8} << 2 << QStringList{"\"g\" (globalAveragePool2d)", "(4)", "(2)"};
    QTest::newRow("two ends") << R"({"input":[5],"layers":[{"name":"a","type":"dense","units":3},{"name":"b","type":"dense","units":3,"inputs":["input"]},{"name":"s","type":"add","inputs":["a","b"]}]})"
                              << QList<int>{5} << 2 << QStringList{"\"s\" (add)", "(3)", "(2)"};
    QTest::newRow("a mistake inside") << R"({"input":[5],"layers":[{"name":"a","type":"dense","units":3},{"name":"r","type":"reshape","shape":[4]}]})"
                                      << QList<int>{5} << 4 << QStringList{"\"r\"", "(3)", "(4)"};
}

void TestAdaptation::whatDoesNotFitIsNamedWithBothShapes()
{
    QFETCH(QString, network);
    QFETCH(QList<int>, input);
    QFETCH(int, outputs);
    QFETCH(QStringList, words);
    const std::string text = network.toStdString();
    const ModelDescription model = text.front() == '{' ? described(text.c_str()) : makeZooNetwork(text).value();
    const auto adapted = adaptNetwork(model, Shape(input.begin(), input.end()), Shape{outputs});
    QVERIFY(!adapted);
    QCOMPARE(adapted.error().kind, ErrorKind::InvalidInput);
    for (const QString& word : words) {
        QVERIFY2(has(adapted.error().message, word), adapted.error().message.c_str());
    }
}

void TestAdaptation::onlyWhatMustChangeIsChangedAndTold()
{
    const ModelDescription network = makeZooNetwork("playground").value();
    const auto adapted = adaptNetwork(network, {4}, {3});
    QVERIFY(adapted);
    QCOMPARE(adapted->changes.size(), std::size_t{2});
    QVERIFY2(has(adapted->changes[0], "(4)") && has(adapted->changes[0], "(2)"), adapted->changes[0].c_str());
    QVERIFY2(has(adapted->changes[1], "\"dense3\"") && has(adapted->changes[1], "3 units instead of 1"), adapted->changes[1].c_str());
    ModelDescription expected = network;
    expected.input = {4};
    expected.layers.back().settings["units"] = 3;
    QCOMPARE(adapted->network.toJson().dump(), expected.toJson().dump());
}

void TestAdaptation::frozenLayersAreFoundByNameAndBeginning()
{
    ModelDescription network = makeZooNetwork("resnet56").value();
    QVERIFY(freezeLayers(network, ""));
    QVERIFY(freezeLayers(network, " conv2d1 ,batchNorm* ,"));
    for (const LayerDescription& layer : network.layers) {
        const bool isWanted = layer.name == "conv2d1" || layer.type == "batchNorm";
        QCOMPARE(layer.settings.value("frozen", false), isWanted);
    }
    // The description is what a run keeps, so it has to say so there too.
    const auto again = ModelDescription::fromJson(network.toJson());
    QVERIFY(again);
    const auto lowered = lowerNetwork(*again, 1, NetworkMode::Training);
    QVERIFY(lowered);
    QVERIFY(lowered->parameters.front().isFrozen && !lowered->parameters.back().isFrozen);
}

void TestAdaptation::unknownFrozenLayersAndNothingToLearnAreRefused()
{
    ModelDescription network = makeZooNetwork("playground").value();
    const auto unknown = freezeLayers(network, "dense1, dence2");
    QVERIFY(!unknown && has(unknown.error().message, "\"dence2\""));
    QVERIFY2(has(unknown.error().advice, "dense1, dense2, dense3"), unknown.error().advice.c_str());
    QVERIFY(!freezeLayers(network, "conv*"));
    QVERIFY(!freezeLayers(network, "*"));
    ModelDescription weightless = described(R"({"input":[4],"layers":[{"type":"relu"}]})");
    const auto nothing = freezeLayers(weightless, "");
    QVERIFY(!nothing && has(nothing.error().message, "no weights"));
}

void TestAdaptation::whatIsFrozenIsCountedAndNamed()
{
    ModelDescription network = makeZooNetwork("playground").value(); // 2 -> 4 -> 2 -> 1
    QCOMPARE(frozenLayersText(network).value(), std::string());
    QVERIFY(freezeLayers(network, "dense2"));
    QCOMPARE(frozenLayersText(network).value(), std::string("10 of 25 parameters stay as they begin: dense2"));
}

void TestAdaptation::columnsBecomeTheStepsThatASequenceWants()
{
    const ModelDescription network = described(R"({"input":[20,5],"layers":[{"name":"shaped","type":"lstm","units":3},
        {"name":"all","type":"flatten","inputs":["input"]},{"name":"both","type":"concat","inputs":["shaped","all"]},
        {"name":"d","type":"dense","units":2}]})");
    const auto adapted = adaptNetwork(network, {100}, {2});
    QVERIFY2(adapted, adapted ? "" : adapted.error().message.c_str());
    QCOMPARE(adapted->network.input, Shape{100});
    QVERIFY2(has(adapted->changes.at(0), "100 inputs") && has(adapted->changes.at(0), "(20, 5)"), adapted->changes.at(0).c_str());
    const auto summary = summarise(adapted->network);
    QVERIFY(summary);
    QCOMPARE(summary->layers.at(0).outputShape, (Shape{20, 5}));
    QCOMPARE(summary->layers.at(3).outputShape, Shape{103});
    QCOMPARE(summary->parameters, summarise(network)->parameters);
    // Pixels in columns as well; another number of them is refused, and so are numbers of words.
    QVERIFY(adaptNetwork(makeZooNetwork("cntk-convnet").value(), {784}, {10}));
    QVERIFY(!adaptNetwork(network, {99}, {2}));
    QVERIFY(!adaptNetwork(network, {100}, {2}, 50));
}

void TestAdaptation::anEmbeddingTakesWholeNumbersThatAreGiven()
{
    const ModelDescription network = described(R"({"input":[12],"layers":[{"type":"embedding","vocabulary":20,"units":4},
        {"type":"gru","units":3},{"type":"dense","units":3}]})");
    QVERIFY(!adaptNetwork(network, {12}, {3})); // standardised numbers name no row
    const auto adapted = adaptNetwork(network, {12}, {3}, 0, true);
    QVERIFY2(adapted, adapted ? "" : adapted.error().message.c_str());
    QVERIFY(adapted->changes.empty());
}

void TestAdaptation::anActivationThatLimitsTheAnswersIsTold_data()
{
    QTest::addColumn<QString>("last");
    QTest::addColumn<QString>("word"); // empty: nothing is told
    QTest::newRow("none") << R"({"name":"d","type":"dense","units":2})" << "";
    QTest::newRow("tanh of a layer") << R"({"name":"d","type":"dense","units":2,"activation":"tanh"})" << "\"d\" (dense) ends the network with tanh";
    QTest::newRow("a layer of its own") << R"({"name":"r","type":"relu"})" << "\"r\" (relu) ends the network with relu, which keeps its answers above 0";
    QTest::newRow("by its name") << R"({"name":"a","type":"activation","activation":"sigmoid"})" << "between 0 and 1";
    QTest::newRow("any number all the same") << R"({"name":"l","type":"leakyRelu"})" << "";
}

void TestAdaptation::anActivationThatLimitsTheAnswersIsTold()
{
    QFETCH(QString, last);
    QFETCH(QString, word);
    const QString text = R"({"input":[4],"layers":[{"type":"dense","units":2,"activation":"relu"},%1]})";
    const std::string told = limitedAnswers(described(text.arg(last).toUtf8().constData()));
    QVERIFY2(word.isEmpty() ? told.empty() : has(told, word), told.c_str());
}

QTEST_GUILESS_MAIN(TestAdaptation)
#include "tst_adaptation.moc"
