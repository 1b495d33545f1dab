#pragma once

#include <memory>
#include <string>

#include "cloud/http/transport.h"
#include "cloud/http/url.h"
#include "cloud/storage/account_places.h"
#include "cloud/storage/storage_access.h"
#include "cloud/storage/streamed_store.h"

namespace ty::cloud {

/// Azure Files: an account, whose folders are shares, or one share of it. Directories exist by themselves; a file is written
/// beside its place and renamed when it is whole.
/// Source: File service REST API, version 2024-08-04.
class FilesStore : public StreamedStore {
public:
    /// @param share  the store's root; empty: the account
    FilesStore(const StorageAccessOptions& access, std::string share);

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
    Result<void> abandonUpload(const Upload& upload, std::stop_token stop) override;
    Result<void> remove(const std::string& path, std::stop_token stop) override;
    Result<StoreEntry> copy(
        const std::string& from, const std::string& to, Overwrite overwrite, std::stop_token stop) override;
    /// A share or a directory, with those above it.
    Result<void> makeFolder(const std::string& path, std::stop_token stop) override;
    /// Signed with the account's key.
    Result<Secret> shareAddress(
        const std::string& path, const std::string& permissions, const std::string& expires, std::stop_token stop) override;

private:
    Result<HttpResponse> ask(HttpRequest request, const std::string& what, std::stop_token stop) const;
    Result<ListPage> listShares(const ListRequest& request, std::stop_token stop) const;
    Result<ListPage> listBelow(const ListRequest& request, std::stop_token stop);
    /// The directories above a file, as far as they are missing.
    Result<void> ensureFolders(const AccountPlace& place, std::stop_token stop) const;
    /// Where the bytes of an unfinished file go.
    static std::string partOf(const Upload& upload);

    std::unique_ptr<Transport> m_transport;
    StorageAccessOptions m_access;
    AccountPlaces m_places;
};

} // namespace ty::cloud
