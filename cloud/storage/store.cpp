#include "cloud/storage/store.h"

namespace ty::cloud {

namespace {

Error unsupported(const std::string& what, const std::string& title)
{
    return Error{ErrorKind::Unsupported, title + " cannot " + what, {}};
}

} // namespace

Result<StoreEntry> Store::writeFile(
    const std::string& path, std::span<const std::byte> bytes, const std::string& md5, const std::string& contentType,
    Overwrite overwrite, std::stop_token stop)
{
    TY_TRY(const Upload upload, beginUpload({path, bytes.size(), traits().blockBytes, {}, contentType}, stop));
    Result<void> written;
    for (std::uint64_t block = 0; block < upload.blocks() && written; ++block) {
        written = writeBlock(upload, block, bytes.subspan(upload.offset(block), upload.size(block)), stop);
    }
    Result<StoreEntry> entry = written ? finishUpload(upload, md5, overwrite, stop) : Result<StoreEntry>(written.error());
    if (!entry) {
        (void)abandonUpload(upload, {}); // the first error tells more
    }
    return entry;
}

Result<void> Store::readInto(
    const std::string& path, const std::string& etag, std::uint64_t offset, const BodySink& sink, std::stop_token stop)
{
    std::vector<std::byte> bytes(sink.bytes);
    TY_CHECK(read(path, etag, offset, bytes, std::move(stop)));
    return sink.take(0, bytes);
}

Result<StoreEntry> Store::copy(const std::string&, const std::string&, Overwrite, std::stop_token)
{
    return unsupported("copy by itself", title());
}

Result<void> Store::restore(const std::string&, std::stop_token)
{
    return unsupported("bring back what was deleted", title());
}

Result<void> Store::makeFolder(const std::string&, std::stop_token)
{
    return unsupported("make an empty folder", title());
}

Result<void> Store::setTier(const std::string&, const std::string&, std::stop_token)
{
    return unsupported("change tiers", title());
}

Result<Secret> Store::shareAddress(const std::string&, const std::string&, const std::string&, std::stop_token)
{
    return unsupported("make addresses to share", title());
}

} // namespace ty::cloud
