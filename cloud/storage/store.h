#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "cloud/http/body_sink.h"
#include "cloud/secrets/secret.h"
#include "engine/base/result.h"

namespace ty::cloud {

/// A file or folder of a store. What the store does not tell is empty, never guessed.
struct StoreEntry {
    std::string path; ///< from the store's root, "images/cat 1.jpg"; no slash at either end; "" is the root
    bool isFolder = false;
    std::optional<std::uint64_t> bytes;
    std::string modified;    ///< UTC, "2026-11-21T08:15:30Z"
    std::string etag;        ///< another one after each change of the content
    std::string md5;         ///< of the content, 32 hexadecimal digits
    std::optional<std::uint64_t> crc64; ///< of the content (crc64.h), where this program has written it; not in listings
    std::string contentType; ///< "image/jpeg"
    std::string tier;        ///< "Hot", "Cool", "Archive", "STANDARD" ...
    bool isDeleted = false;  ///< softly; restore() brings it back
};

struct ListRequest {
    std::string folder; ///< what lies in it; "" is the root
    std::string prefix; ///< only names that begin so; the store filters, not we
    bool isRecursive = false; ///< all files below, without the folders
    bool withDeleted = false;
    std::string marker; ///< ListPage::next of the page before
    int pageSize = 0;   ///< at most so many; 0: as many as the store likes to give
};

struct ListPage {
    std::vector<StoreEntry> entries;
    std::string next; ///< empty: this was the last page
};

/// What a store can do and how it likes to be used.
struct StoreTraits {
    bool canWrite = true;
    bool canList = true;
    bool canCopy = false;    ///< copy() works without the bytes passing through here
    bool hasFolders = false; ///< folders exist by themselves; else they appear with their first file
    bool hasTiers = false;
    bool canRestore = false; ///< restore() exists; whether it helps is the service's setting
    bool canShare = false;   ///< shareAddress() works
    bool takesBlocksInAnyOrder = true; ///< else block after block, one at a time
    bool checksBlocks = false; ///< the store compares each block with a checksum that was sent with it
    bool keepsCrc64 = false;   ///< properties() tell StoreEntry::crc64 of what this program wrote
    bool isStreamed = false; ///< readInto() hands bytes on as they come
    bool knowsBlocks = false;          ///< writtenBlocks() tells what arrived, also after a restart
    int streams = 8;                   ///< connections that it is worth having at once
    std::uint64_t blockBytes = std::uint64_t{8} << 20;
    std::uint64_t maxBlocks = 50'000;
};

/// A file on its way into a store; enough to go on after a restart. Holds no secret, or says where it does: a session
/// address of Google's, which lets anybody write this one object for a week.
struct Upload {
    std::string path;
    std::uint64_t bytes = 0;
    std::uint64_t blockBytes = 0; ///< of every block but the last
    std::string token;            ///< the store's name for this attempt
    std::string contentType;
    bool mayReplace = false; ///< for beginUpload(): a file of that name may be there

    std::uint64_t blocks() const { return blockBytes == 0 ? 0 : (bytes + blockBytes - 1) / blockBytes; }
    std::uint64_t offset(std::uint64_t block) const { return block * blockBytes; }
    std::uint64_t size(std::uint64_t block) const { return std::min(blockBytes, bytes - offset(block)); }
};

enum class Overwrite : std::uint8_t { No, Yes };

/// What a whole file sums up to, as far as it is known.
struct ContentSums {
    ContentSums() = default;
    /// Not explicit: most have no other sum than an MD5.
    ContentSums(std::string md5Digits, std::optional<std::uint64_t> crc64Value = std::nullopt)
        : md5(std::move(md5Digits))
        , crc64(crc64Value)
    {
    }

    std::string md5; ///< 32 hexadecimal digits; empty: not known
    std::optional<std::uint64_t> crc64;
};

/// A place with files: a folder here, a container of Azure, a bucket of Google, a directory of an SSH machine, a web
/// address. Calls block: worker threads only, any number at once. Every call takes paths as StoreEntry::path has them and
/// refuses those that could lead out of the store (InvalidInput).
/// Errors of all: NotFound, Permission, NotSignedIn, Network (which may pass), Conflict (it changed meanwhile), Unsupported
/// (not with this store), Cancelled, DiskFull, Io.
class Store {
public:
    virtual ~Store() = default;

    virtual StoreTraits traits() const = 0;
    /// For the person: "Azure Blob account research".
    virtual std::string title() const = 0;

    /// One page of a folder, folders and files mixed, in the store's order.
    virtual Result<ListPage> list(const ListRequest& request, std::stop_token stop) = 0;
    virtual Result<StoreEntry> properties(const std::string& path, std::stop_token stop) = 0;

    /// Fills `bytes` from `offset` on. With an etag: only while the file is that one, else Conflict.
    virtual Result<void> read(
        const std::string& path, const std::string& etag, std::uint64_t offset, std::span<std::byte> bytes,
        std::stop_token stop) = 0;

    /// As read(), of `sink.bytes` bytes, and hands them on as they come: what has come before an error is told is not the file's.
    /// This one reads all, then hands it on.
    virtual Result<void> readInto(
        const std::string& path, const std::string& etag, std::uint64_t offset, const BodySink& sink, std::stop_token stop);

    /// Begins to write a file in blocks; it appears, whole, with finishUpload(). Result: `wanted` with its token (the one
    /// that was wished for, if the store can), and with larger blocks if the store needs them.
    virtual Result<Upload> beginUpload(Upload wanted, std::stop_token stop) = 0;
    /// Writing a block twice is fine.
    virtual Result<void> writeBlock(
        const Upload& upload, std::uint64_t block, std::span<const std::byte> bytes, std::stop_token stop) = 0;
    /// Which blocks have arrived, where the store knows (traits().knowsBlocks). NotFound: the upload is gone, begin anew.
    virtual Result<std::vector<bool>> writtenBlocks(const Upload& upload, std::stop_token stop) = 0;
    /// @param sums  of the whole, to be kept with it as far as the store can; may be empty
    /// Errors: AlreadyExists with Overwrite::No.
    virtual Result<StoreEntry> finishUpload(
        const Upload& upload, const ContentSums& sums, Overwrite overwrite, std::stop_token stop) = 0;
    /// Frees what an upload that is given up has left. A missing one is fine.
    virtual Result<void> abandonUpload(const Upload& upload, std::stop_token stop) = 0;
    /// A small file (at most traits().blockBytes) in as few requests as the store can.
    virtual Result<StoreEntry> writeFile(
        const std::string& path, std::span<const std::byte> bytes, const std::string& md5, const std::string& contentType,
        Overwrite overwrite, std::stop_token stop);

    virtual Result<void> remove(const std::string& path, std::stop_token stop) = 0;
    /// Inside the store. Waits until the copy is there.
    virtual Result<StoreEntry> copy(
        const std::string& from, const std::string& to, Overwrite overwrite, std::stop_token stop);
    virtual Result<void> restore(const std::string& path, std::stop_token stop);
    virtual Result<void> makeFolder(const std::string& path, std::stop_token stop);
    virtual Result<void> setTier(const std::string& path, const std::string& tier, std::stop_token stop);
    /// An address that lets anybody who has it do what `permissions` say ("r", "rl", "rw") until `expires` (UTC, to the
    /// second, as StoreEntry::modified). A secret. `path` may be a folder that is a container.
    virtual Result<Secret> shareAddress(
        const std::string& path, const std::string& permissions, const std::string& expires, std::stop_token stop);
};

} // namespace ty::cloud
