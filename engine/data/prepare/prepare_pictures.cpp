#include "engine/data/prepare/prepare_pictures.h"

#include <fmt/format.h>

namespace ty::engine {

Result<void> preparePictures(DatasetInfo& info, const OpenOptions& options, int ownChannels)
{
    if (options.like != nullptr) {
        info.preparation = options.like->preparation;
        return {};
    }
    for (std::size_t i = 0; i < options.preparation.steps.size(); ++i) {
        const PrepareStep& step = options.preparation.steps[i];
        if (!step.isEnabled) {
            continue;
        }
        const bool isOfRecordings = step.kind == StepKind::Resample;
        if (isOfRecordings && info.format != "recordings") {
            return Error{ErrorKind::InvalidInput, stepPlace(i, step.kind) + "the data has pictures, not recordings", {}};
        }
        if (!isOfRecordings && step.kind != StepKind::Resize && step.kind != StepKind::Balance &&
            step.kind != StepKind::DropDuplicates) {
            return Error{
                ErrorKind::InvalidInput, stepPlace(i, step.kind) + "the data has no columns",
                "Pictures can be resized, recordings resampled, both balanced and freed of duplicates."};
        }
    }
    info.preparation = options.preparation;
    const PrepareStep* resize = options.preparation.last(StepKind::Resize);
    if (resize != nullptr && options.imageShape[0] == 0) {
        info.imageShape = {
            resize->colours == "grey" ? 1 : resize->colours == "colour" ? 3 : ownChannels, resize->height, resize->width};
    }
    return {};
}

int audioRateOf(const DatasetInfo& info)
{
    const PrepareStep* resample = info.preparation.last(StepKind::Resample);
    return resample == nullptr ? 0 : resample->rate;
}

} // namespace ty::engine
