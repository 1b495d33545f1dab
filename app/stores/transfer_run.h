#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "app/catalog/transfers.h"
#include "app/stores/speed_meter.h"
#include "app/stores/transfer_file.h"
#include "app/stores/transfer_progress.h"
#include "cloud/storage/store.h"
#include "cloud/storage/store_opening.h"

namespace ty::app {

/// One side of a transfer: a store and the file or folder in it.
using TransferEnd = cloud::OpenedStore;

struct TransferOptions {
    int streams = 8; ///< connections at once; stores may want fewer
    std::uint64_t blockBytes = 0; ///< of large files; 0: as the stores like it
    std::chrono::milliseconds progressEvery{200};
    std::function<void(const TransferProgress&)> onProgress; ///< on the thread that runs
    /// How long the network may be away before the transfer is paused.
    std::chrono::seconds patience{900};
};

/// Works off one transfer of the catalog: lists the source, sends files by several streams, large ones in blocks, and notes
/// each block when it has arrived, so that whatever ends the program, the next run() goes on there. Files are verified; one
/// that fails does not stop the others.
class TransferRun {
public:
    /// @param lockFile  held while it runs, so that no two programs work on the same transfer
    TransferRun(
        catalog::Transfers& catalog, std::int64_t transfer, TransferEnd from, TransferEnd to, std::string lockFile,
        TransferOptions options);
    ~TransferRun();
    TransferRun(const TransferRun&) = delete;
    TransferRun& operator=(const TransferRun&) = delete;

    /// Blocks until everything is done, the transfer was paused or cancelled (by `stop`, which pauses, or in the catalog), or
    /// cannot go on. Result: the record as it is then; "failed" when some files failed, which is no Error.
    /// Errors: Busy (another program works on it), and what keeps all files from going on: NotSignedIn, DiskFull, NotFound (the
    /// source), Network (for longer than the patience), with the transfer left paused.
    Result<catalog::TransferRecord> run(std::stop_token stop);

private:
    using Lock = std::unique_lock<std::mutex>;
    using File = std::shared_ptr<TransferFile>;
    enum class Work { None, Wait, Open, Block, Finished };
    struct Task {
        Work work = Work::None;
        catalog::TransferItem item; ///< of Open
        File file;                  ///< of Block
        std::uint64_t block = 0;
    };

    // Coordination (transfer_run.cpp)
    void listSource(std::stop_token stop);
    Result<void> listPages(std::stop_token stop);
    void work(std::stop_token stop);
    Task nextTask();
    Result<void> refill();
    void report(const char* stage);
    bool isStopped();
    void giveUp(const Error& error);
    void noteChange();
    std::vector<catalog::TransferItem> itemsOf(const std::vector<cloud::StoreEntry>& entries) const;
    TransferProgress progress(const char* stage);

    // One file or block (transfer_work.cpp)
    void openItem(catalog::TransferItem item, std::vector<std::byte>& buffer, std::stop_token stop);
    Result<bool> isSameThere(const catalog::TransferItem& item, std::stop_token stop);
    Result<std::string> sendWhole(const catalog::TransferItem& item, std::vector<std::byte>& buffer, std::stop_token stop);
    Result<File> beginFile(catalog::TransferItem item, std::stop_token stop);
    void sendBlock(const File& file, std::uint64_t block, std::vector<std::byte>& buffer, std::stop_token stop);
    bool bringsInPieces(const TransferFile& file) const;
    /// Both send one block by `buffer`, and tell its CRC-64 in `sum` where it is wanted.
    Result<void> pourBlock(
        const TransferFile& file, std::uint64_t block, std::vector<std::byte>& buffer, std::optional<std::uint64_t>& sum,
        std::stop_token stop);
    Result<void> carryBlock(
        const TransferFile& file, std::uint64_t block, std::vector<std::byte>& buffer, std::optional<std::uint64_t>& sum,
        std::stop_token stop);
    void hashWhatArrived(const File& file, std::uint64_t block, std::vector<std::byte>& buffer);
    Result<bool> isFinishedBefore(const catalog::TransferItem& item, std::stop_token stop);
    void endItem(const catalog::TransferItem& item, const char* state, const std::string& checked, const std::string& error);
    /// Calls until it works or fails for another reason than the network.
    template<typename Call>
    auto persist(const Call& call, std::stop_token stop) -> decltype(call());
    bool waitForNetwork(const Error& error, int attempt, std::stop_token stop);
    bool stopsAll(const Error& error) const;

    // The end of a file (transfer_finish.cpp)
    void closeIfDone(const File& file, std::stop_token stop);
    Result<std::string> finishFile(TransferFile& file, std::stop_token stop);
    Result<bool> wasFinished(const cloud::Upload& upload, std::stop_token stop);
    bool holdsAlready(const std::string& target, std::span<const std::byte> bytes, std::stop_token stop);
    std::string howChecked(bool isCompared) const;
    bool wantsMd5(const TransferFile& file) const;
    bool wantsCrc64(const TransferFile& file) const;
    Result<void> readHere(const TransferFile& file, std::uint64_t block, std::span<std::byte> bytes) const;
    Result<std::optional<std::uint64_t>> sumOf(TransferFile& file, const std::stop_token& stop);

    catalog::Transfers& m_catalog; ///< guarded by m_lock, as all below that is not const
    const std::int64_t m_transfer;
    const TransferEnd m_from;
    const TransferEnd m_to;
    const std::string m_lockFile;
    const TransferOptions m_options;
    cloud::Overwrite m_overwrite = cloud::Overwrite::No;
    bool m_onlyChanged = false;
    std::uint64_t m_blockBytes = 0;

    std::mutex m_lock;
    std::condition_variable_any m_wake;
    std::uint64_t m_changes = 0; ///< counts what a worker without work waits for
    std::stop_source m_stop;
    std::deque<catalog::TransferItem> m_waiting;
    std::vector<File> m_open;
    int m_opening = 0;
    std::int64_t m_lastItem = 0;
    bool m_isListed = false;
    bool m_isGivenUp = false;
    Error m_reason;
    std::int64_t m_files = 0;
    std::int64_t m_filesDone = 0;
    std::int64_t m_filesFailed = 0;
    std::int64_t m_bytes = 0;
    std::int64_t m_bytesDone = 0;
    int m_offline = 0; ///< streams that wait for the network
    std::string m_problem;
    SpeedMeter m_speed;
};

} // namespace ty::app
