#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cloud/ssh/ssh_session.h"
#include "cloud/storage/store.h"

namespace ty::cloud {

class SftpSession;

/// A directory of a machine that is reached by SSH. Connections are made when they are needed and kept; one that is lost is
/// made anew. Files are written beside their place under a hidden name and renamed when they are whole.
class SftpStore : public Store {
public:
    /// @param root  a directory of the machine, absolute or below the home folder; "" is the home folder
    SftpStore(SshTarget target, std::string root);
    ~SftpStore() override;

    StoreTraits traits() const override;
    std::string title() const override;
    Result<ListPage> list(const ListRequest& request, std::stop_token stop) override;
    Result<StoreEntry> properties(const std::string& path, std::stop_token stop) override;
    Result<void> read(
        const std::string& path, const std::string& etag, std::uint64_t offset, std::span<std::byte> bytes,
        std::stop_token stop) override;
    Result<Upload> beginUpload(Upload wanted, std::stop_token stop) override;
    Result<void> writeBlock(
        const Upload& upload, std::uint64_t block, std::span<const std::byte> bytes, std::stop_token stop) override;
    /// NotFound when the part file is gone; which blocks it holds only the writer knows: all false.
    Result<std::vector<bool>> writtenBlocks(const Upload& upload, std::stop_token stop) override;
    Result<StoreEntry> finishUpload(
        const Upload& upload, const ContentSums& sums, Overwrite overwrite, std::stop_token stop) override;
    Result<void> abandonUpload(const Upload& upload, std::stop_token stop) override;
    Result<void> remove(const std::string& path, std::stop_token stop) override;
    Result<void> makeFolder(const std::string& path, std::stop_token stop) override;

private:
    std::string fileOf(const std::string& path) const;
    std::string partOf(const Upload& upload) const;
    /// Calls with a connection that nobody else uses meanwhile; one that was lost is not used again.
    template<typename Call>
    auto with(std::stop_token stop, const Call& call) -> decltype(call(std::declval<SftpSession&>()));
    Result<std::unique_ptr<SftpSession>> take(std::stop_token stop);
    Result<void> makeFolders(SftpSession& session, const std::string& path) const;

    SshTarget m_target;
    std::string m_root;
    std::mutex m_mutex;
    std::vector<std::unique_ptr<SftpSession>> m_idle; ///< guarded by m_mutex
};

} // namespace ty::cloud
