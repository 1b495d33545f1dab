#pragma once

#include <memory>
#include <string>

#include "cloud/http/transport.h"
#include "cloud/http/url.h"
#include "cloud/storage/account_places.h"
#include "cloud/storage/blob_answers.h"
#include "cloud/storage/storage_access.h"
#include "cloud/storage/streamed_store.h"

namespace ty::cloud {

/// Azure Blob storage: an account, whose folders are containers, or one container of it.
/// Source: Blob service REST API, version 2024-08-04.
class BlobStore : public StreamedStore {
public:
    /// @param container  the store's root; empty: the account
    BlobStore(const StorageAccessOptions& access, std::string container);
    /// The same with a transport of the caller's, which is to sign.
    BlobStore(std::unique_ptr<Transport> transport, StorageAccessOptions access, std::string container);

    StoreTraits traits() const override;
    std::string title() const override;
    Result<ListPage> list(const ListRequest& request, std::stop_token stop) override;
    Result<StoreEntry> properties(const std::string& path, std::stop_token stop) override;
    Result<void> readInto(
        const std::string& path, const std::string& etag, std::uint64_t offset, const BodySink& sink,
        std::stop_token stop) override;
    Result<Upload> beginUpload(Upload wanted, std::stop_token stop) override;
    Result<void> writeBlock(
        const Upload& upload, std::uint64_t block, std::span<const std::byte> bytes, std::stop_token stop) override;
    Result<std::vector<bool>> writtenBlocks(const Upload& upload, std::stop_token stop) override;
    Result<StoreEntry> finishUpload(
        const Upload& upload, const ContentSums& sums, Overwrite overwrite, std::stop_token stop) override;
    /// The service forgets uncommitted blocks by itself after a week; there is no request for it.
    Result<void> abandonUpload(const Upload& upload, std::stop_token stop) override;
    Result<StoreEntry> writeFile(
        const std::string& path, std::span<const std::byte> bytes, const std::string& md5, const std::string& contentType,
        Overwrite overwrite, std::stop_token stop) override;
    Result<void> remove(const std::string& path, std::stop_token stop) override;
    Result<StoreEntry> copy(
        const std::string& from, const std::string& to, Overwrite overwrite, std::stop_token stop) override;
    Result<void> restore(const std::string& path, std::stop_token stop) override;
    /// A container; folders inside one appear with their first file.
    Result<void> makeFolder(const std::string& path, std::stop_token stop) override;
    Result<void> setTier(const std::string& path, const std::string& tier, std::stop_token stop) override;
    /// Signed with the account's key, or by Entra with a user delegation key.
    Result<Secret> shareAddress(
        const std::string& path, const std::string& permissions, const std::string& expires, std::stop_token stop) override;

    /// For how many days deleted blobs are kept; 0: not at all. Needs the account's key or an owner's sign-in.
    Result<int> softDeleteDays(std::stop_token stop);

private:
    /// How the service is to check what arrives. The emulator knows no CRC; on this computer nothing gets lost on the way, and its
    /// one thread serves twice as fast when it need not sum.
    enum class BlockCheck { Crc64, Md5, None };
    void addCheck(HttpRequest& request, std::span<const std::byte> bytes) const;

    /// Empty lists where there is nothing yet.
    Result<BlobBlocks> blocksOf(const std::string& path, std::stop_token stop) const;
    Result<HttpResponse> ask(
        HttpRequest request, const std::string& what, std::stop_token stop) const;

    std::unique_ptr<Transport> m_transport;
    StorageAccessOptions m_access;
    AccountPlaces m_places;
    BlockCheck m_check;
};

} // namespace ty::cloud
