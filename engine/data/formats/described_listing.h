#pragma once

#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/data/dataset.h"
#include "engine/data/formats/image_listing.h"

namespace ty::engine {

// Folders in which not the folders' names but a file tells what each picture or recording shows. Of several objects in a picture the
// largest one counts. Nothing: it is no folder of that form. Paths that leave the folder are refused. Errors: InvalidInput for
// a description that is damaged, those of the files.

/// COCO: annotations/instances_*.json, or _annotations.coco.json beside the pictures.
Result<std::optional<ImageListing>> listCoco(const std::string& folder, const OpenOptions& options);
/// Pascal VOC: Annotations/*.xml, JPEGImages, parts by ImageSets/Main.
Result<std::optional<ImageListing>> listVoc(const std::string& folder, const OpenOptions& options);
/// YOLO: images and labels beside each other, names in data.yaml or classes.txt.
Result<std::optional<ImageListing>> listYolo(const std::string& folder, const OpenOptions& options);
/// A table (CSV or TSV) with a column of file names, one of labels and maybe one of parts: transcripts.tsv, split.csv.
Result<std::optional<ImageListing>> listManifest(const std::string& folder, const OpenOptions& options);
/// Kaldi: wav.scp names recordings, `text` their words, which are the classes.
Result<std::optional<ImageListing>> listKaldi(const std::string& folder, const OpenOptions& options);

} // namespace ty::engine
