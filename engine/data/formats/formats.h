#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/data/dataset.h"
#include "engine/data/table_builder.h"

namespace ty::engine {

// One pair of functions a format, called by openDataset and previewDataset once the format has been
// recognised.

Result<std::unique_ptr<Dataset>> openCsv(const std::string& path, const OpenOptions& options);
Result<Preview> previewCsv(const std::string& path, const OpenOptions& options);

/// `path`: an images file, a labels file, or a folder of such.
Result<std::unique_ptr<Dataset>> openIdx(const std::string& path, const OpenOptions& options);
Result<Preview> previewIdx(const std::string& path, const OpenOptions& options);

/// CIFAR-10 and CIFAR-100 as binary files. `path`: one of them, or their folder.
Result<std::unique_ptr<Dataset>> openCifar(const std::string& path, const OpenOptions& options);
Result<Preview> previewCifar(const std::string& path, const OpenOptions& options);
/// By name and size: the form has no mark of its own.
bool looksLikeCifar(const std::string& path, const DataFiles* files);

/// `path`: a folder, or with OpenOptions::like a single image.
Result<std::unique_ptr<Dataset>>
openImageFolder(const std::string& path, const OpenOptions& options);
Result<Preview> previewImageFolder(const std::string& path, const OpenOptions& options);

/// CNTK text format.
Result<std::unique_ptr<Dataset>> openCtf(const std::string& path, const OpenOptions& options);
Result<Preview> previewCtf(const std::string& path, const OpenOptions& options);
/// A line that begins with an optional number and "|name value".
bool looksLikeCtf(std::string_view head);

/// NumPy arrays; labels beside the inputs, named alike.
Result<std::unique_ptr<Dataset>> openNpy(const std::string& path, const OpenOptions& options);
Result<Preview> previewNpy(const std::string& path, const OpenOptions& options);

/// NumPy arrays in one archive: x and y, x_train and x_test, or columns by their names.
Result<std::unique_ptr<Dataset>> openNpz(const std::string& path, const OpenOptions& options);
Result<Preview> previewNpz(const std::string& path, const OpenOptions& options);
/// Whether the first file of an archive is an array. Errors: as ArchiveReader.
Result<bool> looksLikeNpz(const std::string& path, const DataFiles* files);

/// Arrays of numbers in an HDF5 file, by their names as in NPZ; "file.h5::images" names the inputs. Read by trainyard-hdf5.
Result<std::unique_ptr<Dataset>> openHdf5(const std::string& path, const OpenOptions& options);
Result<Preview> previewHdf5(const std::string& path, const OpenOptions& options);
bool looksLikeHdf5(std::string_view head);

/// What an archive holds, unpacked into the cache folder.
Result<std::unique_ptr<Dataset>> openArchive(const std::string& path, const OpenOptions& options);
Result<Preview> previewArchive(const std::string& path, const OpenOptions& options);

// Tables that are read row by row, at most `mostRows` of them.

/// Weka's format, dense and sparse.
Result<TableReading> readArff(const std::string& path, const OpenOptions& options, std::uint64_t mostRows);
bool looksLikeArff(std::string_view head);
/// "label index:value index:value", as LIBSVM and SVMlight have it.
Result<TableReading> readLibsvm(const std::string& path, const OpenOptions& options, std::uint64_t mostRows);
bool looksLikeLibsvm(std::string_view head);
/// One JSON object a line.
Result<TableReading> readJsonLines(const std::string& path, const OpenOptions& options, std::uint64_t mostRows);
bool looksLikeJsonLines(std::string_view head);
/// One table of a database: the one that "file::table" names, else the longest.
Result<TableReading> readSqlite(const std::string& path, const OpenOptions& options, std::uint64_t mostRows);

/// A running text in a plain file, for language models.
Result<std::unique_ptr<Dataset>> openText(const std::string& path, const OpenOptions& options);
Result<Preview> previewText(const std::string& path, const OpenOptions& options);
/// Words in lines or paragraphs, and no table.
bool looksLikeText(std::string_view head);

/// The preview of a dataset that is small enough to be opened whole.
Preview previewOf(const Dataset& dataset);

/// "Cancelled" for a stop that was asked for.
Error cancelledError();

} // namespace ty::engine
