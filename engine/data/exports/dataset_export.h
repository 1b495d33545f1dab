#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/data/dataset.h"

namespace ty::engine {

enum class ExportForm : std::uint8_t { Csv, Arff, Libsvm, Npy, Npz, Folder };

const char* exportFormName(ExportForm form); ///< "csv", "arff", "libsvm", "npy", "npz", "folder"
std::optional<ExportForm> exportFormFromName(const std::string& name);
/// The forms that a dataset of this kind can be written in, the most usual first.
std::vector<ExportForm> exportFormsFor(DataKind kind, Task task);

struct DataExportOptions {
    DataProgress progress;
    std::stop_token stop;
};

struct ExportedDataset {
    std::vector<std::string> files; ///< below the folder, dataset.json first
    std::vector<std::string> notes; ///< what the form cannot say: "12 missing cells are written as 0"
};

/// Writes `dataset` into the new folder `out`, whole or not at all: its data, in files of their own for each part that the
/// data gives, and dataset.json with its description.
/// Csv, Arff: all columns. Libsvm, Npy, Npz: the features as numbers, categories as their codes (Libsvm: an input for
/// each), and the label; images as bytes {N, H, W} or {N, H, W, C}. Folder: a folder for each class, in one for each part;
/// files of an image folder as they are, other images as PNG.
/// Errors: Unsupported for a form that does not suit the data; AlreadyExists when `out` is there and not empty; Io,
/// DiskFull, Cancelled.
Result<ExportedDataset>
exportDataset(const Dataset& dataset, ExportForm form, const std::string& out, const DataExportOptions& options);

/// Where an export to `out` lies until it is whole; stays when its process is killed, and goes with the next one.
std::string unfinishedExport(const std::string& out);

} // namespace ty::engine
