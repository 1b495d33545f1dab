#include "app/stores/transfer_file.h"

#include <algorithm>
#include <utility>

namespace ty::app {

TransferFile::TransferFile(catalog::TransferItem item, cloud::Upload upload, std::optional<std::uint64_t> crc64)
    : m_item(std::move(item))
    , m_upload(std::move(upload))
    , m_arrived(m_item.blocks)
    , m_crc64(crc64)
    , m_blockSums(m_upload.blocks())
{
    m_arrived.resize(m_upload.blocks(), false);
    m_taken = m_arrived;
    m_left = static_cast<std::uint64_t>(std::count(m_arrived.begin(), m_arrived.end(), false));
}

bool TransferFile::take(std::uint64_t& block, bool inOrder)
{
    if (m_isFailed || (inOrder && m_inFlight > 0)) {
        return false;
    }
    while (m_next < m_taken.size() && m_taken[m_next]) {
        ++m_next;
    }
    if (m_next == m_taken.size()) {
        return false;
    }
    block = m_next;
    m_taken[block] = true;
    ++m_inFlight;
    return true;
}

void TransferFile::arrived(std::uint64_t block, std::optional<std::uint64_t> crc64)
{
    m_blockSums[block] = crc64;
    --m_inFlight;
    --m_left;
    m_arrived[block] = true;
}

void TransferFile::giveBack(std::uint64_t block)
{
    --m_inFlight;
    m_taken[block] = false;
    m_next = std::min(m_next, block);
}

void TransferFile::fail(const Error& error)
{
    if (!m_isFailed) {
        m_isFailed = true;
        m_error = error;
    }
}

bool TransferFile::takeForHash(std::uint64_t& block)
{
    if (m_isHashing || isHashed() || !m_arrived[m_hashNext]) {
        return false;
    }
    m_isHashing = true;
    block = m_hashNext;
    return true;
}

void TransferFile::doneHashing()
{
    ++m_hashNext;
    m_isHashing = false;
}

} // namespace ty::app
