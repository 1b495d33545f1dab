// CSV, ARFF and LIBSVM.
#include <cmath>

#include <fmt/format.h>

#include "engine/data/exports/export_writers.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

std::string csvField(std::string_view text)
{
    const bool isPlain = text.find_first_of(",\"\n\r") == std::string_view::npos && trimmed(text).size() == text.size();
    if (isPlain) {
        return std::string(text);
    }
    std::string quoted = "\"";
    for (const char c : text) {
        quoted += c == '"' ? "\"\"" : std::string(1, c);
    }
    return quoted + "\"";
}

std::string arffText(std::string_view text)
{
    std::string quoted = "'";
    for (const char c : text) {
        switch (c) {
        case '\n':
            quoted += "\\n";
            break;
        case '\r':
            quoted += "\\r";
            break;
        case '\t':
            quoted += "\\t";
            break;
        case '\'':
        case '\\':
        case '%':
            quoted += '\\';
            [[fallthrough]];
        default:
            quoted += c;
        }
    }
    return quoted + "'";
}

std::string arffType(const ColumnInfo& column)
{
    switch (column.type) {
    case ColumnType::Numeric:
        return "numeric";
    case ColumnType::Date:
        return "date \"yyyy-MM-dd HH:mm\"";
    case ColumnType::Text:
        return "string";
    case ColumnType::Category:
        break;
    }
    std::string values;
    for (const std::string& name : column.categories) {
        values += (values.empty() ? "" : ",") + arffText(name);
    }
    return "{" + values + "}";
}

std::string arffCell(const ColumnInfo& column, const std::string& cell)
{
    if (cell.empty()) {
        return "?";
    }
    if (column.type == ColumnType::Numeric) {
        return cell;
    }
    constexpr std::size_t kDayAlone = 10; // 2012-01-31
    return column.type == ColumnType::Date ? "\"" + cell + (cell.size() == kDayAlone ? " 00:00\"" : "\"") : arffText(cell);
}

/// Inputs of LIBSVM: a number, or one for each category of a column.
struct LibsvmInputs {
    struct Column {
        std::size_t column = 0;
        std::size_t first = 1; ///< index of its first input
        bool isCategory = false;
    };
    std::vector<Column> columns;
    std::vector<std::string> names; ///< of index 1, 2, ...
};

LibsvmInputs libsvmInputs(const DatasetInfo& info)
{
    LibsvmInputs inputs;
    for (std::size_t c = 0; c < info.columns.size(); ++c) {
        const ColumnInfo& column = info.columns[c];
        if (column.role != ColumnRole::Feature || column.type == ColumnType::Text) {
            continue;
        }
        const bool isCategory = column.type == ColumnType::Category;
        inputs.columns.push_back({c, inputs.names.size() + 1, isCategory});
        if (!isCategory) {
            inputs.names.push_back(column.name);
        }
        for (std::size_t i = 0; isCategory && i < column.categories.size(); ++i) {
            inputs.names.push_back(column.name + "=" + column.categories[i]);
        }
    }
    return inputs;
}

} // namespace

Result<void> writeCsv(ExportJob& job)
{
    const auto& columns = job.dataset.info().columns;
    for (const ExportPart& part : job.parts) {
        const std::string name = job.fileFor(part, ".csv");
        TY_TRY(auto file, ExportFile::create(job.folder + "/" + name));
        std::string line;
        for (const ColumnInfo& column : columns) {
            line += (&column == columns.data() ? "" : ",") + csvField(column.name);
        }
        TY_CHECK(file.write(line + "\n"));
        for (const std::uint64_t sample : part.samples) {
            line.clear();
            for (std::size_t c = 0; c < columns.size(); ++c) {
                line += (c == 0 ? "" : ",") + csvField(job.dataset.cellText(sample, c));
            }
            line += '\n';
            TY_CHECK(file.write(line));
            TY_CHECK(job.step());
        }
        TY_CHECK(file.finish());
        job.done.files.push_back(name);
    }
    return {};
}

Result<void> writeArff(ExportJob& job)
{
    const DatasetInfo& info = job.dataset.info();
    for (const ExportPart& part : job.parts) {
        const std::string name = job.fileFor(part, ".arff");
        TY_TRY(auto file, ExportFile::create(job.folder + "/" + name));
        std::string line = "@relation " + arffText(info.name) + "\n\n";
        for (const ColumnInfo& column : info.columns) {
            line += "@attribute " + arffText(column.name) + " " + arffType(column) + "\n";
        }
        TY_CHECK(file.write(line + "\n@data\n"));
        for (const std::uint64_t sample : part.samples) {
            line.clear();
            for (std::size_t c = 0; c < info.columns.size(); ++c) {
                line += (c == 0 ? "" : ",") + arffCell(info.columns[c], job.dataset.cellText(sample, c));
            }
            line += '\n';
            TY_CHECK(file.write(line));
            TY_CHECK(job.step());
        }
        TY_CHECK(file.finish());
        job.done.files.push_back(name);
    }
    return {};
}

Result<void> writeLibsvm(ExportJob& job)
{
    const DatasetInfo& info = job.dataset.info();
    const LibsvmInputs inputs = libsvmInputs(info);
    const bool isClassified = info.task == Task::Classification;
    const bool areNumbers = areClassesNumbers(info);
    std::uint64_t missing = 0;
    std::uint64_t unlabelled = 0;
    for (const ExportPart& part : job.parts) {
        const std::string name = job.fileFor(part, ".svm");
        TY_TRY(auto file, ExportFile::create(job.folder + "/" + name));
        std::string line;
        for (const std::uint64_t sample : part.samples) {
            TY_CHECK(job.step());
            const std::int32_t index = isClassified ? job.dataset.classOf(sample) : -1;
            const double target = isClassified ? 0 : job.dataset.targetOf(sample);
            if (isClassified ? index < 0 : std::isnan(target)) {
                ++unlabelled;
                continue;
            }
            line = !isClassified ? formatNumber(static_cast<float>(target))
                   : areNumbers  ? info.classes[static_cast<std::size_t>(index)].name
                                 : std::to_string(index);
            for (const LibsvmInputs::Column& input : inputs.columns) {
                if (input.isCategory) {
                    const std::int32_t code = job.dataset.categoryColumn(input.column)[sample];
                    missing += code < 0 ? 1 : 0;
                    line += code < 0 ? std::string() : fmt::format(" {}:1", input.first + static_cast<std::size_t>(code));
                    continue;
                }
                const float value = job.dataset.numericColumn(input.column)[sample];
                missing += std::isnan(value) ? 1 : 0;
                line += std::isnan(value) || value == 0 ? std::string() : fmt::format(" {}:{}", input.first, formatNumber(value));
            }
            TY_CHECK(file.write(line + "\n"));
        }
        TY_CHECK(file.finish());
        job.done.files.push_back(name);
    }
    if (missing > 0) {
        job.done.notes.push_back(fmt::format("{} missing cells are written as 0, since the form knows none", grouped(missing)));
    }
    if (unlabelled > 0) {
        job.done.notes.push_back(fmt::format("{} samples without a label are left out", grouped(unlabelled)));
    }
    job.details["inputs"] = inputs.names;
    return {};
}

} // namespace ty::engine
