#include <optional>
#include <stop_token>
#include <string>

#include <QTest>

#include "engine/data/dataset.h"
#include "tests/data/data_files.h"

using namespace ty;
using namespace ty::engine;

class TestSharedSamples : public QObject {
    Q_OBJECT

  private slots:
    void rowsInBothFilesAreFound();
    void imagesInBothFilesAreFound();
    void nothingSharedIsNoProblem();
};

void TestSharedSamples::rowsInBothFilesAreFound()
{
    const FolderOfFiles files;
    const auto training = openDataset(
        files.write("train.csv", "size,colour,kind\n1.5,red,a\n2,green,b\n3,blue,a\n4,red,b\n"),
        {});
    OpenOptions options;
    options.like = &training.value()->info();
    const auto test = openDataset(
        files.write("test.csv", "colour,size,kind\nblue,3.0,b\nred,9,a\nred,1.50,a\n"), options);
    QVERIFY(test.isOk());
    const auto found = findSharedSamples(**training, **test, {});
    QVERIFY(found.isOk() && found.value().has_value());
    QCOMPARE(found.value()->count, 2U);
    QCOMPARE(
        QString::fromStdString(found.value()->places.at(0)), QString("test line 2 = train line 4"));
}

void TestSharedSamples::imagesInBothFilesAreFound()
{
    const FolderOfFiles files;
    files.write("a-labels", idxBytes({3}, std::string("\0\1\0", 3)));
    files.write("b-labels", idxBytes({2}, std::string("\0\1", 2)));
    const auto training = openDataset(files.write("a-images", idxBytes({3, 1, 2}, "abcdef")), {});
    QVERIFY2(training.isOk(), training.isOk() ? "" : training.error().message.c_str());
    OpenOptions options;
    options.like = &training.value()->info();
    const auto test = openDataset(files.write("b-images", idxBytes({2, 1, 2}, "xyef")), options);
    QVERIFY(test.isOk());
    const auto found = findSharedSamples(**training, **test, {});
    QVERIFY(found.isOk() && found.value().has_value());
    QCOMPARE(found.value()->count, 1U);
    std::stop_source stop;
    stop.request_stop();
    QCOMPARE(
        findSharedSamples(**training, **test, stop.get_token()).error().kind, ErrorKind::Cancelled);
}

void TestSharedSamples::nothingSharedIsNoProblem()
{
    const FolderOfFiles files;
    const auto training = openDataset(files.write("train.csv", "size,kind\n1,a\n2,b\n3,a\n"), {});
    OpenOptions options;
    options.like = &training.value()->info();
    const auto test = openDataset(files.write("test.csv", "size,kind\n4,a\n5,b\n6,b\n"), options);
    const auto found = findSharedSamples(**training, **test, {});
    QVERIFY(found.isOk() && !found.value().has_value());
}

QTEST_GUILESS_MAIN(TestSharedSamples)
#include "tst_shared_samples.moc"
