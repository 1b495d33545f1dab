#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ty::fuzz {

/// A reader of files that nobody vouches for. `run` must come back from any bytes whatever: with a value or an Error,
/// never with a crash, an exception, a hang or an allocation far beyond the input's size.
struct FuzzTarget {
    std::string name; ///< also the folder of its seeds: tests/fuzz/corpus/<name>
    void (*run)(std::string_view bytes) = nullptr;
};

/// csv, ctf, npy, arff, libsvm, jsonl, sqlite, archive, idx, image, run_spec, events, model, safetensors, onnx, network.
const std::vector<FuzzTarget>& fuzzTargets();
const FuzzTarget* findTarget(std::string_view name);

} // namespace ty::fuzz
