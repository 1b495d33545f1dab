#include <iostream>
#include <string>

#include "app/runner/commands.h"
#include "app/runner/model_answer.h"
#include "app/runner/opened_model.h"
#include "app/runner/single_sample.h"
#include "engine/base/base64.h"

namespace ty::runner {

namespace {

using namespace ty::engine;

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

Result<Json> answer(
    Model& model, SingleSample& sample, const std::optional<DecisionThreshold>& threshold, const Json& question)
{
    TY_CHECK(fill(sample, question));
    return answerOf(model, sample, threshold);
}

Json answerLine(
    Model& model, SingleSample& sample, const std::optional<DecisionThreshold>& threshold, const std::string& line)
{
    Json reply = Json::object();
    auto question = parseJson(line, "question");
    if (question && !question.value().is_object()) {
        question = Error{ErrorKind::InvalidInput, "a question must be an object", {}};
    }
    reply["id"] = question && question.value().contains("id") ? question.value()["id"] : Json(nullptr);
    auto result = question ? answer(model, sample, threshold, question.value()) : std::move(question);
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
    const auto words = foreignWordsOf(options.words);
    if (!words) {
        return reportError(words.error(), OutputForm::Json);
    }
    auto model = openModelAs(options.model, words.value(), options.device);
    if (!model) {
        return reportError(model.error(), OutputForm::Json);
    }
    std::optional<DecisionThreshold> threshold;
    if (!options.threshold.empty()) {
        auto parsed = parseThreshold(options.threshold, model.value()->encoder());
        if (!parsed) {
            return reportError({ErrorKind::Usage, parsed.error().message, parsed.error().advice}, OutputForm::Json);
        }
        threshold = parsed.value();
    }
    SingleSample sample(model.value()->encoder().expectedData());
    for (std::string line; std::getline(std::cin, line);) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) {
            continue;
        }
        const Json reply = answerLine(*model.value(), sample, threshold, line);
        if (auto told = printText(toJsonLine(reply) + "\n"); !told) {
            return 0; // nobody asks any more
        }
    }
    return 0;
}

} // namespace ty::runner
