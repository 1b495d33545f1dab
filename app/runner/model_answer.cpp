#include "app/runner/model_answer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "engine/base/base64.h"
#include "engine/learn/group_facts.h"

namespace ty::runner {

using namespace ty::engine;

namespace {

constexpr std::size_t kMostWords = 10; ///< that are told of those that may come next

/// {C, H, W} from 0 to 1, in the form in which a question has a picture.
Json pictureOf(std::span<const float> pixels, const std::vector<std::int64_t>& shape)
{
    const auto channels = static_cast<std::size_t>(shape[0]);
    const std::size_t plane = pixels.size() / channels;
    std::string bytes;
    bytes.reserve(pixels.size());
    for (std::size_t i = 0; i < plane; ++i) {
        for (std::size_t c = 0; c < channels; ++c) {
            const float value = pixels[c * plane + i];
            bytes.push_back(static_cast<char>(static_cast<std::uint8_t>(
                value >= 0 ? std::lround(255.0F * std::min(value, 1.0F)) : 0))); // also for what is no number
        }
    }
    return {{"width", shape[2]}, {"height", shape[1]}, {"channels", shape[0]}, {"data", encodeBase64(bytes)}};
}

} // namespace

Result<Json> answerOf(Model& model, const Dataset& sample, const std::optional<DecisionThreshold>& threshold)
{
    constexpr std::array<std::uint32_t, 1> kFirst = {0};
    TY_TRY(const Predictions predictions, model.predict(sample, kFirst));
    const Encoder& encoder = model.encoder();
    if (encoder.task() == Task::Regression || encoder.task() == Task::Reconstruction) {
        Json reply{{"prediction", predictions.values.at(0)}, {"value", predictions.values.at(0)}};
        if (encoder.task() == Task::Reconstruction) {
            TY_TRY(const std::vector<float> pixels, model.reconstruct(sample, kFirst[0]));
            reply["reconstruction"] = pictureOf(pixels, encoder.inputShape());
        }
        return reply;
    }
    const auto& shares = predictions.probabilities;
    const auto& names = encoder.task() == Task::NextWord ? encoder.vocabulary() : encoder.classes();
    std::vector<std::size_t> order(names.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (encoder.task() == Task::NextWord) { // nobody reads a probability for each of ten thousand
        const std::size_t count = std::min(order.size(), kMostWords);
        const auto middle = order.begin() + static_cast<std::ptrdiff_t>(count);
        std::partial_sort(order.begin(), middle, order.end(), [&](std::size_t a, std::size_t b) {
            return shares.at(a) > shares.at(b);
        });
        order.resize(count);
    }
    auto best = static_cast<std::size_t>(std::max_element(shares.begin(), shares.end()) - shares.begin());
    if (encoder.areAnswersNames()) {
        TY_TRY(const auto kept, thresholdOf(model.card(), encoder));
        best = decide(shares, threshold ? threshold : kept);
    }
    if (encoder.task() == Task::Grouping && !areGroupsByParts(model.card())) {
        return Json{{"prediction", names[best]}}; // wholly, which says nothing of how sure it is
    }
    Json probabilities = Json::object();
    for (const std::size_t i : order) {
        probabilities[names[i]] = shares.at(i);
    }
    return Json{{"prediction", names[best]}, {"probabilities", probabilities}};
}

} // namespace ty::runner
