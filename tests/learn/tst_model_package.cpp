#include <QTest>

#include <QTemporaryDir>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>

#include "engine/base/files.h"
#include "engine/exchange/safetensors.h"
#include "engine/learn/foreign_model.h"
#include "run_fixture.h"

using namespace ty::engine;

/// One small run is made once; each test spoils or uses a copy of its model.
class TestModelPackage : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;

    std::string modelFolder(const char* learner) const { return m_folder->path().toStdString() + "/" + learner + "/model"; }

private slots:
    void initTestCase()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        const auto data = writeClouds(m_folder->path().toStdString() + "/clouds.csv", 150, 1);
        for (const char* learner : {"network", "linear", "baseline"}) {
            RunRequest request;
            request.spec.name = learner;
            request.spec.learner = learner;
            request.spec.data.training = data;
            request.spec.settings = std::string(learner) == "baseline" ? ty::Json::object() : ty::Json{{"epochs", 3}};
            request.folder.root = m_folder->path().toStdString() + "/" + learner;
            CollectingSink sink;
            StoppableControl control;
            const auto result = executeRun(request, sink, control);
            QVERIFY2(result, result ? "" : result.error().message.c_str());
        }
    }

    void everyLearnersModelLoads()
    {
        for (const char* learner : {"network", "linear", "baseline"}) {
            const auto model = loadModel(modelFolder(learner), "cpu");
            QVERIFY2(model, model ? "" : model.error().message.c_str());
            QCOMPARE(model.value()->card()["learner"].get<std::string>(), std::string(learner));
            QVERIFY(model.value()->card()["metrics"]["validation"].is_object());
        }
    }

    void savingAgainReplacesThePackageWhole()
    {
        const auto model = loadModel(modelFolder("network"), "cpu");
        const std::string target = m_folder->path().toStdString() + "/saved";
        QVERIFY(model.value()->save(target));
        QVERIFY(model.value()->save(target));
        QVERIFY(loadModel(target, "cpu"));
        QVERIFY(!ty::pathExists(target + ".new") && !ty::pathExists(target + ".old"));
    }

    void exportsReadBackTheSame()
    {
        for (const char* learner : {"network", "linear"}) {
            const auto model = loadModel(modelFolder(learner), "cpu");
            const std::string target = m_folder->path().toStdString() + "/" + learner;
            const auto onnx = model.value()->exportTo("onnx", target + ".onnx");
            QVERIFY2(onnx, onnx ? "" : onnx.error().message.c_str());
            QVERIFY(onnx.value()["maxDifference"].get<double>() <= 1e-4);
            const auto tensors = model.value()->exportTo("safetensors", target + ".safetensors");
            QVERIFY2(tensors, tensors ? "" : tensors.error().message.c_str());
            QCOMPARE(tensors.value()["maxDifference"].get<double>(), 0.0);
            QVERIFY(!model.value()->exportTo("pickle", target + ".pkl"));
        }
        QVERIFY(!loadModel(modelFolder("baseline"), "cpu").value()->exportTo("onnx", "/tmp/never.onnx"));
    }

    void aFlippedBitInAnExportIsNoticed()
    {
        const std::string path = m_folder->path().toStdString() + "/exported.safetensors";
        QVERIFY(loadModel(modelFolder("network"), "cpu").value()->exportTo("safetensors", path));
        QVERIFY(openNetworkFile(path, {}, {}, "cpu"));
        std::string flipped = ty::readFile(path).value();
        flipped.back() = static_cast<char>(flipped.back() ^ 0x40);
        QVERIFY(ty::writeFileAtomically(path, flipped));
        const auto model = openNetworkFile(path, {}, {}, "cpu");
        QVERIFY(!model);
        QVERIFY2(model.error().message.find(path + ": the numbers do not fit") == 0, model.error().message.c_str());
    }

    void aFlippedBitInTheWeightsIsNoticed()
    {
        for (const char* learner : {"network", "linear"}) {
            const std::string folder = modelFolder(learner);
            const std::string path = folder + "/weights.safetensors";
            const std::string whole = ty::readFile(path).value();
            std::uint64_t header = 0;
            std::memcpy(&header, whole.data(), sizeof(header));
            const std::size_t first = sizeof(header) + static_cast<std::size_t>(header);
            const std::size_t step = std::max<std::size_t>(1, (whole.size() - first) / 20);
            for (std::size_t at = first; at < whole.size(); at += step) {
                std::string flipped = whole;
                flipped[at] = static_cast<char>(flipped[at] ^ 1); // of a fraction: still a number
                QVERIFY(ty::writeFileAtomically(path, flipped));
                const auto model = loadModel(folder, "cpu");
                QVERIFY(!model);
                QVERIFY2(model.error().message.find(path + ": the numbers do not fit") == 0, model.error().message.c_str());
            }
            // Another program writes what it changed without our checksum, or as before.
            auto tensors = parseSafetensors(whole, path).value().tensors;
            QVERIFY(writeSafetensors(path, tensors, {{"format", "pt"}}));
            QVERIFY(loadModel(folder, "cpu"));
            QVERIFY(ty::writeFileAtomically(path, whole));
            QVERIFY(loadModel(folder, "cpu"));
        }
    }

    void aDamagedModelFileIsAnErrorWithItsName()
    {
        const std::string folder = modelFolder("network");
        for (const char* name : {"model.json", "weights.safetensors"}) {
            const std::string path = folder + "/" + name;
            const auto whole = ty::readFile(path);
            QVERIFY(whole);
            for (std::size_t cut = 0; cut < whole.value().size(); cut += std::max<std::size_t>(1, whole.value().size() / 40)) {
                QVERIFY(ty::writeFileAtomically(path, whole.value().substr(0, cut)));
                const auto model = loadModel(folder, "cpu");
                QVERIFY(!model);
                QVERIFY2(model.error().message.find(name) != std::string::npos, model.error().message.c_str());
            }
            QVERIFY(ty::writeFileAtomically(path, whole.value()));
        }
        QVERIFY(loadModel(folder, "cpu"));
    }

    void anUnknownDeviceIsExplained()
    {
        const auto model = loadModel(modelFolder("network"), "cuda:7");
        QVERIFY(!model);
        QCOMPARE(model.error().kind, ty::ErrorKind::Unsupported);
        QVERIFY(!model.error().advice.empty());
    }

    void aMissingModelIsNotFound()
    {
        const auto model = loadModel(m_folder->path().toStdString() + "/nothing", "cpu");
        QVERIFY(!model);
        QCOMPARE(model.error().kind, ty::ErrorKind::NotFound);
    }
};

QTEST_GUILESS_MAIN(TestModelPackage)
#include "tst_model_package.moc"
