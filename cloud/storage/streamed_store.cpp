#include "cloud/storage/streamed_store.h"

#include <utility>

namespace ty::cloud {

Result<void> StreamedStore::read(
    const std::string& path, const std::string& etag, std::uint64_t offset, std::span<std::byte> bytes, std::stop_token stop)
{
    return bytes.empty() ? Result<void>() : readInto(path, etag, offset, memorySink(bytes), std::move(stop));
}

} // namespace ty::cloud
