#include "engine/learn/run_data.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "engine/data/prepare/balance.h"
#include "engine/data/sample_fixes.h"

namespace ty::engine {

namespace {

Error notLearnable(const DatasetInfo& info, const std::string& reason, const std::string& advice)
{
    return Error{ErrorKind::InvalidInput, info.path + ": " + reason, advice};
}

/// @param areTexts  those of text, or all others
std::int64_t countFeatures(const DatasetInfo& info, bool areTexts = false)
{
    return std::count_if(info.columns.begin(), info.columns.end(), [areTexts](const ColumnInfo& column) {
        return column.role == ColumnRole::Feature && (column.type == ColumnType::Text) == areTexts;
    });
}

Result<void> checkLearnable(const DatasetInfo& info, const DataNeeds& needs)
{
    if (info.samples == 0) {
        return notLearnable(info, "holds no samples", "Choose a file or folder with data.");
    }
    if (info.target.empty() && info.task != Task::Grouping) {
        return notLearnable(info, "no column is the target", "Name the column that is to be predicted.");
    }
    const bool areWordsLearned = needs.form.words > 0 || (needs.areTextsRead && countFeatures(info, true) > 0);
    if (info.kind == DataKind::Table && countFeatures(info) == 0 && !areWordsLearned) {
        if (countFeatures(info, true) > 0) {
            if (info.task == Task::Grouping) {
                return notLearnable(
                    info, "all columns are free text, which no learner finds groups in", "Add a column of numbers, dates or categories.");
            }
            return notLearnable(
                info, "all that there is to learn from is text, which this learner or network does not read",
                fmt::format(
                    "Choose the learner \"network\", with the network {} or an automatic one.",
                    info.task == Task::NextWord ? "lstm-language-model" : "lstm-classifier"));
        }
        return notLearnable(info, "no column is left to learn from", "Give at least one column the role \"feature\".");
    }
    if (info.task != Task::Classification || needs.form.isReconstruction) {
        return {};
    }
    std::vector<std::string> present;
    for (const ClassInfo& one : info.classes) {
        if (one.samples > 0) {
            present.push_back(one.name);
        }
    }
    if (present.empty()) {
        return notLearnable(info, "no sample has a label", "Name the column that holds the classes.");
    }
    if (present.size() == 1) {
        return notLearnable(
            info,
            fmt::format("all samples are of the one class \"{}\", so there is nothing to tell apart", present.front()),
            "Add samples of another class, or choose another target.");
    }
    return {};
}

std::vector<std::uint32_t> allOf(const Dataset& dataset)
{
    std::vector<std::uint32_t> samples(dataset.size());
    std::iota(samples.begin(), samples.end(), 0U);
    return samples;
}

/// With what a person corrected in it.
Result<std::unique_ptr<Dataset>> fixPart(std::unique_ptr<Dataset> dataset, const DataSpec& spec, const char* part)
{
    const auto fixes = spec.fixes.find(part);
    return fixes == spec.fixes.end() ? Result<std::unique_ptr<Dataset>>(std::move(dataset))
                                     : fixSamples(std::move(dataset), fixes->second);
}

Result<std::unique_ptr<Dataset>> openOther(
    const std::string& path, const char* part, const DataSpec& spec, const DatasetInfo& like, const DataFiles* files)
{
    OpenOptions options;
    options.files = files;
    options.target = like.target;
    options.task = taskName(like.task);
    options.columns = spec.columns;
    options.areDuplicatesSought = false;
    options.like = &like;
    auto dataset = openDataset(path, options);
    if (!dataset) {
        return std::move(dataset).error().withContext(std::string(part) + " data");
    }
    if (dataset.value()->size() == 0) {
        return notLearnable(dataset.value()->info(), std::string("the ") + part + " data holds no samples", {});
    }
    return fixPart(std::move(dataset).value(), spec, part);
}

/// The files for validation and test, prepared as the training data is.
Result<void> openOthers(RunData& data, const DataSpec& spec, const DataFiles* files)
{
    const DatasetInfo& info = data.training->info();
    if (!spec.validation.empty()) {
        TY_TRY(data.validation, openOther(spec.validation, "validation", spec, info, files));
    }
    if (!spec.test.empty()) {
        TY_TRY(data.test, openOther(spec.test, "test", spec, info, files));
    }
    return {};
}

/// Has the steps look at the training part alone, or use what they found before.
Result<void> prepareAnew(RunData& data, const Preparation* found)
{
    TY_TRY(auto prepared, data.training->preparedAnew({data.split.training, found}));
    if (prepared) {
        data.training = std::move(prepared);
    }
    return {};
}

/// Takes samples out of the training part that the files for validation and test hold too. Result: whether there were any.
Result<bool> leaveSharedOut(RunData& data)
{
    const std::size_t before = data.split.training.size();
    for (const Dataset* other : {data.validation.get(), data.test.get()}) {
        if (other == nullptr) {
            continue;
        }
        TY_TRY(const auto shared, samplesSharedWith(*data.training, *other, {}));
        std::erase_if(data.split.training, [&shared](std::uint32_t sample) {
            return std::binary_search(shared.begin(), shared.end(), sample);
        });
    }
    return data.split.training.size() < before && !data.split.training.empty() && data.training->info().preparation.findsInTable();
}

} // namespace

Result<RunData> RunData::open(const DataSpec& spec, const DataNeeds& needs, const DataFiles* files, const Preparation* found)
{
    RunData data;
    OpenOptions options;
    options.files = files;
    options.target = spec.target;
    options.task = spec.task;
    options.columns = spec.columns;
    options.repairs = spec.repairs;
    options.preparation = spec.preparation;
    options.areStepsFittedAgain = true;
    options.areRecordingsStretched = found != nullptr && found->last(StepKind::Crop) == nullptr;
    options.areDuplicatesSought = false;
    options.imageShape = needs.pictureShape;
    options.wordsPerSample = static_cast<int>(needs.form.words);
    TY_TRY(data.training, openDataset(spec.training, options));
    TY_TRY(data.training, fixPart(std::move(data.training), spec, "training"));
    const std::string fingerprint = data.training->info().fingerprint;
    if (!spec.fingerprint.empty() && spec.fingerprint != fingerprint) {
        return Error{
            ErrorKind::Conflict,
            fmt::format(
                "{}: the data has changed since the run was described (fingerprint {} instead of {})",
                data.training->info().path,
                fingerprint.substr(0, 8),
                spec.fingerprint.substr(0, 8)),
            "Bring the old data back, or make a new run with the data as it is now."};
    }
    TY_CHECK(checkLearnable(data.training->info(), needs));
    data.task = needs.form.isReconstruction ? Task::Reconstruction : data.training->info().task;
    auto split = splitDataset(
        *data.training, spec.split, !spec.validation.empty(), !spec.test.empty(), needs.form.isReconstruction);
    if (!split) {
        return std::move(split).error().withContext(data.training->info().path);
    }
    data.split = std::move(split).value();
    TY_CHECK(prepareAnew(data, found));
    TY_CHECK(openOthers(data, spec, files));
    if (spec.repairs.areSharedLeftOut) {
        TY_TRY(const bool isAnyShared, leaveSharedOut(data));
        if (isAnyShared) { // and were looked at by the steps
            TY_CHECK(prepareAnew(data, found));
            TY_CHECK(openOthers(data, spec, files));
        }
    }
    const DatasetInfo& info = data.training->info();
    data.unbalanced = data.split.training;
    if (const PrepareStep* balance = spec.preparation.last(StepKind::Balance)) {
        if (info.task != Task::Classification) {
            return notLearnable(
                info, info.task == Task::Grouping ? "without a target there are no classes to balance" : "a number is predicted, so there are no classes to balance",
                "Switch that step off.");
        }
        balanceClasses(*data.training, *balance, data.split.training);
    }
    if (data.split.training.empty()) {
        return notLearnable(info, "the split leaves no sample to train on", "Take a smaller part for validation and test.");
    }
    return data;
}

std::optional<DataPart> RunData::validationPart() const
{
    DataPart part{validation ? validation.get() : training.get(), validation ? allOf(*validation) : split.validation};
    return part.samples.empty() ? std::nullopt : std::optional<DataPart>(std::move(part));
}

std::optional<DataPart> RunData::testPart() const
{
    DataPart part{test ? test.get() : training.get(), test ? allOf(*test) : split.test};
    return part.samples.empty() ? std::nullopt : std::optional<DataPart>(std::move(part));
}

std::vector<std::string> unseenCategories(const RunData& data)
{
    std::vector<std::string> sentences;
    const auto& columns = data.training->info().columns;
    for (std::size_t c = 0; c < columns.size(); ++c) {
        const ColumnInfo& column = columns[c];
        if (column.role != ColumnRole::Feature || column.type != ColumnType::Category) {
            continue;
        }
        std::vector<bool> isSeen(column.categories.size(), false);
        const auto codes = data.training->categoryColumn(c);
        for (const std::uint32_t sample : codes.empty() ? std::vector<std::uint32_t>() : data.split.training) {
            if (codes[sample] >= 0) {
                isSeen[static_cast<std::size_t>(codes[sample])] = true;
            }
        }
        std::uint64_t rows = 0;
        std::string first;
        for (const auto& part : {data.validationPart(), data.testPart()}) {
            const auto here = part ? part->dataset->categoryColumn(c) : std::span<const std::int32_t>();
            for (const std::uint32_t sample : here.empty() ? std::vector<std::uint32_t>() : part->samples) {
                const auto code = static_cast<std::size_t>(here[sample]);
                if (here[sample] >= 0 && code < isSeen.size() && !isSeen[code]) {
                    first = ++rows == 1 ? column.categories[code] : first;
                }
            }
        }
        if (rows > 0) {
            sentences.push_back(fmt::format(
                "column \"{}\": {} for validation and test {} a category that no training row has, \"{}\" among them; it counts as missing",
                column.name, rows == 1 ? "1 row" : std::to_string(rows) + " rows", rows == 1 ? "holds" : "hold", first));
        }
    }
    return sentences;
}

Json RunData::toEvent() const
{
    const DatasetInfo& info = training->info();
    const auto sizeOf = [](const std::optional<DataPart>& part) { return part ? part->samples.size() : std::size_t{0}; };
    Json event{
        {"task", taskName(task)},
        {"samples",
         {{"training", split.training.size()}, {"validation", sizeOf(validationPart())}, {"test", sizeOf(testPart())}}}};
    if (task == Task::Classification) {
        Json classes = Json::array();
        for (const ClassInfo& one : info.classes) {
            classes.push_back(one.name);
        }
        event["classes"] = classes;
    } else if (task != Task::Reconstruction && task != Task::Grouping) {
        event["target"] = info.target;
    }
    const std::int64_t numbers = countFeatures(info);
    const std::int64_t features = numbers > 0 ? numbers : countFeatures(info, true);
    event["features"] = info.kind == DataKind::Image ? info.imageShape[0] * info.imageShape[1] * info.imageShape[2]
                                                     : features;
    event["inputShape"] = info.kind == DataKind::Image ? Json(info.imageShape) : Json::array({features});
    event["fingerprint"] = info.fingerprint;
    return event;
}

} // namespace ty::engine
