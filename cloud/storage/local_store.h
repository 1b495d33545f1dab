#pragma once

#include <mutex>
#include <string>

#include "cloud/storage/store.h"

namespace ty::cloud {

/// A folder of this computer. Files are written beside their place under a hidden name and renamed when they are whole;
/// links to folders are not followed when all files below are listed.
class LocalStore : public Store {
public:
    /// `root`: an absolute path; it need not be there yet when something is to be written.
    explicit LocalStore(std::string root);

    StoreTraits traits() const override;
    std::string title() const override { return "the folder " + m_root; }
    Result<ListPage> list(const ListRequest& request, std::stop_token stop) override;
    Result<StoreEntry> properties(const std::string& path, std::stop_token stop) override;
    Result<void> read(
        const std::string& path, const std::string& etag, std::uint64_t offset, std::span<std::byte> bytes,
        std::stop_token stop) override;
    Result<Upload> beginUpload(Upload wanted, std::stop_token stop) override;
    Result<void> writeBlock(
        const Upload& upload, std::uint64_t block, std::span<const std::byte> bytes, std::stop_token stop) override;
    /// NotFound when the part file is gone or has another size; which blocks it holds only the writer knows: all false.
    Result<std::vector<bool>> writtenBlocks(const Upload& upload, std::stop_token stop) override;
    Result<StoreEntry> finishUpload(
        const Upload& upload, const ContentSums& sums, Overwrite overwrite, std::stop_token stop) override;
    Result<StoreEntry> writeFile(
        const std::string& path, std::span<const std::byte> bytes, const std::string& md5, const std::string& contentType,
        Overwrite overwrite, std::stop_token stop) override;
    Result<void> abandonUpload(const Upload& upload, std::stop_token stop) override;
    Result<void> remove(const std::string& path, std::stop_token stop) override;
    Result<void> makeFolder(const std::string& path, std::stop_token stop) override;

    /// Bytes of a file that is still being written.
    Result<void> readUnfinished(const Upload& upload, std::uint64_t offset, std::span<std::byte> bytes) const;
    /// Part of a file that is being written, from any byte on. Its block counts as written when all of it is.
    Result<void> writeUnfinished(const Upload& upload, std::uint64_t offset, std::span<const std::byte> bytes);
    /// The absolute path of a file of the store.
    std::string fileOf(const std::string& path) const;

private:
    /// Where the bytes of an unfinished file are.
    std::string partFile(const Upload& upload) const;
    Result<ListPage> listAllBelow(const ListRequest& request, std::stop_token stop) const;

    std::string m_root;
    /// Of blocks: the kernel lets one writer into a file at a time, and the others would turn round before its door.
    std::mutex m_writing;
};

} // namespace ty::cloud
