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
    }
    auto bare = openForTask(path, words, taskName(Task::Grouping));
    const bool isTable = bare && bare.value()->info().kind == DataKind::Table;
    return isTable && doSamplesFit(network, words, *bare.value()) ? std::move(bare) : std::move(opened);
}

} // namespace ty::engine
