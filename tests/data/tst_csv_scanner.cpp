#include <algorithm>
#include <string>
#include <vector>

#include <QTest>

#include "engine/base/random.h"
#include "engine/data/formats/csv_scanner.h"
#include "tests/data/data_files.h"

using namespace ty;
using namespace ty::engine;

namespace {

using Records = std::vector<std::vector<std::string>>;

Records scan(const std::string& text, char delimiter = ',', const CsvMarks* marks = nullptr, std::uint64_t* quotedLineFeeds = nullptr)
{
    Records records;
    CsvFields fields(text, delimiter);
    if (marks != nullptr) {
        fields.useMarks(*marks);
    }
    while (!fields.isAtEnd()) {
        std::vector<std::string> record;
        auto end = CsvFields::End::Field;
        while (end == CsvFields::End::Field) {
            std::string_view field;
            end = fields.next(field);
            record.emplace_back(field);
        }
        records.push_back(record);
    }
    if (quotedLineFeeds != nullptr) {
        *quotedLineFeeds = fields.quotedLineFeeds();
    }
    return records;
}

/// One character after the other, as RFC 4180 reads; the reference.
Records scanNaively(const std::string& text, char delimiter)
{
    Records records;
    std::vector<std::string> record;
    std::string field;
    bool isQuoted = false;
    bool isFieldStart = true;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (isQuoted) {
            if (c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
                field += '"';
                ++i;
            } else if (c == '"') {
                isQuoted = false;
            } else {
                field += c;
            }
        } else if (c == '"' && isFieldStart) {
            isQuoted = true;
            isFieldStart = false;
        } else if (c == delimiter || c == '\n') {
            record.push_back(field);
            field.clear();
            isFieldStart = true;
            if (c == '\n') {
                records.push_back(record);
                record.clear();
            }
        } else if (c != '\r' || i + 1 >= text.size() || text[i + 1] != '\n') {
            field += c;
            isFieldStart = false;
        }
    }
    if (!text.empty() && text.back() != '\n') {
        record.push_back(field);
        records.push_back(record);
    }
    return records;
}

std::string quoted(const std::string& field)
{
    std::string text = "\"";
    for (const char c : field) {
        text += c == '"' ? "\"\"" : std::string(1, c);
    }
    return text + "\"";
}

std::string randomTable(Random& random, char delimiter)
{
    static const std::vector<std::string> kPieces = {
        "a",
        "1.5",
        "x y",
        "",
        "quote\"inside",
        "line\nbreak",
        "comma,here",
        "semi;colon",
        "tab\there",
        "r\xc3\xa9sum\xc3\xa9",
        "-3e7",
        "\r\n"};
    std::string text;
    const auto rows = 1 + random.below(8);
    const auto columns = 1 + random.below(4);
    for (std::uint64_t row = 0; row < rows; ++row) {
        for (std::uint64_t column = 0; column < columns; ++column) {
            const std::string field =
                kPieces[random.below(kPieces.size())] + kPieces[random.below(kPieces.size())];
            const bool needsQuotes = field.find_first_of("\"\n\r") != std::string::npos ||
                                     field.find(delimiter) != std::string::npos ||
                                     field.starts_with(' ');
            text += (column > 0 ? std::string(1, delimiter) : std::string()) +
                    (needsQuotes || random.below(3) == 0 ? quoted(field) : field);
        }
        text += random.below(4) == 0 ? "\r\n" : "\n";
    }
    if (random.below(3) == 0) {
        text.pop_back();
        if (text.ends_with('\r')) {
            text.pop_back();
        }
    }
    return text;
}

} // namespace

class TestCsvScanner : public QObject {
    Q_OBJECT

  private slots:
    void fieldsFollowTheRules_data();
    void fieldsFollowTheRules();
    void agreesWithTheNaiveReference();
    void marksGiveTheSameFields();
    void marksLeaveOddQuotesToTheCarefulWay_data();
    void marksLeaveOddQuotesToTheCarefulWay();
    void theLastRecordsEndIsFoundByMarks();
    void blocksEndAtRecords();
    void anUnclosedQuoteNamesItsLine();
};

void TestCsvScanner::fieldsFollowTheRules_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QStringList>("fields"); // records are divided by "|"
    QTest::newRow("plain") << QByteArray("a,b\n1,2\n") << QStringList{"a", "b", "|", "1", "2"};
    QTest::newRow("no final line feed")
        << QByteArray("a,b\n1,2") << QStringList{"a", "b", "|", "1", "2"};
    QTest::newRow("CRLF") << QByteArray("a,b\r\n1,2\r\n") << QStringList{"a", "b", "|", "1", "2"};
    QTest::newRow("empty fields") << QByteArray(",\n,") << QStringList{"", "", "|", "", ""};
    QTest::newRow("quoted delimiter") << QByteArray("\"a,b\",c\n") << QStringList{"a,b", "c"};
    QTest::newRow("doubled quote")
        << QByteArray("\"say \"\"hi\"\"\",c\n") << QStringList{"say \"hi\"", "c"};
    QTest::newRow("quoted line feed") << QByteArray("\"a\nb\",c\n") << QStringList{"a\nb", "c"};
    QTest::newRow("quote inside a field")
        << QByteArray("5\" pipe,c\n") << QStringList{"5\" pipe", "c"};
    QTest::newRow("blank before a quote") << QByteArray("a, \"b,c\"\n") << QStringList{"a", "b,c"};
    QTest::newRow("text behind a quote") << QByteArray("\"a\"b,c\n") << QStringList{"ab", "c"};
    QTest::newRow("empty quotes") << QByteArray("\"\",\"\"\r\n") << QStringList{"", ""};
}

void TestCsvScanner::fieldsFollowTheRules()
{
    QFETCH(QByteArray, text);
    QFETCH(QStringList, fields);

    QStringList found;
    for (const auto& record : scan(text.toStdString())) {
        if (!found.empty()) {
            found << "|";
        }
        for (const auto& field : record) {
            found << QString::fromStdString(field);
        }
    }

    QCOMPARE(found, fields);
}

void TestCsvScanner::agreesWithTheNaiveReference()
{
    Random random(7);
    for (int i = 0; i < 20'000; ++i) {
        const char delimiter = ",;\t|"[random.below(4)];
        const std::string text = randomTable(random, delimiter);
        QVERIFY2(scan(text, delimiter) == scanNaively(text, delimiter), text.c_str());
    }
}

void TestCsvScanner::marksGiveTheSameFields()
{
    Random random(11);
    int known = 0;
    for (int i = 0; i < 20'000; ++i) {
        const char delimiter = ",;\t|"[random.below(4)];
        std::string text = randomTable(random, delimiter);
        for (std::uint64_t times = random.below(4); times > 0; --times) { // longer than a stride of 64
            text += (text.ends_with('\n') ? "" : "\n") + randomTable(random, delimiter);
        }
        if (random.below(8) == 0) { // as people write it
            text.insert(random.below(text.size() + 1), 1, "\"\r \n"[random.below(4)]);
        }
        CsvMarks marks;
        if (!findCsvMarks(text, delimiter, marks)) {
            continue;
        }
        ++known;
        std::uint64_t carefully = 0;
        std::uint64_t quickly = 0;
        QVERIFY2(scan(text, delimiter, nullptr, &carefully) == scan(text, delimiter, &marks, &quickly), text.c_str());
        QCOMPARE(quickly, carefully);
    }
#ifdef __SSE2__
    QVERIFY2(known > 4000, QByteArray::number(known));
#endif
}

void TestCsvScanner::marksLeaveOddQuotesToTheCarefulWay_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("quote inside a field") << QByteArray("5\" pipe,c\n");
    QTest::newRow("blank before a quote") << QByteArray("a, \"b,c\"\n");
    QTest::newRow("quotes behind the closing one") << QByteArray("\"a\"b\"c,d\"\n");
    QTest::newRow("never closed") << QByteArray("a,\"b\n");
    QTest::newRow("across strides") << QByteArray(63, 'x') + "\"y\",z\n";
}

void TestCsvScanner::marksLeaveOddQuotesToTheCarefulWay()
{
    QFETCH(QByteArray, text);
    CsvMarks marks;

    QVERIFY(!findCsvMarks(text.toStdString(), ',', marks));
}

void TestCsvScanner::theLastRecordsEndIsFoundByMarks()
{
    const std::string text = "a,b\n\"c\nd\",e\n" + std::string(100, 'x') + ",\"open\nstill\n";

    const CsvBoundary boundary = findCsvBoundary(text, ',');

    if (!boundary.isKnown) {
        QSKIP("This processor has no SSE2.");
    }
    QCOMPARE(boundary.end, std::size_t{12});
    QCOMPARE(boundary.lineFeeds, std::uint64_t{3});
    QVERIFY(boundary.isQuoteOpen);
}

void TestCsvScanner::blocksEndAtRecords()
{
    const FolderOfFiles files;
    Random random(3);
    std::string text;
    while (text.size() < 3 * CsvBlockReader::kBlockBytes) {
        const std::string table = randomTable(random, ',');
        text += table + (table.ends_with('\n') ? "" : "\n");
    }
    const std::string path = files.write("long.csv", text);
    auto reader = ByteReader::open(path);
    QVERIFY(reader.isOk());
    CsvBlockReader blocks(std::move(*reader), "long.csv", ',', false);

    std::string joined;
    Records records;
    std::uint64_t line = 1;
    int count = 0;
    for (;;) {
        auto block = blocks.next();
        QVERIFY(block.isOk());
        if (!block.value()) {
            break;
        }
        QCOMPARE((*block)->firstLine, line);
        line += static_cast<std::uint64_t>(
            std::count((*block)->text.begin(), (*block)->text.end(), '\n'));
        joined += (*block)->text;
        for (auto& record : scan((*block)->text)) {
            records.push_back(std::move(record));
        }
        ++count;
    }

    QVERIFY(count >= 3);
    QVERIFY(joined == text);
    QVERIFY(records == scanNaively(text, ','));
}

void TestCsvScanner::anUnclosedQuoteNamesItsLine()
{
    const FolderOfFiles files;
    const std::string path = files.write("open.csv", "a,b\n1,2\n3,\"never closed\n4,5\n");
    auto reader = ByteReader::open(path);
    CsvBlockReader blocks(std::move(*reader), "open.csv", ',', false);

    const auto block = blocks.next();

    QVERIFY(!block.isOk());
    QCOMPARE(
        QString::fromStdString(block.error().message),
        QString("open.csv line 3: a quote is opened and never closed"));
}

QTEST_GUILESS_MAIN(TestCsvScanner)
#include "tst_csv_scanner.moc"
