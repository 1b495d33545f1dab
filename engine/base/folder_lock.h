#pragma once

#include <chrono>
#include <string>

#include "engine/base/result.h"

namespace ty {

/// Says "this folder is mine" to other processes for as long as the object lives; the kernel lets go of it when the
/// process dies, however it dies. Two runners can so never write one run folder.
class FolderLock {
public:
    FolderLock() = default;
    FolderLock(FolderLock&& other) noexcept;
    FolderLock& operator=(FolderLock&& other) noexcept;
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;
    ~FolderLock();

    /// `file` is created and stays behind, empty of meaning. Errors: Busy when another process holds it, Permission, Io.
    static Result<FolderLock> acquire(const std::string& file);
    /// The same, but waits for another process up to `patience`. Blocks.
    static Result<FolderLock> await(const std::string& file, std::chrono::milliseconds patience);
    /// Whether some process holds it now. Looking does not disturb an acquire() elsewhere.
    static bool isHeld(const std::string& file);

private:
    int m_fd = -1;
};

} // namespace ty
