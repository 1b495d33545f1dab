#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <system_error>

#include "engine/base/files.h"
#include "engine/data/archive_reader.h"
#include "engine/data/byte_reader.h"
#include "engine/data/data_files.h"
#include "engine/data/dataset.h"
#include "engine/data/formats/csv_layout.h"
#include "engine/data/formats/formats.h"
#include "engine/data/formats/idx.h"
#include "engine/data/formats/image_codec.h"
#include "engine/data/formats/image_listing.h"
#include "engine/data/formats/table_path.h"
#include "engine/data/repairs.h"
#include "engine/data/table_content.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHeadBytes = 1U << 16;

/// What reads a format.
struct Format {
    std::function<Result<std::unique_ptr<Dataset>>(const std::string&, const OpenOptions&)> open;
    std::function<Result<Preview>(const std::string&, const OpenOptions&)> preview;
    std::string path; ///< the file to read; for a folder with one data file, that file
    bool doesRepair = false; ///< opening honours OpenOptions::repairs already
};

/// Formats that people have, that we do not read, and what to do about it.
Result<void> refuseKnownFormats(std::string_view head, const std::string& name)
{
    struct Known {
        std::string_view magic;
        const char* what;
        const char* advice;
    };
    static const std::array<Known, 6> kKnown = {{
        {"PAR1",
         "a Parquet file",
         "Convert it to CSV, for example: duckdb -c \"COPY (FROM 'x.parquet') TO 'x.csv'\"."},
        {"ARROW1", "an Arrow or Feather file", "Convert it to CSV."},
        {"MATLAB 5.0", "a MATLAB file", "Export the table as CSV (writetable)."},
        {"\xd0\xcf\x11\xe0", "an old spreadsheet", "Save it as CSV."},
        {"%PDF", "a PDF document", "Data sets are tables (CSV), images or arrays."},
        {"GIF8", "a GIF picture", "Convert it to PNG."},
    }};
    for (const Known& known : kKnown) {
        if (head.starts_with(known.magic)) {
            return Error{
                ErrorKind::Unsupported,
                fmt::format("{} is {}, which is not read", name, known.what),
                known.advice};
        }
    }
    const bool isPickle = head.size() > 2 && head[0] == '\x80' && head[1] >= 2 && head[1] <= 5;
    if (isPickle) {
        return Error{
            ErrorKind::Unsupported,
            name + " is a Python pickle, which can run any code when it is opened",
            "Save tables as CSV (DataFrame.to_csv) and arrays as NPY (numpy.save)."};
    }
    return {};
}

/// A format whose rows are read one by one.
Format rowFormat(const std::string& path, Result<TableReading> (*read)(const std::string&, const OpenOptions&, std::uint64_t))
{
    constexpr auto kAllRows = static_cast<std::uint64_t>(-1);
    constexpr std::uint64_t kPreviewRows = 500;
    return {
        [read](const std::string& file, const OpenOptions& options) -> Result<std::unique_ptr<Dataset>> {
            TY_TRY(auto reading, read(file, options, kAllRows));
            return makeTableDataset(std::move(reading.content), options);
        },
        [read](const std::string& file, const OpenOptions& options) -> Result<Preview> {
            TY_TRY(auto reading, read(file, options, kPreviewRows));
            return previewOfRows(std::move(reading), options);
        },
        path};
}

Result<Format> detectFile(const DataFiles* files, const std::string& path)
{
    const std::string name = fileName(path);
    const std::string file = TablePath::of(path).file;
    TY_TRY(auto reader, ByteReader::open(file, files));
    TY_TRY(const auto head, readHead(file, kHeadBytes, files));
    if (head.empty()) {
        char byte = 0;
        TY_CHECK(reader.read(&byte, 1)); // says how compressed data is damaged
        return Error{ErrorKind::InvalidInput, name + " is empty", {}};
    }
    if (looksLikeImage(head)) {
        return Format{openImageFolder, previewImageFolder, path};
    }
    if (looksLikeCifar(file, files)) {
        return Format{openCifar, previewCifar, path};
    }
    if (looksLikeIdx(path, files)) {
        return Format{openIdx, previewIdx, path};
    }
    if (head.starts_with("\x93NUMPY")) {
        return Format{openNpy, previewNpy, path};
    }
    if (looksLikeHdf5(head)) {
        return Format{openHdf5, previewHdf5, path};
    }
    if (head.starts_with("SQLite format 3")) {
        return rowFormat(path, readSqlite);
    }
    if (looksLikeArchive(head)) {
        TY_TRY(const bool isNpz, looksLikeNpz(path, files));
        return isNpz ? Format{openNpz, previewNpz, path} : Format{openArchive, previewArchive, path, true};
    }
    TY_CHECK(refuseKnownFormats(head, name));
    if (looksLikeCtf(head)) {
        return Format{openCtf, previewCtf, path};
    }
    if (looksLikeArff(head)) {
        return rowFormat(path, readArff);
    }
    if (looksLikeJsonLines(head)) {
        return rowFormat(path, readJsonLines);
    }
    if (looksLikeLibsvm(head)) {
        return rowFormat(path, readLibsvm);
    }
    std::string plainName = lowered(name);
    if (plainName.ends_with(".gz")) {
        plainName.resize(plainName.size() - 3);
    }
    const std::string suffix = fs::path(plainName).extension().string();
    const bool isNamedText = suffix == ".txt" || suffix == ".text";
    const bool isNamedCsv = suffix == ".csv" || suffix == ".tsv" || suffix == ".tab";
    const bool isUtf16 = head.starts_with("\xff\xfe") || head.starts_with("\xfe\xff");
    if (isNamedCsv || isUtf16 || looksLikeCsv(head)) {
        return Format{openCsv, previewCsv, path};
    }
    if (isNamedText && looksLikeText(head)) {
        return Format{openText, previewText, path};
    }
    return Error{
        ErrorKind::Unsupported,
        name + " is of no format that is known here",
        "Tables: CSV or TSV, ARFF, LIBSVM, JSON Lines, SQLite. Images: a folder for each class, IDX or NPY. Arrays: NPY, "
        "NPZ, HDF5 or CNTK text. A text to learn words from: a file called .txt. All of these also in a zip, tar or 7z archive."};
}

Result<Format> detectFolder(const DataFiles* source, const std::string& path)
{
    std::vector<std::string> files;
    TY_TRY(const auto entries, listFolder(source, path));
    for (const DataEntry& entry : entries) {
        if (!entry.name.starts_with('.') && entry.isFile) {
            files.push_back((fs::path(path) / entry.name).string());
        }
    }
    std::sort(files.begin(), files.end());
    if (std::any_of(files.begin(), files.end(), [&](const std::string& file) { return looksLikeIdx(file, source); })) {
        return Format{openIdx, previewIdx, path};
    }
    if (std::any_of(files.begin(), files.end(), [&](const std::string& file) { return looksLikeCifar(file, source); })) {
        return Format{openCifar, previewCifar, path};
    }
    if (looksLikeImageFolder(path, source)) {
        return Format{openImageFolder, previewImageFolder, path};
    }
    std::vector<Format> found;
    for (const std::string& file : files) {
        const std::string suffix = lowered(fs::path(file).extension().string());
        const bool isDocument = suffix == ".md" || suffix == ".json" || suffix == ".html" ||
                                suffix == ".pdf" || lowered(fileName(file)).starts_with("readme");
        if (isDocument) {
            continue;
        }
        if (auto format = detectFile(source, file)) {
            found.push_back(std::move(format).value());
        }
    }
    if (found.size() == 1) {
        return std::move(found.front());
    }
    return Error{
        ErrorKind::InvalidInput,
        found.empty() ? fileName(path) + " holds no data that is known here"
                      : fmt::format("{} holds {} data files", fileName(path), found.size()),
        found.empty() ? "Images belong into a folder for each class."
                      : "Give one of the files instead of the folder."};
}

/// Without `files` for a path of this computer.
Result<OpenOptions> placed(const std::string& path, const OpenOptions& given)
{
    OpenOptions options = given;
    if (!isStoreAddress(path)) {
        options.files = nullptr;
    } else if (options.files == nullptr && path.find("://") != std::string::npos) {
        return Error{ErrorKind::Unsupported, path + " lies in a store, and this work is done on files of this computer alone",
                     "Copy it here first: trainyard data cp " + path + " FOLDER."};
    }
    return options;
}

Result<Format> detect(const DataFiles* files, const std::string& path)
{
    if (files != nullptr) {
        TY_TRY(const auto entry, files->look(TablePath::of(path).file));
        return entry.isFolder ? detectFolder(files, path) : detectFile(files, path);
    }
    if (!pathExists(TablePath::of(path).file)) {
        return Error{ErrorKind::NotFound, path + " does not exist", {}};
    }
    return isFolder(path) ? detectFolder(files, path) : detectFile(files, path);
}

/// That data are what they were asked to be: groups are found in tables alone, since every other format says what its samples are.
Result<void> checkTask(const DatasetInfo& info, const OpenOptions& options)
{
    if (options.task != taskName(Task::Grouping) || info.task == Task::Grouping) {
        return {};
    }
    return Error{
        ErrorKind::Unsupported,
        fmt::format("{}: groups without a target can be found in tables alone, not in {} data", info.name, info.format),
        "Leave the task out: the learners that find groups are then judged by the classes or values there are."};
}

Result<std::unique_ptr<Dataset>> openAsAsked(const Format& format, const OpenOptions& options)
{
    TY_TRY(auto dataset, format.open(format.path, options));
    TY_CHECK(checkTask(dataset->info(), options));
    return dataset;
}

} // namespace

Error cancelledError()
{
    return {ErrorKind::Cancelled, "reading the data was cancelled", {}};
}

Preview previewOf(const Dataset& dataset)
{
    Preview preview;
    preview.info = dataset.info();
    preview.isComplete = true;
    for (std::uint64_t row = 0;
         preview.info.kind == DataKind::Table && row < std::min<std::uint64_t>(dataset.size(), 100);
         ++row) {
        std::vector<std::string> cells;
        for (std::size_t c = 0; c < preview.info.columns.size(); ++c) {
            cells.push_back(dataset.cellText(row, c));
        }
        preview.rows.push_back(std::move(cells));
    }
    return preview;
}

Result<std::unique_ptr<Dataset>> openDataset(const std::string& path, const OpenOptions& given)
{
    TY_TRY(OpenOptions options, placed(path, given));
    TY_TRY(const auto format, detect(options.files, path));
    if (options.like == nullptr && options.preparation.doesAnything()) {
        options.areValuesKept = true; // steps look at values
        options.repairs.areDuplicatesLeftOut =
            options.repairs.areDuplicatesLeftOut || options.preparation.last(StepKind::DropDuplicates) != nullptr;
    }
    if (options.repairs.isEmpty() || options.like != nullptr || format.doesRepair) {
        return openAsAsked(format, options);
    }
    OpenOptions asked = options;
    asked.areValuesKept = true; // classes and missing cells are counted anew
    asked.areDuplicatesSought = options.areDuplicatesSought || options.repairs.areDuplicatesLeftOut ||
                                options.repairs.areSharedLeftOut;
    TY_TRY(auto dataset, openAsAsked(format, asked));
    return repairDataset(std::move(dataset), options.repairs);
}

Result<Preview> previewDataset(const std::string& path, const OpenOptions& given)
{
    TY_TRY(const OpenOptions options, placed(path, given));
    TY_TRY(const auto format, detect(options.files, path));
    TY_TRY(auto preview, format.preview(format.path, options));
    TY_CHECK(checkTask(preview.info, options));
    return preview;
}

} // namespace ty::engine
