#include <QFile>
#include <QTest>

#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/runner/runner_fixture.h"

using namespace ty;

namespace {

// Of PyTorch, for 8 features.
const QString kForeign = QStringLiteral(TRAINYARD_SOURCE_DIR "/tests/data/onnx/yes_or_no.onnx");
const QString kThreeValues = QStringLiteral(TRAINYARD_SOURCE_DIR "/tests/data/onnx/arithmetic.onnx"); // no batch norm, 3 outputs

/// The last column of a file of answers: the probability of the last class.
std::vector<double> lastColumn(const std::string& file)
{
    std::vector<double> values;
    const std::string text = readFile(file).valueOr({});
    std::size_t begin = text.find('\n') + 1;
    for (std::size_t end = 0; begin > 0 && (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
        const std::string line = text.substr(begin, end - begin);
        values.push_back(std::strtod(line.c_str() + line.rfind(',') + 1, nullptr));
    }
    return values;
}

bool hasNote(const std::vector<RunEvent>& events, const std::string& part)
{
    for (const RunEvent& event : events) {
        if (event.type == "note" && event.fields.value("text", std::string()).find(part) != std::string::npos) {
            return true;
        }
    }
    return false;
}

} // namespace

class TestOnnxFiles : public QObject {
    Q_OBJECT

private slots:
    void ourOwnFileIsEvaluatedLikeItsModel();
    void aForeignFileIsEvaluatedAndAsked();
    void streamedQuestionsAreInTheWordsOfNow();
    void aRunGoesOnFromAForeignFile();
    void aHeadOfAnotherCountIsReplacedAndSaid();
    void whatDoesNotFitIsTold();
    void whatWasAssumedIsTold();
    void aFileBecomesAModelThatNeedsItNoMore();
    void whatIsLeftOutOfAnEvaluationIsCounted();
    void anAutoencoderGivesPicturesAgain();
    void filesThatAreNoNetworksAreTold();

private:
    /// Rows of 8 numbers, and one of `classes` labels each.
    QString table(const QString& name, int classes) const
    {
        std::string text = "a,b,c,d,e,f,g,h,kind\n";
        for (int row = 0; row < 60; ++row) {
            for (int i = 0; i < 8; ++i) {
                text += std::to_string(std::sin(row * 1.7 + i * 0.9 + row * i * 0.13) * 1.5) + ",";
            }
            text += "k" + std::to_string(row % classes) + "\n";
        }
        return m_f.write(name, text);
    }

    RunnerFixture m_f;
};

void TestOnnxFiles::ourOwnFileIsEvaluatedLikeItsModel()
{
    const QString data = m_f.cloudsCsv();
    const Ended trained =
        m_f.run({"train", "--data", data, "--preset", "fast", "--set", "epochs=2", "--threads", "1", "--out", "run"});
    QVERIFY2(trained.code == 0, trained.err);
    QVERIFY(m_f.run({"export", "--model", "run", "--format", "onnx", "--out", "clouds.onnx"}).code == 0);

    const Ended model = m_f.run({"evaluate", "--model", "run", "--data", data, "--json"});
    const Ended file = m_f.run({"evaluate", "--model", "clouds.onnx", "--data", data, "--json"});

    QVERIFY2(file.code == 0, file.err);
    const double expected = model.json()["metrics"]["log_loss"].get<double>();
    QVERIFY(std::abs(file.json()["metrics"]["log_loss"].get<double>() - expected) < 1e-5);
    QVERIFY(m_f.run({"export", "--model", "clouds.onnx", "--format", "safetensors", "--out", "c.safetensors"}).code == 0);
}

void TestOnnxFiles::aForeignFileIsEvaluatedAndAsked()
{
    const QString data = table("two.csv", 2);

    const Ended judged = m_f.run({"evaluate", "--model", kForeign, "--data", data, "--json"});
    const Ended asked = m_f.run({"predict", "--model", kForeign, "--data", data, "--out", "answers.csv"});

    QVERIFY2(judged.code == 0, judged.err);
    QCOMPARE(judged.json()["samples"].get<int>(), 60);
    QVERIFY2(asked.code == 0, asked.err);
    QCOMPARE(lastColumn(m_f.file("answers.csv")).size(), std::size_t{60});
    const Ended named =
        m_f.run({"evaluate", "--model", kForeign, "--data", data, "--classes", "k1,k0", "--json"});
    const double sum = judged.json()["metrics"]["accuracy"].get<double>() + named.json()["metrics"]["accuracy"].get<double>();
    QVERIFY(std::abs(sum - 1) < 1e-9); // the other way round
}

void TestOnnxFiles::streamedQuestionsAreInTheWordsOfNow()
{
    const QByteArray row = R"({"row":{"x1":1,"x2":-2,"x3":0.5,"x4":0,"x5":1,"x6":-1,"x7":2,"x8":0.25}})";
    const QByteArray named = R"({"row":{"h":1,"g":-2,"f":0.5,"e":0,"d":1,"c":-1,"b":2,"a":0.25}})";
    QVERIFY(m_f.run({"import", kForeign, "--out", "streamed"}).code == 0);

    for (const QString& model : {kForeign, QString("streamed")}) {
        const Ended plain = m_f.run({"predict", "--stream", "--model", model}, row + "\n");
        const Ended words =
            m_f.run({"predict", "--stream", "--model", model, "--columns", "h,g,f,e,d,c,b,a", "--classes", "left,right"}, named + "\n");
        const Ended wrong = m_f.run({"predict", "--stream", "--model", model, "--columns", "h,g"}, named + "\n");

        QVERIFY2(plain.code == 0 && words.code == 0, plain.err + words.err);
        const Json probabilities = plain.json()["probabilities"];
        QVERIFY(probabilities["no"].is_number());
        QCOMPARE(words.json()["probabilities"]["left"].get<double>(), probabilities["no"].get<double>());
        QVERIFY(wrong.code != 0);
        QVERIFY2(wrong.err.contains("2 columns are named"), wrong.err);
    }
}

void TestOnnxFiles::aRunGoesOnFromAForeignFile()
{
    const QString data = table("three.csv", 3);

    const Ended trained = m_f.run(
        {"train", "--data", data, "--from", kThreeValues, "--set", "epochs=1", "--set", "learningRate=1e-7", "--threads", "1",
         "--out", "on"});

    QVERIFY2(trained.code == 0, trained.err);
    QVERIFY(hasNote(RunnerFixture::events(m_f.file("on")), "begins with the weights of"));
    QVERIFY(m_f.run({"predict", "--model", kThreeValues, "--data", data, "--out", "before.csv"}).code == 0);
    QVERIFY(m_f.run({"predict", "--model", "on", "--data", data, "--out", "after.csv"}).code == 0);
    const auto before = lastColumn(m_f.file("before.csv"));
    const auto after = lastColumn(m_f.file("after.csv"));
    QCOMPARE(after.size(), before.size());
    for (std::size_t i = 0; i < before.size(); ++i) {
        QVERIFY(std::abs(after[i] - before[i]) < 0.01);
    }
    const Ended resumed = m_f.run({"train", "--out", "on", "--resume", "--set", "epochs=2", "--threads", "1"});
    QVERIFY2(resumed.code == 0, resumed.err);
}

void TestOnnxFiles::aHeadOfAnotherCountIsReplacedAndSaid()
{
    const Ended trained = m_f.run(
        {"train", "--data", table("three.csv", 3), "--from", kForeign, "--set", "epochs=1", "--threads", "1", "--out", "three"});

    QVERIFY2(trained.code == 0, trained.err);
    const auto events = RunnerFixture::events(m_f.file("three"));
    QVERIFY(hasNote(events, "has 3 units instead of 2"));
    QVERIFY(hasNote(events, "at random begin"));
}

void TestOnnxFiles::whatDoesNotFitIsTold()
{
    const QString data = m_f.cloudsCsv();

    const Ended judged = m_f.run({"evaluate", "--model", kForeign, "--data", data});
    const Ended trained = m_f.run({"train", "--data", data, "--from", kForeign, "--set", "network=resnet18", "--out", "no"});
    const Ended pixels = m_f.run({"evaluate", "--model", kForeign, "--data", data, "--pixels", "0-1"});
    const Ended torn = m_f.run({"evaluate", "--model", m_f.write("torn.onnx", "no model"), "--data", data});

    QCOMPARE(judged.code, 1);
    QVERIFY2(judged.err.contains("takes samples of (8), clouds has samples of (2)"), judged.err);
    QVERIFY(trained.code != 0);
    QCOMPARE(pixels.code, 2);
    QVERIFY2(pixels.err.contains("--pixels"), pixels.err);
    QCOMPARE(torn.code, 1);
    QVERIFY2(torn.err.contains("torn.onnx: no ONNX model"), torn.err);
}

void TestOnnxFiles::whatWasAssumedIsTold()
{
    const QString data = table("two.csv", 2);

    const Ended told = m_f.run({"evaluate", "--model", kForeign, "--data", data, "--json"});
    const Ended text = m_f.run({"evaluate", "--model", kForeign, "--data", data});
    const Ended asked = m_f.run({"predict", "--model", kForeign, "--data", data, "--out", "answers.csv", "--json"});
    const Ended said = m_f.run(
        {"evaluate", "--model", kForeign, "--data", data, "--labels", "k0,k1", "--target", "kind", "--columns", "a,b,c,d,e,f,g,h"});

    QVERIFY2(told.code == 0, told.err);
    const Json assumed = told.json()["assumed"];
    QVERIFY(assumed["classes"]["value"] == (Json{"k0", "k1"}));
    QVERIFY(assumed["classes"]["from"] == Json("data"));
    QVERIFY(assumed["target"]["value"] == Json("kind"));
    QVERIFY(assumed["target"]["text"] == Json("the column to predict is \"kind\", the last column"));
    QVERIFY2(text.out.contains("assumed: the column to predict is \"kind\", the last column (--target)\n"), text.out);
    QVERIFY2(text.out.contains("assumed: classes are in the order of the data's (two): k0, k1 (--classes)\n"), text.out);
    QVERIFY(asked.json()["assumed"]["target"]["value"] == Json("kind"));
    QVERIFY2(said.code == 0 && !said.out.contains("assumed"), said.err + said.out);
}

void TestOnnxFiles::aFileBecomesAModelThatNeedsItNoMore()
{
    const QString data = table("two.csv", 2);
    const QString file = m_f.write("net.onnx", readFile(kForeign.toStdString()).valueOr({}));
    const Ended direct = m_f.run({"evaluate", "--model", file, "--data", data, "--json"});

    const Ended looked = m_f.run({"import", file, "--json"});
    const Ended made = m_f.run({"import", file, "--name", "yes or no", "--out", "model", "--json"});
    const Ended again = m_f.run({"import", file, "--out", "model", "--json"});
    QFile::remove(file);

    QVERIFY2(looked.code == 0, looked.err);
    QVERIFY(looked.json()["network"]["layers"].size() > 1);
    QVERIFY2(made.code == 0, made.err);
    QVERIFY(made.json()["name"] == Json("yes or no"));
    QVERIFY(made.json()["source"]["file"] == Json("net.onnx"));
    QVERIFY(again.json()["error"]["kind"] == Json("already-exists"));
    const Ended judged = m_f.run({"evaluate", "--model", "model", "--data", data, "--samples", "samples.csv", "--json"});
    QVERIFY2(judged.code == 0, judged.err);
    QVERIFY(judged.json()["metrics"] == direct.json()["metrics"]);
    QVERIFY(judged.json()["assumed"]["classes"]["from"] == Json("data"));
    QVERIFY(readFile(m_f.file("samples.csv")).valueOr({}).starts_with("id,true,predicted,"));
    const Ended answered = m_f.run({"predict", "--model", "model", "--stream"}, R"({"id":1,"row":{"x1":1,"x8":-2}})" "\n");
    QVERIFY2(answered.json()["probabilities"].contains("yes"), answered.out);
    QVERIFY(m_f.run({"export", "--model", "model", "--format", "onnx", "--out", "out.onnx"}).code == 0);
    const Ended trained = m_f.run(
        {"train", "--data", data, "--from", "model", "--set", "epochs=1", "--set", "learningRate=1e-7", "--threads", "1", "--out",
         "tuned"});
    QVERIFY2(trained.code == 0, trained.err);
    QVERIFY(hasNote(RunnerFixture::events(m_f.file("tuned")), "begins with the weights of"));
    const Ended tuned = m_f.run({"evaluate", "--model", "tuned", "--data", data, "--json"});
    const Ended onwards = m_f.run(
        {"train", "--data", data, "--from", "tuned", "--set", "epochs=1", "--set", "learningRate=1e-7", "--threads", "1", "--out",
         "onwards"});
    QVERIFY2(onwards.code == 0, onwards.err);
    QVERIFY(RunSpec::load(m_f.file("onwards/run.json")).value().start.pixels == "0..1"); // numbers as they are, again
    // Weights hardly move; the statistics of its batch norm do.
    QVERIFY(std::abs(tuned.json()["metrics"]["log_loss"].get<double>() - direct.json()["metrics"]["log_loss"].get<double>()) < 0.05);
}

void TestOnnxFiles::whatIsLeftOutOfAnEvaluationIsCounted()
{
    const QString two = table("two.csv", 2);
    const QString three = table("three.csv", 3); // "k2" in every third of 60 rows
    QVERIFY(m_f.run({"import", kForeign, "--data", two, "--out", "bound"}).code == 0);

    const Ended judged = m_f.run({"evaluate", "--model", "bound", "--data", three});
    const Ended json = m_f.run({"evaluate", "--model", "bound", "--data", three, "--json"});
    const Ended whole = m_f.run({"evaluate", "--model", "bound", "--data", two});
    const Ended none = m_f.run({"evaluate", "--model", "bound", "--data", three, "--target", "kind", "--classes", "no,yes"});

    QVERIFY2(judged.code == 0, judged.err);
    QVERIFY2(judged.err.contains("warning: 20 of 60 samples are left out: their \"kind\" is missing or unknown"), judged.err);
    QCOMPARE(json.json()["samples"].get<int>(), 40);
    QCOMPARE(json.json()["leftOut"].get<int>(), 20);
    QVERIFY2(whole.code == 0 && whole.err.isEmpty(), whole.err);
    QVERIFY2(none.err.contains("no sample has a known \"kind\""), none.err);
    QVERIFY2(none.err.contains("The model's classes are no, yes."), none.err);
}

void TestOnnxFiles::anAutoencoderGivesPicturesAgain()
{
    const Ended trained = m_f.run(
        {"train", "--data", "sample:digits", "--set", "network=autoencoder", "--set", "epochs=1", "--threads", "1", "--out", "again"});
    QVERIFY2(trained.code == 0, trained.err);
    QVERIFY(m_f.run({"export", "--model", "again", "--format", "onnx", "--out", "again.onnx"}).code == 0);

    const Ended looked = m_f.run({"import", m_f.path("again.onnx")});

    QVERIFY2(looked.code == 0, looked.err);
    QVERIFY2(looked.out.contains("the picture again") && !looked.out.contains("classes"), looked.out);
}

void TestOnnxFiles::filesThatAreNoNetworksAreTold()
{
    const Ended pickle = m_f.run({"import", m_f.write("net.pt", "x"), "--json"});
    const Ended nowhere = m_f.run({"import", "nowhere.onnx", "--json"});
    const Ended torn = m_f.run({"import", m_f.write("torn.onnx", "no model"), "--out", "torn", "--json"});

    QVERIFY(pickle.json()["error"]["kind"] == Json("unsupported"));
    QVERIFY(pickle.json()["error"]["advice"].get<std::string>().find("export the model as ONNX") != std::string::npos);
    QVERIFY(nowhere.json()["error"]["kind"] == Json("not-found"));
    QCOMPARE(torn.code, 1);
    QVERIFY(!QFile::exists(m_f.path("torn")));
}

QTEST_GUILESS_MAIN(TestOnnxFiles)
#include "tst_onnx_files.moc"
