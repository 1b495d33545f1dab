#include <QTest>

#include "engine/data/dataset.h"
#include "engine/data/encoder.h"
#include "engine/data/sample_catalog.h"

using namespace ty;
using namespace ty::engine;

class TestSamples : public QObject {
    Q_OBJECT

  private slots:
    void eachSampleOpensAsItsTileSays_data();
    void eachSampleOpensAsItsTileSays();
    void theFolderIsFoundBesideTheProgram();
};

void TestSamples::eachSampleOpensAsItsTileSays_data()
{
    QTest::addColumn<int>("index");
    QTest::addColumn<QString>("id");
    QTest::addColumn<int>("samples");
    QTest::addColumn<int>("classes");
    QTest::addColumn<int>("inputs");
    QTest::newRow("digits") << 0 << "digits" << 1797 << 10 << 64;
    QTest::newRow("iris") << 1 << "iris" << 150 << 3 << 4;
    QTest::newRow("spirals") << 2 << "spirals" << 600 << 3 << 2;
    QTest::newRow("tones") << 3 << "tones" << 800 << 8 << 32;
}

void TestSamples::eachSampleOpensAsItsTileSays()
{
    QFETCH(int, index);
    QFETCH(QString, id);
    QFETCH(int, samples);
    QFETCH(int, classes);
    QFETCH(int, inputs);
    const auto all = bundledSamples(TRAINYARD_SOURCE_DIR "/resources/samples");
    QCOMPARE(all.size(), 4U);
    const SampleDataset& sample = all[static_cast<std::size_t>(index)];
    QCOMPARE(QString::fromStdString(sample.id), id);
    QVERIFY(!sample.licence.empty() && !sample.title.empty() && sample.sentence.ends_with('.'));
    const auto dataset = openDataset(sample.path, {});
    QVERIFY2(dataset.isOk(), dataset.isOk() ? "" : dataset.error().message.c_str());
    QCOMPARE((**dataset).size(), static_cast<std::uint64_t>(samples));
    QCOMPARE((**dataset).info().task, Task::Classification);
    QCOMPARE((**dataset).info().classes.size(), static_cast<std::size_t>(classes));
    const auto split = splitDataset(**dataset, {}, false, false);
    QVERIFY(split.isOk());
    const auto encoder = Encoder::fit(**dataset, split.value().training);
    QVERIFY(encoder.isOk());
    QCOMPARE(encoder->inputSize(), static_cast<std::size_t>(inputs));
    for (const Problem& problem : (**dataset).info().problems) {
        QCOMPARE(problem.severity, ProblemSeverity::Note);
    }
}

void TestSamples::theFolderIsFoundBesideTheProgram()
{
    qunsetenv("TRAINYARD_SAMPLES");
    QCOMPARE(bundledSamples().size(), 4U);
    qputenv("TRAINYARD_SAMPLES", TRAINYARD_SOURCE_DIR "/resources/samples");
    QCOMPARE(
        QString::fromStdString(samplesFolder()),
        QString(TRAINYARD_SOURCE_DIR "/resources/samples"));
    QVERIFY(bundledSamples("").empty());
}

QTEST_GUILESS_MAIN(TestSamples)
#include "tst_samples.moc"
