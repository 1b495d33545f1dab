#include "app/runner/opened_model.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "app/runner/data_location.h"
#include "app/runner/messages.h"
#include "engine/base/files.h"
#include "engine/base/run_events.h"
#include "engine/learn/foreign_assumptions.h"
#include "engine/learn/foreign_package.h"

namespace ty::runner {

namespace {

/// `folder`, or the model's folder in the run's.
std::string packageIn(const std::string& folder)
{
    const std::string inside = RunFolder{folder}.modelFolder();
    const bool isRunFolder = !pathExists(folder + "/model.json") && pathExists(inside + "/model.json");
    return isRunFolder ? inside : folder;
}

/// "a,b,c", a name a line, or "@labels.txt" with a name a line.
Result<std::vector<std::string>> namesIn(const std::string& words)
{
    std::string text = words;
    const bool isFile = words.starts_with('@');
    if (isFile) {
        TY_TRY(text, readFile(words.substr(1)));
    }
    const char separator = isFile || text.find('\n') != std::string::npos ? '\n' : ',';
    std::vector<std::string> names;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find(separator, at), text.size());
        std::string name = text.substr(at, end - at);
        if (!name.empty() && name.back() == '\r') {
            name.pop_back();
        }
        names.push_back(std::move(name));
        at = end + 1;
    }
    return names;
}

} // namespace

Result<std::unique_ptr<engine::Model>> openModel(
    const std::string& folder, const std::string& device, const std::string& weights)
{
    if (engine::isNetworkFile(folder) && weights.empty()) {
        return engine::openNetworkFile(folder, {}, {}, device);
    }
    return engine::loadModel(packageIn(folder), device, weights);
}

Result<std::unique_ptr<engine::Model>> openModelAs(
    const std::string& folder, const engine::ForeignWords& words, const std::string& device)
{
    return engine::isNetworkFile(folder) ? engine::openNetworkFile(folder, {}, {words, {}, {}}, device)
                                         : engine::loadModelFor(packageIn(folder), {}, words, device);
}

Result<engine::ForeignWords> foreignWordsOf(const NetworkWords& words)
{
    auto pixels = engine::PixelUnits::parse(words.pixels);
    if (!pixels) {
        return std::move(pixels).error().withContext("--pixels");
    }
    TY_TRY(auto classes, namesIn(words.classes));
    TY_TRY(auto columns, namesIn(words.columns));
    return engine::ForeignWords{std::move(classes), std::move(columns), words.target, std::move(pixels).value()};
}

std::string assumedText(const Json& report)
{
    std::string text;
    for (const std::string& line : engine::assumptionLines(report.value("assumed", Json::object()))) {
        text += "assumed: " + line + "\n";
    }
    return text;
}

Result<OpenedModel> OpenedModel::open(
    const std::string& model, const std::string& data, const std::string& device, const engine::ForeignWords& words,
    const engine::DataFiles* files)
{
    OpenedModel opened;
    TY_TRY(const std::string path, locateData(data));
    if (engine::isNetworkFile(model)) {
        TY_TRY(opened.model, engine::openNetworkFile(model, path, {words, {}, {}}, device));
    } else {
        TY_TRY(opened.model, engine::loadModelFor(packageIn(model), path, words, device));
    }
    const engine::DatasetInfo expected = opened.model->encoder().expectedData();
    engine::OpenOptions reading;
    reading.like = &expected;
    reading.areDuplicatesSought = false;
    reading.files = files;
    {
        ReadingProgress progress(OutputForm::Text); // nobody reads it but a person
        reading.progress = [&progress](double done, const std::string& what) { progress.show(done, what); };
        TY_TRY(opened.data, engine::openDataset(path, reading));
    }
    TY_CHECK(opened.model->encoder().checkFits(*opened.data));
    return opened;
}

} // namespace ty::runner
