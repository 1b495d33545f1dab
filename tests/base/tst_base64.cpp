#include <QTest>

#include "engine/base/base64.h"

using namespace ty;

class TestBase64 : public QObject {
    Q_OBJECT

private slots:
    /// The vectors of RFC 4648, section 10.
    void knowsTheVectorsOfTheStandard_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("nothing") << QByteArray("") << QByteArray("");
        QTest::newRow("f") << QByteArray("f") << QByteArray("Zg==");
        QTest::newRow("fo") << QByteArray("fo") << QByteArray("Zm8=");
        QTest::newRow("foo") << QByteArray("foo") << QByteArray("Zm9v");
        QTest::newRow("foob") << QByteArray("foob") << QByteArray("Zm9vYg==");
        QTest::newRow("fooba") << QByteArray("fooba") << QByteArray("Zm9vYmE=");
        QTest::newRow("foobar") << QByteArray("foobar") << QByteArray("Zm9vYmFy");
    }
    void knowsTheVectorsOfTheStandard()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, text);
        QCOMPARE(QByteArray::fromStdString(encodeBase64(bytes.toStdString())), text);
        const auto back = decodeBase64(text.toStdString());
        QVERIFY(back.isOk());
        QCOMPARE(QByteArray::fromStdString(*back), bytes);
    }

    void allBytesComeBackFromBothAlphabets()
    {
        std::string bytes;
        for (int round = 0; round < 3; ++round) {
            for (int i = 0; i < 256; ++i) {
                bytes += static_cast<char>(i);
            }
            const std::string url = encodeBase64Url(bytes);
            QVERIFY(url.find_first_of("+/=") == std::string::npos);
            QCOMPARE(decodeBase64(url).value(), bytes);
            QCOMPARE(decodeBase64(encodeBase64(bytes)).value(), bytes);
            bytes += 'x'; // another remainder of three
        }
    }

    void refusesWhatIsNone()
    {
        for (const char* text : {"Zm9v!", "Z", "Zg==Zg==", "Zm9v\tYg", "Zm9vY"}) {
            QVERIFY2(!decodeBase64(text).isOk(), text);
        }
        QCOMPARE(decodeBase64("Zm9v\r\nYmFy").value(), std::string("foobar"));
    }
};

QTEST_APPLESS_MAIN(TestBase64)

#include "tst_base64.moc"
