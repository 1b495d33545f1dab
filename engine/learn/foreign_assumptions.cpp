#include "engine/learn/foreign_assumptions.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "engine/data/table_roles.h"

namespace ty::engine {

namespace {

/// So that a sentence is still true when the model meets other data.
std::string inBrackets(const std::string& data)
{
    return data.empty() ? "" : " (" + data + ")";
}

} // namespace

std::string namesInText(const std::vector<std::string>& names)
{
    constexpr std::size_t kMost = 6;
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < kMost; ++i) {
        text += (i == 0 ? "" : ", ") + names[i];
    }
    return names.size() > kMost ? text + fmt::format(" and {} more", names.size() - kMost) : text;
}

std::string namesInText(const std::vector<EncodedColumn>& inputs)
{
    std::vector<std::string> names;
    for (const EncodedColumn& column : inputs) {
        const bool isOneHot = column.kind == EncodedColumn::Kind::OneHot;
        names.push_back(isOneHot ? column.name + " (" + namesInText(column.categories) + ")" : column.name);
    }
    return namesInText(names);
}

ChosenNames chosenNames(
    const std::vector<std::string>& person, const std::vector<std::string>& file, const std::vector<std::string>& other, const char* from)
{
    return !person.empty() ? ChosenNames{person, "person"} : !file.empty() ? ChosenNames{file, "file"} : ChosenNames{other, from};
}

Json assumption(Json value, const std::string& from, const std::string& text)
{
    return {{"value", std::move(value)}, {"from", from}, {"text", text}};
}

void assumePixels(Json& assumed, const ForeignNetwork& network, const ForeignWords& words)
{
    const PixelUnits units = words.over(network.words).pixels;
    const char* from = !words.pixels.said.empty() ? "person" : !network.words.pixels.said.empty() ? "file" : "nobody";
    assumed["pixels"] = assumption(units.text(), from, "pixels of 0 to 255 are given as " + units.text());
}

void assumeColumns(Json& assumed, const ChosenNames& columns, const std::string& inputs, const std::string& data)
{
    const std::string text = columns.from == "data" ? "inputs are the columns of the data" + inBrackets(data) + " in their order: " + inputs
        : columns.from == "nobody"                  ? "inputs are called " + inputs + "; a table's columns are taken in their order"
                                                    : "inputs are the columns " + inputs;
    assumed["columns"] = assumption(columns.names, columns.from, text);
}

void assumeClasses(Json& assumed, const ChosenNames& classes, const std::string& data)
{
    const std::string from = classes.from;
    const std::string text = from == "data" ? "classes are in the order of the data's" + inBrackets(data) + ": "
        : from == "file"                    ? "classes as the file names them: "
        : from == "nobody"                  ? "classes are called "
                                            : "classes: ";
    assumed["classes"] = assumption(classes.names, from, text + namesInText(classes.names));
}

void assumeTarget(Json& assumed, const DatasetInfo& info, bool isSaid)
{
    assumed["target"] = isSaid
        ? assumption(info.target, "person", fmt::format("the column to predict is \"{}\"", info.target))
        : assumption(info.target, "data", fmt::format("the column to predict is \"{}\", {}", info.target, describeTargetGuess(info)));
}

void assumeOutputs(Json& assumed, const ForeignNetwork& network, Task task)
{
    if (!network.otherOutputs.empty()) {
        assumed["output"] = assumption(
            network.outputName, "nobody",
            fmt::format("of the file's outputs \"{}\" is taken, left out: {}", network.outputName, namesInText(network.otherOutputs)));
    }
    if (network.end != OnnxOutput::Values) {
        return; // the file says what they are
    }
    assumed["outputs"] = task == Task::Regression
        ? assumption("value", "nobody", "its output is the value itself, in the unit of the data")
        : assumption("scores", "nobody", "its outputs are scores of classes, before a softmax");
}

std::vector<std::string> assumptionLines(const Json& assumed)
{
    constexpr std::array<std::pair<const char*, const char*>, 7> kOptions{
        {{"pixels", " (--pixels)"}, {"columns", " (--columns)"}, {"missing", ""}, {"target", " (--target)"}, {"classes", " (--classes)"},
         {"output", ""}, {"outputs", ""}}};
    std::vector<std::string> lines;
    for (const auto& [key, option] : kOptions) {
        const Json entry = assumed.value(key, Json::object());
        if (entry.is_object() && !entry.empty() && entry.value("from", std::string()) != "person") {
            lines.push_back(entry.value("text", std::string()) + option);
        }
    }
    return lines;
}

} // namespace ty::engine
