#include "engine/learn/foreign_data.h"

#include <algorithm>
#include <utility>

namespace ty::engine {

Result<std::unique_ptr<Dataset>> openForTask(const std::string& path, const ForeignWords& words, const std::string& task)
{
    OpenOptions options;
    options.areDuplicatesSought = false;
    options.target = words.target;
    options.task = task;
    return openDataset(path, options);
}

Result<std::unique_ptr<Dataset>> openForOutputs(const std::string& path, const ForeignWords& words, std::int64_t outputs)
{
    TY_TRY(auto data, openForTask(path, words, outputs > 1 ? taskName(Task::Classification) : ""));
    const DatasetInfo& info = data->info();
    const bool areNumbers = info.kind == DataKind::Table && info.task == Task::Classification && info.classes.size() != 2;
    if (outputs != 1 || !areNumbers) {
        return data;
    }
    // One output cannot tell so many classes apart; if they are numbers, it may be those.
    auto asNumbers = openForTask(path, words, taskName(Task::Regression));
    return asNumbers ? std::move(asNumbers) : Result<std::unique_ptr<Dataset>>(std::move(data));
}

namespace {

/// The one column that is no input; empty: there is none, or several.
std::string columnLeftOver(const DatasetInfo& info, const std::vector<std::string>& inputs)
{
    std::vector<std::string> others;
    for (const ColumnInfo& column : info.columns) {
        if (std::find(inputs.begin(), inputs.end(), column.name) == inputs.end()) {
            others.push_back(column.name);
        }
    }
    return others.size() == 1 ? others.front() : std::string();
}

} // namespace

Result<std::unique_ptr<Dataset>> withoutGuess(
    Result<std::unique_ptr<Dataset>> opened, const std::string& path, const ForeignNetwork& network, const ForeignWords& words)
{
    const ForeignWords known = words.over(network.words);
    if (!words.target.empty()) {
        return opened;
    }
    if (opened) {
        const DatasetInfo& info = opened.value()->info();
        const bool isInput = std::find(known.columns.begin(), known.columns.end(), info.target) != known.columns.end();
        const bool isPossible = known.columns.empty() ? !doSamplesFit(network, words, *opened.value()) : isInput;
        if (info.kind != DataKind::Table || !isPossible) {
            return opened;
        }
        ForeignWords named = words;
        named.target = isInput ? columnLeftOver(info, known.columns) : std::string();
        if (!named.target.empty()) {
            auto judged = openForOutputs(path, named, network.end == OnnxOutput::Sigmoid ? 2 : network.outputs);
            if (judged && doSamplesFit(network, words, *judged.value())) {
                return judged;
            }
        }
    }
    auto bare = openForTask(path, words, taskName(Task::Grouping));
    const bool isTable = bare && bare.value()->info().kind == DataKind::Table;
    return isTable && doSamplesFit(network, words, *bare.value()) ? std::move(bare) : std::move(opened);
}

} // namespace ty::engine
