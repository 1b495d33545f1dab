#include "app/runner/judged_data.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/files.h"
#include "engine/base/run_spec.h"
#include "engine/learn/learner.h"

namespace ty::runner {

using namespace ty::engine;

namespace {

constexpr std::ptrdiff_t kMostNamed = 6; ///< classes in a message

/// The run folder that a model belongs to, named by itself or by the model folder in it.
Result<RunFolder> findRun(const std::string& model)
{
    std::error_code ignored;
    const auto path = std::filesystem::absolute(model, ignored).lexically_normal();
    const auto bare = path.has_filename() ? path : path.parent_path();
    for (const auto& folder : {bare, bare.parent_path()}) {
        if (pathExists(RunFolder{folder.string()}.specFile())) {
            return RunFolder{folder.string()};
        }
    }
    return Error{
        ErrorKind::Usage, "--part: " + model + " is not in the folder of a run, so nobody knows how its data was divided",
        "Name the data with --data."};
}

} // namespace

Result<PartOfRun> PartOfRun::open(
    const std::string& model, const std::string& part, const std::string& device, const DataFiles* files)
{
    TY_TRY(const RunFolder folder, findRun(model));
    TY_TRY(const RunSpec spec, RunSpec::load(folder.specFile()));
    PartOfRun opened;
    TY_TRY(opened.model, openModel(model, device));
    // Pictures come as the model wants them, which is not the size they have where a network of its own was chosen.
    const Encoder& encoder = opened.model->encoder();
    DataNeeds needs;
    needs.pictureShape = encoder.expectedData().imageShape;
    needs.form.isReconstruction = encoder.task() == Task::Reconstruction;
    needs.form.words = encoder.vocabulary().empty() ? 0 : encoder.inputShape().front();
    TY_TRY(opened.data, RunData::open(spec.data, needs, files, &encoder.preparation()));
    const bool isTestMeant = part == "test" || (part.empty() && opened.data.testPart().has_value());
    opened.name = !part.empty() ? part : isTestMeant ? "test" : "validation";
    opened.part = part == "training" ? DataPart{opened.data.training.get(), opened.data.split.training}
        : (isTestMeant ? opened.data.testPart() : opened.data.validationPart()).value_or(DataPart{});
    if (opened.part.samples.empty()) {
        return Error{ErrorKind::Usage, "--part: the run had no " + opened.name + " data", "Name other data with --data."};
    }
    return opened;
}

Result<std::vector<std::uint32_t>> judgeableSamples(const OpenedModel& opened)
{
    std::vector<std::uint32_t> samples;
    const Task task = opened.model->encoder().task();
    for (std::uint64_t i = 0; i < opened.data->size(); ++i) {
        const bool isLabelled = task == Task::Classification ? opened.data->classOf(i) >= 0
            : task == Task::Regression                       ? opened.data->targetOf(i) == opened.data->targetOf(i) // not NaN
                                                             : true; // its own target
        if (isLabelled) {
            samples.push_back(static_cast<std::uint32_t>(i));
        }
    }
    if (samples.empty()) {
        const Encoder& encoder = opened.model->encoder();
        const std::string known = task == Task::Classification
            ? fmt::format("The model's classes are {}{}. ",
                  fmt::join(encoder.classes().begin(), encoder.classes().begin() + std::min<std::ptrdiff_t>(std::ssize(encoder.classes()), kMostNamed), ", "),
                  std::ssize(encoder.classes()) > kMostNamed ? " and others" : "")
            : "";
        return Error{
            ErrorKind::InvalidInput,
            opened.data->info().path + ": no sample has a known \"" + encoder.targetName() + "\" to compare with",
            known + "Evaluation needs the true answers; use \"trainyard-run predict\" for data without them."};
    }
    return samples;
}

} // namespace ty::runner
