#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include <QTest>

#include "engine/base/random.h"
#include "engine/data/dataset.h"
#include "engine/data/encoder.h"
#include "tests/data/data_files.h"

using namespace ty;
using namespace ty::engine;

namespace {

std::vector<std::uint32_t> everySample(const Dataset& dataset)
{
    std::vector<std::uint32_t> samples(dataset.size());
    std::iota(samples.begin(), samples.end(), 0U);
    return samples;
}

std::vector<float> encode(const Encoder& encoder, const Dataset& dataset, std::uint64_t sample)
{
    std::vector<float> into(encoder.inputSize());
    const auto done = encoder.encodeInput(dataset, sample, into);
    return done ? into : std::vector<float>();
}

} // namespace

class TestEncoder : public QObject {
    Q_OBJECT

  private slots:
    void numbersAreStandardisedAndGapsFilled();
    void statisticsComeFromTheTrainingPartAlone();
    void categoriesAreOneHotUpTo64();
    void categoriesAreThoseOfTheTrainingPart();
    void ofManyCategoriesTheFrequentOnesOfTheTrainingPartHaveInputs();
    void datesGetTheCourseOfTheYear();
    void imagesAreStandardisedByChannel();
    void targetsGoThereAndBack();
    void jsonKeepsEverything();
    void predictionDataIsEncodedLikeTraining();
    void damagedJsonIsRefused();
    void oddDataSaysWhatIsMissing();
};

void TestEncoder::numbersAreStandardisedAndGapsFilled()
{
    const FolderOfFiles files;
    const auto dataset =
        openDataset(files.write("a.csv", "a,same,kind\n1,5,x\n2,5,y\n3,5,x\n,5,y\n10,5,x\n"), {});
    QVERIFY(dataset.isOk());
    const auto encoder = Encoder::fit(**dataset, everySample(**dataset));
    QVERIFY(encoder.isOk());
    QCOMPARE(encoder->inputSize(), 3U);
    const double mean = 4;
    const double deviation = std::sqrt((9.0 + 4 + 1 + 36) / 4);
    QCOMPARE(encode(*encoder, **dataset, 0)[0], static_cast<float>((1 - mean) / deviation));
    QCOMPARE(encode(*encoder, **dataset, 0)[1], 0.0F);
    QCOMPARE(encode(*encoder, **dataset, 3)[0], static_cast<float>((3 - mean) / deviation));
    QCOMPARE(encode(*encoder, **dataset, 3)[1], 1.0F);
    QCOMPARE(encode(*encoder, **dataset, 3)[2], 0.0F);
}

void TestEncoder::statisticsComeFromTheTrainingPartAlone()
{
    const FolderOfFiles files;
    const auto dataset =
        openDataset(files.write("a.csv", "a,kind\n1,x\n3,y\n1000,x\n2000,y\n"), {});
    const std::vector<std::uint32_t> training = {0, 1};
    const auto encoder = Encoder::fit(**dataset, training);
    QVERIFY(encoder.isOk());
    QCOMPARE(encoder->columns()[0].mean, 2.0);
    QCOMPARE(encoder->columns()[0].deviation, 1.0);
}

void TestEncoder::categoriesAreOneHotUpTo64()
{
    const FolderOfFiles files;
    std::string text = "town,colour,size,kind\n";
    for (int i = 0; i < 900; ++i) {
        const int town = i < 300 ? i % 100 : 200 + i % 3;
        text += "t" + std::to_string(town) +
                (i % 3 == 0   ? ",red,"
                 : i % 3 == 1 ? ",blue,"
                              : ",?,") +
                std::to_string(i * 0.5) + (i % 2 ? ",x\n" : ",y\n");
    }
    const auto dataset = openDataset(files.write("a.csv", text), {});
    QVERIFY(dataset.isOk());
    const auto encoder = Encoder::fit(**dataset, everySample(**dataset));
    QVERIFY(encoder.isOk());
    QCOMPARE(encoder->columns()[0].categories.size(), 64U);
    QCOMPARE(encoder->columns()[1].categories.size(), 2U);
    QCOMPARE(encoder->inputSize(), 64U + 2U + 1U);
    const std::set<std::string> frequent(
        encoder->columns()[0].categories.begin(), encoder->columns()[0].categories.begin() + 3);
    QVERIFY((frequent == std::set<std::string>{"t200", "t201", "t202"}));
    for (const std::uint64_t sample : {0U, 50U, 99U, 899U}) {
        const auto inputs = encode(*encoder, **dataset, sample);
        const float sum = std::accumulate(inputs.begin(), inputs.begin() + 64, 0.0F);
        const auto code = static_cast<std::size_t>((**dataset).categoryColumn(0)[sample]);
        const auto& known = encoder->columns()[0].categories;
        const bool isKnown = std::find(known.begin(), known.end(), (**dataset).info().columns[0].categories[code]) != known.end();
        QCOMPARE(sum, isKnown ? 1.0F : 0.0F);
        QCOMPARE(inputs[64] + inputs[65], sample % 3 == 2 ? 0.0F : 1.0F);
    }
}

void TestEncoder::categoriesAreThoseOfTheTrainingPart()
{
    const FolderOfFiles files;
    const auto dataset = openDataset(files.write("a.csv", "colour,size,kind\ngreen,1,x\nred,2,y\nblue,3,x\namber,4,y\nred,5,x\n"), {});
    QVERIFY(dataset.isOk());
    const std::vector<std::uint32_t> training = {0, 1, 4};
    const auto encoder = Encoder::fit(**dataset, training);
    QVERIFY(encoder.isOk());
    QVERIFY((encoder->columns()[0].categories == std::vector<std::string>{"green", "red"}));
    const auto loaded = Encoder::fromJson(encoder->toJson());
    QVERIFY(loaded.isOk());
    for (const Encoder& each : {*encoder, *loaded}) {
        QVERIFY(each.checkFits(**dataset).isOk());
        const auto coloursOf = [&](std::uint64_t sample) {
            const auto inputs = encode(each, **dataset, sample);
            return std::vector<float>(inputs.begin(), inputs.begin() + 2);
        };
        QVERIFY((coloursOf(0) == std::vector<float>{1, 0}));
        QVERIFY((coloursOf(1) == std::vector<float>{0, 1}));
        QVERIFY((coloursOf(2) == std::vector<float>{0, 0})); // as a missing one
        QVERIFY((coloursOf(3) == std::vector<float>{0, 0}));

        OpenOptions options;
        const DatasetInfo expected = each.expectedData();
        options.like = &expected;
        const auto fresh = openDataset(files.write("new.csv", "colour,size,kind\nblue,1,x\nred,2,y\npink,2,y\n"), options);
        QVERIFY2(fresh.isOk(), fresh.isOk() ? "" : fresh.error().message.c_str());
        QCOMPARE(encode(each, **fresh, 0)[0] + encode(each, **fresh, 0)[1], 0.0F);
        QCOMPARE(encode(each, **fresh, 1)[1], 1.0F);
        const auto& problems = (**fresh).info().problems;
        const auto unknown = std::find_if(problems.begin(), problems.end(), [](const Problem& one) { return one.kind == "bad-values"; });
        QVERIFY(unknown != problems.end());
        QCOMPARE(unknown->count, std::uint64_t{2}); // blue was in the file, but in no training row
        QCOMPARE((**fresh).cellText(0, 0), std::string("blue"));
    }

    EncoderForm asBefore;
    asBefore.areCategoriesOfAllRows = true;
    const auto older = Encoder::fit(**dataset, training, asBefore);
    QVERIFY((older->columns()[0].categories == std::vector<std::string>{"amber", "blue", "green", "red"}));
}

void TestEncoder::ofManyCategoriesTheFrequentOnesOfTheTrainingPartHaveInputs()
{
    const FolderOfFiles files;
    std::string text = "town,kind\n";
    for (int i = 0; i < 400; ++i) { // "far" comes often, but late
        text += (i < 200 ? "t" + std::to_string(i % 100 < 20 ? 0 : i % 100) : std::string("far")) + (i % 2 ? ",x\n" : ",y\n");
    }
    OpenOptions options;
    options.columns["town"].type = "category";
    const auto dataset = openDataset(files.write("a.csv", text), options);
    QVERIFY(dataset.isOk());
    QCOMPARE((**dataset).info().columns[0].categories.front(), std::string("far"));
    std::vector<std::uint32_t> training(200);
    std::iota(training.begin(), training.end(), 0U);
    const auto encoder = Encoder::fit(**dataset, training);
    QVERIFY(encoder.isOk());
    const auto& known = encoder->columns()[0].categories;
    QCOMPARE(known.size(), std::size_t{64});
    QCOMPARE(known.front(), std::string("t0"));
    QVERIFY(std::find(known.begin(), known.end(), "far") == known.end());
}

void TestEncoder::datesGetTheCourseOfTheYear()
{
    const FolderOfFiles files;
    std::string text = "day,kind\n";
    for (int month = 1; month <= 12; ++month) {
        text += "2012-" + std::string(month < 10 ? "0" : "") + std::to_string(month) + "-15," +
                (month % 2 ? "x\n" : "y\n");
    }
    const auto dataset = openDataset(files.write("a.csv", text), {});
    const auto encoder = Encoder::fit(**dataset, everySample(**dataset));
    QVERIFY(encoder.isOk());
    QCOMPARE(encoder->inputSize(), 3U);
    const auto january = encode(*encoder, **dataset, 0);
    const auto july = encode(*encoder, **dataset, 6);
    QVERIFY(january[2] > 0.9F && july[2] < -0.9F);
    QVERIFY(std::abs(january[1] * january[1] + january[2] * january[2] - 1) < 1e-5F);
}

void TestEncoder::imagesAreStandardisedByChannel()
{
    const FolderOfFiles files;
    std::vector<std::uint8_t> pixels;
    Random random(5);
    for (int i = 0; i < 20 * 3 * 4 * 4; ++i) {
        pixels.push_back(static_cast<std::uint8_t>(random.below(i / 16 % 3 == 0 ? 100 : 256)));
    }
    files.write(
        "labels.npy", npyBytes("|u1", "(20,)", std::string(10, '\0') + std::string(10, '\1')));
    const auto dataset = openDataset(
        files.write("images.npy", npyBytes("|u1", "(20, 3, 4, 4)", rawBytes(pixels))), {});
    QVERIFY2(dataset.isOk(), dataset.isOk() ? "" : dataset.error().message.c_str());
    const auto encoder = Encoder::fit(**dataset, everySample(**dataset));
    QVERIFY(encoder.isOk());
    QVERIFY((encoder->inputShape() == std::vector<std::int64_t>{3, 4, 4}));
    std::array<double, 3> sums = {};
    std::array<double, 3> squares = {};
    for (std::uint64_t i = 0; i < 20; ++i) {
        const auto inputs = encode(*encoder, **dataset, i);
        for (std::size_t p = 0; p < 48; ++p) {
            sums[p / 16] += inputs[p];
            squares[p / 16] += inputs[p] * inputs[p];
        }
    }
    for (std::size_t c = 0; c < 3; ++c) {
        QVERIFY(std::abs(sums[c] / 320) < 1e-4);
        QVERIFY(std::abs(squares[c] / 320 - 1) < 1e-4);
    }
    const auto again = Encoder::fromJson(encoder->toJson());
    QVERIFY(again.isOk());
    QCOMPARE(encode(*again, **dataset, 7), encode(*encoder, **dataset, 7));
}

void TestEncoder::targetsGoThereAndBack()
{
    const FolderOfFiles files;
    const auto dataset =
        openDataset(files.write("a.csv", "a,price\n1,10.5\n2,20.25\n3,31.5\n4,44\n"), {});
    QVERIFY(dataset.isOk());
    const auto encoder = Encoder::fit(**dataset, everySample(**dataset));
    QVERIFY(encoder.isOk());
    double sum = 0;
    for (std::uint64_t i = 0; i < 4; ++i) {
        const float encoded = encoder->encodeTarget(**dataset, i);
        sum += encoded;
        QVERIFY(std::abs(encoder->decodeTarget(encoded) - (**dataset).targetOf(i)) < 1e-4);
    }
    QVERIFY(std::abs(sum) < 1e-5);
}

void TestEncoder::jsonKeepsEverything()
{
    const FolderOfFiles files;
    const auto dataset = openDataset(
        files.write(
            "a.csv",
            "id,day,colour,size,kind\n1,2012-01-01,red,1.25,x\n2,2012-07-01,blue,,y\n3,2013-01-01,"
            "red,3,x\n4,,blue,4,y\n"),
        {});
    QVERIFY(dataset.isOk());
    const auto encoder = Encoder::fit(**dataset, everySample(**dataset));
    QVERIFY(encoder.isOk());
    const auto text = parseJson(encoder->toJson().dump(), "model.json");
    QVERIFY(text.isOk());
    const auto again = Encoder::fromJson(text.value());
    QVERIFY2(again.isOk(), again.isOk() ? "" : again.error().message.c_str());
    QCOMPARE(
        QString::fromStdString(again->toJson().dump()),
        QString::fromStdString(encoder->toJson().dump()));
    for (std::uint64_t i = 0; i < 4; ++i) {
        QCOMPARE(encode(*again, **dataset, i), encode(*encoder, **dataset, i));
    }
    QVERIFY((again->classes() == std::vector<std::string>{"x", "y"}));
}

void TestEncoder::predictionDataIsEncodedLikeTraining()
{
    const FolderOfFiles files;
    const auto training = openDataset(
        files.write(
            "train.csv",
            "id,colour,size,class\n1,red,1.25,0\n2,blue,2,1\n3,red,3,0\n4,green,4,1\n5,red,5,0\n6,"
            "blue,6,1\n"
            "7,red,1,0\n8,blue,2,1\n9,red,3,0\n10,green,4,1\n11,red,5,0\n12,blue,6,1\n"),
        {});
    QVERIFY(training.isOk());
    const auto encoder = Encoder::fit(**training, everySample(**training));
    QVERIFY(encoder.isOk());
    const DatasetInfo expected = encoder->expectedData();
    OpenOptions options;
    options.like = &expected;
    const auto other = openDataset(
        files.write("new.csv", "class,size,colour\n1.0,4,green\n0,1.25,red\n"), options);
    QVERIFY2(other.isOk(), other.isOk() ? "" : other.error().message.c_str());
    QVERIFY(encoder->checkFits(**other).isOk());
    QCOMPARE(encode(*encoder, **other, 0), encode(*encoder, **training, 3));
    QCOMPARE(encode(*encoder, **other, 1), encode(*encoder, **training, 0));
    QCOMPARE(encoder->encodeTarget(**other, 0), 1.0F);

    const auto bare =
        openDataset(files.write("bare.csv", "4,green,4\n1,red,1.25\n9,blue,2\n"), options);
    QVERIFY2(bare.isOk(), bare.isOk() ? "" : bare.error().message.c_str());
    QCOMPARE(encode(*encoder, **bare, 0), encode(*encoder, **training, 3));
    QCOMPARE((**bare).classOf(0), -1);
}

void TestEncoder::damagedJsonIsRefused()
{
    const FolderOfFiles files;
    const auto dataset =
        openDataset(files.write("a.csv", "colour,size,kind\nred,1.25,x\nblue,2,y\nred,3,x\n"), {});
    const auto encoder = Encoder::fit(**dataset, everySample(**dataset));
    QVERIFY(encoder.isOk());
    const Json good = encoder->toJson();
    QVERIFY(Encoder::fromJson(good).isOk());
    for (const auto& [key, value] : good.items()) {
        Json without = good;
        without.erase(key);
        QVERIFY2(!Encoder::fromJson(without).isOk(), key.c_str());
        Json other = good;
        other[key] = Json::array({"nonsense", nullptr, -1});
        if (key != "classes") {
            QVERIFY2(!Encoder::fromJson(other).isOk(), key.c_str());
        }
    }
    Json zero = good;
    zero["columns"][1]["deviation"] = 0;
    QVERIFY(!Encoder::fromJson(zero).isOk());
    Json huge = good;
    huge["inputShape"] = {1e9};
    QVERIFY(!Encoder::fromJson(huge).isOk());
    QVERIFY(!Encoder::fromJson(Json("text")).isOk());
}

void TestEncoder::oddDataSaysWhatIsMissing()
{
    const FolderOfFiles files;
    const auto training =
        openDataset(files.write("a.csv", "colour,size,kind\nred,1.25,x\nblue,2,y\nred,3,x\n"), {});
    const auto encoder = Encoder::fit(**training, everySample(**training));
    const auto other = openDataset(files.write("b.csv", "size,kind\n1,x\n2,y\n3,x\n"), {});
    QVERIFY(other.isOk());
    const auto fits = encoder->checkFits(**other);
    QVERIFY(!fits.isOk());
    QCOMPARE(
        QString::fromStdString(fits.error().message),
        QString("b lacks the column \"colour\" that the model needs"));
    QVERIFY(!Encoder::fit(**training, {}).isOk());
}

QTEST_GUILESS_MAIN(TestEncoder)
#include "tst_encoder.moc"
