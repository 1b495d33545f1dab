#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <optional>

#include "cloud/storage/local_store.h"

namespace ty::test {

/// A folder that behaves like a distant store: it counts what is sent, and fails as it is told.
class ShakyStore : public cloud::Store {
public:
    using Judge = std::function<Result<void>(const std::string& path, std::uint64_t block)>;

    explicit ShakyStore(std::string root)
        : m_inner(std::move(root))
    {
    }

    Judge beforeRead;  ///< none: all is well
    Judge beforeWrite;
    std::function<Result<void>()> afterFinish; ///< what becomes of the answer to a file's last step
    std::vector<cloud::StoreEntry> extra; ///< what the store claims to hold as well
    std::atomic<int> written = 0; ///< blocks and small files
    std::optional<std::uint64_t> crc64; ///< that the store claims for each of its files; none: it keeps no such sums

    std::uint64_t blockBytes = 1000;
    bool isStreamed = false; ///< readInto() hands a part on before it asks beforeRead

    cloud::StoreTraits traits() const override
    {
        cloud::StoreTraits traits = m_inner.traits();
        traits.blockBytes = blockBytes;
        traits.isStreamed = isStreamed;
        traits.keepsCrc64 = crc64.has_value();
        return traits;
    }
    std::string title() const override { return "shaky"; }
    Result<cloud::ListPage> list(const cloud::ListRequest& request, std::stop_token stop) override
    {
        auto page = m_inner.list(request, std::move(stop));
        if (page) {
            page->entries.insert(page->entries.end(), extra.begin(), extra.end());
        }
        return page;
    }
    Result<cloud::StoreEntry> properties(const std::string& path, std::stop_token stop) override
    {
        auto entry = m_inner.properties(path, std::move(stop));
        if (entry) {
            entry->crc64 = crc64;
        }
        return entry;
    }
    Result<void> read(
        const std::string& path, const std::string& etag, std::uint64_t offset, std::span<std::byte> bytes,
        std::stop_token stop) override
    {
        if (beforeRead) {
            TY_CHECK(beforeRead(path, offset / blockBytes));
        }
        return m_inner.read(path, etag, offset, bytes, std::move(stop));
    }
    Result<void> readInto(
        const std::string& path, const std::string& etag, std::uint64_t offset, const cloud::BodySink& sink,
        std::stop_token stop) override
    {
        std::vector<std::byte> bytes(sink.bytes);
        TY_CHECK(m_inner.read(path, etag, offset, bytes, std::move(stop)));
        const std::span<const std::byte> all(bytes);
        const std::size_t before = all.size() * 2 / 3;
        TY_CHECK(sink.take(0, all.first(before)));
        if (beforeRead) {
            TY_CHECK(beforeRead(path, offset / blockBytes)); // it breaks off
        }
        return sink.take(before, all.subspan(before));
    }
    Result<cloud::Upload> beginUpload(cloud::Upload wanted, std::stop_token stop) override
    {
        return m_inner.beginUpload(std::move(wanted), std::move(stop));
    }
    Result<void> writeBlock(
        const cloud::Upload& upload, std::uint64_t block, std::span<const std::byte> bytes, std::stop_token stop) override
    {
        if (beforeWrite) {
            TY_CHECK(beforeWrite(upload.path, block));
        }
        ++written;
        return m_inner.writeBlock(upload, block, bytes, std::move(stop));
    }
    Result<std::vector<bool>> writtenBlocks(const cloud::Upload& upload, std::stop_token stop) override
    {
        return m_inner.writtenBlocks(upload, std::move(stop));
    }
    Result<cloud::StoreEntry> finishUpload(
        const cloud::Upload& upload, const cloud::ContentSums& sums, cloud::Overwrite overwrite, std::stop_token stop) override
    {
        auto finished = m_inner.finishUpload(upload, sums, overwrite, std::move(stop));
        if (finished && afterFinish) {
            TY_CHECK(afterFinish());
        }
        return finished;
    }
    Result<void> abandonUpload(const cloud::Upload& upload, std::stop_token stop) override
    {
        return m_inner.abandonUpload(upload, std::move(stop));
    }
    Result<void> remove(const std::string& path, std::stop_token stop) override { return m_inner.remove(path, std::move(stop)); }

private:
    cloud::LocalStore m_inner;
};

} // namespace ty::test
