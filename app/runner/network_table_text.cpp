#include "app/runner/network_table_text.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ty::runner {

namespace {

constexpr double kKibi = 1024;

/// "853,018".
std::string grouped(std::int64_t number)
{
    std::string text = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
        text.insert(static_cast<std::size_t>(at), 1, ',');
    }
    return text;
}

/// With a prefix and three digits: "1.27 GFLOP".
std::string scaled(double value, double step, const std::array<const char*, 5>& units)
{
    std::size_t unit = 0;
    while (value >= step && unit + 1 < units.size()) {
        value /= step;
        ++unit;
    }
    const std::string number = unit == 0 || value >= 100 ? fmt::format("{:.0f}", value) : fmt::format("{:.3g}", value);
    return number + " " + units[unit];
}

std::string bytesText(double bytes)
{
    return scaled(bytes, kKibi, {"B", "KiB", "MiB", "GiB", "TiB"});
}

std::string flopsText(double flops)
{
    return flops == 0 ? std::string("-") : scaled(flops, 1000, {"FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP"});
}

std::string timeText(double seconds)
{
    if (seconds < 1) {
        return fmt::format("{:.3g} ms", seconds * 1000);
    }
    if (seconds < 120) {
        return fmt::format("{:.3g} s", seconds);
    }
    return seconds < 7200 ? fmt::format("{:.3g} min", seconds / 60) : fmt::format("{:.3g} h", seconds / 3600);
}

std::string shapeText(const Json& shape)
{
    std::string text;
    for (const Json& extent : shape) {
        text += (text.empty() ? "" : " x ") + extent.dump();
    }
    return text;
}

} // namespace

std::string networkTable(const Json& description)
{
    const Json& network = description.at("network");
    const Json& summary = network.at("summary");
    std::size_t nameWidth = 8;
    for (const Json& layer : summary.at("layers")) {
        nameWidth = std::max(nameWidth, layer.at("name").get<std::string>().size());
    }
    std::string text = fmt::format(
        "{:<{}}  {:<20} {:<16} {:>13} {:>12} {:>10}\n", "layer", nameWidth, "type", "output", "parameters", "forward",
        "memory");
    text += fmt::format("{:<{}}  {:<20} {:<16}\n", "input", nameWidth, "", shapeText(network.at("input")));
    std::size_t row = 0;
    std::int64_t frozen = 0;
    for (const Json& layer : summary.at("layers")) {
        const bool isFrozen = network.at("layers").at(row++).value("frozen", false);
        const auto parameters = layer.at("parameters").get<std::int64_t>();
        frozen += isFrozen ? parameters : 0;
        text += fmt::format(
            "{:<{}}  {:<20} {:<16} {:>13} {:>12} {:>10}\n",
            layer.at("name").get<std::string>(),
            nameWidth,
            layer.at("type").get<std::string>() + (isFrozen ? " (frozen)" : ""),
            shapeText(layer.at("outputShape")),
            parameters > 0 ? grouped(parameters) : "-",
            flopsText(layer.at("flops").get<double>()),
            bytesText(layer.at("activationBytes").get<double>()));
    }
    text += "Forward work and memory are those of one sample.\n\n";
    for (const Json& change : description.at("changes")) {
        text += "Adapted:       " + change.get<std::string>() + "\n";
    }
    const double perEpoch = description.at("secondsPerEpoch").get<double>();
    const int epochs = description.at("epochs").get<int>();
    text += fmt::format("Parameters:    {}", grouped(summary.at("parameters").get<std::int64_t>()));
    text += frozen > 0 ? fmt::format(", {} of them frozen\n", grouped(frozen)) : "\n";
    text += fmt::format("Forward work:  {} a sample\n", flopsText(summary.at("flops").get<double>()));
    text += fmt::format(
        "Batch:         {} samples, {} steps an epoch\n", description.at("batchSize").get<std::int64_t>(),
        description.at("stepsPerEpoch").get<std::int64_t>());
    text += fmt::format(
        "Memory:        {} for weights, gradients, optimizer, a step and a checkpoint; samples that are kept in memory come on top\n",
        bytesText(description.at("memoryBytes").get<double>()));
    text += fmt::format(
        "Time:          {} a step, {} an epoch, {} for {} epochs; measured without reading data\n",
        timeText(description.at("secondsPerStep").get<double>()), timeText(perEpoch), timeText(perEpoch * epochs), epochs);
    return text + "Device:        " + description.at("device").get<std::string>() + "\n";
}

} // namespace ty::runner
