#include "app/runner/opened_model.h"

#include <algorithm>
#include <utility>

#include "app/runner/data_location.h"
#include "app/runner/messages.h"
#include "engine/base/files.h"
#include "engine/base/run_events.h"

namespace ty::runner {

Result<std::unique_ptr<engine::Model>> openModel(
    const std::string& folder, const std::string& device, const std::string& weights)
{
    if (engine::isOnnxFile(folder) && weights.empty()) {
        return engine::openOnnxModel(folder, {}, {}, device);
    }
    const std::string inside = RunFolder{folder}.modelFolder();
    const bool isRunFolder = !pathExists(folder + "/model.json") && pathExists(inside + "/model.json");
    return engine::loadModel(isRunFolder ? inside : folder, device, weights);
}

Result<engine::OnnxModelOptions> onnxOptionsOf(const OnnxWords& words)
{
    engine::OnnxModelOptions options;
    auto pixels = engine::PixelUnits::parse(words.pixels);
    if (!pixels) {
        return std::move(pixels).error().withContext("--pixels");
    }
    options.pixels = std::move(pixels).value();
    for (std::size_t at = 0; at < words.classes.size();) {
        const auto end = std::min(words.classes.find(',', at), words.classes.size());
        options.classes.push_back(words.classes.substr(at, end - at));
        at = end + 1;
    }
    return options;
}

Result<OpenedModel> OpenedModel::open(
    const std::string& model, const std::string& data, const std::string& device, const engine::OnnxModelOptions& options)
{
    OpenedModel opened;
    TY_TRY(const std::string path, locateData(data));
    if (engine::isOnnxFile(model)) {
        TY_TRY(opened.model, engine::openOnnxModel(model, path, options, device));
    } else {
        TY_TRY(opened.model, openModel(model, device));
    }
    const engine::DatasetInfo expected = opened.model->encoder().expectedData();
    engine::OpenOptions reading;
    reading.like = &expected;
    reading.areDuplicatesSought = false;
    {
        ReadingProgress progress(OutputForm::Text); // nobody reads it but a person
        reading.progress = [&progress](double done, const std::string& what) { progress.show(done, what); };
        TY_TRY(opened.data, engine::openDataset(path, reading));
    }
    TY_CHECK(opened.model->encoder().checkFits(*opened.data));
    return opened;
}

} // namespace ty::runner
