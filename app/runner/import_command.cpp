#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include "app/runner/commands.h"
#include "app/runner/data_location.h"
#include "app/runner/opened_model.h"
#include "engine/base/files.h"
#include "engine/tensor/tensor.h"

namespace ty::runner {

namespace {

using namespace ty::engine;

/// "3,224,224"
Result<Shape> shapeIn(std::string_view text)
{
    Shape shape;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        std::int64_t extent = 0;
        const auto [rest, failure] = std::from_chars(text.data(), text.data() + comma, extent);
        if (failure != std::errc{} || rest != text.data() + comma || extent < 1) {
            return Error{ErrorKind::Usage, "--input: whole numbers above 0 are expected", "Write for example --input 3,224,224."};
        }
        shape.push_back(extent);
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return shape;
}

/// What the model gives. A model that gives its samples again keeps the names of classes that it does not look at.
std::string describeOutput(const Json& model)
{
    const auto task = taskFromName(model.value("task", std::string())).value_or(Task::Regression);
    switch (task) {
    case Task::Classification:
        return fmt::format("{} classes", model["classes"].size());
    case Task::Grouping:
        return fmt::format("{} groups", model["classes"].size());
    case Task::Reconstruction:
        return "the picture again";
    case Task::NextWord:
        return "the next word";
    case Task::Regression:
        break;
    }
    return "the value of \"" + model.value("target", std::string()) + "\"";
}

std::string describe(const Json& model)
{
    const Json source = model.value("source", Json::object());
    const Json network = model.value("network", Json::object());
    std::string text = fmt::format("{} ({})\n", model.value("name", std::string()), source.value("format", std::string()));
    text += fmt::format("  {:<12} {} of {}\n", "input", model.value("kind", std::string()), model["input"].dump());
    text += fmt::format("  {:<12} {}\n", "output", describeOutput(model));
    text += fmt::format(
        "  {:<12} {}, {} parameters\n", "layers", network.value("layers", Json::array()).size(),
        model.value("parameters", std::int64_t{0}));
    return text + assumedText(source);
}

Result<void> run(const ImportOptions& options)
{
    if (!isNetworkFile(options.file)) {
        return pathExists(options.file)
            ? Error{ErrorKind::Unsupported, options.file + " is no network file that is known",
                    "Networks are read from .onnx and .safetensors files. Pickles (.pt, .pkl) can run programs of strangers and are "
                    "not read: export the model as ONNX where it was made."}
            : Error{ErrorKind::NotFound, options.file + ": there is no such file", {}};
    }
    ForeignOptions how;
    how.name = options.name;
    TY_TRY(how.words, foreignWordsOf(options.words));
    TY_TRY(how.input, shapeIn(options.input));
    TY_TRY(const std::string data, locateData(options.data));
    if (!options.out.empty() && pathExists(options.out)) {
        return Error{ErrorKind::AlreadyExists, options.out + " is there already", "Choose another folder with --out."};
    }
    TY_TRY(const auto model, openNetworkFile(options.file, data, how, "cpu"));
    Json report = describeModel(*model);
    if (!options.out.empty()) {
        TY_CHECK(model->save(options.out));
        report["folder"] = options.out;
    }
    return options.form == OutputForm::Json ? printJson(report) : printText(describe(report));
}

} // namespace

int importModel(const ImportOptions& options)
{
    const auto done = run(options);
    return done ? 0 : reportError(done.error(), options.form);
}

} // namespace ty::runner
