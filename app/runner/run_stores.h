#pragma once

#include <memory>

#include "app/streaming/store_files.h"

namespace ty::runner {

/// The stores that the program which started us lets us read, from a pipe that only we hold: secrets are neither in our
/// arguments nor in our environment nor in a file. Read to its end and closed.
/// @param descriptor  of the pipe's end; negative: no store
/// Errors: Io, InvalidInput.
Result<std::unique_ptr<streaming::StoreFiles>> readStores(int descriptor, streaming::StoreFilesOptions options = {});

/// For commands without a journal: what happens to a store is a warning.
streaming::StoreFilesOptions tellingStores();

} // namespace ty::runner
