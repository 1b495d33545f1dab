#include <QTest>

#include <QFile>
#include <QTemporaryDir>

#include <cmath>
#include <cstdint>
#include <fstream>
#include <sstream>

#include "engine/base/files.h"
#include "run_fixture.h"

using namespace ty::engine;

class TestRunExecution : public QObject {
    Q_OBJECT

    static RunRequest requestFor(const QTemporaryDir& folder, const std::string& training)
    {
        RunRequest request;
        request.spec.name = "clouds-1";
        request.spec.data.training = training;
        request.spec.data.split.test = 0.2;
        request.spec.settings = {{"epochs", 5}};
        request.folder.root = folder.path().toStdString() + "/run";
        request.threads = 1;
        return request;
    }
    static std::string file(const QTemporaryDir& folder, const char* name)
    {
        return folder.path().toStdString() + "/" + name;
    }

    /// Low and high tones of 0.4 s, some of 2 s whose tone rises.
    static std::string writeTones(const std::string& root)
    {
        for (int i = 0; i < 40; ++i) {
            const std::string name = root + (i % 2 == 0 ? "/low" : "/high");
            (void)ty::makeFolders(name);
            std::string pcm;
            const int samples = i % 10 == 0 ? 16'000 : 3200;
            double angle = i;
            for (int at = 0; at < samples; ++at) {
                angle += (i % 2 == 0 ? 0.2 : 0.9) * (1 + at / 8000.0);
                const auto value = static_cast<std::int16_t>(8000 * std::sin(angle));
                pcm.append(reinterpret_cast<const char*>(&value), 2);
            }
            const auto number = [](std::uint32_t value, std::size_t bytes) { return std::string(reinterpret_cast<const char*>(&value), bytes); };
            const auto size = static_cast<std::uint32_t>(pcm.size());
            std::ofstream(name + "/" + std::to_string(i) + ".wav", std::ios::binary)
                << "RIFF" << number(36 + size, 4) << "WAVEfmt " << number(16, 4) << number(1, 2) << number(1, 2) << number(8000, 4)
                << number(16'000, 4) << number(2, 2) << number(16, 2) << "data" << number(size, 4) << pcm;
        }
        return root;
    }

private slots:
    void aRunLeavesItsWholeFolder()
    {
        const QTemporaryDir folder;
        const auto request = requestFor(folder, writeClouds(file(folder, "clouds.csv"), 300, 1));
        CollectingSink sink;
        StoppableControl control;
        const auto result = executeRun(request, sink, control);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QCOMPARE(sink.events.front().first, std::string("started"));
        QCOMPARE(sink.events[1].first, std::string("data"));
        QCOMPARE(sink.events[2].first, std::string("plan"));
        QCOMPARE(sink.events.back().first, std::string("finished"));
        QVERIFY(result.value()["metrics"]["validation"]["accuracy"].get<double>() > 0.85);
        QVERIFY(result.value()["metrics"]["test"]["accuracy"].get<double>() > 0.85);
        for (const char* name :
             {"run.json", "model/model.json", "model/weights.safetensors", "model/labels.txt", "model/signature.json",
              "model/model_card.md", "evaluation/validation.json", "evaluation/test.json", "evaluation/test_samples.csv"}) {
            QVERIFY2(ty::pathExists(request.folder.root + "/" + name), name);
        }
        const auto report = ty::readJsonFile(request.folder.evaluationFolder() + "/test.json");
        QVERIFY(report);
        QCOMPARE(report.value()["samples"].get<int>(), 60);
        QCOMPARE(report.value()["confusion"]["counts"].size(), std::size_t{3});
        QCOMPARE(report.value()["intervals"]["accuracy"].size(), std::size_t{2});
    }

    void aLoadedModelAnswersLikeTheTrainedOne()
    {
        const QTemporaryDir folder;
        const auto request = requestFor(folder, writeClouds(file(folder, "clouds.csv"), 300, 1));
        CollectingSink sink;
        StoppableControl control;
        QVERIFY(executeRun(request, sink, control));
        auto model = loadModel(request.folder.modelFolder(), "cpu");
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        const DatasetInfo expected = model.value()->encoder().expectedData();
        OpenOptions options;
        options.like = &expected;
        const auto other = openDataset(writeClouds(file(folder, "other.csv"), 200, 2), options);
        QVERIFY2(other, other ? "" : other.error().message.c_str());
        std::vector<std::uint32_t> samples{0, 1, 2, 50, 199};
        const auto first = model.value()->predict(*other.value(), samples);
        const auto single = model.value()->predict(*other.value(), std::span(samples).subspan(3, 1));
        QVERIFY(first && single);
        for (std::size_t c = 0; c < 3; ++c) {
            // Batches of another size may add in another order.
            QVERIFY(std::abs(first.value().probabilities[9 + c] - single.value().probabilities[c]) < 1e-5);
        }
        const std::string csv = file(folder, "answers.csv");
        const auto rows = predictToCsv(*model.value(), *other.value(), csv);
        QVERIFY(rows);
        QCOMPARE(rows.value(), std::uint64_t{200});
        const auto text = ty::readFile(csv);
        QVERIFY(text.value().starts_with("id,prediction,probability apple,probability pear,probability plum\n"));
        QCOMPARE(std::count(text.value().begin(), text.value().end(), '\n'), std::ptrdiff_t{201});
    }

    void regressionIsReportedInTheTargetsUnit()
    {
        const QTemporaryDir folder;
        auto request = requestFor(folder, writeLine(file(folder, "line.csv"), 400, 1));
        request.spec.settings = {{"epochs", 15}};
        CollectingSink sink;
        StoppableControl control;
        const auto result = executeRun(request, sink, control);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        const ty::Json metrics = result.value()["metrics"]["test"];
        QVERIFY(metrics["r2"].get<double>() > 0.95);
        QVERIFY(metrics["rmse"].get<double>() > 3 && metrics["rmse"].get<double>() < 8); // the noise has deviation 5
        const ty::Json epoch = sink.of("epoch").back();
        QVERIFY(std::abs(epoch["validation"]["rmse"].get<double>() - 5) < 3);
    }

    void theSameSeedGivesTheSameRun()
    {
        const QTemporaryDir folder;
        const auto data = writeClouds(file(folder, "clouds.csv"), 200, 1);
        std::map<std::int64_t, double> losses[2];
        for (int i = 0; i < 2; ++i) {
            auto request = requestFor(folder, data);
            request.folder.root += std::to_string(i);
            CollectingSink sink;
            StoppableControl control;
            QVERIFY(executeRun(request, sink, control));
            const auto epochs = sink.of("epoch");
            for (const ty::Json& epoch : epochs) {
                losses[i][epoch["step"].get<std::int64_t>()] = epoch["training"]["loss"].get<double>();
            }
        }
        QCOMPARE(losses[0].size(), std::size_t{5});
        QVERIFY(losses[0] == losses[1]);
    }

    void aStoppedRunResumesToTheSameEnd_data()
    {
        QTest::addColumn<QString>("learner");
        QTest::addColumn<int>("epoch");
        QTest::newRow("network, after epoch 1") << "network" << 1;
        QTest::newRow("network, after epoch 3") << "network" << 3;
        QTest::newRow("linear, after epoch 2") << "linear" << 2;
    }
    void aStoppedRunResumesToTheSameEnd()
    {
        QFETCH(QString, learner);
        QFETCH(int, epoch);
        const QTemporaryDir folder;
        const auto data = writeClouds(file(folder, "clouds.csv"), 200, 1);
        auto request = requestFor(folder, data);
        request.spec.learner = learner.toStdString();
        CollectingSink whole;
        StoppableControl control;
        const auto expected = executeRun(request, whole, control);
        QVERIFY(expected);

        request.folder.root += "-again";
        CollectingSink first;
        StoppableControl stopping;
        first.onEvent = [&](const std::string& type, const ty::Json& fields) {
            if (type == "epoch" && fields["epoch"].get<int>() == epoch) {
                stopping.isStopped = true;
            }
        };
        const auto stopped = executeRun(request, first, stopping);
        QVERIFY(stopped);
        QCOMPARE(stopped.value()["outcome"].get<std::string>(), std::string("stopped"));
        QVERIFY(stopped.value()["metrics"]["test"].is_null());

        request.isResuming = true;
        CollectingSink second;
        StoppableControl going;
        const auto resumed = executeRun(request, second, going);
        QVERIFY2(resumed, resumed ? "" : resumed.error().message.c_str());
        QVERIFY(second.of("started").front()["resumedFrom"].get<int>() > 0);
        QVERIFY(resumed.value()["metrics"] == expected.value()["metrics"]);
        QVERIFY(second.of("epoch").back()["training"] == whole.of("epoch").back()["training"]);
        QCOMPARE(second.of("epoch").size(), std::size_t(5 - epoch));
    }

    /// Which part of a longer recording an epoch hears follows from the seed, the epoch and the place.
    void aRunOfRecordingsResumesToTheSameEnd()
    {
        const QTemporaryDir folder;
        auto request = requestFor(folder, writeTones(file(folder, "tones")));
        request.spec.settings = {{"epochs", 3}, {"size", "small"}, {"augmentRotate", false}};
        const auto lossesOf = [&](const char* name, bool isPartDrawn) {
            RunRequest other = request;
            other.folder.root = file(folder, name);
            other.spec.settings["augmentPart"] = isPartDrawn;
            CollectingSink sink;
            StoppableControl control;
            const bool isRun = static_cast<bool>(executeRun(other, sink, control));
            return isRun ? sink.of("epoch").back()["training"] : ty::Json();
        };
        const auto whole = lossesOf("whole", true);
        QVERIFY(!whole.is_null());
        QVERIFY(whole != lossesOf("always the middle", false));

        CollectingSink first;
        StoppableControl stopping;
        first.onEvent = [&](const std::string& type, const ty::Json& fields) {
            stopping.isStopped = stopping.isStopped || (type == "epoch" && fields["epoch"].get<int>() == 1);
        };
        QVERIFY(executeRun(request, first, stopping));
        request.isResuming = true;
        CollectingSink second;
        StoppableControl going;
        const auto resumed = executeRun(request, second, going);
        QVERIFY2(resumed, resumed ? "" : resumed.error().message.c_str());
        QVERIFY(second.of("epoch").back()["training"] == whole);
    }

    /// Nobody knows in which form it heard them: that is said instead of going on with others.
    void anInterruptedRunOfRecordingsOfAnOlderVersionIsRefused()
    {
        const QTemporaryDir folder;
        auto request = requestFor(folder, writeTones(file(folder, "tones")));
        request.isResuming = true;
        QVERIFY(ty::makeFolders(request.folder.root));
        QVERIFY(request.spec.save(request.folder.specFile()));
        std::ofstream(request.folder.eventsFile()) << R"({"seq":1,"time":"","event":"data","task":"classification"})" << '\n';
        CollectingSink sink;
        StoppableControl control;
        const auto resumed = executeRun(request, sink, control);
        QVERIFY(!resumed);
        QCOMPARE(resumed.error().kind, ty::ErrorKind::Conflict);
        QVERIFY2(resumed.error().message.find("older version") != std::string::npos, resumed.error().message.c_str());
        QVERIFY(sink.of("step").empty());
    }

    void aFinishedRunIsNotTrainedTwice()
    {
        const QTemporaryDir folder;
        auto request = requestFor(folder, writeClouds(file(folder, "clouds.csv"), 200, 1));
        CollectingSink sink;
        StoppableControl control;
        const auto first = executeRun(request, sink, control);
        request.isResuming = true;
        CollectingSink again;
        const auto second = executeRun(request, again, control);
        QVERIFY(second);
        QVERIFY(again.of("step").empty());
        QVERIFY(second.value()["metrics"] == first.value()["metrics"]);
        request.isResuming = false;
        const auto other = executeRun(request, again, control);
        QVERIFY(!other);
        QCOMPARE(other.error().kind, ty::ErrorKind::AlreadyExists);
    }

    void badInputIsNamedAndChangesNothing_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("expected");
        QTest::newRow("no samples") << QByteArray("a,b\n") << "bad.csv";
        QTest::newRow("empty file") << QByteArray("") << "bad.csv";
        QTest::newRow("one class") << QByteArray("a,kind\n1,x\n2,x\n3,x\n4,x\n5,x\n6,x\n7,x\n8,x\n") << "bad.csv";
    }
    void badInputIsNamedAndChangesNothing()
    {
        QFETCH(QByteArray, content);
        QFETCH(QString, expected);
        const QTemporaryDir folder;
        std::ofstream(file(folder, "bad.csv")) << content.toStdString();
        auto request = requestFor(folder, file(folder, "bad.csv"));
        request.spec.data.task = "classification";
        CollectingSink sink;
        StoppableControl control;
        const auto result = executeRun(request, sink, control);
        QVERIFY(!result);
        QVERIFY2(result.error().message.find(expected.toStdString()) != std::string::npos, result.error().message.c_str());
        QCOMPARE(sink.events.back().first, std::string("failed"));
        QVERIFY(!ty::pathExists(request.folder.modelFolder()));
        QVERIFY(!ty::pathExists(request.folder.checkpointFolder()));
    }

    void anUnwritableFolderIsNamed()
    {
        const QTemporaryDir folder;
        auto request = requestFor(folder, writeClouds(file(folder, "clouds.csv"), 60, 1));
        request.folder.root = request.spec.data.training + "/run"; // below a file
        CollectingSink sink;
        StoppableControl control;
        const auto result = executeRun(request, sink, control);
        QVERIFY(!result);
        QVERIFY(result.error().message.find("clouds.csv") != std::string::npos);
    }

    void aLossThatExplodesFailsWithAdvice()
    {
        const QTemporaryDir folder;
        auto request = requestFor(folder, writeLine(file(folder, "line.csv"), 200, 1));
        request.spec.settings = {{"optimizer", "sgd"}, {"learningRate", 10}, {"gradientClip", 0}, {"epochs", 50}};
        CollectingSink sink;
        StoppableControl control;
        const auto result = executeRun(request, sink, control);
        QVERIFY(!result);
        QVERIFY2(result.error().advice.find("learning rate") != std::string::npos, result.error().message.c_str());
        QCOMPARE(sink.events.back().first, std::string("failed"));
    }

    void samplesSharedWithTheTestFileAreTold()
    {
        const QTemporaryDir folder;
        auto request = requestFor(folder, writeClouds(file(folder, "clouds.csv"), 60, 1));
        request.spec.data.test = writeClouds(file(folder, "again.csv"), 60, 1);
        CollectingSink sink;
        StoppableControl control;
        QVERIFY(executeRun(request, sink, control));
        int warnings = 0;
        for (const auto& [type, fields] : sink.events) {
            warnings += type == "warning" && fields.at("text").get<std::string>().find("60") != std::string::npos ? 1 : 0;
        }
        QCOMPARE(warnings, 1);
    }

    void changedDataIsNoticed()
    {
        const QTemporaryDir folder;
        auto request = requestFor(folder, writeClouds(file(folder, "clouds.csv"), 60, 1));
        request.spec.data.fingerprint = std::string(64, 'a');
        CollectingSink sink;
        StoppableControl control;
        const auto result = executeRun(request, sink, control);
        QVERIFY(!result);
        QCOMPARE(result.error().kind, ty::ErrorKind::Conflict);
    }
};

QTEST_GUILESS_MAIN(TestRunExecution)
#include "tst_run_execution.moc"
