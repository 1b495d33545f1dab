#include <algorithm>
#include <iterator>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include "engine/base/csv_field.h"
#include "engine/base/files.h"
#include "engine/learn/evaluation.h"
#include "engine/learn/learner.h"
#include "engine/train/metrics.h"

namespace ty::engine {

namespace {

constexpr std::uint64_t kChunk = 4096;

} // namespace

Result<std::uint64_t> predictToCsv(Model& model, const Dataset& dataset, const std::string& file)
{
    const Encoder& encoder = model.encoder();
    TY_CHECK(encoder.checkFits(dataset));
    std::string text = "id,prediction";
    for (const std::string& name : encoder.classes()) {
        text += "," + csvField("probability " + name);
    }
    text += "\n";
    for (std::uint64_t first = 0; first < dataset.size(); first += kChunk) {
        std::vector<std::uint32_t> samples(std::min(kChunk, dataset.size() - first));
        std::iota(samples.begin(), samples.end(), static_cast<std::uint32_t>(first));
        TY_TRY(const Predictions predictions, model.predict(dataset, samples));
        for (std::size_t i = 0; i < samples.size(); ++i) {
            text += csvField(dataset.sampleId(samples[i]));
            if (encoder.task() == Task::Regression) {
                fmt::format_to(std::back_inserter(text), ",{:.9g}\n", predictions.values[i]);
                continue;
            }
            const std::size_t classes = encoder.classes().size();
            const auto row = std::span(predictions.probabilities).subspan(i * classes, classes);
            text += "," + csvField(encoder.classes()[largestIndex(row)]);
            for (const float probability : row) {
                fmt::format_to(std::back_inserter(text), ",{:.6g}", probability);
            }
            text += "\n";
        }
    }
    TY_CHECK(writeFileAtomically(file, text));
    return dataset.size();
}

} // namespace ty::engine
