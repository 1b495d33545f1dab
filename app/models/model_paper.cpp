#include "app/models/model_paper.h"

#include <cmath>
#include <cstdint>
#include <fstream>
#include <map>

#include <QCoreApplication>

#include "app/models/run_format.h"

namespace ty::app {

namespace {

constexpr std::uint64_t kLongestHeader = std::uint64_t{1} << 26;

std::string textAt(const Json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Tensor name -> shape, from the header of a safetensors file; empty if there is none that can be read.
std::map<std::string, std::vector<std::int64_t>> tensorShapes(const std::string& file)
{
    std::map<std::string, std::vector<std::int64_t>> shapes;
    std::ifstream stream(file, std::ios::binary);
    unsigned char length[8] = {};
    if (!stream.read(reinterpret_cast<char*>(length), sizeof length)) {
        return shapes;
    }
    std::uint64_t bytes = 0;
    for (int i = 7; i >= 0; --i) {
        bytes = (bytes << 8) | length[i]; // little endian
    }
    if (bytes == 0 || bytes > kLongestHeader) {
        return shapes;
    }
    std::string text(bytes, ' ');
    if (!stream.read(text.data(), static_cast<std::streamsize>(bytes))) {
        return shapes;
    }
    const auto header = parseJson(text, file);
    if (!header || !header->is_object()) {
        return shapes;
    }
    for (const auto& [name, entry] : header->items()) {
        const auto shape = entry.is_object() ? entry.find("shape") : entry.end();
        if (!entry.is_object() || shape == entry.end() || !shape->is_array()) {
            continue;
        }
        for (const Json& extent : *shape) {
            shapes[name].push_back(extent.is_number_integer() ? extent.get<std::int64_t>() : 0);
        }
    }
    return shapes;
}

std::vector<LayerRow> layersOf(const Json& card, const std::string& folder)
{
    std::vector<LayerRow> rows;
    const auto network = card.find("network");
    if (network == card.end() || !network->is_object() || !network->contains("layers")) {
        return rows;
    }
    const auto shapes = tensorShapes(folder + "/weights.safetensors");
    for (const Json& layer : network->at("layers")) {
        LayerRow row;
        const std::string name = textAt(layer, "name");
        row.name = QString::fromStdString(name);
        row.type = QString::fromStdString(textAt(layer, "type"));
        QStringList settings;
        for (const auto& [key, value] : layer.items()) {
            if (key != "name" && key != "type") {
                settings << QString::fromStdString(key) + QLatin1Char(' ') + settingText(value);
            }
        }
        row.settings = settings.join(QStringLiteral(", "));
        for (const auto& [tensor, shape] : shapes) {
            if (tensor.rfind(name + ".", 0) != 0) {
                continue;
            }
            std::int64_t count = 1;
            QStringList extents;
            for (const std::int64_t extent : shape) {
                count *= extent;
                extents << QString::number(extent);
            }
            if (tensor.find(".running") == std::string::npos) {
                row.parameters += count; // running statistics are measured, not learned
            }
            if (tensor == name + ".weight") {
                row.weights = extents.join(QStringLiteral(" × "));
            }
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<InputColumn> columnsOf(const Json& card)
{
    std::vector<InputColumn> columns;
    const auto preprocessing = card.find("preprocessing");
    if (preprocessing == card.end() || !preprocessing->is_object()) {
        return columns;
    }
    std::map<std::string, double> means;
    if (const auto encoded = preprocessing->find("columns"); encoded != preprocessing->end() && encoded->is_array()) {
        for (const Json& column : *encoded) {
            if (column.contains("mean") && column["mean"].is_number()) {
                means[textAt(column, "name")] = column["mean"].get<double>();
            }
        }
    }
    const bool arePrepared = preprocessing->contains("rawColumns"); // what a person gives, before steps make other columns of it
    const auto source = preprocessing->find(arePrepared ? "rawColumns" : "sourceColumns");
    if (source == preprocessing->end() || !source->is_array()) {
        return columns;
    }
    for (const Json& column : *source) {
        if (textAt(column, "role") != "feature") {
            continue;
        }
        InputColumn input;
        const std::string name = textAt(column, "name");
        input.name = QString::fromStdString(name);
        input.type = QString::fromStdString(textAt(column, "type"));
        input.typical = means.contains(name) ? means.at(name) : std::nan("");
        if (column.contains("categories") && column["categories"].is_array()) {
            for (const Json& category : column["categories"]) {
                input.categories << QString::fromStdString(category.is_string() ? category.get<std::string>() : "");
            }
        }
        columns.push_back(std::move(input));
    }
    return columns;
}

} // namespace

QString assumedText(const Json& assumed)
{
    QStringList texts;
    for (const auto& [what, entry] : assumed.items()) {
        if (entry.is_object() && textAt(entry, "from") != "person") {
            texts << QString::fromStdString(textAt(entry, "text"));
        }
    }
    return texts.isEmpty()
        ? QString()
        : QCoreApplication::translate("ModelPaper", "Assumed: %1.").arg(texts.join(QStringLiteral("; ")));
}

Result<ModelPaper> ModelPaper::load(const std::string& folder)
{
    ModelPaper paper;
    TY_TRY(paper.card, readJsonFile(folder + "/model.json"));
    if (!paper.card.is_object()) {
        return Error{ErrorKind::InvalidInput, folder + "/model.json: must be an object", {}};
    }
    paper.task = QString::fromStdString(textAt(paper.card, "task"));
    paper.isImage = textAt(paper.card, "kind") == "image";
    if (const auto input = paper.card.find("input"); input != paper.card.end() && input->is_array()
        && input->size() == 3 && paper.isImage) {
        paper.channels = input->at(0).is_number_integer() ? input->at(0).get<int>() : 0;
        paper.height = input->at(1).is_number_integer() ? input->at(1).get<int>() : 0;
        paper.width = input->at(2).is_number_integer() ? input->at(2).get<int>() : 0;
    }
    if (const auto classes = paper.card.find("classes"); classes != paper.card.end() && classes->is_array()) {
        for (const Json& name : *classes) {
            paper.classes << QString::fromStdString(name.is_string() ? name.get<std::string>() : toJsonLine(name));
        }
    }
    paper.columns = columnsOf(paper.card);
    paper.layers = layersOf(paper.card, folder);
    return paper;
}

} // namespace ty::app
