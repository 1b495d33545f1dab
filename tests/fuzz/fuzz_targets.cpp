#include "tests/fuzz/fuzz_targets.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <unistd.h>

#include "engine/base/json.h"
#include "engine/base/run_events.h"
#include "engine/base/run_spec.h"
#include "engine/data/dataset.h"
#include "engine/data/encoder.h"
#include "engine/data/formats/image_codec.h"
#include "engine/exchange/onnx_check.h"
#include "engine/exchange/onnx_import.h"
#include "engine/exchange/safetensors.h"
#include "engine/learn/learner.h"
#include "engine/nn/model_description.h"
#include "engine/specs/machine.h"
#include "engine/specs/state_space.h"
#include "engine/specs/transition_table.h"
#include "engine/specs/value_reader.h"
#include "engine/specs/value_words.h"

namespace ty::fuzz {

using namespace ty::engine;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kSamplesRead = 64;

/// A folder for the files of one process; removed at its end.
class Scratch {
public:
    Scratch() : m_path(fs::temp_directory_path() / ("trainyard-fuzz-" + std::to_string(::getpid())))
    {
        fs::create_directories(m_path);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch()
    {
        std::error_code ignored;
        fs::remove_all(m_path, ignored);
    }

    std::string write(const std::string& name, std::string_view bytes) const
    {
        const fs::path path = m_path / name;
        fs::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        return path.string();
    }

    std::string folder(const std::string& name) const { return (m_path / name).string(); }

private:
    fs::path m_path;
};

const Scratch& scratch()
{
    static const Scratch folder;
    return folder;
}

/// The part before the first line "---" and the part after it; for formats that are two files.
std::pair<std::string_view, std::string_view> twoFiles(std::string_view bytes)
{
    constexpr std::string_view kSeparator = "\n---\n";
    const auto at = bytes.find(kSeparator);
    return at == std::string_view::npos ? std::pair(bytes, std::string_view())
                                        : std::pair(bytes.substr(0, at), bytes.substr(at + kSeparator.size()));
}

void readEverything(const Dataset& dataset)
{
    const auto& info = dataset.info();
    [[maybe_unused]] const auto json = info.toJson();
    std::vector<std::uint8_t> pixels;
    if (info.kind == DataKind::Image) {
        pixels.resize(static_cast<std::size_t>(info.imageShape[0]) * static_cast<std::size_t>(info.imageShape[1])
                      * static_cast<std::size_t>(info.imageShape[2]));
    }
    const auto samples = std::min(dataset.size(), kSamplesRead);
    for (std::uint64_t sample = 0; sample < samples; ++sample) {
        [[maybe_unused]] const auto id = dataset.sampleId(sample);
        [[maybe_unused]] const auto part = dataset.partOf(sample);
        if (info.task == Task::Classification) {
            [[maybe_unused]] const auto label = dataset.classOf(sample);
        } else {
            [[maybe_unused]] const auto target = dataset.targetOf(sample);
        }
        if (info.kind == DataKind::Image) {
            [[maybe_unused]] const auto read = dataset.readImage(sample, pixels);
            continue;
        }
        for (std::size_t column = 0; column < info.columns.size(); ++column) {
            [[maybe_unused]] const auto text = dataset.cellText(sample, column);
        }
    }
    if (samples > 0) {
        const auto split = splitDataset(dataset, SplitSpec{}, false, false);
        if (split) {
            [[maybe_unused]] const auto encoder = Encoder::fit(dataset, split.value().training);
            EncoderForm words;
            words.words = 5;
            if (const auto reader = Encoder::fit(dataset, split.value().training, words)) {
                std::vector<float> numbers(6);
                for (std::uint64_t sample = 0; sample < samples; ++sample) {
                    [[maybe_unused]] const auto encoded = reader->encodeInput(dataset, sample, numbers);
                }
                if (!Encoder::fromJson(reader->toJson())) {
                    std::abort(); // what we write we must read
                }
            }
        }
    }
}

void openAndRead(const std::string& path)
{
    const auto preview = previewDataset(path, {});
    const auto dataset = openDataset(path, {});
    if (dataset) {
        readEverything(*dataset.value());
    }
}

void runCsv(std::string_view bytes)
{
    openAndRead(scratch().write("table.csv", bytes));
}

void runText(std::string_view bytes)
{
    openAndRead(scratch().write("running.txt", bytes));
}

void runCtf(std::string_view bytes)
{
    openAndRead(scratch().write("data.ctf", bytes));
}

void runNpy(std::string_view bytes)
{
    openAndRead(scratch().write("data.npy", bytes));
}

/// Each in a process of its own, as always: this is about what comes back from it.
void runHdf5(std::string_view bytes)
{
    openAndRead(scratch().write("data.h5", bytes));
}

/// Steps of preparation on a small table; the bytes are an expression.
void runExpression(std::string_view bytes)
{
    static const std::string table = scratch().write("expression.csv", "size,age,kind\n1.5,3,a\n2.5,,b\n-4,7,a\n0,1e9,b\n");
    for (const bool isFilter : {false, true}) {
        Json step{{"step", isFilter ? "filter" : "compute"}, {"expression", std::string(bytes)}};
        if (!isFilter) {
            step["column"] = "made";
        }
        const auto parsed = parseJson(Json::array({step}).dump(-1, ' ', false, Json::error_handler_t::replace), "steps");
        auto preparation = parsed ? Preparation::fromJson(*parsed, "steps") : Result<Preparation>(parsed.error());
        if (!preparation) {
            continue;
        }
        OpenOptions options;
        options.target = "kind";
        options.preparation = std::move(*preparation);
        (void)openDataset(table, options);
    }
}

void runArff(std::string_view bytes)
{
    openAndRead(scratch().write("data.arff", bytes));
}

void runLibsvm(std::string_view bytes)
{
    openAndRead(scratch().write("data.svm", bytes));
}

void runJsonLines(std::string_view bytes)
{
    openAndRead(scratch().write("data.jsonl", bytes));
}

void runSqlite(std::string_view bytes)
{
    openAndRead(scratch().write("data.db", bytes));
}

/// Zip, tar and 7z, with arrays or other files in them.
void runArchive(std::string_view bytes)
{
    static const bool isPlaced = ::setenv("XDG_CACHE_HOME", scratch().folder("cache").c_str(), 1) == 0;
    if (isPlaced) {
        openAndRead(scratch().write("data.zip", bytes));
        std::error_code ignored;
        fs::remove_all(scratch().folder("cache"), ignored);
    }
}

void runIdx(std::string_view bytes)
{
    const auto [images, labels] = twoFiles(bytes);
    const auto path = scratch().write("idx/train-images-idx3-ubyte", images);
    scratch().write("idx/train-labels-idx1-ubyte", labels);
    openAndRead(path);
}

/// CIFAR-10 with the names of its classes, and CIFAR-100.
void runCifar(std::string_view bytes)
{
    const auto [batch, names] = twoFiles(bytes);
    scratch().write("cifar-10/data_batch_1.bin", batch);
    scratch().write("cifar-10/batches.meta.txt", names);
    openAndRead(scratch().folder("cifar-10"));
    scratch().write("cifar-100/train.bin", batch);
    scratch().write("cifar-100/test.bin", names);
    openAndRead(scratch().folder("cifar-100"));
}

void runImage(std::string_view bytes)
{
    // The name does not decide what a picture is; the second class makes the folder a dataset.
    const auto [first, second] = twoFiles(bytes);
    scratch().write("pictures/a/1.png", first);
    scratch().write("pictures/b/1.jpg", second.empty() ? first : second);
    openAndRead(scratch().folder("pictures"));
}

void runAudio(std::string_view bytes)
{
    scratch().write("sounds/a/1.wav", bytes);
    scratch().write("sounds/b/1.flac", bytes);
    openAndRead(scratch().folder("sounds"));
}

/// What tells of files: a table, lists of Kaldi, and boxes as COCO, VOC and YOLO describe them.
void runListing(std::string_view bytes)
{
    static const auto picture = [] {
        const Pixels grey{1, 2, 2, {0, 80, 160, 240}};
        return encodePng(grey).valueOr(std::string());
    }();
    for (const char* name : {"table/a.png", "coco/train/a.png", "voc/JPEGImages/a.png", "yolo/images/a.png"}) {
        scratch().write(name, picture);
    }
    scratch().write("table/list.csv", bytes);
    scratch().write("kaldi/wav.scp", bytes);
    scratch().write("kaldi/text", bytes);
    scratch().write("coco/annotations/instances_train.json", bytes);
    scratch().write("voc/Annotations/a.xml", bytes);
    scratch().write("yolo/data.yaml", bytes);
    scratch().write("yolo/labels/a.txt", bytes);
    for (const char* folder : {"table", "kaldi", "coco", "voc", "yolo"}) {
        openAndRead(scratch().folder(folder));
    }
}

void runRunSpec(std::string_view bytes)
{
    const auto json = parseJson(std::string(bytes), "run.json");
    if (!json) {
        return;
    }
    const auto spec = RunSpec::fromJson(json.value(), "run.json");
    if (!spec) {
        return;
    }
    [[maybe_unused]] const auto valid = spec.value().validate();
    const auto again = RunSpec::fromJson(spec.value().toJson(), "again");
    if (!again) {
        std::abort(); // what we write we must read
    }
}

void runEvents(std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto end = std::min(bytes.find('\n'), bytes.size());
        const std::string line(bytes.substr(0, end));
        [[maybe_unused]] const auto event = RunEvent::fromLine(line);
        [[maybe_unused]] const auto command = RunCommand::fromLine(line);
        bytes.remove_prefix(std::min(end + 1, bytes.size()));
    }
}

void runModel(std::string_view bytes)
{
    const auto [card, weights] = twoFiles(bytes);
    scratch().write("model/model.json", card);
    scratch().write("model/weights.safetensors", weights);
    const auto model = loadModel(scratch().folder("model"), "cpu");
}

void runSafetensors(std::string_view bytes)
{
    [[maybe_unused]] const auto file = parseSafetensors(bytes, "model.safetensors");
}

void runOnnx(std::string_view bytes)
{
    const auto program = OnnxProgram::parse(bytes, "model.onnx");
    if (program) {
        OnnxValues inputs;
        inputs["image"] = {{1, 3, 8, 8}, std::vector<float>(192, 3.0F), {}};
        inputs["features"] = {{1, 3}, std::vector<float>(3, 1.0F), {}};
        inputs["colour"] = {{1, 1}, {}, {"red"}};
        [[maybe_unused]] const auto outputs = program.value().run(inputs);
    }
}

void runOnnxImport(std::string_view bytes)
{
    const auto network = importOnnxBytes(bytes, "model.onnx", {});
    if (network && !summarise(network.value().model)) {
        std::abort(); // what is given has been checked
    }
    OnnxImportOptions options;
    options.inputShape = {3, 8, 8};
    [[maybe_unused]] const auto shaped = importOnnxBytes(bytes, "model.onnx", options);
}

void runNetwork(std::string_view bytes)
{
    const auto json = parseJson(std::string(bytes), "network.json");
    if (!json) {
        return;
    }
    const auto model = ModelDescription::fromJson(json.value());
    if (model) {
        [[maybe_unused]] const auto summary = summarise(model.value());
    }
    [[maybe_unused]] const auto encoder = Encoder::fromJson(json.value());
}

void runSpec(std::string_view bytes)
{
    const auto machine = specs::readMachine(bytes, "machine");
    if (!machine) {
        return;
    }
    [[maybe_unused]] const auto state = specs::readState(machine.value(), bytes.substr(0, 200));
    const auto space = specs::explore(machine.value(), {200, 2000, 200'000});
    if (space && space->stateCount() > 0) {
        [[maybe_unused]] const auto again = specs::readState(machine.value(), specs::stateWords(machine.value(), space->state(0)));
    }
    if (space && space->isWhole) {
        [[maybe_unused]] const auto table = specs::TransitionTable::make(machine.value(), space.value(), {});
    }
}

} // namespace

const std::vector<FuzzTarget>& fuzzTargets()
{
    static const std::vector<FuzzTarget> targets{
        {"csv", runCsv},
        {"text", runText},
        {"ctf", runCtf},
        {"npy", runNpy},
        {"hdf5", runHdf5},
        {"expression", runExpression},
        {"arff", runArff},
        {"libsvm", runLibsvm},
        {"jsonl", runJsonLines},
        {"sqlite", runSqlite},
        {"archive", runArchive},
        {"idx", runIdx},
        {"cifar", runCifar},
        {"image", runImage},
        {"audio", runAudio},
        {"listing", runListing},
        {"run_spec", runRunSpec},
        {"events", runEvents},
        {"model", runModel},
        {"safetensors", runSafetensors},
        {"onnx", runOnnx},
        {"onnx_import", runOnnxImport},
        {"network", runNetwork},
        {"spec", runSpec},
    };
    return targets;
}

const FuzzTarget* findTarget(std::string_view name)
{
    const auto& targets = fuzzTargets();
    const auto found = std::find_if(targets.begin(), targets.end(), [&](const auto& target) { return target.name == name; });
    return found == targets.end() ? nullptr : &*found;
}

} // namespace ty::fuzz
