#include "engine/data/prepare/prepare_pictures.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace ty::engine {

namespace {

constexpr double kFewestAudioColumns = 64; // networks halve pictures again and again: short words are drawn finer
constexpr double kMostAudioColumns = 128;

/// One length for all recordings, and the size of their pictures with it: one scale of time for all.
void chooseLength(DatasetInfo& info, const OpenOptions& options, double usualSeconds)
{
    auto& steps = info.preparation.steps;
    auto crop = std::find_if(steps.rbegin(), steps.rend(), [](const PrepareStep& step) { return step.isEnabled && step.kind == StepKind::Crop; });
    if (crop == steps.rend()) {
        steps.push_back(PrepareStep::of(StepKind::Crop));
        steps.back().method = options.areRecordingsStretched ? "stretch" : steps.back().method;
        crop = steps.rbegin();
    }
    if (crop->method == "stretch") {
        return;
    }
    if (crop->seconds <= 0) {
        crop->seconds = usualSeconds;
    }
    info.areImagesSameSize = true;
    if (options.imageShape[0] == 0) {
        const double columns = std::clamp(crop->seconds / kAudioStepSeconds, kFewestAudioColumns, kMostAudioColumns);
        info.imageShape = {1, kAudioBands, 8 * static_cast<int>(std::lround(columns / 8))};
    }
}

} // namespace

Result<void> preparePictures(DatasetInfo& info, const OpenOptions& options, int ownChannels, double usualSeconds)
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
        const bool isOfRecordings = step.kind == StepKind::Resample || step.kind == StepKind::Crop;
        if (isOfRecordings && info.format != "recordings") {
            return Error{ErrorKind::InvalidInput, stepPlace(i, step.kind) + "the data has pictures, not recordings", {}};
        }
        if (!isOfRecordings && step.kind != StepKind::Resize && step.kind != StepKind::Balance &&
            step.kind != StepKind::DropDuplicates) {
            return Error{
                ErrorKind::InvalidInput, stepPlace(i, step.kind) + "the data has no columns",
                "Pictures can be resized, recordings resampled and cut, both balanced and freed of duplicates."};
        }
    }
    info.preparation = options.preparation;
    if (info.format == "recordings") {
        chooseLength(info, options, usualSeconds);
    }
    const PrepareStep* resize = options.preparation.last(StepKind::Resize);
    if (resize != nullptr && options.imageShape[0] == 0) {
        info.imageShape = {
            resize->colours == "grey" ? 1 : resize->colours == "colour" ? 3 : ownChannels, resize->height, resize->width};
    }
    return {};
}

AudioForm audioFormOf(const DatasetInfo& info)
{
    AudioForm form;
    if (const PrepareStep* resample = info.preparation.last(StepKind::Resample)) {
        form.rate = resample->rate;
    }
    // Models of earlier versions have no such step: their recordings are drawn out or squeezed.
    if (const PrepareStep* crop = info.preparation.last(StepKind::Crop); crop != nullptr && crop->method != "stretch") {
        form.part = crop->method == "beginning" ? AudioPart::Beginning : crop->method == "loudest" ? AudioPart::Loudest : AudioPart::Middle;
        form.seconds = crop->seconds;
    }
    return form;
}

} // namespace ty::engine
