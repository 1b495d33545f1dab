#include <algorithm>
#include <cmath>
#include <iterator>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

#include <QTest>

#include "engine/data/dataset.h"
#include "tests/data/data_files.h"

using namespace ty;
using namespace ty::engine;

namespace {

std::string numbers(int rows, const std::string& rest = "")
{
    std::string text;
    for (int i = 0; i < rows; ++i) {
        text += std::to_string(i % 7) + ".5," + std::to_string(i % 5) + rest +
                (i % 2 == 0 ? ",yes\n" : ",no\n");
    }
    return text;
}

const Problem* find(const DatasetInfo& info, const std::string& kind)
{
    const auto found =
        std::find_if(info.problems.begin(), info.problems.end(), [&](const Problem& problem) {
            return problem.kind == kind;
        });
    return found == info.problems.end() ? nullptr : &*found;
}

const ColumnInfo& column(const DatasetInfo& info, const std::string& name)
{
    const auto found =
        std::find_if(info.columns.begin(), info.columns.end(), [&](const ColumnInfo& entry) {
            return entry.name == name;
        });
    if (found == info.columns.end()) {
        throw std::runtime_error("no column " + name);
    }
    return *found;
}

} // namespace

class TestCsv : public QObject {
    Q_OBJECT

  private slots:
    void delimitersAndLineEndsAreFound_data();
    void delimitersAndLineEndsAreFound();
    void decimalCommasAreNumbers();
    void latin1BecomesUtf8();
    void headingsAreGuessed_data();
    void headingsAreGuessed();
    void targetAndTaskAreGuessed_data();
    void targetAndTaskAreGuessed();
    void choicesOverrideGuesses();
    void rowNumbersAndFreeTextAreSetAside();
    void datesBecomeDays();
    void missingValuesAreCountedAndPlaced();
    void aColumnWithoutValuesIsLeftOut();
    void oddCellsInAColumnOfNumbersAreReported();
    void wordsFarDownTurnAColumnIntoCategories();
    void raggedRowsAreLeftOutAndReported();
    void badFilesGiveOneClearMessage_data();
    void badFilesGiveOneClearMessage();
    void problemsOfClassesAreReported();
    void repeatedRowsAreReported();
    void gzipGivesTheSameFingerprint();
    void previewNeedsOnlyTheBeginning();
    void describingKeepsNoValues();
    void likeUsesTheModelsCodes();
    void likeNamesMissingColumns();
    void stopIsHonoured();
};

void TestCsv::delimitersAndLineEndsAreFound_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("format");
    const auto table = [](char delimiter, const char* end) {
        QByteArray text = QByteArray("size") + delimiter + "count" + delimiter + "kind" + end;
        for (int i = 0; i < 12; ++i) {
            text += QByteArray::number(i + 0.25) + delimiter + QByteArray::number(i % 3) +
                    delimiter + (i % 2 == 0 ? "big" : "small") + end;
        }
        return text;
    };
    QTest::newRow("comma") << table(',', "\n") << "csv";
    QTest::newRow("semicolon") << table(';', "\n") << "csv";
    QTest::newRow("tab") << table('\t', "\n") << "tsv";
    QTest::newRow("bar") << table('|', "\n") << "csv";
    QTest::newRow("CRLF") << table(',', "\r\n") << "csv";
    QTest::newRow("CR alone") << table(',', "\r") << "csv";
    QTest::newRow("byte order mark") << QByteArray("\xef\xbb\xbf") + table(',', "\n") << "csv";
    QTest::newRow("no final line feed") << table(',', "\n").chopped(1) << "csv";
    QTest::newRow("blank lines") << table(',', "\n") + "\n\n"
                                 << "csv";
}

void TestCsv::delimitersAndLineEndsAreFound()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, format);
    const FolderOfFiles files;

    const auto dataset = openDataset(files.write("some.data", text.toStdString()), {});

    QVERIFY2(dataset.isOk(), dataset.isOk() ? "" : dataset.error().message.c_str());
    const DatasetInfo& info = dataset.value()->info();
    QCOMPARE(QString::fromStdString(info.format), format);
    QCOMPARE(info.samples, 12U);
    QCOMPARE(info.columns.size(), 3U);
    QCOMPARE(QString::fromStdString(info.columns[0].name), QString("size"));
    QCOMPARE(info.columns[0].type, ColumnType::Numeric);
    QCOMPARE(info.columns[0].maximum, 11.25);
    QCOMPARE(info.classes.size(), 2U);
}

void TestCsv::decimalCommasAreNumbers()
{
    const FolderOfFiles files;
    const auto dataset =
        openDataset(files.write("de.csv", "breite;art\n1,5;a\n2,25;b\n-3,0;a\n1,5;b\n"), {});
    QVERIFY(dataset.isOk());
    QCOMPARE(dataset.value()->info().columns[0].type, ColumnType::Numeric);
    QCOMPARE(dataset.value()->numericColumn(0)[1], 2.25F);
    QCOMPARE(dataset.value()->numericColumn(0)[2], -3.0F);
}

void TestCsv::latin1BecomesUtf8()
{
    const FolderOfFiles files;
    const auto dataset = openDataset(
        files.write(
            "l1.csv", "caf\xe9,size\nM\xfcnchen,1.5\nK\xf6ln,2.5\nM\xfcnchen,3.5\nK\xf6ln,2.0\n"),
        {});
    QVERIFY(dataset.isOk());
    const auto& info = dataset.value()->info();
    QCOMPARE(QString::fromStdString(info.columns[0].name), QString("caf\u00e9"));
    QCOMPARE(QString::fromStdString(info.columns[0].categories.at(1)), QString("M\u00fcnchen"));
}

void TestCsv::headingsAreGuessed_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("firstName");
    QTest::addColumn<int>("rows");
    QTest::newRow("words over numbers") << QByteArray("a,b\n1,2\n3,4\n") << "a" << 2;
    QTest::newRow("numbers alone") << QByteArray("1,2\n3,4\n5,6\n") << "column 1" << 3;
    QTest::newRow("iris without heading")
        << QByteArray("5.1,3.5,setosa\n4.9,3.0,setosa\n6.2,3.4,virginica\n") << "column 1" << 3;
    QTest::newRow("words over words")
        << QByteArray("colour,shape\nred,round\nblue,square\nred,square\n") << "colour" << 3;
    QTest::newRow("words without heading")
        << QByteArray("red,yes\nblue,no\nred,no\nblue,yes\n") << "column 1" << 4;
    QTest::newRow("names that repeat") << QByteArray("a,a\n1,2\n3,4\n") << "a" << 2;
}

void TestCsv::headingsAreGuessed()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, firstName);
    QFETCH(int, rows);
    const FolderOfFiles files;
    const auto dataset = openDataset(files.write("h.csv", text.toStdString()), {});
    QVERIFY2(dataset.isOk(), dataset.isOk() ? "" : dataset.error().message.c_str());
    QCOMPARE(QString::fromStdString(dataset.value()->info().columns[0].name), firstName);
    QCOMPARE(dataset.value()->info().samples, static_cast<std::uint64_t>(rows));
    QVERIFY(dataset.value()->info().columns[0].name != dataset.value()->info().columns[1].name);
}

void TestCsv::targetAndTaskAreGuessed_data()
{
    QTest::addColumn<QByteArray>("heading");
    QTest::addColumn<QByteArray>(
        "pattern"); // i: row; r: i * 1.37; k: i % 3; w: a word of three; t: all different words
    QTest::addColumn<QString>("target");
    QTest::addColumn<QString>("task");
    QTest::newRow("words at the end") << QByteArray("a,b,kind") << QByteArray("r,r,w") << "kind"
                                      << "classification";
    QTest::newRow("named first") << QByteArray("species,a,b") << QByteArray("w,r,r") << "species"
                                 << "classification";
    QTest::newRow("reals at the end") << QByteArray("a,b,price") << QByteArray("r,w,r") << "price"
                                      << "regression";
    QTest::newRow("few whole numbers") << QByteArray("a,b,grade") << QByteArray("r,r,k") << "grade"
                                       << "classification";
    QTest::newRow("plane coordinates")
        << QByteArray("x,y,colour") << QByteArray("r,r,w") << "colour"
        << "classification";
    QTest::newRow("y alone") << QByteArray("y,a,b") << QByteArray("r,r,r") << "y"
                             << "regression";
    QTest::newRow("free text at the end")
        << QByteArray("a,kind,note") << QByteArray("r,w,t") << "kind"
        << "classification";
}

void TestCsv::targetAndTaskAreGuessed()
{
    QFETCH(QByteArray, heading);
    QFETCH(QByteArray, pattern);
    QFETCH(QString, target);
    QFETCH(QString, task);
    const FolderOfFiles files;
    QByteArray text = heading + "\n";
    for (int i = 0; i < 60; ++i) {
        QByteArrayList cells;
        for (const QByteArray& cell : pattern.split(',')) {
            cells
                << (cell == "r"   ? QByteArray::number(i * 1.37 + static_cast<double>(cells.size()))
                    : cell == "k" ? QByteArray::number(i % 3)
                    : cell == "w" ? QByteArray(
                                        i % 3 == 0   ? "red"
                                        : i % 3 == 1 ? "green"
                                                     : "blue")
                                  : "word " + QByteArray::number(i * i));
        }
        text += cells.join(',') + "\n";
    }
    const auto dataset = openDataset(files.write("t.csv", text.toStdString()), {});
    QVERIFY2(dataset.isOk(), dataset.isOk() ? "" : dataset.error().message.c_str());
    QCOMPARE(QString::fromStdString(dataset.value()->info().target), target);
    QCOMPARE(QString(taskName(dataset.value()->info().task)), task);
}

void TestCsv::choicesOverrideGuesses()
{
    const FolderOfFiles files;
    const std::string path = files.write("c.csv", "a,b,kind\n" + numbers(20));
    OpenOptions options;
    options.target = "b";
    options.task = "regression";
    options.columns["kind"] = {"", "ignored"};
    options.columns["a"] = {"category", ""};
    const auto dataset = openDataset(path, options);
    QVERIFY(dataset.isOk());
    const auto& info = dataset.value()->info();
    QCOMPARE(info.task, Task::Regression);
    QCOMPARE(column(info, "kind").role, ColumnRole::Ignored);
    QCOMPARE(column(info, "a").type, ColumnType::Category);
    QCOMPARE(dataset.value()->targetOf(3), 3.0);

    options.target = "nothing";
    const auto unknown = openDataset(path, options);
    QVERIFY(!unknown.isOk());
    QCOMPARE(
        QString::fromStdString(unknown.error().message),
        QString("c.csv has no column \"nothing\""));
    options.target = "kind";
    const auto words = openDataset(path, options);
    QVERIFY(!words.isOk());
    QVERIFY(words.error().message.find("holds words such as") != std::string::npos);
}

void TestCsv::rowNumbersAndFreeTextAreSetAside()
{
    const FolderOfFiles files;
    std::string text = "number,PassengerId,name,size,kind\n";
    for (int i = 0; i < 50; ++i) {
        text += std::to_string(i) + "," + std::to_string(1000 + 7 * i) + ",person " +
                std::to_string(i * 31) + "," + std::to_string(i * 0.37) + (i % 2 ? ",a\n" : ",b\n");
    }
    const auto dataset = openDataset(files.write("ids.csv", text), {});
    QVERIFY(dataset.isOk());
    const auto& info = dataset.value()->info();
    QCOMPARE(column(info, "number").role, ColumnRole::Ignored);
    QCOMPARE(column(info, "PassengerId").role, ColumnRole::Ignored);
    QCOMPARE(column(info, "name").role, ColumnRole::Ignored);
    QCOMPARE(column(info, "name").type, ColumnType::Text);
    QCOMPARE(column(info, "size").role, ColumnRole::Feature);
    QVERIFY(find(info, "ignored-column") != nullptr);
    QCOMPARE(QString::fromStdString(dataset.value()->cellText(2, 2)), QString("person 62"));
}

void TestCsv::datesBecomeDays()
{
    const FolderOfFiles files;
    const auto dataset = openDataset(
        files.write("d.csv", "day,kind\n1970-01-02,a\n2000-03-01,b\n,a\n2012-12-31 12:00,b\n"), {});
    QVERIFY(dataset.isOk());
    const auto days = dataset.value()->numericColumn(0);
    QCOMPARE(dataset.value()->info().columns[0].type, ColumnType::Date);
    QCOMPARE(days[0], 1.0F);
    QCOMPARE(days[1], 11017.0F);
    QVERIFY(std::isnan(days[2]));
    QCOMPARE(days[3], 15705.5F);
    QCOMPARE(QString::fromStdString(dataset.value()->cellText(3, 0)), QString("2012-12-31 12:00"));
}

void TestCsv::missingValuesAreCountedAndPlaced()
{
    const FolderOfFiles files;
    const auto dataset = openDataset(
        files.write("m.csv", "a,b,kind\n1,x,p\nNA,y,q\n3,?,p\n,y,q\nnan,x,p\n6,-,q\n7,N/A,\n"), {});
    QVERIFY(dataset.isOk());
    const auto& info = dataset.value()->info();
    QCOMPARE(column(info, "a").missing, 3U);
    QCOMPARE(column(info, "b").missing, 3U);
    QCOMPARE(column(info, "kind").missing, 1U);
    QCOMPARE(dataset.value()->classOf(6), -1);
    QCOMPARE(dataset.value()->categoryColumn(1)[2], -1);
    QVERIFY(std::isnan(dataset.value()->numericColumn(0)[1]));
    const Problem* problem = find(info, "missing-values");
    QVERIFY(problem != nullptr);
    QCOMPARE(problem->count, 3U);
    QCOMPARE(QString::fromStdString(problem->places.at(0)), QString("m.csv line 3"));
}

void TestCsv::aColumnWithoutValuesIsLeftOut()
{
    const FolderOfFiles files;
    const auto dataset =
        openDataset(files.write("n.csv", "a,empty,kind\n1,NaN,p\n2,NaN,q\n3,NaN,p\n4,NaN,q\n"), {});
    QVERIFY(dataset.isOk());
    QCOMPARE(column(dataset.value()->info(), "empty").role, ColumnRole::Ignored);
    const Problem* problem = find(dataset.value()->info(), "missing-values");
    QVERIFY(problem != nullptr);
    QCOMPARE(
        QString::fromStdString(problem->message),
        QString("n.csv: column \"empty\" has no value in any row"));

    OpenOptions options;
    options.target = "empty";
    const auto useless = openDataset(files.path("n.csv"), options);
    QVERIFY(!useless.isOk());
    QCOMPARE(
        QString::fromStdString(useless.error().message),
        QString("n.csv: the target column \"empty\" has no value in any row"));
}

void TestCsv::oddCellsInAColumnOfNumbersAreReported()
{
    const FolderOfFiles files;
    std::string text = "size,kind\n";
    for (int i = 0; i < 100; ++i) {
        text += (i == 42 ? "about 7" : std::to_string(i * 1.5)) + (i % 2 ? ",a\n" : ",b\n");
    }
    const auto dataset = openDataset(files.write("odd.csv", text), {});
    QVERIFY(dataset.isOk());
    QCOMPARE(dataset.value()->info().columns[0].type, ColumnType::Numeric);
    QCOMPARE(dataset.value()->info().columns[0].missing, 1U);
    const Problem* problem = find(dataset.value()->info(), "bad-values");
    QVERIFY(problem != nullptr);
    QVERIFY(problem->message.find("odd.csv line 44: \"about 7\"") != std::string::npos);
}

void TestCsv::wordsFarDownTurnAColumnIntoCategories()
{
    const FolderOfFiles files;
    std::string text = "code,kind\n";
    for (int i = 0; i < 100'000; ++i) {
        text += (i < 50'000 ? std::to_string(i % 9) : "x" + std::to_string(i % 4)) +
                (i % 2 ? ",a\n" : ",b\n");
    }
    const auto dataset = openDataset(files.write("late.csv", text), {});
    QVERIFY(dataset.isOk());
    QCOMPARE(dataset.value()->info().columns[0].type, ColumnType::Category);
    QCOMPARE(dataset.value()->info().columns[0].distinct, 13U);
    QCOMPARE(QString::fromStdString(dataset.value()->cellText(99'999, 0)), QString("x3"));
}

void TestCsv::raggedRowsAreLeftOutAndReported()
{
    const FolderOfFiles files;
    const auto dataset =
        openDataset(files.write("r.csv", "a,b,kind\n" + numbers(60) + "1,2\n" + numbers(60)), {});
    QVERIFY(dataset.isOk());
    QCOMPARE(dataset.value()->size(), 120U);
    const Problem* problem = find(dataset.value()->info(), "ragged-rows");
    QVERIFY(problem != nullptr);
    QCOMPARE(problem->count, 1U);
    QCOMPARE(
        QString::fromStdString(problem->places.at(0)),
        QString("r.csv line 62: 2 fields, expected 3"));
}

void TestCsv::badFilesGiveOneClearMessage_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("message");
    const QByteArray good = "a,b,kind\n" + QByteArray::fromStdString(numbers(10));
    QTest::newRow("torn last line")
        << good + "7.5,3"
        << "bad.csv line 12: 2 fields, expected 3; the file ends in the middle of this line";
    QTest::newRow("unclosed quote") << good + "7.5,\"3,yes\n1,2,no\n"
                                    << "bad.csv line 12: a quote is opened and never closed";
    QTest::newRow("heading alone")
        << QByteArray("a,b,kind\n") << "bad.csv has a heading but no rows";
    QTest::newRow("empty") << QByteArray() << "bad.csv is empty";
    QTest::newRow("line feeds alone")
        << QByteArray("\n\n\n") << "bad.csv is empty: there is no row in it";
    QTest::newRow("most rows ragged")
        << good + QByteArray("1,2\n").repeated(4)
        << "bad.csv line 12: 2 fields, expected 3 (4 of 14 rows are like that)";
    QTest::newRow("UTF-16") << QByteArray("\xff\xfe\x61\x00\x2c\x00", 6)
                            << "bad.csv is UTF-16 text";
    QTest::newRow("Parquet") << QByteArray("PAR1\x15\x04")
                             << "bad.csv is a Parquet file, which is not read";
    QTest::newRow("pickle")
        << QByteArray("\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00}\x94.", 14)
        << "bad.csv is a Python pickle, which can run any code when it is opened";
    QTest::newRow("bytes") << QByteArray("\x00\x01\x02\x03\x04,\x05\x06\n", 9)
                           << "bad.csv is not a table: it holds bytes that are no text";
}

void TestCsv::badFilesGiveOneClearMessage()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, message);
    const FolderOfFiles files;
    const auto dataset = openDataset(files.write("bad.csv", text.toStdString()), {});
    QVERIFY(!dataset.isOk());
    QCOMPARE(QString::fromStdString(dataset.error().message), message);
}

void TestCsv::problemsOfClassesAreReported()
{
    const FolderOfFiles files;
    std::string text = "a,species\n";
    for (int i = 0; i < 200; ++i) {
        text += std::to_string(i * 0.31) + (i < 150   ? ",setosa\n"
                                            : i < 195 ? ",virginica\n"
                                            : i < 198 ? ",setossa\n"
                                                      : ",Virginica\n");
    }
    const auto dataset = openDataset(files.write("typo.csv", text), {});
    QVERIFY(dataset.isOk());
    int typos = 0;
    for (const Problem& problem : dataset.value()->info().problems) {
        typos += problem.kind == "label-typo" ? 1 : 0;
    }
    QCOMPARE(typos, 2);
    QVERIFY(find(dataset.value()->info(), "imbalance") != nullptr);

    const auto single = openDataset(files.write("one.csv", "a,kind\n1,x\n2,x\n3,x\n"), {});
    QVERIFY(single.isOk());
    const Problem* problem = find(single.value()->info(), "single-class");
    QVERIFY(problem != nullptr);
    QCOMPARE(problem->severity, ProblemSeverity::Error);
    QVERIFY(
        single.value()->info().toJson()["problems"].dump().find("single-class") !=
        std::string::npos);
}

void TestCsv::repeatedRowsAreReported()
{
    const FolderOfFiles files;
    const auto dataset =
        openDataset(files.write("twice.csv", "a,kind\n1.5,x\n2.5,y\n1.5,x\n3.5,y\n1.5,x\n"), {});
    QVERIFY(dataset.isOk());
    const Problem* problem = find(dataset.value()->info(), "duplicates");
    QVERIFY(problem != nullptr);
    QCOMPARE(problem->count, 2U);
    QCOMPARE(
        QString::fromStdString(problem->places.at(0)),
        QString("twice.csv line 4 = twice.csv line 2"));
    OpenOptions options;
    options.areDuplicatesSought = false;
    QVERIFY(
        find(openDataset(files.path("twice.csv"), options).value()->info(), "duplicates") ==
        nullptr);
}

void TestCsv::gzipGivesTheSameFingerprint()
{
    const FolderOfFiles files;
    const std::string text = "a,b,kind\n" + numbers(500);
    const auto plain = openDataset(files.write("p.csv", text), {});
    const auto packed = openDataset(files.writeGzip("p.csv.gz", text), {});
    QVERIFY(plain.isOk() && packed.isOk());
    QCOMPARE(packed.value()->info().fingerprint, plain.value()->info().fingerprint);
    QCOMPARE(QString::fromStdString(packed.value()->info().name), QString("p"));

    std::ifstream whole(files.path("p.csv.gz"), std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(whole)), {});
    const auto cut = openDataset(files.write("cut.csv.gz", bytes.substr(0, bytes.size() / 2)), {});
    QVERIFY(!cut.isOk());
    QVERIFY2(
        cut.error().message.find("cut.csv.gz is cut off") != std::string::npos,
        cut.error().message.c_str());
}

void TestCsv::previewNeedsOnlyTheBeginning()
{
    const FolderOfFiles files;
    const std::string path = files.write("long.csv", "a,b,kind\n" + numbers(200'000));
    const auto preview = previewDataset(path, {});
    QVERIFY(preview.isOk());
    QCOMPARE(preview.value().rows.size(), 100U);
    QCOMPARE(QString::fromStdString(preview.value().rows[1][2]), QString("no"));
    QVERIFY(!preview.value().isComplete);
    QVERIFY(std::abs(static_cast<double>(preview.value().info.samples) - 200'000) < 10'000);
    const auto small = previewDataset(files.write("short.csv", "a,b,kind\n" + numbers(9)), {});
    QVERIFY(small.isOk() && small.value().isComplete);
    QCOMPARE(small.value().rows.size(), 9U);
}

void TestCsv::describingKeepsNoValues()
{
    const FolderOfFiles files;
    const std::string path = files.write("big.csv", "a,b,kind\n" + numbers(1'500'000, "000000"));
    OpenOptions options;
    options.areValuesKept = false;
    const auto described = openDataset(path, options);
    const auto whole = openDataset(path, {});
    QVERIFY(described.isOk() && whole.isOk());
    QVERIFY(described.value()->numericColumn(0).empty());
    QVERIFY(!whole.value()->numericColumn(0).empty());
    Json a = described.value()->info().toJson();
    Json b = whole.value()->info().toJson();
    a.erase("problems"); // those name their places by row where lines are not kept
    b.erase("problems");
    QCOMPARE(QString::fromStdString(a.dump()), QString::fromStdString(b.dump()));
}

void TestCsv::likeUsesTheModelsCodes()
{
    const FolderOfFiles files;
    const auto training = openDataset(
        files.write(
            "train.csv", "size,colour,kind\n1,red,a\n2,green,b\n3,blue,c\n4,red,a\n5,blue,b\n"),
        {});
    QVERIFY(training.isOk());
    OpenOptions options;
    options.like = &training.value()->info();
    const auto other = openDataset(
        files.write("new.csv", "extra,COLOUR,size\n9,blue,1.5\n9,pink,2.5\n9,red,3.5\n"), options);
    QVERIFY2(other.isOk(), other.isOk() ? "" : other.error().message.c_str());
    const auto& info = other.value()->info();
    QCOMPARE(QString::fromStdString(info.columns[0].name), QString("size"));
    QCOMPARE(QString::fromStdString(info.columns[1].name), QString("colour"));
    QCOMPARE(info.columns[1].categories, training.value()->info().columns[1].categories);
    QCOMPARE(other.value()->categoryColumn(1)[0], training.value()->categoryColumn(1)[2]);
    QCOMPARE(other.value()->categoryColumn(1)[1], -1);
    QCOMPARE(other.value()->classOf(0), -1);
    QCOMPARE(info.columns.back().role, ColumnRole::Ignored);
    const Problem* problem = find(info, "bad-values");
    QVERIFY(problem != nullptr && problem->places == std::vector<std::string>{"pink"});
}

void TestCsv::likeNamesMissingColumns()
{
    const FolderOfFiles files;
    const auto training = openDataset(
        files.write("train.csv", "size,colour,kind\n1,red,a\n2,green,b\n3,blue,a\n4,red,b\n"), {});
    OpenOptions options;
    options.like = &training.value()->info();
    const auto other = openDataset(files.write("new.csv", "size,shape\n1,x\n2,y\n3,x\n"), options);
    QVERIFY(!other.isOk());
    QCOMPARE(
        QString::fromStdString(other.error().message),
        QString("new.csv lacks the column \"colour\" that the model needs"));
}

void TestCsv::stopIsHonoured()
{
    const FolderOfFiles files;
    std::stop_source stop;
    OpenOptions options;
    options.stop = stop.get_token();
    options.progress = [&](double, const std::string&) { stop.request_stop(); };
    const auto dataset =
        openDataset(files.write("s.csv", "a,b,kind\n" + numbers(1'000'000)), options);
    QVERIFY(!dataset.isOk());
    QCOMPARE(dataset.error().kind, ErrorKind::Cancelled);
}

QTEST_GUILESS_MAIN(TestCsv)
#include "tst_csv.moc"
