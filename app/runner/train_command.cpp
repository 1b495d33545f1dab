#include <filesystem>
#include <optional>
#include <utility>

#include "app/runner/command_reader.h"
#include "app/runner/commands.h"
#include "app/runner/data_location.h"
#include "app/runner/network_table_text.h"
#include "app/runner/run_stores.h"
#include "app/runner/stream_journal.h"
#include "engine/base/files.h"
#include "engine/base/folder_lock.h"
#include "engine/learn/chosen_network.h"
#include "engine/learn/foreign_package.h"
#include "engine/learn/learner.h"
#include "engine/learn/onnx_network.h"
#include "engine/learn/run_folder_guard.h"
#include "engine/learn/start_weights.h"

namespace ty::runner {

namespace {

namespace fs = std::filesystem;

Error usage(const std::string& message, const std::string& advice = "See trainyard-run train --help.")
{
    return Error{ErrorKind::Usage, message, advice};
}

/// What "network=..." says besides a name: "@net.json" or the description itself. Result: whether it was one.
Result<bool> applyNetwork(const std::string& text, RunSpec& spec)
{
    spec.network = nullptr; // the newest word counts
    if (text.starts_with('@')) {
        TY_TRY(spec.network, readJsonFile(text.substr(1)));
    } else if (text.starts_with('{')) {
        TY_TRY(spec.network, parseJson(text, "network"));
    } else {
        return false;
    }
    spec.settings.erase("network");
    TY_CHECK(engine::chosenNetwork(spec));
    return true;
}

/// "key=value" pairs, checked against the learner's table of parameters.
Result<void> applySettings(const std::vector<std::string>& pairs, RunSpec& spec)
{
    if (pairs.empty()) {
        return {};
    }
    for (const auto& learner : engine::makeLearners()) {
        if (learner->name() != spec.learner) {
            continue;
        }
        for (const std::string& pair : pairs) {
            const auto equals = pair.find('=');
            if (equals == std::string::npos || equals == 0) {
                return usage("--set " + pair + ": write --set name=value");
            }
            const std::string name = pair.substr(0, equals);
            if (name == "network" && learner->parameters().find(name) != nullptr) {
                const auto described = applyNetwork(pair.substr(equals + 1), spec);
                if (!described) {
                    return usage("--set " + pair.substr(0, 200) + ": " + described.error().message, described.error().advice);
                }
                if (described.value()) {
                    continue;
                }
            }
            auto value = learner->parameters().parseValue(name, pair.substr(equals + 1));
            if (!value) {
                return usage("--set " + pair + ": " + value.error().message, "See trainyard-run learners.");
            }
            spec.settings[name] = std::move(value).value();
        }
        return {};
    }
    return usage("unknown learner \"" + spec.learner + "\"", "See trainyard-run learners.");
}

/// A path as typed, made absolute; a folder must hold a model.
Result<StartSpec> locateStart(const std::string& typed)
{
    StartSpec start;
    TY_TRY(start.from, locateData(typed));
    if (auto file = engine::findStartFile(start, RunFolder{}); !file) {
        return usage("--from " + typed + ": " + file.error().message, file.error().advice);
    }
    return start;
}

/// A network from elsewhere that the run begins with is the run's own, unless another is described.
Result<void> takeNetwork(const std::string& pixels, RunSpec& spec)
{
    if (auto known = engine::PixelUnits::parse(pixels); !known) {
        return usage("--pixels: " + known.error().message, known.error().advice);
    }
    const bool isNetworkGiven = !spec.network.is_null() || spec.settings.contains("network");
    const auto imported = engine::foreignStart(spec.start.from);
    if (!imported.network.is_null()) {
        if (!isNetworkGiven) {
            spec.network = imported.network;
        }
        if (!imported.pixels.empty()) {
            spec.start.pixels = pixels.empty() ? imported.pixels : pixels;
        }
        return {};
    }
    if (!engine::isOnnxFile(spec.start.from)) {
        return pixels.empty() ? Result<void>() : usage("--pixels: it is for --from FILE.onnx");
    }
    engine::OpenOptions options;
    options.target = spec.data.target;
    options.task = spec.data.task;
    TY_TRY(const auto preview, engine::previewDataset(spec.data.training, options));
    TY_TRY(const auto network, engine::readOnnxNetwork(spec.start.from, preview.info));
    if (!isNetworkGiven) {
        spec.network = network.model.toJson();
    }
    if (!network.isPrepared) {
        spec.start.pixels = pixels.empty() ? "0..1" : pixels;
    }
    return {};
}

Result<RunSpec> buildSpec(const TrainOptions& options)
{
    RunSpec spec;
    std::string runFile = options.runFile;
    if (!runFile.empty() && options.data) {
        return usage("RUN.json and --data were both given; one of them says what to train on");
    }
    // What is typed then counts against what the run is, so that a difference is seen.
    if (runFile.empty() && options.isResuming && (!options.data || pathExists(RunFolder{options.out}.specFile()))) {
        runFile = RunFolder{options.out}.specFile();
    }
    if (runFile.empty() && !options.data) {
        return usage("nothing to train on: give RUN.json or --data PATH");
    }
    // The folder's own run.json stays as it is: the smallest change would make it another run.
    std::error_code ignored;
    const bool isOwnFile = !runFile.empty() && fs::equivalent(runFile, RunFolder{options.out}.specFile(), ignored);
    if (!runFile.empty()) {
        TY_TRY(spec, RunSpec::load(runFile));
    }
    const auto take = [](const auto& given, auto& value) {
        if (given) {
            value = *given;
        }
    };
    const auto takePath = [](const std::optional<std::string>& given, std::string& path) -> Result<void> {
        if (given) {
            TY_TRY(path, locateData(*given));
        }
        return {};
    };
    TY_CHECK(takePath(options.data, spec.data.training));
    TY_CHECK(takePath(options.validation, spec.data.validation));
    TY_CHECK(takePath(options.test, spec.data.test));
    take(options.target, spec.data.target);
    take(options.task, spec.data.task);
    take(options.validationFraction, spec.data.split.validation);
    take(options.testFraction, spec.data.split.test);
    take(options.splitSeed, spec.data.split.seed);
    take(options.isStratified, spec.data.split.isStratified);
    if (runFile.empty() && spec.data.task == engine::taskName(engine::Task::Grouping)) {
        spec.learner = "k-means"; // what is meant without more words; a network finds no groups
    }
    take(options.learner, spec.learner);
    take(options.preset, spec.preset);
    take(options.seed, spec.seed);
    take(options.device, spec.device);
    take(options.name, spec.name);
    if (options.minutes) {
        spec.budgetMinutes = options.minutes;
    }
    if (options.from) {
        TY_TRY(spec.start, locateStart(*options.from));
    }
    if (options.columns) {
        TY_TRY(spec.data.columns, parseColumns(*options.columns));
    }
    if (options.repairs) {
        TY_TRY(spec.data.repairs, parseRepairs(*options.repairs));
    }
    if (options.prepare) {
        TY_TRY(spec.data.preparation, parsePreparation(*options.prepare));
    }
    if (options.fixes) {
        TY_TRY(spec.data.fixes["training"], parseFixes(*options.fixes));
    }
    if (!isOwnFile) {
        for (std::string* path : {&spec.data.training, &spec.data.validation, &spec.data.test}) {
            TY_TRY(*path, locateData(*path));
        }
    }
    if (spec.name.empty() && !options.out.empty() && !isOwnFile) {
        const fs::path out = fs::path(options.out).lexically_normal();
        spec.name = (out.has_filename() ? out : out.parent_path()).filename().string();
    }
    TY_CHECK(applySettings(options.settings, spec));
    if (options.from) {
        TY_CHECK(takeNetwork(options.pixels, spec));
    }
    if (auto valid = spec.validate(); !valid) {
        return runFile.empty() ? usage(valid.error().message) : std::move(valid).error();
    }
    return spec;
}

/// The run's folder while this process works in it. A run that never got as far as a plan, because its data or its
/// settings were wrong, leaves nothing behind that was not there before.
class WorkFolder {
public:
    static Result<WorkFolder> take(const std::string& path)
    {
        std::error_code code;
        const fs::path absolute = fs::absolute(path, code).lexically_normal();
        WorkFolder work;
        work.m_folder.root = code ? path : absolute.string();
        while (work.m_folder.root.size() > 1 && work.m_folder.root.back() == '/') {
            work.m_folder.root.pop_back();
        }
        // The topmost folder that this run makes.
        for (fs::path level = work.m_folder.root; !level.empty() && !pathExists(level.string());
             level = level.parent_path()) {
            work.m_firstMade = level.string();
        }
        for (const std::string& file : work.ownFiles()) {
            work.m_wasThere.push_back(pathExists(file));
        }
        if (auto made = makeFolders(work.m_folder.root); !made) {
            Error error = std::move(made).error();
            error.advice = "Choose a folder with --out that you may write to.";
            return error;
        }
        auto lock = FolderLock::acquire(work.m_folder.lockFile());
        if (!lock) {
            work.leave();
            return std::move(lock).error();
        }
        work.m_lock = std::move(lock).value();
        return work;
    }

    const RunFolder& folder() const { return m_folder; }
    /// Whether run.json was there before: then somebody keeps this run, its failure included.
    bool isKeptByOthers() const { return m_wasThere.front(); }

    /// Removes what this run made. Only for a run that has done nothing yet.
    void leave()
    {
        const std::vector<std::string> files = ownFiles();
        std::error_code ignored;
        for (std::size_t i = 0; i < files.size(); ++i) {
            if (!m_wasThere[i]) {
                fs::remove(files[i], ignored);
            }
        }
        if (m_firstMade.empty()) {
            return;
        }
        // Empty folders of our own, innermost first; remove() spares one that is not empty.
        for (fs::path level = m_folder.root;; level = level.parent_path()) {
            if (!fs::remove(level, ignored) || level.string() == m_firstMade) {
                return;
            }
        }
    }

private:
    std::vector<std::string> ownFiles() const
    {
        return {m_folder.specFile(), m_folder.eventsFile(), m_folder.logFile(), m_folder.lockFile()};
    }

    RunFolder m_folder;
    FolderLock m_lock;
    std::string m_firstMade; ///< empty: the folder was there
    std::vector<bool> m_wasThere;
};

bool usesStores(const DataSpec& data)
{
    return isStoreAddress(data.training) || isStoreAddress(data.validation) || isStoreAddress(data.test);
}

int showNetwork(const RunSpec& spec, const TrainOptions& options)
{
    const auto stores = readStores(options.storesDescriptor, tellingStores());
    if (!stores) {
        return reportError(stores.error(), options.form);
    }
    const auto described = engine::describeRun(spec, options.threads, stores->get());
    if (!described) {
        return reportError(described.error(), options.form);
    }
    const auto printed = options.form == OutputForm::Json ? printJson(described.value())
                                                          : printText(networkTable(described.value()));
    return printed ? 0 : reportError(printed.error(), options.form);
}

} // namespace

int train(const TrainOptions& options)
{
    auto spec = buildSpec(options);
    if (!spec) {
        return reportError(spec.error(), OutputForm::Text);
    }
    if (options.isOnlyDescribed) {
        const auto printed = printJson(spec.value().toJson());
        return printed ? 0 : reportError(printed.error(), OutputForm::Text);
    }
    if (options.isNetworkShown) {
        return showNetwork(spec.value(), options);
    }
    if (options.out.empty()) {
        return reportError(usage("no folder for the run: give --out DIR"), OutputForm::Text);
    }
    auto work = WorkFolder::take(options.out);
    if (!work) {
        return reportError(work.error(), OutputForm::Text);
    }
    if (options.isResuming) {
        if (auto fits = engine::checkResumable(spec.value(), work.value().folder()); !fits) {
            work.value().leave();
            return reportError(fits.error(), OutputForm::Text);
        }
    }
    engine::RunRequest request;
    request.spec = std::move(spec).value();
    request.folder = work.value().folder();
    request.isResuming = options.isResuming;
    request.threads = options.threads;

    CommandReader control;
    RunJournal journal(request.folder, options.events);
    StreamJournal stream(journal);
    streaming::StoreFilesOptions reading;
    reading.isGivenUp = [&control] { return control.isEndAsked(); };
    reading.notice = [&stream](const std::string& text, bool isTrouble) { stream.tellOfStore(text, isTrouble); };
    const auto stores = readStores(options.storesDescriptor, std::move(reading));
    if (!stores) {
        return reportError(stores.error(), OutputForm::Text);
    }
    if (usesStores(request.spec.data)) {
        stream.setCounters([&files = **stores] { return files.counters(); });
    }
    request.files = stores->get();
    const auto result = engine::executeRun(request, stream, control);
    if (!result) {
        if (!journal.hasPlan() && !work.value().isKeptByOthers()) {
            work.value().leave();
        }
        return reportError(result.error(), OutputForm::Text);
    }
    const std::string outcome = result.value().value("outcome", std::string());
    if (options.events == EventForm::Text && result.value().contains("model") && result.value()["model"].is_string()) {
        (void)printText("  model: " + request.folder.modelFolder() + "\n");
    }
    return outcome == "stopped" ? exitCode(ErrorKind::Cancelled) : 0;
}

} // namespace ty::runner
