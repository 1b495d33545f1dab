#pragma once

#include <stop_token>
#include <string>

#include "engine/base/result.h"

namespace ty::engine {

class DataFiles;

/// A file for what can only read files of this computer (HDF5, SQLite): itself, or, where it lies in a store, a copy in the folder
/// for temporary files that only this user can read and that goes with the object. What a process that was killed left there is
/// removed when the window starts, a run reads from stores, or the next copy is made: a lock beside each copy says whether its process lives.
class NearCopy {
public:
    /// Copies the whole file, through the cache of the store.
    /// Errors: those of the store; Io, also when there is no room for it; Cancelled.
    static Result<NearCopy> of(const DataFiles* files, const std::string& path, const std::stop_token& stop);

    /// Removes copies of processes that were killed. Any thread.
    static void removeLeftBehind();

    NearCopy(NearCopy&& other) noexcept;
    NearCopy& operator=(NearCopy&& other) noexcept;
    NearCopy(const NearCopy&) = delete;
    NearCopy& operator=(const NearCopy&) = delete;
    ~NearCopy();

    /// Of the same file name.
    const std::string& path() const { return m_path; }

private:
    NearCopy() = default;
    void remove();

    std::string m_path;
    std::string m_folder; ///< made for the copy; empty: there is none
    int m_lock = -1;      ///< descriptor of the locked file beside it; goes with the process
};

} // namespace ty::engine
