#include "engine/learn/model_package.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include <fmt/format.h>

#include "engine/base/files.h"
#include "engine/base/run_events.h"
#include "engine/learn/learner.h"

namespace ty::engine {

namespace {

constexpr int kFormatVersion = 1;

Json signatureOf(const Encoder& encoder)
{
    Json inputs = Json::array();
    if (encoder.kind() == DataKind::Image) {
        const auto& shape = encoder.inputShape();
        inputs.push_back({{"name", "image"}, {"type", "uint8"}, {"shape", {"samples", shape[0], shape[1], shape[2]}}});
    } else if (encoder.areColumnsPrepared()) {
        for (const ColumnInfo& column : encoder.columnsToRead()) {
            if (column.role == ColumnRole::Feature) {
                inputs.push_back({{"name", column.name}, {"type", columnTypeName(column.type)}});
            }
        }
    } else {
        for (const EncodedColumn& column : encoder.columns()) {
            Json input{{"name", column.name}, {"type", columnTypeName(column.sourceType)}};
            if (column.kind == EncodedColumn::Kind::OneHot) {
                input["categories"] = column.categories;
            }
            inputs.push_back(input);
        }
    }
    Json outputs = Json::array();
    if (encoder.areAnswersNames()) {
        outputs.push_back(
            {{"name", "probabilities"}, {"type", "float32"}, {"shape", {"samples", encoder.classes().size()}}});
        outputs.push_back({{"name", "label"}, {"type", "string"}, {"shape", {"samples"}}});
    } else if (encoder.task() == Task::Reconstruction) {
        outputs.push_back({{"name", "reconstruction"}, {"type", "float32"}, {"shape", {"samples", encoder.inputSize()}}});
    } else if (encoder.task() == Task::NextWord) {
        outputs.push_back(
            {{"name", "probabilities"},
             {"type", "float32"},
             {"shape", {"samples", encoder.inputSize(), encoder.vocabulary().size()}}});
    } else {
        outputs.push_back({{"name", "value"}, {"type", "float32"}, {"shape", {"samples"}}, {"target", encoder.targetName()}});
    }
    return {{"inputs", inputs}, {"outputs", outputs}};
}

std::string labelLines(const Encoder& encoder)
{
    std::string text;
    for (const std::string& name : encoder.classes()) {
        text += name + "\n";
    }
    return text;
}

void appendMetricLines(std::string& text, const std::string& part, const Json& metrics)
{
    if (!metrics.is_object()) {
        return;
    }
    text += "\n### " + part + "\n\n| metric | value |\n| --- | --- |\n";
    for (const auto& [name, value] : metrics.items()) {
        text += "| " + name + " | " + (value.is_number() ? fmt::format("{:.4g}", value.get<double>()) : "-") + " |\n";
    }
}

Result<void> writePackageFiles(
    const std::string& folder,
    const Json& card,
    const Encoder& encoder,
    const std::function<Result<void>(const std::string&)>& writeWeights)
{
    TY_CHECK(makeFolders(folder));
    TY_CHECK(writeWeights(folder));
    TY_CHECK(writeFileAtomically(folder + "/labels.txt", labelLines(encoder)));
    TY_CHECK(writeJsonFile(folder + "/signature.json", signatureOf(encoder)));
    TY_CHECK(writeFileAtomically(folder + "/model_card.md", modelCardText(card)));
    return writeJsonFile(folder + "/model.json", card);
}

} // namespace

Json makeModelCard(const ModelOrigin& origin, const Encoder& encoder)
{
    Json card{
        {"format", kFormatVersion},
        {"program", "trainyard"},
        {"learner", origin.learner},
        {"task", taskName(encoder.task())},
        {"kind", dataKindName(encoder.kind())},
        {"input", encoder.inputShape()}};
    if (encoder.areAnswersNames()) {
        card["classes"] = encoder.classes();
    }
    card["target"] = encoder.targetName();
    card["run"] = origin.run;
    card["created"] = utcNow();
    card["device"] = origin.device;
    card["seed"] = origin.seed;
    card["data"] = {{"fingerprint", origin.fingerprint}};
    card["settings"] = origin.settings;
    card["metrics"] = nullptr;
    card["preprocessing"] = encoder.toJson();
    return card;
}

Json cardOf(const Model& model)
{
    Json card = model.card();
    card["exports"] = model.exportFormats();
    return card;
}

std::string modelCardText(const Json& card)
{
    const auto text = [&](const char* key) { return card.contains(key) && card[key].is_string() ? card[key].get<std::string>() : ""; };
    std::string lines = "# " + (text("run").empty() ? std::string("Model") : text("run")) + "\n\n";
    const Json source = card.value("source", Json());
    lines += fmt::format("A {} model for {} data, ", text("task"), text("kind"));
    lines += source.is_object() ? fmt::format("imported by Trainyard from {}.\n\n", source.value("file", std::string("a file")))
                                : fmt::format("trained by Trainyard with the learner \"{}\".\n\n", text("learner"));
    lines += "- Created: " + text("created") + "\n";
    lines += text("target").empty() ? "- Without a target: it tells groups of similar rows\n" : "- Target: " + text("target") + "\n";
    if (card.contains("parameters")) {
        lines += "- Learned parameters: " + card["parameters"].dump() + "\n";
    }
    if (card.contains("classes")) {
        lines += text("target").empty() ? "- Groups:" : "- Classes:";
        for (const Json& name : card["classes"]) {
            lines += " " + name.get<std::string>() + ";";
        }
        lines += "\n";
    }
    if (card.contains("data") && card["data"].contains("fingerprint")) {
        lines += "- Fingerprint of the training data (SHA-256): " + card["data"]["fingerprint"].get<std::string>() + "\n";
    }
    lines += "\n## Measured\n";
    const Json metrics = card.value("metrics", Json(nullptr));
    if (metrics.is_object()) {
        for (const auto& [part, values] : metrics.items()) {
            appendMetricLines(lines, part, values);
        }
    } else {
        lines += "\nNot evaluated yet.\n";
    }
    lines += "\n## Files\n\n- `model.json`: network, preprocessing, settings and metrics\n"
             "- `weights.safetensors`: learned parameters\n- `labels.txt`: class names in index order\n"
             "- `signature.json`: inputs and outputs\n";
    return lines;
}

Result<void> writeModelPackage(
    const std::string& folder,
    const Json& card,
    const Encoder& encoder,
    const std::function<Result<void>(const std::string& folder)>& writeWeights)
{
    const std::string fresh = folder + ".new";
    const std::string old = folder + ".old";
    TY_CHECK(removeTree(fresh));
    if (auto written = writePackageFiles(fresh, card, encoder, writeWeights); !written) {
        (void)removeTree(fresh);
        return written;
    }
    TY_CHECK(removeTree(old));
    if (pathExists(folder) && std::rename(folder.c_str(), old.c_str()) != 0) {
        return errnoError(errno, "cannot replace", folder);
    }
    if (std::rename(fresh.c_str(), folder.c_str()) != 0) {
        return errnoError(errno, "cannot write", folder);
    }
    TY_CHECK(removeTree(old));
    return syncFolder(std::filesystem::absolute(folder).parent_path().string());
}

Result<void> addModelMetrics(const std::string& folder, const Json& metrics, const Json& baseline)
{
    TY_TRY(Json card, readJsonFile(folder + "/model.json"));
    card["metrics"] = metrics;
    if (!baseline.is_null()) {
        card["baseline"] = baseline;
    }
    TY_CHECK(writeFileAtomically(folder + "/model_card.md", modelCardText(card)));
    return writeJsonFile(folder + "/model.json", card);
}

} // namespace ty::engine
