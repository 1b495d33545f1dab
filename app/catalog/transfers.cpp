#include "app/catalog/transfers.h"

#include <cstddef>
#include <span>
#include <utility>

#include "app/catalog/database.h"
#include "app/catalog/records.h"
#include "app/catalog/schema.h"
#include "engine/base/run_events.h"

namespace ty::catalog {

namespace {

constexpr const char* kColumns =
    "SELECT id, source, target, state, overwrite, listed, files, files_done, files_failed, files_skipped, bytes, bytes_done,"
    " seconds, error, started, ended FROM transfers ";
constexpr const char* kItemColumns =
    "SELECT id, source, target, bytes, etag, md5, state, block_bytes, token, blocks, checked, error FROM transfer_items ";

TransferRecord readRow(const Statement& row)
{
    TransferRecord transfer;
    transfer.id = row.integer(0);
    transfer.source = row.text(1);
    transfer.target = row.text(2);
    transfer.state = row.text(3);
    transfer.overwrite = row.text(4);
    transfer.isListed = row.integer(5) != 0;
    transfer.files = row.integer(6);
    transfer.filesDone = row.integer(7);
    transfer.filesFailed = row.integer(8);
    transfer.filesSkipped = row.integer(9);
    transfer.bytes = row.integer(10);
    transfer.bytesDone = row.integer(11);
    transfer.seconds = row.real(12);
    transfer.error = row.text(13);
    transfer.started = row.text(14);
    transfer.ended = row.text(15);
    return transfer;
}

std::vector<std::byte> packed(const std::vector<bool>& bits)
{
    std::vector<std::byte> bytes((bits.size() + 7) / 8, std::byte{0});
    for (std::size_t i = 0; i < bits.size(); ++i) {
        if (bits[i]) {
            bytes[i / 8] |= std::byte{1} << (i % 8);
        }
    }
    return bytes;
}

std::vector<bool> unpacked(std::span<const std::byte> bytes, std::size_t count)
{
    std::vector<bool> bits(count, false);
    for (std::size_t i = 0; i < count && i / 8 < bytes.size(); ++i) {
        bits[i] = (bytes[i / 8] & (std::byte{1} << (i % 8))) != std::byte{0};
    }
    return bits;
}

TransferItem readItem(const Statement& row)
{
    TransferItem item;
    item.id = row.integer(0);
    item.source = row.text(1);
    item.target = row.text(2);
    item.bytes = row.integer(3);
    item.etag = row.text(4);
    item.md5 = row.text(5);
    item.state = row.text(6);
    item.blockBytes = row.integer(7);
    item.token = row.text(8);
    const std::int64_t count = item.blockBytes > 0 ? (item.bytes + item.blockBytes - 1) / item.blockBytes : 0;
    item.blocks = unpacked(row.blob(9), static_cast<std::size_t>(count));
    item.checked = row.text(10);
    item.error = row.text(11);
    return item;
}

template<typename Record, typename Read>
Result<std::vector<Record>> readAll(Statement rows, Read read)
{
    std::vector<Record> records;
    for (;;) {
        TY_TRY(const bool isRow, rows.next());
        if (!isRow) {
            return records;
        }
        records.push_back(read(rows));
    }
}

std::string nameOf(std::int64_t id)
{
    return "transfer " + std::to_string(id);
}

} // namespace

Result<std::unique_ptr<Transfers>> Transfers::open(const Paths& paths)
{
    OpenReport report;
    TY_TRY(auto database, Database::open(paths.catalogFile(), catalogMigrations(), paths.backupFolder(), report));
    return std::unique_ptr<Transfers>(new Transfers(std::move(database)));
}

Transfers::Transfers(std::unique_ptr<Database> database)
    : m_database(std::move(database))
{
}

Transfers::~Transfers() = default;

Result<std::int64_t> Transfers::add(const TransferRecord& transfer)
{
    TY_CHECK(m_database->change(
        "INSERT INTO transfers(source, target, state, overwrite, started) VALUES(?1, ?2, ?3, ?4, ?5)", transfer.source,
        transfer.target, transfer.state, transfer.overwrite, utcNow()));
    return m_database->lastId();
}

Result<TransferRecord> Transfers::transfer(std::int64_t id)
{
    TY_TRY(Statement row, m_database->query(std::string(kColumns) + "WHERE id=?1", id));
    TY_TRY(const bool isRow, row.next());
    if (!isRow) {
        return Error{ErrorKind::NotFound, "there is no " + nameOf(id), {}};
    }
    return readRow(row);
}

Result<std::vector<TransferRecord>> Transfers::newest(int limit)
{
    TY_TRY(Statement rows, m_database->query(std::string(kColumns) + "ORDER BY id DESC LIMIT ?1", limit));
    return readAll<TransferRecord>(std::move(rows), readRow);
}

Result<std::vector<TransferRecord>> Transfers::openOnes()
{
    TY_TRY(
        Statement rows,
        m_database->query(std::string(kColumns) + "WHERE state IN ('waiting', 'running', 'paused') ORDER BY id"));
    return readAll<TransferRecord>(std::move(rows), readRow);
}

Result<void> Transfers::setState(std::int64_t id, const std::string& state, const std::string& error)
{
    const bool isOver = state == "done" || state == "failed" || state == "cancelled";
    return m_database->changeOne(
        nameOf(id), "UPDATE transfers SET state=?2, error=?3, ended=?4 WHERE id=?1", id, state, error,
        isOver ? utcNow() : std::string());
}

Result<std::string> Transfers::stateOf(std::int64_t id)
{
    TY_TRY(const TransferRecord record, transfer(id));
    return record.state;
}

Result<TransferRecord> Transfers::summarise(std::int64_t id, double moreSeconds)
{
    TY_CHECK(m_database->changeOne(
        nameOf(id),
        "UPDATE transfers SET seconds = seconds + ?2,"
        " (files, files_done, files_failed, files_skipped, bytes, bytes_done) = (SELECT count(*),"
        " coalesce(sum(state='done'), 0), coalesce(sum(state='failed'), 0), coalesce(sum(state='skipped'), 0),"
        " coalesce(sum(bytes), 0), coalesce(sum(CASE WHEN state IN ('done', 'skipped') THEN bytes ELSE 0 END), 0)"
        " FROM transfer_items WHERE transfer_id=?1) WHERE id=?1",
        id, moreSeconds));
    return transfer(id);
}

Result<void> Transfers::remove(std::int64_t id)
{
    return m_database->changeOne(nameOf(id), "DELETE FROM transfers WHERE id=?1", id);
}

Result<void> Transfers::addItems(std::int64_t transfer, const std::vector<TransferItem>& items)
{
    return m_database->transaction([&]() -> Result<void> {
        for (const TransferItem& item : items) {
            TY_CHECK(m_database->change(
                "INSERT INTO transfer_items(transfer_id, source, target, bytes, etag, md5, state, error)"
                " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT(transfer_id, target) DO NOTHING",
                transfer, item.source, item.target, item.bytes, item.etag, item.md5, item.state, item.error));
        }
        return {};
    });
}

Result<void> Transfers::setListed(std::int64_t transfer)
{
    return m_database->changeOne(nameOf(transfer), "UPDATE transfers SET listed=1 WHERE id=?1", transfer);
}

Result<std::vector<TransferItem>> Transfers::unfinishedItems(std::int64_t transfer, std::int64_t after, int limit)
{
    TY_TRY(
        Statement rows,
        m_database->query(
            std::string(kItemColumns)
                + "WHERE transfer_id=?1 AND state IN ('waiting', 'open') AND id > ?2 ORDER BY id LIMIT ?3",
            transfer, after, limit));
    return readAll<TransferItem>(std::move(rows), readItem);
}

Result<std::vector<TransferItem>> Transfers::failedItems(std::int64_t transfer, int limit)
{
    TY_TRY(
        Statement rows,
        m_database->query(
            std::string(kItemColumns) + "WHERE transfer_id=?1 AND state='failed' ORDER BY id LIMIT ?2", transfer, limit));
    return readAll<TransferItem>(std::move(rows), readItem);
}

Result<void> Transfers::beginItem(const TransferItem& item)
{
    const std::vector<std::byte> blocks = packed(item.blocks);
    return m_database->changeOne(
        "file of a transfer",
        "UPDATE transfer_items SET state='open', bytes=?2, etag=?3, md5=?4, block_bytes=?5, token=?6, blocks=?7, error=''"
        " WHERE id=?1",
        item.id, item.bytes, item.etag, item.md5, item.blockBytes, item.token, std::span<const std::byte>(blocks));
}

Result<void> Transfers::noteBlocks(std::int64_t item, const std::vector<bool>& blocks)
{
    const std::vector<std::byte> bytes = packed(blocks);
    return m_database->changeOne(
        "file of a transfer", "UPDATE transfer_items SET blocks=?2 WHERE id=?1", item, std::span<const std::byte>(bytes));
}

Result<void> Transfers::endItem(
    std::int64_t item, const std::string& state, const std::string& checked, const std::string& error)
{
    return m_database->changeOne(
        "file of a transfer",
        "UPDATE transfer_items SET state=?2, checked=?3, error=?4, token='', blocks=x'' WHERE id=?1", item, state, checked,
        error);
}

Result<std::int64_t> Transfers::retryFailed(std::int64_t transfer)
{
    return m_database->change(
        "UPDATE transfer_items SET state='waiting', error='', etag='', token='', block_bytes=0, blocks=x''"
        " WHERE transfer_id=?1 AND state='failed'",
        transfer);
}

} // namespace ty::catalog
