#include "app/runner/opened_model.h"

#include "app/runner/data_location.h"
#include "app/runner/messages.h"
#include "engine/base/files.h"
#include "engine/base/run_events.h"

namespace ty::runner {

Result<std::unique_ptr<engine::Model>> openModel(
    const std::string& folder, const std::string& device, const std::string& weights)
{
    const std::string inside = RunFolder{folder}.modelFolder();
    const bool isRunFolder = !pathExists(folder + "/model.json") && pathExists(inside + "/model.json");
    return engine::loadModel(isRunFolder ? inside : folder, device, weights);
}

Result<OpenedModel> OpenedModel::open(
    const std::string& modelFolder, const std::string& data, const std::string& device)
{
    OpenedModel opened;
    TY_TRY(opened.model, openModel(modelFolder, device));
    const engine::DatasetInfo expected = opened.model->encoder().expectedData();
    TY_TRY(const std::string path, locateData(data));
    engine::OpenOptions options;
    options.like = &expected;
    options.areDuplicatesSought = false;
    {
        ReadingProgress progress(OutputForm::Text); // nobody reads it but a person
        options.progress = [&progress](double done, const std::string& what) { progress.show(done, what); };
        TY_TRY(opened.data, engine::openDataset(path, options));
    }
    TY_CHECK(opened.model->encoder().checkFits(*opened.data));
    return opened;
}

} // namespace ty::runner
