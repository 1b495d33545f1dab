#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json.h"
#include "engine/data/exports/dataset_export.h"

namespace ty::engine {

/// A file that is being written. Not thread-safe.
class ExportFile {
public:
    /// Errors: as errno says. The file must not exist.
    static Result<ExportFile> create(const std::string& path);
    Result<void> write(std::string_view bytes);
    Result<void> finish();

private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    ExportFile(std::unique_ptr<std::FILE, Close> file, std::string path) : m_file(std::move(file)), m_path(std::move(path)) {}
    std::unique_ptr<std::FILE, Close> m_file;
    std::string m_path;
};

/// The samples of one part of the data.
struct ExportPart {
    std::string name; ///< "training", "validation", "test"; empty: the data has no parts
    std::vector<std::uint64_t> samples;
};

/// One export under way, for the writers of all forms.
struct ExportJob {
    const Dataset& dataset;
    const DataExportOptions& options;
    std::string folder; ///< to write into
    std::string stem;   ///< name of the files
    std::vector<ExportPart> parts;
    ExportedDataset done;
    Json details = Json::object(); ///< for dataset.json: what the form does not say by itself
    std::uint64_t written = 0;

    /// Counts one more sample. Errors: Cancelled.
    Result<void> step();
    /// "iris.csv", "iris-test.csv"
    std::string fileFor(const ExportPart& part, const std::string& suffix) const;
};

Result<void> writeCsv(ExportJob& job);
Result<void> writeArff(ExportJob& job);
Result<void> writeLibsvm(ExportJob& job);
/// @param isOneFile  all arrays in one .npz
Result<void> writeArrays(ExportJob& job, bool isOneFile);
Result<void> writeClassFolders(ExportJob& job);

/// Whether all classes are whole numbers; then labels are written as these.
bool areClassesNumbers(const DatasetInfo& info);

} // namespace ty::engine
