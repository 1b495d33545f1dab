#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <QProcess>
#include <QTest>
#include <sqlite3.h>

#include "engine/data/dataset.h"
#include "engine/data/near_copy.h"
#include "tests/data/data_files.h"
#include "tests/data/folder_as_store.h"
#include "tests/data/temporary_place.h"

using namespace ty;
using namespace ty::engine;

namespace {

constexpr const char* kIris = "@relation iris\n@attribute 'petal width' numeric\n@attribute colour {red, 'dark blue', white}\n"
                              "@attribute seen date \"dd.MM.yyyy\"\n@attribute class {setosa,virginica}\n@data\n";

QString messageOf(const Result<std::unique_ptr<Dataset>>& result)
{
    return result ? QStringLiteral("opened") : QString::fromStdString(result.error().message);
}

const Problem* problemOf(const DatasetInfo& info, const std::string& kind)
{
    const auto found = std::find_if(info.problems.begin(), info.problems.end(), [&](const Problem& one) { return one.kind == kind; });
    return found == info.problems.end() ? nullptr : &*found;
}

/// A store that says nothing more after the first piece of a file.
class StoreThatStops final : public DataFiles {
public:
    explicit StoreThatStops(const std::string& folder) : m_there(folder) {}
    Result<DataEntry> look(const std::string& path) const override { return m_there.look(path); }
    Result<std::vector<DataEntry>> list(const std::string& folder) const override { return m_there.list(folder); }
    Result<std::unique_ptr<DataFile>> open(const std::string& path) const override
    {
        TY_TRY(auto file, m_there.open(path));
        return std::unique_ptr<DataFile>(std::make_unique<File>(std::move(file)));
    }
    void expect(std::vector<std::string>) const override {}

private:
    class File final : public DataFile {
    public:
        explicit File(std::unique_ptr<DataFile> there) : m_there(std::move(there)) {}
        std::uint64_t bytes() const override { return m_there->bytes(); }
        Result<std::size_t> read(std::uint64_t offset, std::span<char> into) override
        {
            while (offset >= (8U << 20)) {
                pause(); // until it is killed
            }
            return m_there->read(offset, into);
        }

    private:
        std::unique_ptr<DataFile> m_there;
    };
    FolderAsStore m_there;
};

void makeDatabase(const std::string& path, const std::string& sql)
{
    sqlite3* database = nullptr;
    QVERIFY(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
    char* error = nullptr;
    const int code = sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &error);
    QVERIFY2(code == SQLITE_OK, error);
    sqlite3_close(database);
}

} // namespace

class TestTableFormats : public QObject {
    Q_OBJECT

private slots:
    void arffKeepsItsDeclarations();
    void arffOddValuesAreMissingAndReported();
    void badRowsNameTheirLine_data();
    void badRowsNameTheirLine();
    void libsvmHasTheColumnsOfItsModel();
    void sparsePromisesAreRefused();
    void jsonObjectsBecomeColumns();
    void wordsAmongNumbersMakeACategory();
    void jsonTypesFollowTheModel();
    void theLongestTableOfADatabaseIsRead();
    void aDatabaseInAStoreIsReadFromACopyThatGoes();
    void aCopyOfAKilledProcessIsGoneAfterTheNextStart();
    void aDatabaseIsNeitherWrittenNorTrusted();
    void previewsGuessTheNumberOfRows();
};

void TestTableFormats::arffKeepsItsDeclarations()
{
    const FolderOfFiles files;
    const std::string path = files.write(
        "flowers.arff",
        std::string("% a comment\n\n") + kIris + "0.2, red, 01.02.2003, setosa\n?,'dark blue',?,virginica\n0.4,red,03.02.2003,setosa, {2.5}\n");
    const auto dataset = openDataset(path, {});
    QVERIFY2(dataset.isOk(), qPrintable(messageOf(dataset)));
    const DatasetInfo& info = (*dataset)->info();
    QCOMPARE(QString::fromStdString(info.format), QString("arff"));
    QCOMPARE(QString::fromStdString(info.target), QString("class"));
    QCOMPARE(info.samples, 3U);
    QCOMPARE(info.columns[0].missing, 1U);
    QCOMPARE(info.columns[1].type, ColumnType::Category);
    QCOMPARE(info.columns[2].type, ColumnType::Date);
    QCOMPARE(QString::fromStdString((*dataset)->cellText(0, 2)), QString("2003-02-01"));
    QCOMPARE(QString::fromStdString((*dataset)->sampleId(1)), QString("line 10"));
    const Problem* const weights = problemOf(info, "ignored-column");
    QVERIFY(weights != nullptr);
    QCOMPARE(weights->count, 1U);
}

void TestTableFormats::arffOddValuesAreMissingAndReported()
{
    const FolderOfFiles files;
    std::string text = kIris;
    for (int i = 0; i < 20; ++i) {
        text += "0.2,red,01.02.2003,setosa\n0.3,white,01.02.2003,virginica\n";
    }
    const auto dataset = openDataset(files.write("odd.arff", text + "wide,green,01.02.2003,setosa\n"), {});
    QVERIFY2(dataset.isOk(), qPrintable(messageOf(dataset)));
    const DatasetInfo& info = (*dataset)->info();
    QCOMPARE(info.columns[0].missing, 1U);
    QCOMPARE(info.columns[1].missing, 1U);
    const Problem* const odd = problemOf(info, "bad-values");
    QVERIFY(odd != nullptr);
    QVERIFY2(odd->places.front().find("odd.arff line 47: \"wide\"") != std::string::npos, odd->places.front().c_str());
}

void TestTableFormats::badRowsNameTheirLine_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("message");
    const QByteArray head(kIris);
    QTest::newRow("arff: too few") << QByteArray("x.arff") << head + "1,red,01.02.2003,setosa\n0.2,red\n"
                                   << "x.arff line 8: 2 values, 4 attributes are declared";
    QTest::newRow("arff: an open quote") << QByteArray("x.arff") << head + "0.2,'red,01.02.2003,setosa\n"
                                         << "x.arff line 7: a quote is opened and never closed";
    QTest::newRow("arff: no such attribute") << QByteArray("x.arff") << head + "{0 1, 4 setosa}\n"
                                             << "x.arff line 7: \"4 setosa\" does not begin with the number of an attribute, 0 to 3, each at most once";
    QTest::newRow("arff: twice") << QByteArray("x.arff") << head + "{0 1, 0 2}\n"
                                 << "x.arff line 7: \"0 2\" does not begin with the number of an attribute, 0 to 3, each at most once";
    QTest::newRow("arff: cut off") << QByteArray("x.arff") << head + "{0 1, 1"
                                   << "x.arff line 7: a sparse row has no closing brace";
    QTest::newRow("arff: no data") << QByteArray("x.arff") << QByteArray("@relation r\n@attribute a numeric\n") << "x.arff has no @data";
    QTest::newRow("arff: relational") << QByteArray("x.arff") << QByteArray("@relation r\n@attribute bag relational\n@data\n")
                                      << "x.arff line 2: \"bag\" is relational: tables within a table are not read";
    QTest::newRow("arff: no type") << QByteArray("x.arff") << QByteArray("@relation r\n@attribute a colour\n@data\n")
                                   << "x.arff line 2: \"colour\" is no type of an attribute";
    QTest::newRow("libsvm: words") << QByteArray("x.svm") << QByteArray("1 1:2\n1 1:2\n").repeated(20) + "1 2:abc\n"
                                   << "x.svm line 41: \"2:abc\" is not index:value";
    QTest::newRow("libsvm: order") << QByteArray("x.svm") << QByteArray("1 1:2\n-1 3:1 2:2\n")
                                   << "x.svm line 2: index 2 stands behind 3; they have to ascend";
    QTest::newRow("libsvm: labels") << QByteArray("x.svm") << QByteArray("1 1:2\n1,3 2:2\n")
                                    << "x.svm line 2: a row with several labels (\"1,3\")";
    QTest::newRow("json: no object") << QByteArray("x.jsonl") << QByteArray("{\"a\": 1}\n17\n")
                                     << "x.jsonl line 2: an object is expected, one a line: {\"name\": value, ...}";
}

void TestTableFormats::badRowsNameTheirLine()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, content);
    QFETCH(QString, message);
    const FolderOfFiles files;
    const auto dataset = openDataset(files.write(name.toStdString(), content.toStdString()), {});
    QVERIFY(!dataset.isOk());
    QCOMPARE(messageOf(dataset), message);
}

void TestTableFormats::libsvmHasTheColumnsOfItsModel()
{
    const FolderOfFiles files;
    std::string text;
    for (int i = 0; i < 30; ++i) {
        text += "+1 1:0.5 7:1\n-1 3:2 # a comment\n";
    }
    const auto training = openDataset(files.writeGzip("a.svm.gz", text), {});
    QVERIFY2(training.isOk(), qPrintable(messageOf(training)));
    const DatasetInfo& info = (*training)->info();
    QCOMPARE(info.columns.size(), std::size_t{8});
    QCOMPARE(info.task, Task::Classification);
    QCOMPARE(QString::fromStdString(info.classes[0].name), QString("-1"));
    QCOMPARE((*training)->numericColumn(2)[1], 2.0F);
    QCOMPARE((*training)->numericColumn(2)[0], 0.0F);
    OpenOptions options;
    options.like = &info;
    const auto other = openDataset(files.write("b.svm", "1 2:3\n-1 1:1\n"), options);
    QVERIFY2(other.isOk(), qPrintable(messageOf(other)));
    QCOMPARE((*other)->info().columns.size(), std::size_t{8});
    QCOMPARE((*other)->classOf(0), 1);
    QCOMPARE((*other)->numericColumn(6)[0], 0.0F);
}

void TestTableFormats::sparsePromisesAreRefused()
{
    const FolderOfFiles files;
    std::string text;
    for (int i = 0; i < 1000; ++i) {
        text += "1 99999:1\n";
    }
    const auto dataset = openDataset(files.write("bomb.svm", text), {});
    QVERIFY(!dataset.isOk());
    QVERIFY2(messageOf(dataset).contains("are not possible for so small a file"), qPrintable(messageOf(dataset)));
}

void TestTableFormats::jsonObjectsBecomeColumns()
{
    const FolderOfFiles files;
    std::string text;
    for (int i = 0; i < 30; ++i) {
        text += R"({"user": {"age": )" + std::to_string(i % 7) + R"(, "when": "2024-01-0)" + std::to_string(1 + i % 9) +
                R"("}, "vector": [1, 2.5], "zip": "0)" + std::to_string(i % 3) + R"(", "ok": )" + (i % 2 == 0 ? "true" : "false") + "}\r\n\n";
    }
    const auto dataset = openDataset(files.write("rows.jsonl", text), {});
    QVERIFY2(dataset.isOk(), qPrintable(messageOf(dataset)));
    const DatasetInfo& info = (*dataset)->info();
    QCOMPARE(info.samples, 30U);
    std::vector<std::string> names;
    for (const ColumnInfo& column : info.columns) {
        names.push_back(column.name + " " + columnTypeName(column.type));
    }
    const std::vector<std::string> expected = {"user.age numeric", "user.when date", "vector.0 numeric", "vector.1 numeric", "zip numeric", "ok category"};
    QCOMPARE(names, expected);
    QCOMPARE(QString::fromStdString(info.target), QString("ok"));
}

void TestTableFormats::wordsAmongNumbersMakeACategory()
{
    const FolderOfFiles files;
    const auto dataset =
        openDataset(files.write("rows.jsonl", "{\"a\": 1.5, \"y\": 1}\n{\"a\": \"many\", \"y\": 0}\n{\"a\": null, \"y\": 1}\n{\"a\": 1.5, \"y\": 0}\n"), {});
    QVERIFY2(dataset.isOk(), qPrintable(messageOf(dataset)));
    QCOMPARE((*dataset)->info().columns[0].type, ColumnType::Category);
    QCOMPARE((*dataset)->info().columns[0].missing, 1U);
    QCOMPARE(QString::fromStdString((*dataset)->cellText(0, 0)), QString("1.5"));
    QCOMPARE(QString::fromStdString((*dataset)->cellText(1, 0)), QString("many"));
    QCOMPARE((*dataset)->categoryColumn(0)[0], (*dataset)->categoryColumn(0)[3]);
}

void TestTableFormats::jsonTypesFollowTheModel()
{
    const FolderOfFiles files;
    const auto training = openDataset(
        files.write("a.jsonl", "{\"size\": 1, \"kind\": \"a\", \"y\": 1}\n{\"size\": 2, \"kind\": \"b\", \"y\": 0}\n{\"size\": 3, \"kind\": \"7\", \"y\": 0}\n"), {});
    QVERIFY2(training.isOk(), qPrintable(messageOf(training)));
    OpenOptions options;
    options.like = &(*training)->info();
    // Numbers alone would make "kind" a column of numbers, and a word in "size" one of words.
    const auto other = openDataset(files.write("b.jsonl", "{\"kind\": 7, \"size\": \"big\"}\n{\"kind\": 7, \"size\": 4}\n"), options);
    QVERIFY2(other.isOk(), qPrintable(messageOf(other)));
    QCOMPARE((*other)->info().columns[0].type, ColumnType::Numeric);
    QVERIFY(std::isnan((*other)->numericColumn(0)[0]));
    QCOMPARE((*other)->numericColumn(0)[1], 4.0F);
    QCOMPARE(QString::fromStdString((*other)->cellText(0, 1)), QString("7"));
}

void TestTableFormats::theLongestTableOfADatabaseIsRead()
{
    const FolderOfFiles files;
    const std::string path = files.path("data.db");
    makeDatabase(
        path, "CREATE TABLE small(a, b); INSERT INTO small VALUES (1, 'x'), (2, 'y');"
              "CREATE TABLE \"big one\"(size REAL, note TEXT, picture BLOB, class TEXT);"
              "INSERT INTO \"big one\" VALUES (1.5, 'NA', x'00ff', 'yes'), (NULL, 'short', NULL, 'no'), (3, 'long', NULL, 'yes');");
    const auto dataset = openDataset(path, {});
    QVERIFY2(dataset.isOk(), qPrintable(messageOf(dataset)));
    const DatasetInfo& info = (*dataset)->info();
    QCOMPARE(info.samples, 3U);
    QCOMPARE(QString::fromStdString(info.format), QString("sqlite"));
    QCOMPARE(info.columns[0].missing, 1U);
    QCOMPARE(QString::fromStdString((*dataset)->cellText(0, 1)), QString());
    const Problem* const several = problemOf(info, "several-tables");
    QVERIFY(several != nullptr);
    QVERIFY(several->advice.find("big one, small") != std::string::npos);
    const auto small = openDataset(path + "::small", {});
    QVERIFY2(small.isOk(), qPrintable(messageOf(small)));
    QCOMPARE((*small)->info().samples, 2U);
    QVERIFY((*small)->info().fingerprint != info.fingerprint);
    const auto none = openDataset(path + "::none", {});
    QCOMPARE(messageOf(none), QString("data.db holds no table \"none\""));
}

void TestTableFormats::aDatabaseInAStoreIsReadFromACopyThatGoes()
{
    namespace fs = std::filesystem;
    const FolderOfFiles files;
    const TemporaryPlace place;
    const FolderOfFiles& temporary = place.files();
    makeDatabase(files.path("data.db"), "CREATE TABLE small(a, b); INSERT INTO small VALUES (1, 'x'), (2, 'y');");
    // What processes left there: one was killed, one lives, and one is about to take its lock.
    for (const char* name : {"trainyard-copy-killed", "trainyard-copy-living", "trainyard-copy-young", "trainyard-other"}) {
        temporary.write(std::string(name) + "/old.db", "half a file");
        if (name != std::string("trainyard-copy-young")) {
            temporary.write(std::string(name) + "/.lock", "");
        }
    }
    QProcess living;
    living.start(QStringLiteral("flock"), {QString::fromStdString(temporary.path("trainyard-copy-living/.lock")), "-c", "echo held; read line"});
    QVERIFY(living.waitForReadyRead(10'000));
    const FolderAsStore store(files.folder());
    OpenOptions options;
    options.files = &store;

    const auto opened = openDataset("az://box/data.db::small", options);

    living.write("\n");
    QVERIFY(living.waitForFinished(10'000));
    QVERIFY2(opened.isOk(), qPrintable(messageOf(opened)));
    QCOMPARE((*opened)->info().samples, 2U);
    QVERIFY(!fs::exists(temporary.path("trainyard-copy-killed")));
    QCOMPARE(std::distance(fs::directory_iterator(temporary.folder()), {}), 3); // our own is gone, others' stay
}

/// A process is killed while it copies; the next start finds nothing of it.
void TestTableFormats::aCopyOfAKilledProcessIsGoneAfterTheNextStart()
{
    namespace fs = std::filesystem;
    const FolderOfFiles files;
    const TemporaryPlace place;
    const fs::path temporary = place.files().folder();
    makeDatabase(files.path("data.db"), "CREATE TABLE t(a, b); INSERT INTO t VALUES (1, 'x'), (2, 'y');");
    const std::string rest(std::size_t{9} << 20, 'x');
    std::ofstream(files.path("data.db"), std::ios::app | std::ios::binary) << rest; // more than one piece

    const pid_t reader = fork();
    if (reader == 0) {
        const StoreThatStops store(files.folder());
        OpenOptions options;
        options.files = &store;
        static_cast<void>(openDataset("az://box/data.db::t", options));
        _exit(0);
    }
    const auto copied = [&temporary] {
        std::uintmax_t bytes = 0;
        for (const auto& entry : fs::recursive_directory_iterator(temporary)) {
            bytes += entry.is_regular_file() ? entry.file_size() : 0;
        }
        return bytes;
    };
    QTRY_VERIFY_WITH_TIMEOUT(copied() >= (4U << 20), 20'000);
    NearCopy::removeLeftBehind();
    QVERIFY(copied() > 0); // it lives
    kill(reader, SIGKILL);
    int status = 0;
    QCOMPARE(waitpid(reader, &status, 0), reader);
    QVERIFY(WIFSIGNALED(status));
    QVERIFY(copied() > 0);
    NearCopy::removeLeftBehind();
    QVERIFY(fs::is_empty(temporary));
}

void TestTableFormats::aDatabaseIsNeitherWrittenNorTrusted()
{
    const FolderOfFiles files;
    const std::string path = files.path("data.db");
    makeDatabase(path, "CREATE TABLE t(a, y); INSERT INTO t VALUES (1, 'x'), (2, 'y'); CREATE VIEW v AS SELECT load_extension('/tmp/evil.so'), y FROM t;");
    QVERIFY(openDataset(path, {}).isOk());
    const auto view = openDataset(path + "::v", {});
    QVERIFY(!view.isOk());
    QCOMPARE(std::distance(std::filesystem::directory_iterator(files.folder()), {}), 1); // no journal, no log
    std::string bytes(4096, '\x17');
    bytes.replace(0, 16, std::string("SQLite format 3\0", 16));
    const auto damaged = openDataset(files.write("damaged.db", bytes), {});
    QVERIFY(!damaged.isOk());
    QVERIFY2(messageOf(damaged).startsWith("damaged.db is damaged"), qPrintable(messageOf(damaged)));
}

void TestTableFormats::previewsGuessTheNumberOfRows()
{
    const FolderOfFiles files;
    std::string text;
    for (int i = 0; i < 50'000; ++i) {
        text += "{\"a\": " + std::to_string(100'000 + i) + ", \"class\": \"" + (i % 2 == 0 ? "x" : "y") + "\"}\n";
    }
    const auto preview = previewDataset(files.write("long.jsonl", text), {});
    QVERIFY(preview.isOk());
    QVERIFY(!preview->isComplete);
    QCOMPARE(preview->rows.size(), std::size_t{100});
    QVERIFY2(preview->info.samples > 45'000 && preview->info.samples < 55'000, std::to_string(preview->info.samples).c_str());
}

QTEST_GUILESS_MAIN(TestTableFormats)
#include "tst_table_formats.moc"
