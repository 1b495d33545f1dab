#include <QTest>

#include <string>
#include <vector>

#include "data_files.h"
#include "engine/data/dataset.h"
#include "engine/data/encoder.h"
#include "engine/data/words.h"

using namespace ty::engine;

namespace {

std::string joined(const std::string& text, bool areLineEndsWords = false)
{
    std::string words;
    for (WordReader reader(text, areLineEndsWords); reader.next();) {
        words += (words.empty() ? "" : "|") + reader.word();
    }
    return words;
}

std::vector<std::uint32_t> firstOf(std::size_t count)
{
    std::vector<std::uint32_t> samples;
    for (std::uint32_t i = 0; i < count; ++i) {
        samples.push_back(i);
    }
    return samples;
}

/// Four lines of five words each, counted from 1: "a b c d 1".
std::string countedLines(int lines)
{
    std::string text;
    for (int i = 1; i <= lines; ++i) {
        text += "a b c d " + std::to_string(i) + "\n";
    }
    return text;
}

OpenOptions pieces(int words)
{
    OpenOptions options;
    options.wordsPerSample = words;
    return options;
}

} // namespace

class TestWords : public QObject {
    Q_OBJECT

private slots:
    void wordsAreFoundInEveryScript_data();
    void wordsAreFoundInEveryScript();
    void aTextIsDividedIntoPiecesThatOverlapByAWord();
    void theEndOfATextIsHeldOut();
    void whatIsNoTextOrTooShortIsRefused();
    void theVocabularyIsOfTheTrainingPartAlone();
    void piecesBecomeNumbersAndTheirSuccessors();
    void shortTextsStandAtTheEnd();
    void anEncoderOfWordsSurvivesJson();
    void tablesOfNothingButTextHaveTheTextAsFeature();
};

void TestWords::wordsAreFoundInEveryScript_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("words");
    QTest::newRow("nothing") << QByteArray(" \n\t") << QByteArray("");
    QTest::newRow("small letters and signs") << QByteArray("The cat, 3.5 x!") << QByteArray("the|cat|,|3|.|5|x|!");
    QTest::newRow("apostrophes") << QByteArray("don't 'quote' it's'") << QByteArray("don't|'|quote|'|it's|'");
    QTest::newRow("prepared texts") << QByteArray("<unk> rose N") << QByteArray("<unk>|rose|n");
    QTest::newRow("umlauts") << QByteArray("für Äpfel") << QByteArray("für|Äpfel");
    QTest::newRow("Chinese by character") << QByteArray("我们 go") << QByteArray("我|们|go");
    QTest::newRow("Korean by word") << QByteArray("한국어 단어") << QByteArray("한국어|단어");
    QTest::newRow("quotation marks") << QByteArray("“so”—yes…") << QByteArray("“|so|”|—|yes|…");
    QTest::newRow("a character cut off") << QByteArray("ab\xe6\x88") << QByteArray("ab|\xe6\x88");
}

void TestWords::wordsAreFoundInEveryScript()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, words);
    QCOMPARE(QByteArray::fromStdString(joined(text.toStdString())), words);
}

void TestWords::aTextIsDividedIntoPiecesThatOverlapByAWord()
{
    QCOMPARE(joined("a\n\nb\n", true), std::string("a|<eos>|<eos>|b|<eos>"));
    const FolderOfFiles files;
    const auto dataset = openDataset(files.write("counted.txt", countedLines(4)), pieces(6));
    QVERIFY2(dataset, dataset ? "" : dataset.error().message.c_str());
    const DatasetInfo& info = (*dataset)->info();
    QCOMPARE(info.format, std::string("text"));
    QCOMPARE(info.task, Task::NextWord);
    QCOMPARE(info.samples, std::uint64_t{3}); // 24 words with the line ends; the last piece lacks its successor
    QCOMPARE((*dataset)->cellText(0, 0), std::string("a b c d 1\na"));
    QCOMPARE((*dataset)->cellText(1, 0), std::string("a b c d 2\na"));
    QCOMPARE((*dataset)->sampleId(2), std::string("line 3"));
    QCOMPARE((*dataset)->cellText(2, 0), std::string("a b c d 3\na"));
    const auto zipped = openDataset(files.writeGzip("counted.txt.gz", countedLines(4)), pieces(6));
    QVERIFY2(zipped, zipped ? "" : zipped.error().message.c_str());
    QCOMPARE((*zipped)->info().fingerprint, info.fingerprint);
    const auto preview = previewDataset(files.path("counted.txt"), pieces(6));
    QVERIFY(preview);
    QCOMPARE(preview->rows.size(), std::size_t{3});
}

void TestWords::theEndOfATextIsHeldOut()
{
    const FolderOfFiles files;
    const auto dataset = openDataset(files.write("counted.txt", countedLines(41)), pieces(6));
    QVERIFY(dataset);
    const auto split = splitDataset(**dataset, {0.25, 0.25, 3, true}, false, false);
    QVERIFY(split);
    QCOMPARE(split->training.size(), std::size_t{20});
    QCOMPARE(split->training.back(), 19U);
    QCOMPARE(split->test.front(), 20U);
    QCOMPARE(split->validation.front(), 30U);
    QCOMPARE(split->validation.back(), 39U);
}

void TestWords::whatIsNoTextOrTooShortIsRefused()
{
    const FolderOfFiles files;
    const auto brief = openDataset(files.write("brief.txt", "only a few words\n"), {});
    QVERIFY(!brief);
    QVERIFY2(brief.error().message.find("5 words") != std::string::npos, brief.error().message.c_str());
    QVERIFY2(brief.error().message.find("33") != std::string::npos, brief.error().message.c_str());
    const auto latin = openDataset(files.write("latin.txt", "f\xfcr " + countedLines(40)), {});
    QVERIFY2(latin, latin ? "" : latin.error().message.c_str());
    QVERIFY((*latin)->cellText(0, 0).starts_with("f\xc3\xbcr a"));
    QCOMPARE((*latin)->info().problems.front().kind, std::string("encoding"));
    QVERIFY(!openDataset(files.write("bytes.txt", std::string("a\x01\x02 b c\n")), {}));
    QVERIFY(!openDataset(files.write("unnamed.bin", countedLines(40)), {})); // a text says so by its name
}

void TestWords::theVocabularyIsOfTheTrainingPartAlone()
{
    const FolderOfFiles files;
    const auto dataset = openDataset(
        files.write("texts.csv", "text,label\n\"Good good film\",yes\n\"bad film, once\",no\n\"unseen unseen\",no\n"),
        [] {
            OpenOptions options;
            options.columns["text"] = {"text", "feature"};
            return options;
        }());
    QVERIFY2(dataset, dataset ? "" : dataset.error().message.c_str());
    EncoderForm form;
    form.words = 4;
    const auto encoder = Encoder::fit(**dataset, firstOf(2), form);
    QVERIFY2(encoder, encoder ? "" : encoder.error().message.c_str());
    // Once: bad, the comma, once. "film" and "good" come twice.
    QCOMPARE(encoder->vocabulary(), (std::vector<std::string>{"<eos>", "<unk>", "film", "good"}));
    std::vector<float> numbers(4);
    QVERIFY(encoder->encodeInput(**dataset, 0, numbers));
    QCOMPARE(numbers, (std::vector<float>{0, 3, 3, 2}));
    QVERIFY(encoder->encodeInput(**dataset, 1, numbers));
    QCOMPARE(numbers, (std::vector<float>{1, 2, 1, 1}));
    form.vocabulary = 3;
    QCOMPARE(Encoder::fit(**dataset, firstOf(2), form)->vocabulary().size(), std::size_t{3});
    const auto none = Encoder::fit(**dataset, firstOf(1).size() == 1 ? std::vector<std::uint32_t>{1} : firstOf(1), form);
    QVERIFY(!none);
    QVERIFY2(none.error().message.find("twice") != std::string::npos, none.error().message.c_str());
}

void TestWords::piecesBecomeNumbersAndTheirSuccessors()
{
    const FolderOfFiles files;
    const auto dataset = openDataset(files.write("counted.txt", countedLines(41)), pieces(6));
    EncoderForm form;
    form.words = 6;
    const auto encoder = Encoder::fit(**dataset, firstOf(40), form);
    QVERIFY2(encoder, encoder ? "" : encoder.error().message.c_str());
    QCOMPARE(encoder->vocabulary(), (std::vector<std::string>{"<eos>", "<unk>", "a", "b", "c", "d"}));
    QCOMPARE(encoder->outputShape(), (std::vector<std::int64_t>{6, 6}));
    QCOMPARE(encoder->targetSize(), std::size_t{6});
    std::vector<float> row(7);
    QVERIFY(encoder->encodeInput(**dataset, 0, row));
    QCOMPARE(row, (std::vector<float>{2, 3, 4, 5, 1, 0, 2}));
    // Without room for the successor: what a next word is asked for after.
    row.resize(6);
    QVERIFY(encoder->encodeInput(**dataset, 0, row));
    QCOMPARE(row, (std::vector<float>{3, 4, 5, 1, 0, 2}));
}

void TestWords::shortTextsStandAtTheEnd()
{
    const FolderOfFiles files;
    const auto dataset = openDataset(files.write("counted.txt", countedLines(41)), pieces(6));
    EncoderForm form;
    form.words = 6;
    const auto encoder = Encoder::fit(**dataset, firstOf(40), form);
    const auto other = openDataset(files.write("other.txt", "b c\nzzz d a b c d a"), pieces(6));
    QVERIFY(other);
    QVERIFY(encoder->checkFits(**other));
    std::vector<float> row(9);
    QVERIFY(encoder->encodeInput(**other, 0, row));
    QCOMPARE(row, (std::vector<float>{0, 0, 3, 4, 0, 1, 5, 2, 3}));
}

void TestWords::anEncoderOfWordsSurvivesJson()
{
    const FolderOfFiles files;
    const auto dataset = openDataset(files.write("counted.txt", countedLines(41)), pieces(6));
    EncoderForm form;
    form.words = 6;
    const auto encoder = Encoder::fit(**dataset, firstOf(40), form);
    const auto back = Encoder::fromJson(encoder->toJson());
    QVERIFY2(back, back ? "" : back.error().message.c_str());
    QCOMPARE(back->task(), Task::NextWord);
    QCOMPARE(back->vocabulary(), encoder->vocabulary());
    QCOMPARE(back->expectedData().wordsPerSample, 6);
    std::vector<float> row(7);
    std::vector<float> same(7);
    QVERIFY(encoder->encodeInput(**dataset, 5, row));
    QVERIFY(back->encodeInput(**dataset, 5, same));
    QCOMPARE(row, same);
    for (const char* damage : {"words", "kind", "categories"}) {
        ty::Json json = encoder->toJson();
        json["columns"][0].erase(damage);
        QVERIFY2(!Encoder::fromJson(json), damage);
    }
}

void TestWords::tablesOfNothingButTextHaveTheTextAsFeature()
{
    std::string rows = "id,review,label\n";
    for (int i = 1; i <= 60; ++i) {
        rows += std::to_string(i) + ",\"review number " + std::to_string(i) + " of a long row of words that nobody repeats\"," +
                (i % 2 == 0 ? "good" : "bad") + "\n";
    }
    const FolderOfFiles files;
    const auto dataset = openDataset(files.write("reviews.csv", rows), {});
    QVERIFY2(dataset, dataset ? "" : dataset.error().message.c_str());
    QCOMPARE((*dataset)->info().target, std::string("label"));
    QCOMPARE((*dataset)->info().columns[1].type, ColumnType::Text);
    QCOMPARE((*dataset)->info().columns[1].role, ColumnRole::Feature);
    QCOMPARE((*dataset)->info().columns[0].role, ColumnRole::Ignored);
}

QTEST_GUILESS_MAIN(TestWords)
#include "tst_words.moc"
