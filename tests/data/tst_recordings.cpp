// Recordings, and folders in which a file tells what each picture or recording shows.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <numbers>

#include <png.h>
#include <sndfile.h>

#include <QProcess>
#include <QStandardPaths>
#include <QTest>

#include "engine/data/dataset.h"
#include "engine/data/formats/audio_codec.h"
#include "tests/data/data_files.h"
#include "tests/data/folder_as_store.h"

using namespace ty;
using namespace ty::engine;

namespace {

std::vector<float> tone(double hertz, int rate, double seconds, double loudness = 0.5)
{
    std::vector<float> sound(static_cast<std::size_t>(rate * seconds));
    for (std::size_t i = 0; i < sound.size(); ++i) {
        sound[i] = static_cast<float>(loudness * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / rate));
    }
    return sound;
}

std::string soundFile(const FolderOfFiles& files, const std::string& name, const std::vector<float>& sound, int rate, int format, int channels = 1)
{
    const std::string path = files.write(name, "");
    SF_INFO info{};
    info.samplerate = rate;
    info.channels = channels;
    info.format = format;
    SNDFILE* out = sf_open(path.c_str(), SFM_WRITE, &info);
    sf_writef_float(out, sound.data(), static_cast<sf_count_t>(sound.size()) / channels);
    sf_close(out);
    return path;
}

std::string bytesOf(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

constexpr int kWav = SF_FORMAT_WAV | SF_FORMAT_PCM_16;

std::string greyPng(std::uint8_t value)
{
    std::vector<std::uint8_t> pixels(16 * 16, value);
    png_image image = {};
    image.version = PNG_IMAGE_VERSION;
    image.width = 16;
    image.height = 16;
    image.format = PNG_FORMAT_GRAY;
    png_alloc_size_t size = 0;
    png_image_write_to_memory(&image, nullptr, &size, 0, pixels.data(), 0, nullptr);
    std::string bytes(size, '\0');
    png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels.data(), 0, nullptr);
    return bytes;
}

/// Names and numbers of samples: "cat 2, dog 1".
std::string classesOf(const DatasetInfo& info)
{
    std::string text;
    for (const ClassInfo& each : info.classes) {
        text += (text.empty() ? "" : ", ") + each.name + " " + std::to_string(each.samples);
    }
    return text;
}

std::string opened(const std::string& path)
{
    const auto dataset = openDataset(path, {});
    return dataset ? classesOf((*dataset)->info()) : "error: " + dataset.error().message;
}

} // namespace

class TestRecordings : public QObject {
    Q_OBJECT
private slots:
    void everyFormGivesTheSameSound_data()
    {
        QTest::addColumn<int>("format");
        QTest::addColumn<double>("tolerance");
        QTest::newRow("WAV 16 bits") << kWav << 1e-4;
        QTest::newRow("WAV 8 bits") << (SF_FORMAT_WAV | SF_FORMAT_PCM_U8) << 0.01;
        QTest::newRow("WAV 24 bits") << (SF_FORMAT_WAV | SF_FORMAT_PCM_24) << 1e-6;
        QTest::newRow("WAV float") << (SF_FORMAT_WAV | SF_FORMAT_FLOAT) << 1e-7;
        QTest::newRow("WAV mu-law") << (SF_FORMAT_WAV | SF_FORMAT_ULAW) << 0.03;
        QTest::newRow("FLAC") << (SF_FORMAT_FLAC | SF_FORMAT_PCM_16) << 1e-4;
        QTest::newRow("Ogg Vorbis") << (SF_FORMAT_OGG | SF_FORMAT_VORBIS) << 0.1;
    }
    void everyFormGivesTheSameSound()
    {
        QFETCH(int, format);
        QFETCH(double, tolerance);
        const FolderOfFiles files;
        const auto sound = tone(440, 16'000, 0.5);
        const std::string bytes = bytesOf(soundFile(files, "a.snd", sound, 16'000, format));
        QVERIFY(looksLikeAudio(bytes));
        AudioHeader header;
        const auto read = decodeAudio(bytes, header);
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QCOMPARE(header.rate, 16'000);
        QCOMPARE(read->size(), sound.size());
        for (std::size_t i = 0; i < sound.size(); ++i) {
            QVERIFY(std::abs(static_cast<double>((*read)[i] - sound[i])) <= tolerance);
        }
    }

    void severalLengthsAreToldAndOneIsNot()
    {
        const auto problemOf = [](double shortest, double longest) {
            const FolderOfFiles files;
            for (int i = 0; i < 3; ++i) {
                soundFile(files, "low/" + std::to_string(i) + ".wav", tone(200, 8000, shortest), 8000, kWav);
                soundFile(files, "high/" + std::to_string(i) + ".wav", tone(900, 8000, longest), 8000, kWav);
            }
            const auto opened = openDataset(files.folder(), {});
            for (const Problem& problem : opened ? opened.value()->info().problems : std::vector<Problem>()) {
                if (problem.kind == "lengths") {
                    return std::string(problemSeverityName(problem.severity)) + ": " + problem.message;
                }
            }
            return opened ? std::string() : opened.error().message;
        };
        QCOMPARE(problemOf(0.5, 0.5), std::string());
        const auto little = problemOf(0.5, 1.0);
        QVERIFY2(little.starts_with("note: the recordings last 0.50 to 1.00 s"), little.c_str());
        const auto much = problemOf(0.3, 2.0);
        QVERIFY2(much.starts_with("note: the recordings last 0.30 to 2.00 s"), much.c_str());
        QVERIFY2(much.find("silence up to 2 s") != std::string::npos, much.c_str());
    }

    void partsOfASoundAreWhatTheyAreCalled()
    {
        std::vector<float> sound(1000, 0.1F); // of 100 a second
        std::fill(sound.begin() + 700, sound.begin() + 800, 0.9F);
        sound.front() = 0.5F;
        AudioForm form;
        QVERIFY(partOfSound(sound, 100, form) == sound);
        form.seconds = 1;
        form.part = AudioPart::Beginning;
        QCOMPARE(partOfSound(sound, 100, form).size(), std::size_t{100});
        QCOMPARE(partOfSound(sound, 100, form).front(), 0.5F);
        form.part = AudioPart::Middle;
        QVERIFY(partOfSound(sound, 100, form) == std::vector<float>(sound.begin() + 450, sound.begin() + 550));
        form.part = AudioPart::Loudest;
        QVERIFY(partOfSound(sound, 100, form) == std::vector<float>(100, 0.9F));
        form.seconds = 12; // a second of silence on both sides
        const auto padded = partOfSound(sound, 100, form);
        QCOMPARE(padded.size(), std::size_t{1200});
        QCOMPARE(padded[99], 0.0F);
        QCOMPARE(padded[100], 0.5F);
        QCOMPARE(padded[1100], 0.0F);
        form.part = AudioPart::Beginning;
        QCOMPARE(partOfSound(sound, 100, form).front(), 0.5F);
        QCOMPARE(partOfSound(sound, 100, form).back(), 0.0F);
    }

    void recordingsOfSeveralLengthsHaveOneScaleOfTime()
    {
        const FolderOfFiles files;
        for (int i = 0; i < 40; ++i) {
            soundFile(files, std::string("d/") + (i % 2 == 0 ? "a/" : "b/") + std::to_string(i) + ".wav", tone(1000, 8000, i == 7 ? 3.0 : i < 20 ? 0.3 : 0.6), 8000, kWav);
        }
        const auto opened = openDataset(files.path("d"), {});
        QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
        const DatasetInfo& info = (*opened)->info();
        QVERIFY((info.imageShape == std::array<int, 3>{1, kAudioBands, 64})); // 0.6 s; the one of 3 s is cut
        QCOMPARE(info.preparation.last(StepKind::Crop)->seconds, 0.6);
        const auto soundingColumns = [](const Dataset& dataset, const std::string& id) {
            const auto [channels, height, width] = dataset.info().imageShape;
            std::vector<std::uint8_t> picture(static_cast<std::size_t>(channels * height * width));
            int sounding = 0;
            for (std::uint64_t sample = 0; sample < dataset.size(); ++sample) {
                if (dataset.sampleId(sample).find(id) == std::string::npos || !dataset.readImage(sample, picture)) {
                    continue;
                }
                for (int column = 0; column < width; ++column) {
                    int brightest = 0;
                    for (int row = 0; row < height; ++row) {
                        brightest = std::max<int>(brightest, picture[static_cast<std::size_t>(row * width + column)]);
                    }
                    sounding += brightest > 128 ? 1 : 0;
                }
            }
            return sounding;
        };
        QVERIFY(std::abs(soundingColumns(**opened, "/0.wav") - 32) <= 4); // 0.3 s are half of 0.6 s
        QCOMPARE(soundingColumns(**opened, "/7.wav"), 64);

        OpenOptions likeTheModel;
        likeTheModel.like = &info;
        const auto fresh = openDataset(files.path("d"), likeTheModel);
        QVERIFY(fresh);
        QVERIFY(std::abs(soundingColumns(**fresh, "/0.wav") - 32) <= 4);
        DatasetInfo earlier = info; // a model of a version before the step
        earlier.preparation = {};
        likeTheModel.like = &earlier;
        const auto stretched = openDataset(files.path("d"), likeTheModel);
        QVERIFY(stretched);
        QCOMPARE(soundingColumns(**stretched, "/0.wav"), 64);

        OpenOptions asked;
        asked.preparation.steps = {PrepareStep::of(StepKind::Crop)};
        asked.preparation.steps[0].seconds = 0.2;
        asked.preparation.steps[0].method = "beginning";
        const auto shortened = openDataset(files.path("d"), asked);
        QVERIFY(shortened);
        QCOMPARE(soundingColumns(**shortened, "/0.wav"), 64); // 0.2 s of it
        const auto& problems = (*shortened)->info().problems;
        const auto lengths = std::find_if(problems.begin(), problems.end(), [](const Problem& each) { return each.kind == "lengths"; });
        QVERIFY(lengths != problems.end() && lengths->severity == ProblemSeverity::Warning);
        QVERIFY2(lengths->message.find("40 recordings are cut to 0.2 s") != std::string::npos, lengths->message.c_str());
        asked.preparation.steps[0].method = "stretch";
        QVERIFY(soundingColumns(**openDataset(files.path("d"), asked), "/0.wav") > 30);
        asked.preparation = {};
        asked.areRecordingsStretched = true;
        const auto asBefore = openDataset(files.path("d"), asked);
        QVERIFY(asBefore);
        QCOMPARE((*asBefore)->info().imageShape[1], (*asBefore)->info().imageShape[2]); // squares, as they were
    }

    /// For training: what comes next in a longer recording than all are cut to.
    void otherPartsOfLongerRecordingsCanBeHeard_data()
    {
        QTest::addColumn<bool>("isInStore");
        QTest::newRow("in a folder") << false;
        QTest::newRow("in a store, where lengths are not known before") << true;
    }
    void otherPartsOfLongerRecordingsCanBeHeard()
    {
        QFETCH(bool, isInStore);
        const FolderOfFiles files;
        auto longer = tone(300, 8000, 1.0);
        const auto end = tone(3000, 8000, 1.0);
        longer.insert(longer.end(), end.begin(), end.end());
        for (int i = 0; i < 20; ++i) {
            soundFile(files, std::string("d/") + (i % 2 == 0 ? "a/" : "b/") + std::to_string(i) + ".wav", i == 7 ? longer : tone(1000, 8000, 0.5), 8000, kWav);
        }
        const FolderAsStore store(files.folder());
        OpenOptions options;
        options.files = isInStore ? &store : nullptr;
        const auto opened = openDataset(isInStore ? "az://box/d" : files.path("d"), options);
        QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
        const Dataset& dataset = **opened;
        const auto [channels, height, width] = dataset.info().imageShape;
        const auto size = static_cast<std::size_t>(channels * height * width);
        const auto part = [&](std::uint64_t sample, double place) {
            std::vector<std::uint8_t> picture(size);
            return dataset.readPart(sample, place, picture) ? picture : std::vector<std::uint8_t>();
        };
        for (std::uint64_t sample = 0; sample < dataset.size(); ++sample) {
            std::vector<std::uint8_t> usual(size);
            QVERIFY(dataset.readImage(sample, usual));
            QVERIFY(part(sample, 0.5) == usual);
            const bool isLong = dataset.sampleId(sample).find("/7.wav") != std::string::npos || dataset.sampleId(sample) == "b/7.wav";
            QCOMPARE(dataset.hasOtherParts(sample), isLong);
            QCOMPARE(part(sample, 0) == part(sample, 1), !isLong);
            QVERIFY(part(sample, 0.25) == part(sample, 0.25));
        }
        options.preparation.steps = {PrepareStep::of(StepKind::Crop)};
        options.preparation.steps[0].method = "beginning"; // a person has said which part counts
        const auto chosen = openDataset(isInStore ? "az://box/d" : files.path("d"), options);
        QVERIFY(chosen);
        for (std::uint64_t sample = 0; sample < dataset.size(); ++sample) {
            QVERIFY(!(*chosen)->hasOtherParts(sample));
        }
    }

    /// Another reader: Python's own.
    void pythonReadsTheSameNumbers()
    {
        const QString python = QStandardPaths::findExecutable(QStringLiteral("python3"));
        if (python.isEmpty()) {
            QSKIP("needs python3");
        }
        const FolderOfFiles files;
        std::vector<float> stereo;
        const auto left = tone(300, 8000, 0.1);
        const auto right = tone(900, 8000, 0.1, 0.2);
        for (std::size_t i = 0; i < left.size(); ++i) {
            stereo.push_back(left[i]);
            stereo.push_back(right[i]);
        }
        const std::string path = soundFile(files, "stereo.wav", stereo, 8000, kWav, 2);
        QProcess peer;
        peer.start(python, {QStringLiteral("-c"), QStringLiteral(
            "import struct, sys, wave\nw = wave.open(sys.argv[1])\nn = w.getnframes()\n"
            "v = struct.unpack('<%dh' % (2 * n), w.readframes(n))\n"
            "print(*[(v[2 * i] + v[2 * i + 1]) / 65536 for i in range(n)])"), QString::fromStdString(path)});
        QVERIFY(peer.waitForFinished(60'000));
        const auto theirs = peer.readAllStandardOutput().trimmed().split(' ');
        AudioHeader header;
        const auto ours = decodeAudio(bytesOf(path), header);
        QVERIFY(ours);
        QCOMPARE(static_cast<std::size_t>(theirs.size()), ours->size());
        for (std::size_t i = 0; i < ours->size(); ++i) {
            QVERIFY(std::abs(theirs[static_cast<qsizetype>(i)].toDouble() - static_cast<double>((*ours)[i])) < 1e-6);
        }
    }

    void aToneIsBrightInItsRowWhateverTheRate_data()
    {
        QTest::addColumn<int>("rate");
        for (const int rate : {8000, 11025, 16'000, 44'100}) {
            QTest::newRow(std::to_string(rate).c_str()) << rate;
        }
    }
    void aToneIsBrightInItsRowWhateverTheRate()
    {
        QFETCH(int, rate);
        const FolderOfFiles files;
        const auto picture = decodeSpectrogram(bytesOf(soundFile(files, "a.wav", tone(1000, rate, 0.3), rate, kWav)));
        QVERIFY(picture);
        QCOMPARE(picture->height, kAudioBands);
        QCOMPARE(picture->width, 30);
        const auto mel = [](double hertz) { return 1127 * std::log1p(hertz / 700); };
        const int band = static_cast<int>(std::lround((mel(1000) - mel(20)) / (mel(8000) - mel(20)) * (kAudioBands + 1))) - 1;
        int brightest = 0;
        for (int row = 0; row < kAudioBands; ++row) {
            const auto at = [&](int r) { return picture->bytes[static_cast<std::size_t>(r * picture->width + 15)]; };
            brightest = at(row) > at(brightest) ? row : brightest;
        }
        QVERIFY2(std::abs(kAudioBands - 1 - band - brightest) <= 1, qPrintable(QString::number(brightest)));
    }

    void foldersOfRecordingsAreADataset()
    {
        const FolderOfFiles files;
        for (int i = 0; i < 4; ++i) {
            soundFile(files, "d/low/" + std::to_string(i) + ".wav", tone(200 + i, 8000, 0.2 + 0.02 * i), 8000, kWav);
            soundFile(files, "d/high/" + std::to_string(i) + ".flac", tone(2000 + i, 16'000, 0.2), 16'000, SF_FORMAT_FLAC | SF_FORMAT_PCM_16);
        }
        files.write("d/high/broken.ogg", "OggS and nothing more");
        const auto dataset = openDataset(files.path("d"), {});
        QVERIFY2(dataset, dataset ? "" : dataset.error().message.c_str());
        QCOMPARE(classesOf((*dataset)->info()), std::string("high 4, low 4"));
        QCOMPARE((*dataset)->info().imageShape[0], 1);
        std::vector<std::uint8_t> picture(64 * 64);
        QVERIFY((*dataset)->readImage(0, std::span(picture).first(static_cast<std::size_t>((*dataset)->info().imageShape[1] * (*dataset)->info().imageShape[2]))));
        const auto& problems = (*dataset)->info().problems;
        QVERIFY(std::any_of(problems.begin(), problems.end(), [](const Problem& each) { return each.kind == "unreadable" && each.count == 1; }));
    }

    void resampledToneIsTheToneThatTheOtherRateWouldHaveHeld()
    {
        const auto sound = resampleAudio(tone(1000, 44'100, 0.3), 44'100, 8000);
        QVERIFY(sound);
        const auto wanted = tone(1000, 8000, 0.3);
        QVERIFY(std::abs(static_cast<double>(sound->size()) - static_cast<double>(wanted.size())) <= 2);
        for (std::size_t i = 200; i + 200 < wanted.size(); ++i) { // the ends have silence beside them
            QVERIFY2(std::abs((*sound)[i] - wanted[i]) < 0.01F, qPrintable(QString::number(i)));
        }
        const auto tooHigh = resampleAudio(tone(6000, 44'100, 0.3), 44'100, 8000);
        QVERIFY(tooHigh);
        for (std::size_t i = 200; i + 200 < tooHigh->size(); ++i) {
            QVERIFY2(std::abs((*tooHigh)[i]) < 0.01F, "a tone that 8 kHz cannot hold came back as another");
        }
    }

    void stepOfTheDataBringsRecordingsToARateAndNewOnesWithThem()
    {
        const FolderOfFiles files;
        const auto low = tone(1000, 44'100, 0.3, 0.3);
        const auto high = tone(6000, 44'100, 0.3, 0.3);
        std::vector<float> both(low.size());
        for (std::size_t i = 0; i < both.size(); ++i) {
            both[i] = low[i] + high[i];
        }
        for (int i = 0; i < 3; ++i) {
            soundFile(files, "d/a/" + std::to_string(i) + ".wav", both, 44'100, kWav);
            soundFile(files, "d/b/" + std::to_string(i) + ".wav", low, 44'100, kWav);
        }
        PrepareStep step = PrepareStep::of(StepKind::Resample);
        step.rate = 8000;
        OpenOptions options;
        options.preparation.steps = {step};
        options.imageShape = {1, kAudioBands, 30};
        const auto resampled = openDataset(files.path("d"), options);
        QVERIFY2(resampled, resampled ? "" : resampled.error().message.c_str());
        options.preparation = {};
        const auto asTheyAre = openDataset(files.path("d"), options);
        QVERIFY(asTheyAre);
        OpenOptions likeTheModel;
        likeTheModel.like = &(*resampled)->info();
        const auto newData = openDataset(files.path("d"), likeTheModel);
        QVERIFY2(newData, newData ? "" : newData.error().message.c_str());
        const auto pictureOf = [](const Dataset& dataset) {
            std::vector<std::uint8_t> picture(static_cast<std::size_t>(kAudioBands) * 30);
            return dataset.readImage(0, picture) ? picture : std::vector<std::uint8_t>();
        };
        // The upper fifth of the rows lies above 5 kHz; the topmost may be black in either.
        const auto brightestHigh = [](const std::vector<std::uint8_t>& picture) {
            return *std::max_element(picture.begin() + 30, picture.begin() + static_cast<std::ptrdiff_t>(30 * (kAudioBands / 5)));
        };
        QVERIFY(brightestHigh(pictureOf(**asTheyAre)) > 200);
        QVERIFY(brightestHigh(pictureOf(**resampled)) < 60);
        QCOMPARE(pictureOf(**newData), pictureOf(**resampled));
        options.preparation.steps = {step};
        for (int i = 0; i < 2; ++i) {
            files.write("p/" + std::string(i == 0 ? "a" : "b") + "/x.png", greyPng(static_cast<std::uint8_t>(90 * i)));
        }
        const auto ofPictures = openDataset(files.path("p"), options);
        QVERIFY(!ofPictures);
        QVERIFY2(ofPictures.error().message.find("step 1 (resample)") != std::string::npos, ofPictures.error().message.c_str());
    }

    void aTruncatedRecordingIsRefused()
    {
        const FolderOfFiles files;
        const std::string whole = bytesOf(soundFile(files, "a.flac", tone(440, 16'000, 1), 16'000, SF_FORMAT_FLAC | SF_FORMAT_PCM_16));
        AudioHeader header;
        QVERIFY(!decodeAudio(whole.substr(0, whole.size() / 2), header));
        QVERIFY(!decodeAudio("RIFF....WAVE", header));
        QVERIFY(!decodeAudio("", header));
    }

    void aManifestTellsLabelsAndParts()
    {
        const FolderOfFiles files;
        std::string rows = "file\tspeaker\tlabel\tsplit\n";
        for (int i = 0; i < 6; ++i) {
            const std::string name = "wav/" + std::to_string(i) + ".wav";
            soundFile(files, "m/" + name, tone(200 + 100 * i, 8000, 0.1), 8000, kWav);
            rows += name + "\tann\t" + (i % 2 == 0 ? "even" : "odd") + "\t" + (i < 4 ? "train" : "test") + "\n";
        }
        files.write("m/transcripts.tsv", rows + "wav/lost.wav\tann\teven\ttrain\n");
        const auto dataset = openDataset(files.path("m"), {});
        QVERIFY2(dataset, dataset ? "" : dataset.error().message.c_str());
        QCOMPARE(classesOf((*dataset)->info()), std::string("even 3, odd 3"));
        QVERIFY(((*dataset)->info().givenSplit == std::array<std::uint64_t, 3>{4, 0, 2}));
    }

    void kaldisListsAreRead()
    {
        const FolderOfFiles files;
        std::string scp;
        std::string text;
        for (int i = 0; i < 4; ++i) {
            const std::string path = soundFile(files, "sounds/" + std::to_string(i) + ".wav", tone(200 + 100 * i, 8000, 0.1), 8000, kWav);
            scp += "u" + std::to_string(i) + " " + path + "\n";
            text += "u" + std::to_string(i) + (i < 2 ? " yes\n" : " no no\n");
        }
        files.write("k/wav.scp", scp);
        files.write("k/text", text);
        QCOMPARE(opened(files.path("k")), std::string("no no 2, yes 2"));
        files.write("k/wav.scp", "u1 sph2pipe -f wav /x.sph |\n");
        QVERIFY(opened(files.path("k")).find("runs programs") != std::string::npos);
    }

    void theLargestBoxOfCocoVocAndYoloIsTheClass()
    {
        const FolderOfFiles files;
        for (int i = 0; i < 4; ++i) {
            const std::string png = greyPng(static_cast<std::uint8_t>(50 * i));
            files.write("coco/train2017/" + std::to_string(i) + ".png", png);
            files.write("voc/JPEGImages/" + std::to_string(i) + ".png", png);
            files.write("yolo/images/train/" + std::to_string(i) + ".png", png);
            files.write("yolo/labels/train/" + std::to_string(i) + ".txt", i < 3 ? "0 .5 .5 .1 .1\n1 .5 .5 .6 .6\n" : "0 .5 .5 .9 .9\n");
            const auto box = [](const char* name, int side) {
                return std::string("<object><name>") + name + "</name><bndbox><xmin>0</xmin><ymin>0</ymin><xmax>" + std::to_string(side)
                    + "</xmax><ymax>" + std::to_string(side) + "</ymax></bndbox></object>";
            };
            files.write(
                "voc/Annotations/" + std::to_string(i) + ".xml",
                "<annotation><filename>" + std::to_string(i) + ".png</filename>" + box("cat", i < 3 ? 5 : 15) + box("dog", 10) + "</annotation>");
        }
        files.write("voc/ImageSets/Main/test.txt", "3\n");
        files.write("yolo/data.yaml", "path: .\nnames:\n  0: cat\n  1: dog\n");
        std::string boxes;
        for (int i = 0; i < 4; ++i) {
            boxes += (i == 0 ? "" : ",") + std::string("{\"image_id\":") + std::to_string(i) + ",\"category_id\":1,\"bbox\":[0,0," + (i < 3 ? "2,2" : "9,9") + "]}"
                + ",{\"image_id\":" + std::to_string(i) + ",\"category_id\":7,\"area\":16}";
        }
        std::string images;
        for (int i = 0; i < 4; ++i) {
            images += (i == 0 ? "" : ",") + std::string("{\"id\":") + std::to_string(i) + ",\"file_name\":\"" + std::to_string(i) + ".png\"}";
        }
        files.write(
            "coco/annotations/instances_train2017.json",
            "{\"images\":[" + images + "],\"annotations\":[" + boxes + "],\"categories\":[{\"id\":1,\"name\":\"cat\"},{\"id\":7,\"name\":\"dog\"}]}");
        for (const char* form : {"coco", "voc", "yolo"}) {
            QCOMPARE(opened(files.path(form)), std::string("cat 1, dog 3"));
        }
        QVERIFY(((*openDataset(files.path("voc"), {}))->info().givenSplit == std::array<std::uint64_t, 3>{3, 0, 1}));
    }

    void cifarIsReadWithItsPartsAndNames()
    {
        const FolderOfFiles files;
        const auto record = [](int label, char colour) { return std::string(1, static_cast<char>(label)) + std::string(1024, colour) + std::string(2048, 7); };
        files.write("c/data_batch_1.bin", record(0, 10) + record(1, 20));
        files.write("c/data_batch_2.bin", record(1, 30) + record(0, 40));
        files.write("c/test_batch.bin", record(1, 50));
        files.write("c/batches.meta.txt", "airplane\nautomobile\n\n");
        const auto dataset = openDataset(files.path("c"), {});
        QVERIFY2(dataset, dataset ? "" : dataset.error().message.c_str());
        QCOMPARE(classesOf((*dataset)->info()), std::string("airplane 2, automobile 3"));
        QVERIFY(((*dataset)->info().givenSplit == std::array<std::uint64_t, 3>{4, 0, 1}));
        std::vector<std::uint8_t> pixels(3 * 32 * 32);
        QVERIFY((*dataset)->readImage(2, pixels));
        QVERIFY(pixels.front() == 30 && pixels[1023] == 30 && pixels[1024] == 7);
        files.write("c/test_batch.bin", record(1, 50).substr(0, 3000));
        QVERIFY(opened(files.path("c")).starts_with("error: "));
        files.write("d/train.bin", std::string(1, 4) + record(1, 9) + std::string(1, 4) + record(0, 9)); // CIFAR-100: coarse, fine
        QCOMPARE(opened(files.path("d/train.bin")), std::string("0 1, 1 1"));
    }

    void aDescriptionMayNotLeaveItsFolder()
    {
        const FolderOfFiles files;
        files.write("outside.png", greyPng(3));
        files.write("m/in.png", greyPng(1));
        for (const char* path : {"../outside.png", "/etc/x.png"}) {
            files.write("m/list.csv", std::string("file,label\nin.png,a\n") + path + ",b\n");
            QVERIFY2(opened(files.path("m")).find("outside of itself") != std::string::npos, path);
        }
        files.write("c/annotations/instances_train.json", "{\"images\": 3}");
        QVERIFY(opened(files.path("c")).starts_with("error: "));
    }
};

QTEST_GUILESS_MAIN(TestRecordings)
#include "tst_recordings.moc"
