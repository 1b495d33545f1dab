#include "engine/data/exports/dataset_export.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "engine/base/files.h"
#include "engine/data/exports/export_writers.h"
#include "engine/data/formats/formats.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

namespace fs = std::filesystem;

constexpr std::array<std::pair<ExportForm, const char*>, 6> kForms = {
    {{ExportForm::Csv, "csv"},
     {ExportForm::Arff, "arff"},
     {ExportForm::Libsvm, "libsvm"},
     {ExportForm::Npy, "npy"},
     {ExportForm::Npz, "npz"},
     {ExportForm::Folder, "folder"}}};

std::vector<ExportPart> partsOf(const Dataset& dataset)
{
    const auto& given = dataset.info().givenSplit;
    const bool isSplit = given[1] + given[2] > 0;
    std::vector<ExportPart> parts = {{isSplit ? "training" : "", {}}, {"validation", {}}, {"test", {}}};
    for (std::uint64_t sample = 0; sample < dataset.size(); ++sample) {
        parts[isSplit ? static_cast<std::size_t>(dataset.partOf(sample)) : 0].samples.push_back(sample);
    }
    std::erase_if(parts, [](const ExportPart& part) { return part.samples.empty(); });
    return parts;
}

/// The dataset's name as that of a file.
std::string stemOf(const std::string& name)
{
    std::string stem;
    for (const char c : name) {
        const bool isPlain = static_cast<unsigned char>(c) > ' ' && std::string_view("/\\:*?\"<>|").find(c) == std::string_view::npos;
        stem += isPlain ? c : '_';
    }
    return stem.empty() || stem.front() == '.' ? "data" + stem : stem;
}

Result<void> writeForm(ExportJob& job, ExportForm form)
{
    switch (form) {
    case ExportForm::Csv:
        return writeCsv(job);
    case ExportForm::Arff:
        return writeArff(job);
    case ExportForm::Libsvm:
        return writeLibsvm(job);
    case ExportForm::Npy:
    case ExportForm::Npz:
        return writeArrays(job, form == ExportForm::Npz);
    case ExportForm::Folder:
        break;
    }
    return writeClassFolders(job);
}

Result<void> checkForm(const DatasetInfo& info, ExportForm form)
{
    const auto forms = exportFormsFor(info.kind, info.task);
    if (std::find(forms.begin(), forms.end(), form) != forms.end()) {
        return {};
    }
    std::string names;
    for (const ExportForm one : forms) {
        names += (names.empty() ? "" : ", ") + std::string(exportFormName(one));
    }
    return Error{
        ErrorKind::Unsupported, fmt::format("{} {}s cannot be written as {}", info.name, dataKindName(info.kind), exportFormName(form)),
        "Possible: " + names + "."};
}

Result<void> writeAll(ExportJob& job, ExportForm form)
{
    TY_CHECK(writeForm(job, form));
    Json json = job.dataset.info().toJson();
    json["export"] = job.details;
    json["export"]["form"] = exportFormName(form);
    json["export"]["files"] = job.done.files.size() <= 100 ? Json(job.done.files) : Json(job.done.files.size());
    json["export"]["notes"] = job.done.notes;
    job.done.files.insert(job.done.files.begin(), "dataset.json");
    return writeJsonFile(job.folder + "/dataset.json", json);
}

} // namespace

const char* exportFormName(ExportForm form)
{
    const auto found = std::find_if(kForms.begin(), kForms.end(), [form](const auto& one) { return one.first == form; });
    return found->second;
}

std::optional<ExportForm> exportFormFromName(const std::string& name)
{
    const auto found = std::find_if(kForms.begin(), kForms.end(), [&](const auto& one) { return name == one.second; });
    return found == kForms.end() ? std::nullopt : std::optional(found->first);
}

std::vector<ExportForm> exportFormsFor(DataKind kind, Task task)
{
    if (kind == DataKind::Image) {
        return task == Task::Classification ? std::vector{ExportForm::Folder, ExportForm::Npz, ExportForm::Npy}
                                            : std::vector{ExportForm::Npz, ExportForm::Npy};
    }
    return task == Task::NextWord
               ? std::vector{ExportForm::Csv}
               : std::vector{ExportForm::Csv, ExportForm::Arff, ExportForm::Libsvm, ExportForm::Npz, ExportForm::Npy};
}

Result<ExportFile> ExportFile::create(const std::string& path)
{
    std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "wbxe"));
    if (file == nullptr) {
        return errnoError(errno, "cannot write", path);
    }
    return ExportFile(std::move(file), path);
}

Result<void> ExportFile::write(std::string_view bytes)
{
    if (std::fwrite(bytes.data(), 1, bytes.size(), m_file.get()) != bytes.size()) {
        return errnoError(errno, "cannot write", m_path);
    }
    return {};
}

Result<void> ExportFile::finish()
{
    return std::fflush(m_file.get()) == 0 ? Result<void>() : errnoError(errno, "cannot write", m_path);
}

Result<void> ExportJob::step()
{
    constexpr std::uint64_t kBetween = 256;
    if (++written % kBetween != 0) {
        return {};
    }
    if (options.stop.stop_requested()) {
        return Error{ErrorKind::Cancelled, "the export was cancelled", {}};
    }
    if (options.progress) {
        options.progress(
            static_cast<double>(written) / static_cast<double>(dataset.size()), "writing sample " + grouped(written));
    }
    return {};
}

std::string ExportJob::fileFor(const ExportPart& part, const std::string& suffix) const
{
    return stem + (part.name.empty() ? "" : "-" + part.name) + suffix;
}

bool areClassesNumbers(const DatasetInfo& info)
{
    return std::all_of(info.classes.begin(), info.classes.end(), [](const ClassInfo& entry) {
        double value = 0;
        constexpr double kLargest = 1e9;
        return parseNumber(entry.name, value) && value == std::floor(value) && std::abs(value) < kLargest;
    });
}

std::string unfinishedExport(const std::string& out)
{
    return out + ".part";
}

Result<ExportedDataset>
exportDataset(const Dataset& dataset, ExportForm form, const std::string& out, const DataExportOptions& options)
{
    TY_CHECK(checkForm(dataset.info(), form));
    std::error_code failed;
    if (pathExists(out) && !(isFolder(out) && fs::is_empty(out, failed))) {
        return Error{ErrorKind::AlreadyExists, out + " is there already", "Give a new folder, or an empty one."};
    }
    ExportJob job{dataset, options, unfinishedExport(out), stemOf(dataset.info().name), partsOf(dataset), {}, Json::object(), 0};
    TY_CHECK(removeTree(job.folder));
    TY_CHECK(makeFolders(job.folder));
    auto done = writeAll(job, form);
    if (done) {
        fs::remove(out, failed); // an empty folder
        fs::rename(job.folder, out, failed);
        done = failed ? Result<void>(errnoError(failed.value(), "cannot write", out)) : Result<void>();
    }
    if (!done) {
        [[maybe_unused]] const auto removed = removeTree(job.folder); // the first error tells more
        return Error(done.error());
    }
    return std::move(job.done);
}

} // namespace ty::engine
