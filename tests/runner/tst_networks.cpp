#include <QTest>

#include <QRegularExpression>

#include <string>

#include "tests/runner/runner_fixture.h"

using namespace ty;

namespace {

constexpr const char* kNetwork = R"({"input":[2],"layers":[
    {"name":"wide","type":"dense","units":12,"activation":"silu"},
    {"name":"norm","type":"layerNorm"},
    {"name":"skip","type":"dense","units":12,"inputs":["input"]},
    {"name":"sum","type":"add","inputs":["norm","skip"],"activation":"relu"},
    {"name":"out","type":"dense","units":2}]})";

constexpr rlim_t kMebi = 1 << 20;

std::string numberAfter(const QByteArray& text, const char* label)
{
    const auto found = QRegularExpression(QString(label) + "\\s+([0-9,]+)").match(QString::fromUtf8(text));
    return found.captured(1).remove(',').toStdString();
}

} // namespace

/// Networks chosen by name or described in a file, their table, and what happens when they are too large.
class TestNetworks : public QObject {
    Q_OBJECT

private slots:
    void theTableHasTheExactParameters_data();
    void theTableHasTheExactParameters();
    void theTableTellsWhatIsFrozenAndAdapted();
    void aDescribedNetworkTrainsEndToEnd();
    void picturesAreScaledToTheNetworkAlsoWhenItIsJudged();
    void mistakesNameTheLayerAndTheShapes_data();
    void mistakesNameTheLayerAndTheShapes();
    void theNewestWordAboutTheNetworkCounts();
    void theAutomaticBatchKeepsWithinALimitOnMemory();
    void tooLittleMemoryEndsWithAdvice_data();
    void tooLittleMemoryEndsWithAdvice();
    void weightsThatDoNotFitAreRefusedBeforeTheyAreMade();
};

void TestNetworks::theTableHasTheExactParameters_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("layer");
    QTest::addColumn<QString>("parameters");
    // As published, or counted by hand from the source.
    QTest::newRow("cntk-convnet") << "cntk-convnet" << "conv2d 48 x 11 x 11 13,872" << "98778";
    QTest::newRow("alexnet-cifar") << "alexnet-cifar" << "dense 10 5,770" << "85098";
    QTest::newRow("resnet56") << "resnet56" << "conv2d 16 x 32 x 32 432" << "853018";
    QTest::newRow("autoencoder") << "autoencoder" << "dense 32 4,128" << "24928"; // 8 x 8 pixels instead of 784
}

void TestNetworks::theTableHasTheExactParameters()
{
    QFETCH(QString, name);
    QFETCH(QString, layer);
    QFETCH(QString, parameters);
    const RunnerFixture f;
    const QStringList arguments{"train", "--data", "sample:digits", "--set", "network=" + name, "--set", "batchSize=2", "--print-network"};
    const Ended table = f.run(arguments);
    QVERIFY2(table.code == 0, table.err);
    QCOMPARE(numberAfter(table.out, "Parameters:"), parameters.toStdString());
    QVERIFY2(QString::fromUtf8(table.out).simplified().contains(layer), table.out);
    for (const char* label : {"output", "forward", "memory", "Batch:         2 samples", "Memory:", "Time:", "Device:"}) {
        QVERIFY2(table.out.contains(label), label);
    }
    if (name != "resnet56") {
        return; // the measuring takes a second
    }
    // The rows make up the whole, and JSON says the same.
    const Ended ended = f.run(arguments + QStringList{"--json"});
    QVERIFY2(ended.code == 0, ended.err);
    const Json summary = ended.json()["network"]["summary"];
    std::int64_t sum = 0;
    for (const Json& row : summary["layers"]) {
        sum += row["parameters"].get<std::int64_t>();
        QVERIFY(row.contains("outputShape") && row.contains("flops") && row.contains("activationBytes"));
    }
    QCOMPARE(sum, parameters.toLongLong());
    QCOMPARE(summary["parameters"].get<std::int64_t>(), sum);
}

void TestNetworks::theTableTellsWhatIsFrozenAndAdapted()
{
    const RunnerFixture f;
    const Ended table = f.run(
        {"train", "--data", "sample:iris", "--set", "network=playground", "--set", "frozenLayers=dense1,dense2", "--print-network"});
    QVERIFY2(table.code == 0, table.err);
    QVERIFY2(table.out.contains("dense (frozen)"), table.out);
    QVERIFY2(table.out.contains("takes (4) instead of (2)") && table.out.contains("\"dense3\" (dense) has 3 units instead of 1"), table.out);
    QVERIFY2(table.out.contains("39, 30 of them frozen"), table.out); // 4*4+4, 4*2+2, 2*3+3
    QCOMPARE(f.run({"train", "--data", "sample:iris", "--learner", "baseline", "--print-network"}).code, 1);
    QCOMPARE(f.run({"train", "--data", "sample:iris", "--json", "--out", "x"}).code, 2); // belongs to --print-network
}

void TestNetworks::aDescribedNetworkTrainsEndToEnd()
{
    const RunnerFixture f;
    const QString data = f.cloudsCsv();
    f.write("net.json", kNetwork);
    const Ended ended = f.run(
        {"train", "--data", data, "--set", "network=@net.json", "--set", "epochs=3", "--threads", "1", "--out", "run"});
    QVERIFY2(ended.code == 0, ended.err);
    const auto plan = f.ofType(f.events(f.file("run")), "plan").front();
    QVERIFY(plan.fields["network"]["layers"].size() == 5 && plan.fields["network"]["layers"][2]["name"] == Json("skip"));
    // The run keeps the description itself: the file may go.
    QFile::remove(f.path("net.json"));
    QVERIFY(readJsonFile(f.file("run/run.json")).value()["network"]["layers"].size() == 5);
    const Ended more = f.run({"train", "--out", "run", "--resume", "--set", "epochs=5", "--threads", "1"});
    QVERIFY2(more.code == 0, more.err);
    const Ended judged = f.run({"evaluate", "--model", "run", "--data", data, "--json"});
    QVERIFY2(judged.code == 0, judged.err);
    QVERIFY(judged.json()["metrics"]["accuracy"].get<double>() > 0.9);
    const Ended exported = f.run({"export", "--model", "run", "--format", "onnx", "--out", "net.onnx", "--json"});
    QVERIFY2(exported.code == 0, exported.err);
    QVERIFY(exported.json()["maxDifference"].get<double>() < 1e-4);
}

void TestNetworks::picturesAreScaledToTheNetworkAlsoWhenItIsJudged()
{
    const RunnerFixture f;
    const QStringList arguments{
        "train", "--data", "sample:digits", "--set", "network=cntk-convnet", "--set", "epochs=2", "--set", "repeats=1", "--threads", "1"};
    QCOMPARE(f.run(arguments + QStringList{"--out", "run"}).code, 0);
    const auto events = f.events(f.file("run"));
    QVERIFY(f.ofType(events, "plan").front().fields["network"]["input"] == Json({1, 28, 28}));
    const Json validation = f.ofType(events, "finished").back().fields["metrics"]["validation"];
    const Ended judged = f.run({"evaluate", "--model", "run", "--part", "validation", "--json"});
    QVERIFY2(judged.code == 0, judged.err);
    QCOMPARE(judged.json()["metrics"]["accuracy"].get<double>(), validation["accuracy"].get<double>());
    const Ended all = f.run({"evaluate", "--model", "run", "--data", "sample:digits", "--json"});
    QVERIFY2(all.code == 0, all.err);
    const Ended more = f.run({"train", "--out", "run", "--resume", "--set", "epochs=3", "--threads", "1"});
    QVERIFY2(more.code == 0, more.err);
    // Fine-tuning: the convolutions stay, the rest goes on.
    const Ended tuned = f.run(arguments + QStringList{"--from", "run", "--set", "frozenLayers=conv*", "--out", "tuned"});
    QVERIFY2(tuned.code == 0, tuned.err);
    const auto first = f.ofType(events, "epoch").front().fields["training"]["loss"].get<double>();
    QVERIFY(f.ofType(f.events(f.file("tuned")), "epoch").front().fields["training"]["loss"].get<double>() < first / 2);
}

void TestNetworks::mistakesNameTheLayerAndTheShapes_data()
{
    QTest::addColumn<QString>("network");
    QTest::addColumn<int>("code");
    QTest::addColumn<QStringList>("words");
    QTest::newRow("unknown type") << R"({"input":[2],"layers":[{"name":"a","type":"denze"}]})" << 1 << QStringList{"\"a\"", "denze"};
    QTest::newRow("no JSON") << "{\"input\":" << 2 << QStringList{"net.json"};
    QTest::newRow("shapes do not add")
        << R"({"input":[2],"layers":[{"name":"a","type":"dense","units":3},{"name":"b","type":"dense","units":4,"inputs":["input"]},{"name":"s","type":"add","inputs":["a","b"]}]})"
        << 1 << QStringList{"\"s\" (add)", "\"a\" gives (3)", "\"b\" gives (4)"};
    QTest::newRow("for pictures") << R"({"input":[3,8,8],"layers":[{"name":"c","type":"conv2d","filters":4},{"name":"d","type":"dense","units":2}]})"
                                  << 1 << QStringList{"\"c\" (conv2d)", "(3, 8, 8)", "(2)", "pictures"};
    QTest::newRow("no place for classes") << R"({"input":[2],"layers":[{"name":"d","type":"dense","units":5},{"name":"r","type":"relu"},{"name":"m","type":"slice","axis":1,"count":3}]})"
                                          << 1 << QStringList{"\"m\" (slice)", "(3)", "(2)"};
    QTest::newRow("name for pictures") << "resnet18" << 1 << QStringList{"\"conv2d1\" (conv2d)", "(3, 224, 224)", "(2)"};
    QTest::newRow("unknown name") << "resnet19" << 2 << QStringList{"resnet19", "resnet18", "vgg16"};
    QTest::newRow("missing file") << "@nowhere.json" << 2 << QStringList{"nowhere.json"};
}

void TestNetworks::mistakesNameTheLayerAndTheShapes()
{
    QFETCH(QString, network);
    QFETCH(int, code);
    QFETCH(QStringList, words);
    const RunnerFixture f;
    QString value = network;
    if (network.startsWith('{')) {
        f.write("net.json", network.toStdString());
        value = "@net.json";
    }
    const Ended ended = f.run({"train", "--data", f.cloudsCsv(), "--set", "network=" + value, "--out", "run"});
    QVERIFY(!ended.isCrashed);
    QVERIFY2(ended.code == code, ended.err);
    for (const QString& word : words) {
        QVERIFY2(ended.err.contains(word.toUtf8()), ended.err);
    }
    QVERIFY(!pathExists(f.file("run/model")) && !pathExists(f.file("run/checkpoints")));
}

void TestNetworks::theNewestWordAboutTheNetworkCounts()
{
    const RunnerFixture f;
    const QString data = f.cloudsCsv();
    f.write("net.json", kNetwork);
    const Ended file = f.run(
        {"train", "--data", data, "--set", "network=playground", "--set", "network=@net.json", "--print-spec"});
    QVERIFY(file.json()["network"].is_object() && !file.json()["settings"].contains("network"));
    f.write("run.json", file.out.toStdString());
    const Ended name = f.run({"train", "run.json", "--set", "network=playground", "--print-spec"});
    QVERIFY2(name.json()["settings"]["network"] == Json("playground"), name.out);
    QVERIFY(name.json().value("network", Json()).is_null());
    const Ended none = f.run({"train", "run.json", "--set", "network=auto", "--print-spec"});
    QVERIFY(none.json().value("network", Json()).is_null() && none.json()["settings"].value("network", Json()).is_null());
}

void TestNetworks::theAutomaticBatchKeepsWithinALimitOnMemory()
{
    if (!kAreMemoryLimitsPossible) {
        QSKIP(kNoMemoryLimits);
    }
    RunnerFixture f;
    const QStringList arguments{
        "train", "--data", "sample:digits", "--set", "network=resnet56", "--set", "epochs=1", "--minutes", "0.01", "--threads", "1"};
    const auto batchOf = [&f](const char* run) { return f.ofType(f.events(f.file(run)), "plan").front().fields["batchSize"].get<int>(); };
    QCOMPARE(f.run(arguments + QStringList{"--out", "free"}).code, 0);
    f.limitMemory(250 * kMebi);
    const Ended ended = f.run(arguments + QStringList{"--out", "tight"});
    QVERIFY2(ended.code == 0, ended.err);
    QVERIFY(batchOf("tight") >= 1 && batchOf("tight") < batchOf("free"));
}

void TestNetworks::tooLittleMemoryEndsWithAdvice_data()
{
    QTest::addColumn<QStringList>("settings");
    QTest::addColumn<int>("mebi");
    QTest::newRow("a batch too large") << QStringList{"network=resnet56", "batchSize=1400"} << 300;
    QTest::newRow("a network too large") << QStringList{"network=fcn5"} << 200;
    // Around the end of the memory: in the middle of kernels, of threads' batches and of checkpoints.
    for (const int mebi : {150, 188, 205, 238}) {
        QTest::addRow("anywhere, %d MiB", mebi) << QStringList{"network=resnet56"} << mebi;
    }
    QTest::newRow("the checkpoint") << QStringList{"network=fcn5"} << 420;
    QTest::newRow("the parameters alone") << QStringList{"network=resnet50", "batchSize=2"} << 300;
}

void TestNetworks::tooLittleMemoryEndsWithAdvice()
{
    QFETCH(QStringList, settings);
    QFETCH(int, mebi);
    if (!kAreMemoryLimitsPossible) {
        QSKIP(kNoMemoryLimits);
    }
    RunnerFixture f;
    f.limitMemory(static_cast<rlim_t>(mebi) * kMebi);
    // Two threads, since each wants a stack.
    QStringList arguments{"train", "--data", "sample:digits", "--out",     "run", "--minutes",
                          "0.01",  "--set",  "epochs=1",      "--threads", "2", "--set",
                          "workers=2"};
    for (const QString& setting : settings) {
        arguments << "--set" << setting;
    }
    const Ended ended = f.run(arguments);
    QVERIFY2(!ended.isCrashed, ended.err);
    if (ended.code == 0) {
        QSKIP("this computer's libraries take less memory");
    }
    QVERIFY2(ended.err.contains("not enough memory"), ended.err);
    QVERIFY2(ended.err.contains("smaller network"), ended.err);
    // The parameters alone do not depend on the batch, and one sample is the smallest.
    const bool isBatchToBlame =
        !ended.err.contains("parameters") && !ended.err.contains("of 1 sample") && !ended.err.contains("a checkpoint");
    QVERIFY2(ended.err.contains("smaller batch size") == isBatchToBlame, ended.err);
    QVERIFY2(ended.out.contains("\"event\":\"failed\""), ended.out);
    // What cannot be kept is not computed for long.
    QVERIFY2(!ended.err.contains("a checkpoint") || ended.out.count("\"event\":\"step\"") == 0, ended.out);
}

void TestNetworks::weightsThatDoNotFitAreRefusedBeforeTheyAreMade()
{
    RunnerFixture f;
    f.setVariable("TRAINYARD_MEMORY", QStringLiteral("300M"));
    f.write("net.json", R"({"input":[64],"layers":[{"name":"wide","type":"dense","units":1000000},{"name":"out","type":"dense","units":10}]})");
    const Ended ended = f.run({"train", "--data", "sample:digits", "--out", "run", "--set", "network=@net.json"});
    QVERIFY2(!ended.isCrashed && ended.code != 0, ended.err);
    // 75 million weights, their gradients and two numbers of the optimizer.
    QVERIFY2(ended.err.contains("not enough memory for the network's 75000010 parameters: 1144 MiB more are wanted"), ended.err);
    QVERIFY2(ended.err.contains("smaller network"), ended.err);
}

QTEST_GUILESS_MAIN(TestNetworks)
#include "tst_networks.moc"
