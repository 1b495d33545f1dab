#pragma once

#include "cloud/storage/store.h"

namespace ty::cloud {

/// A store whose bytes come by a stream: readInto() is its way to read, also into memory.
class StreamedStore : public Store {
public:
    Result<void> read(
        const std::string& path, const std::string& etag, std::uint64_t offset, std::span<std::byte> bytes,
        std::stop_token stop) final;
    Result<void> readInto(
        const std::string& path, const std::string& etag, std::uint64_t offset, const BodySink& sink,
        std::stop_token stop) override = 0;
};

} // namespace ty::cloud
