#include <QTest>

#include <QFile>
#include <QTemporaryDir>

#include <fstream>
#include <limits>

#include "engine/base/files.h"
#include "engine/train/checkpoint.h"
#include "tests/support/memory_limit.h"

using namespace ty::engine;

class TestCheckpoint : public QObject {
    Q_OBJECT

    static Checkpoint sample(float value)
    {
        Checkpoint checkpoint;
        checkpoint.state = {{"step", 12}, {"loss", 0.1}};
        Tensor weight(DType::Float32, {2, 3});
        weight.floats()[4] = value;
        checkpoint.parameters.push_back({"dense.weight", weight});
        checkpoint.optimizer.push_back({"dense.weight.m", weight.clone()});
        return checkpoint;
    }

private slots:
    void whatIsWrittenIsReadBack()
    {
        const QTemporaryDir folder;
        const CheckpointStore store(folder.path().toStdString() + "/checkpoints");
        const auto bytes = store.write(CheckpointStore::fileName(12), sample(0.25F));
        QVERIFY2(bytes, bytes ? "" : bytes.error().message.c_str());
        QVERIFY(bytes.value() > 48);
        const auto back = store.read(CheckpointStore::fileName(12));
        QVERIFY2(back, back ? "" : back.error().message.c_str());
        QVERIFY(back.value().state == sample(0).state);
        QCOMPARE(back.value().parameters.at(0).name, std::string("dense.weight"));
        QCOMPARE(back.value().parameters.at(0).tensor.floats()[4], 0.25F);
        QCOMPARE(back.value().optimizer.at(0).name, std::string("dense.weight.m"));
    }

    void aDamagedFileIsSkippedForTheOneBefore()
    {
        const QTemporaryDir folder;
        const CheckpointStore store(folder.path().toStdString());
        QVERIFY(store.write(CheckpointStore::fileName(1), sample(1)));
        QVERIFY(store.write(CheckpointStore::fileName(2), sample(2)));
        const std::string newest = folder.path().toStdString() + "/" + CheckpointStore::fileName(2);
        const auto whole = ty::readFile(newest);
        QVERIFY(whole);
        for (std::size_t i = 0; i < whole.value().size(); ++i) {
            std::string damaged = whole.value();
            damaged[i] = static_cast<char>(damaged[i] ^ 0x20);
            std::ofstream(newest, std::ios::binary) << damaged;
            const auto found = store.newest().value();
            QVERIFY(found.has_value());
            // A flipped bit in padding harms nothing; anything else must be noticed.
            if (found->name == CheckpointStore::fileName(2)) {
                QCOMPARE(found->checkpoint.parameters.at(0).tensor.floats()[4], 2.0F);
                QVERIFY(found->checkpoint.state == sample(2).state);
            } else {
                QCOMPARE(found->skipped.size(), std::size_t{1});
            }
        }
        for (std::size_t size = 0; size < whole.value().size(); size += 7) {
            std::ofstream(newest, std::ios::binary) << whole.value().substr(0, size);
            QCOMPARE(store.newest().value()->name, CheckpointStore::fileName(1));
        }
    }

    void weightsThatAreNoNumbersAreNeverWritten()
    {
        const QTemporaryDir folder;
        const CheckpointStore store(folder.path().toStdString());
        const auto written = store.write(CheckpointStore::fileName(1), sample(std::numeric_limits<float>::quiet_NaN()));
        QVERIFY(!written);
        QVERIFY(written.error().message.find("dense.weight") != std::string::npos);
        QVERIFY(store.names().empty());
    }

    void pruningKeepsWhatIsNamed()
    {
        const QTemporaryDir folder;
        const CheckpointStore store(folder.path().toStdString());
        for (const int step : {5, 10, 15, 20}) {
            QVERIFY(store.write(CheckpointStore::fileName(step), sample(1)));
        }
        store.prune({CheckpointStore::fileName(10), CheckpointStore::fileName(20)});
        QCOMPARE(store.names(), (std::vector<std::string>{CheckpointStore::fileName(10), CheckpointStore::fileName(20)}));
    }

    void whatAKilledProcessWasWritingIsRemoved()
    {
        const QTemporaryDir folder;
        const CheckpointStore store(folder.path().toStdString());
        QVERIFY(store.write(CheckpointStore::fileName(5), sample(1)));
        const std::string unfinished = folder.path().toStdString() + "/" + CheckpointStore::fileName(6) + ".a1B2c3";
        const std::string other = folder.path().toStdString() + "/" + CheckpointStore::fileName(4) + ".kept by a person";
        QVERIFY(ty::writeFileAtomically(unfinished, "half") && ty::writeFileAtomically(other, "whole"));
        store.prune({CheckpointStore::fileName(5)});
        QVERIFY(!ty::pathExists(unfinished));
        QVERIFY(ty::pathExists(other));
        QCOMPARE(store.names(), (std::vector<std::string>{CheckpointStore::fileName(5)}));
    }

    void aCheckpointThatMemoryIsTooSmallForIsNotTakenForATornOne()
    {
        const QTemporaryDir folder;
        const CheckpointStore store(folder.path().toStdString());
        Checkpoint large = sample(1);
        for (int i = 0; i < 6; ++i) { // each below what is worth asking for alone
            large.parameters.push_back({"weight" + std::to_string(i), Tensor(DType::Float32, {1 << 20})});
        }
        QVERIFY(store.write(CheckpointStore::fileName(1), sample(1)));
        QVERIFY(store.write(CheckpointStore::fileName(2), large));
        {
            const ty::MemoryLimit limit("1");
            const auto found = store.newest();
            QVERIFY(!found);
            QCOMPARE(found.error().kind, ty::ErrorKind::OutOfMemory);
        }
        QCOMPARE(store.newest().value()->name, CheckpointStore::fileName(2));
    }

    void aMissingFolderHoldsNothing()
    {
        QVERIFY(!CheckpointStore("/nowhere/at/all").newest().value().has_value());
    }
};

QTEST_GUILESS_MAIN(TestCheckpoint)
#include "tst_checkpoint.moc"
