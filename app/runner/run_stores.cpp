#include "app/runner/run_stores.h"

#include <array>
#include <cerrno>
#include <utility>

#include <unistd.h>

#include "app/runner/messages.h"
#include "engine/data/near_copy.h"

namespace ty::runner {

namespace {

Result<std::string> readToEnd(int descriptor)
{
    constexpr std::size_t kMost = std::size_t{1} << 20;
    std::string text;
    std::array<char, 4096> chunk{};
    for (;;) {
        const ssize_t got = ::read(descriptor, chunk.data(), chunk.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return errnoError(errno, "cannot read", "what opens the stores");
        }
        if (got == 0 || text.size() > kMost) {
            return text;
        }
        text.append(chunk.data(), static_cast<std::size_t>(got));
    }
}

} // namespace

Result<std::unique_ptr<streaming::StoreFiles>> readStores(int descriptor, streaming::StoreFilesOptions options)
{
    std::vector<cloud::StoreGrant> grants;
    if (descriptor >= 0) {
        auto text = readToEnd(descriptor);
        ::close(descriptor);
        if (!text) {
            return std::move(text).error();
        }
        TY_TRY(grants, cloud::grantsFromText(cloud::Secret(std::move(text).value())));
    }
    if (!grants.empty()) {
        engine::NearCopy::removeLeftBehind();
    }
    return std::make_unique<streaming::StoreFiles>(std::move(grants), std::move(options));
}

streaming::StoreFilesOptions tellingStores()
{
    streaming::StoreFilesOptions options;
    options.notice = [](const std::string& text, bool) { reportWarning(text); };
    return options;
}

} // namespace ty::runner
