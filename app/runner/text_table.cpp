#include "app/runner/text_table.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/base/csv_field.h"

namespace ty::runner {

namespace {

/// Letters, not bytes: "±" and "²" are one column wide.
std::size_t widthOf(const std::string& cell)
{
    return static_cast<std::size_t>(
        std::count_if(cell.begin(), cell.end(), [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }));
}

std::string spaces(std::size_t wanted, const std::string& cell)
{
    const std::size_t width = widthOf(cell);
    return std::string(wanted > width ? wanted - width : 0, ' ');
}

} // namespace

std::string inColumns(const TableCells& cells)
{
    std::vector<std::size_t> widths(cells.front().size());
    for (const auto& line : cells) {
        for (std::size_t c = 0; c + 1 < line.size() || (c < line.size() && &line == &cells.front()); ++c) {
            widths[c] = std::max(widths[c], widthOf(line[c])); // a problem in the last column may be long
        }
    }
    std::string text;
    for (const auto& line : cells) {
        text += line.front() + spaces(widths.front(), line.front());
        for (std::size_t c = 1; c < line.size(); ++c) {
            text += "  " + spaces(widths[c], line[c]) + line[c];
        }
        text += "\n";
    }
    return text;
}

std::string inCsv(const TableCells& cells)
{
    std::string text;
    for (const auto& line : cells) {
        for (std::size_t c = 0; c < line.size(); ++c) {
            text += (c == 0 ? "" : ",") + csvField(line[c]);
        }
        text += "\n";
    }
    return text;
}

std::string inMarkdown(const TableCells& cells)
{
    std::string text;
    for (const auto& line : cells) {
        text += "| ";
        for (std::size_t c = 0; c < line.size(); ++c) {
            text += (c == 0 ? "" : " | ") + line[c];
        }
        text += " |\n";
        if (&line == &cells.front()) {
            text += "|";
            for (std::size_t c = 0; c < line.size(); ++c) {
                text += c == 0 ? " --- |" : " ---: |";
            }
            text += "\n";
        }
    }
    return text;
}

} // namespace ty::runner
