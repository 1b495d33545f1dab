#include "app/cli/output.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include <fmt/format.h>

namespace ty::cli {

namespace {

std::size_t characters(const std::string& text)
{
    // UTF-8: bytes that continue a character begin with the bits 10.
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

std::string joined(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths)
{
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        line += cells[i];
        if (i + 1 < cells.size()) {
            line += std::string(widths[i] - characters(cells[i]) + 2, ' ');
        }
    }
    return line + "\n";
}

} // namespace

int reportError(const Error& error, OutputForm form)
{
    if (form == OutputForm::Json) {
        printText(
            toJsonLine(
                {{"error",
                  {{"kind", errorKindName(error.kind)}, {"message", error.message}, {"advice", error.advice}}}})
            + "\n");
    }
    std::fprintf(stderr, "error: %s\n", error.message.c_str());
    if (!error.advice.empty()) {
        std::fprintf(stderr, "       %s\n", error.advice.c_str());
    }
    return exitCode(error.kind);
}

void printText(const std::string& text)
{
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

void printJson(const Json& json)
{
    printText(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

std::string table(const std::vector<std::string>& heading, const std::vector<std::vector<std::string>>& rows)
{
    std::vector<std::size_t> widths;
    for (const std::string& title : heading) {
        widths.push_back(characters(title));
    }
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], characters(row[i]));
        }
    }
    std::string text = joined(heading, widths);
    for (const auto& row : rows) {
        text += joined(row, widths);
    }
    return text;
}

std::string shown(double value)
{
    return std::isfinite(value) ? fmt::format("{:.4g}", value) : "-";
}

std::string shownBytes(std::int64_t bytes)
{
    constexpr double kStep = 1024;
    double value = static_cast<double>(bytes);
    for (const char* unit : {"B", "KiB", "MiB", "GiB"}) {
        if (value < kStep) {
            return *unit == 'B' ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, unit);
        }
        value /= kStep;
    }
    return fmt::format("{:.1f} TiB", value);
}

std::string shownDuration(double seconds)
{
    if (!std::isfinite(seconds) || seconds < 0) {
        return "-";
    }
    const auto whole = static_cast<long long>(std::lround(seconds));
    if (whole < 60) {
        return fmt::format("{:.1f} s", seconds);
    }
    return whole < 3600 ? fmt::format("{} min {:02} s", whole / 60, whole % 60)
                        : fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

} // namespace ty::cli
