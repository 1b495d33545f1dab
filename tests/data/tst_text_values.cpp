#include <charconv>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <QTest>

#include "engine/base/random.h"
#include "engine/data/plain_number.h"
#include "engine/data/row_lines.h"
#include "engine/data/text_values.h"

using namespace ty;
using namespace ty::engine;

class TestTextValues : public QObject {
    Q_OBJECT

  private slots:
    void numbersAreReadExactly();
    void plainNumbersAreTheSameQuickly();
    void rowsKnowTheirLines();
    void whatIsNoNumberIsRefused();
    void datesAreReadInManyForms_data();
    void datesAreReadInManyForms();
    void datesGoThereAndBack();
    void namesSortAsPeopleDo();
    void editDistanceCountsSwaps();
    void bytesBecomeUtf8();
};

void TestTextValues::numbersAreReadExactly()
{
    Random random(11);
    for (int i = 0; i < 200'000; ++i) {
        const double value =
            std::ldexp(random.uniform(-1, 1), static_cast<int>(random.below(120)) - 60);
        const std::string text = random.below(2) == 0
                                     ? fmt::format("{}", value)
                                     : fmt::format("{:.{}f}", value, random.below(9));
        double expected = 0;
        std::from_chars(text.data(), text.data() + text.size(), expected);
        double found = 0;
        QVERIFY2(parseNumber(text, found), text.c_str());
        QVERIFY2(found == expected, text.c_str());
    }
    double value = 0;
    QVERIFY(parseNumber(" +1,5 ", value, ',') && value == 1.5);
    QVERIFY(
        parseNumber("123456789012345678901234567890", value) &&
        value == 123456789012345678901234567890.0);
    QVERIFY(parseNumber("1e-3", value) && value == 0.001);
    QVERIFY(parseNumber(".5", value) && value == 0.5);
    QVERIFY(parseNumber("5.", value) && value == 5.0);
}

void TestTextValues::plainNumbersAreTheSameQuickly()
{
    Random random(17);
    int known = 0;
    for (int i = 0; i < 300'000; ++i) {
        std::string number;
        for (std::uint64_t length = random.below(18); length > 0; --length) {
            number += "0123456789012345678901234567890123456789-+.,:/; e"[random.below(i % 3 == 0 ? 49 : 40)];
        }
        if (random.below(2) == 0) {
            number.insert(random.below(number.size() + 1), 1, random.below(8) == 0 ? ',' : '.');
        }
        number = (random.below(3) == 0 ? "-" : "") + number;
        const std::string text = std::string(random.below(20), "9.-,"[random.below(4)]) + number;
        const char decimal = random.below(4) == 0 ? ',' : '.';
        const char* const end = text.data() + text.size();
        double quickly = 0;
        double carefully = 0;
        const bool isPlain = parsePlainNumber(text.data(), end - number.size(), end, decimal, quickly);
        const bool isNumber = parseNumber(number, carefully, decimal);
        if (isPlain) {
            ++known;
            QVERIFY2(isNumber && quickly == carefully, number.c_str());
        } else if (isNumber && number.size() <= 15 && text.size() >= 16) {
            QVERIFY2(number.find_first_of("+ eE") != std::string::npos, number.c_str()); // nothing else needs the careful way
        }
    }
    QVERIFY(known > 50'000);
}

void TestTextValues::rowsKnowTheirLines()
{
    Random random(5);
    RowLines all;
    std::vector<std::uint64_t> expected;
    std::uint64_t line = 2;
    for (int piece = 0; piece < 40; ++piece) {
        RowLines some;
        for (std::uint64_t row = random.below(30); row > 0; --row) {
            line += random.below(6) == 0 ? 1 + random.below(3) : 0;
            some.add(line);
            expected.push_back(line++);
        }
        all.add(some);
    }

    for (std::size_t row = 0; row < expected.size(); ++row) {
        QCOMPARE(all.at(row), expected[row]);
    }
}

void TestTextValues::whatIsNoNumberIsRefused()
{
    double value = 0;
    for (const char* text :
         {"",
          "-",
          "+",
          ".",
          "e5",
          "1e",
          "1e+",
          "1 2",
          "0x10",
          "inf",
          "nan",
          "1.2.3",
          "--1",
          "1,5",
          "1e999",
          "+-1"}) {
        QVERIFY2(!parseNumber(text, value), text);
    }
}

void TestTextValues::datesAreReadInManyForms_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<double>("days"); // NaN: no date
    QTest::newRow("ISO") << "2012-01-31" << 15370.0;
    QTest::newRow("slashes") << "2012/1/31" << 15370.0;
    QTest::newRow("points") << "31.01.2012" << 15370.0;
    QTest::newRow("month first") << "1/31/2012" << 15370.0;
    QTest::newRow("English") << "Jan 31 2012" << 15370.0;
    QTest::newRow("English with comma") << "January 31, 2012" << 15370.0;
    QTest::newRow("day and English month") << "31-Jan-2012" << 15370.0;
    QTest::newRow("time") << "2012-01-31T12:00:00Z" << 15370.5;
    QTest::newRow("time zone") << "2012-01-31 14:00:00.000+02:00" << 15370.5;
    QTest::newRow("before 1970") << "1969-12-31" << -1.0;
    QTest::newRow("leap day") << "2000-02-29" << 11016.0;
    QTest::newRow("no leap day") << "1900-02-29" << std::nan("");
    QTest::newRow("month 13") << "2012-13-01" << std::nan("");
    QTest::newRow("number") << "20120131" << std::nan("");
    QTest::newRow("version") << "1.2.3" << std::nan("");
    QTest::newRow("words") << "Jan Feb 2012" << std::nan("");
    QTest::newRow("rest") << "2012-01-31 or so" << std::nan("");
}

void TestTextValues::datesAreReadInManyForms()
{
    QFETCH(QString, text);
    QFETCH(double, days);
    double found = 0;
    const bool isDate = parseDate(text.toStdString(), found, DateOrder::MonthDayYear);
    QCOMPARE(isDate, !std::isnan(days));
    if (isDate) {
        QVERIFY(std::abs(found - days) < 1e-9);
    }
}

void TestTextValues::datesGoThereAndBack()
{
    for (int days = -700'000; days < 700'000; days += 97) {
        double found = 0;
        QVERIFY(parseDate(formatDate(days), found, DateOrder::YearMonthDay));
        QCOMPARE(found, static_cast<double>(days));
    }
}

void TestTextValues::namesSortAsPeopleDo()
{
    const std::vector<std::string> order = {
        "-1", "0", "2", "10", "a2", "a10", "b", "img1.png", "img02.png", "img10.png"};
    for (std::size_t i = 0; i < order.size(); ++i) {
        for (std::size_t k = 0; k < order.size(); ++k) {
            QVERIFY2(
                naturallyLess(order[i], order[k]) == (i < k), (order[i] + " " + order[k]).c_str());
        }
    }
}

void TestTextValues::editDistanceCountsSwaps()
{
    QCOMPARE(editDistance("setosa", "setosa", 1), 0);
    QCOMPARE(editDistance("setosa", "setossa", 1), 1);
    QCOMPARE(editDistance("setosa", "estosa", 1), 1);
    QCOMPARE(editDistance("setosa", "virginica", 1), 2);
}

void TestTextValues::bytesBecomeUtf8()
{
    QVERIFY(isUtf8("caf\xc3\xa9"));
    QVERIFY(!isUtf8("caf\xe9"));
    QVERIFY(!isUtf8("\xc0\x80"));
    QVERIFY(!isUtf8("\xed\xa0\x80"));
    QVERIFY(!isUtf8("\xf4\x90\x80\x80"));
    QVERIFY(!isUtf8("\xe2\x82"));
    QCOMPARE(
        QString::fromStdString(utf8FromLatin1("5 \x80 caf\xe9")), QString("5 \u20ac caf\u00e9"));
    for (int byte = 0; byte < 256; ++byte) {
        QVERIFY(isUtf8(utf8FromLatin1(std::string(1, static_cast<char>(byte)))));
    }
}

QTEST_GUILESS_MAIN(TestTextValues)
#include "tst_text_values.moc"
