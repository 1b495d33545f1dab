#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "app/runner/commands.h"
#include "app/runner/opened_model.h"
#include "app/runner/single_sample.h"
#include "engine/base/base64.h"

namespace ty::runner {

namespace {

using namespace ty::engine;

constexpr std::size_t kMostWords = 10; ///< that are told of those that may come next

Result<void> fill(SingleSample& sample, const Json& question)
{
    const std::string what = "question";
    if (question.contains("row")) {
        return sample.setRow(question["row"]);
    }
    if (question.contains("file")) {
        TY_TRY(const std::string file, jsonField<std::string>(question, "file", what));
        return sample.setImageFile(file);
    }
    if (question.contains("image")) {
        const Json& image = question["image"];
        TY_TRY(const int width, jsonField<int>(image, "width", "image"));
        TY_TRY(const int height, jsonField<int>(image, "height", "image"));
        TY_TRY(const int channels, jsonFieldOr<int>(image, "channels", 1, "image"));
        TY_TRY(const std::string data, jsonField<std::string>(image, "data", "image"));
        auto bytes = decodeBase64(data);
        if (!bytes) {
            return std::move(bytes).error().withContext("\"data\"");
        }
        const auto* first = reinterpret_cast<const std::uint8_t*>(bytes->data());
        return sample.setPixels(width, height, channels, {first, first + bytes->size()});
    }
    return Error{ErrorKind::InvalidInput, "a question needs \"row\", \"image\" or \"file\"", {}};
}

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

Result<Json> answer(Model& model, SingleSample& sample, const Json& question)
{
    TY_CHECK(fill(sample, question));
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
    const auto best = static_cast<std::size_t>(std::max_element(shares.begin(), shares.end()) - shares.begin());
    Json probabilities = Json::object();
    for (const std::size_t i : order) {
        probabilities[names[i]] = shares.at(i);
    }
    return Json{{"prediction", names[best]}, {"probabilities", probabilities}};
}

Json answerLine(Model& model, SingleSample& sample, const std::string& line)
{
    Json reply = Json::object();
    auto question = parseJson(line, "question");
    if (question && !question.value().is_object()) {
        question = Error{ErrorKind::InvalidInput, "a question must be an object", {}};
    }
    reply["id"] = question && question.value().contains("id") ? question.value()["id"] : Json(nullptr);
    auto result = question ? answer(model, sample, question.value()) : std::move(question);
    if (result) {
        reply.update(result.value());
    } else {
        const Error& error = result.error();
        reply["error"]
            = {{"kind", errorKindName(error.kind)}, {"message", error.message}, {"advice", error.advice}};
    }
    return reply;
}

} // namespace

int predictStream(const PredictOptions& options)
{
    auto model = openModel(options.model, options.device);
    if (!model) {
        return reportError(model.error(), OutputForm::Json);
    }
    SingleSample sample(model.value()->encoder().expectedData());
    for (std::string line; std::getline(std::cin, line);) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) {
            continue;
        }
        const Json reply = answerLine(*model.value(), sample, line);
        if (auto told = printText(toJsonLine(reply) + "\n"); !told) {
            return 0; // nobody asks any more
        }
    }
    return 0;
}

} // namespace ty::runner
