#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace ty::engine {

/// An array of an HDF5 file, as the program that reads such files tells it.
struct Hdf5Array {
    std::string name; ///< path in the file: "train/images"
    std::vector<std::uint64_t> shape;
    bool areBytes = false; ///< unsigned bytes, else float32
    std::string refusal;   ///< why it cannot be read; empty: it can

    std::uint64_t elements() const;
    std::uint64_t bytes() const { return elements() * (areBytes ? 1 : sizeof(float)); }
};

/// Reads HDF5 by the program trainyard-hdf5 in a process of its own, so that a hostile file breaks that process alone. Any thread.
class Hdf5Reader {
public:
    /// Errors: NotFound when the program is not installed.
    static Result<Hdf5Reader> of(const std::string& path);

    /// What is in the file. Errors: those of the program, InvalidInput when it broke, Cancelled.
    Result<std::vector<Hdf5Array>> list(const std::stop_token& stop) const;
    /// All numbers of an array, in pieces whose sizes have nothing to do with rows. Errors: likewise, and those of `take`.
    Result<void> read(
        const Hdf5Array& array, const std::function<Result<void>(std::string_view bytes)>& take, const std::stop_token& stop) const;

private:
    Result<void> run(
        const std::vector<std::string>& words, const std::function<Result<void>(std::string_view bytes)>& take,
        const std::stop_token& stop) const;

    std::string m_program;
    std::string m_path;
};

} // namespace ty::engine
