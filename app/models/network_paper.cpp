#include "app/models/network_paper.h"

#include <array>
#include <cstddef>
#include <map>

#include <QLocale>

namespace ty::app {

namespace {

constexpr auto kWhat = "network";

QString shapeText(const Json& shape)
{
    QStringList extents;
    for (const Json& extent : shape) {
        extents << QString::number(extent.is_number() ? extent.get<std::int64_t>() : 0);
    }
    return extents.join(QStringLiteral(" × "));
}

/// @param known  index of each layer so far
QList<int> inputsOf(const Json& layer, int index, const std::map<std::string, int>& known)
{
    const auto inputs = layer.find("inputs");
    if (inputs == layer.end() || !inputs->is_array()) {
        return {index - 1}; // the layer before, or the network's input
    }
    QList<int> before;
    for (const Json& name : *inputs) {
        const auto found = name.is_string() ? known.find(name.get<std::string>()) : known.end();
        before << (found == known.end() ? -1 : found->second);
    }
    return before;
}

Result<NetworkLayer> layerFrom(const Json& summary, const Json& layer, int index, const std::map<std::string, int>& known)
{
    NetworkLayer read;
    TY_TRY(const auto name, jsonField<std::string>(summary, "name", kWhat));
    TY_TRY(const auto type, jsonField<std::string>(summary, "type", kWhat));
    TY_TRY(const auto shape, jsonField<Json>(summary, "outputShape", kWhat));
    TY_TRY(read.parameters, jsonField<std::int64_t>(summary, "parameters", kWhat));
    TY_TRY(read.flops, jsonField<double>(summary, "flops", kWhat));
    TY_TRY(read.bytes, jsonField<std::int64_t>(summary, "activationBytes", kWhat));
    TY_TRY(read.isFrozen, jsonFieldOr<bool>(layer, "frozen", false, kWhat));
    read.name = QString::fromStdString(name);
    read.type = QString::fromStdString(type);
    read.shape = shapeText(shape);
    read.inputs = inputsOf(layer, index, known);
    return read;
}

} // namespace

Result<NetworkPaper> NetworkPaper::fromJson(const Json& description)
{
    NetworkPaper paper;
    TY_TRY(const Json network, jsonField<Json>(description, "network", kWhat));
    TY_TRY(const Json summary, jsonField<Json>(network, "summary", kWhat));
    TY_TRY(const Json layers, jsonField<Json>(network, "layers", kWhat));
    TY_TRY(const Json rows, jsonField<Json>(summary, "layers", kWhat));
    if (!layers.is_array() || !rows.is_array() || layers.size() != rows.size()) {
        return Error{ErrorKind::InvalidInput, "network: layers and their summary do not belong together", {}};
    }
    std::map<std::string, int> known;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const int index = static_cast<int>(i);
        TY_TRY(NetworkLayer layer, layerFrom(rows[i], layers[i], index, known));
        known[layer.name.toStdString()] = index;
        paper.frozenParameters += layer.isFrozen ? layer.parameters : 0;
        paper.layers.push_back(std::move(layer));
    }
    TY_TRY(const Json input, jsonField<Json>(network, "input", kWhat));
    paper.input = shapeText(input);
    TY_TRY(paper.parameters, jsonField<std::int64_t>(summary, "parameters", kWhat));
    TY_TRY(paper.flops, jsonField<double>(summary, "flops", kWhat));
    TY_TRY(paper.memoryBytes, jsonField<std::int64_t>(description, "memoryBytes", kWhat));
    TY_TRY(paper.batchSize, jsonField<std::int64_t>(description, "batchSize", kWhat));
    TY_TRY(paper.stepsPerEpoch, jsonField<std::int64_t>(description, "stepsPerEpoch", kWhat));
    TY_TRY(paper.epochs, jsonField<int>(description, "epochs", kWhat));
    TY_TRY(paper.secondsPerStep, jsonField<double>(description, "secondsPerStep", kWhat));
    TY_TRY(paper.secondsPerEpoch, jsonField<double>(description, "secondsPerEpoch", kWhat));
    TY_TRY(const auto device, jsonField<std::string>(description, "device", kWhat));
    paper.device = QString::fromStdString(device);
    TY_TRY(const auto changes, jsonFieldOr<Json>(description, "changes", Json::array(), kWhat));
    for (const Json& change : changes) {
        if (change.is_string()) {
            paper.changes << QString::fromStdString(change.get<std::string>());
        }
    }
    return paper;
}

QString flopsText(double flops)
{
    static constexpr std::array kUnits{"FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP"};
    if (flops <= 0) {
        return {};
    }
    std::size_t unit = 0;
    while (flops >= 1000 && unit + 1 < kUnits.size()) {
        flops /= 1000;
        ++unit;
    }
    const int decimals = unit == 0 || flops >= 100 ? 0 : flops >= 10 ? 1 : 2;
    return QLocale().toString(flops, 'f', decimals) + QLatin1Char(' ') + QLatin1String(kUnits.at(unit));
}

} // namespace ty::app
