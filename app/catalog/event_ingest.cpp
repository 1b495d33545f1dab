#include "app/catalog/event_ingest.h"

#include <cerrno>
#include <cmath>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/catalog/catalog.h"
#include "app/catalog/database.h"
#include "app/catalog/overview.h"
#include "app/catalog/run_progress.h"
#include "engine/base/files.h"

namespace ty::catalog {

namespace {

/// After `added` points have been stored.
Result<void> growOverviewIfDue(Database& database, std::int64_t metricId, std::int64_t added)
{
    TY_TRY(Statement row, database.query("SELECT points-overviewed FROM metrics WHERE id=?1", metricId));
    TY_CHECK(row.next());
    if (row.integer(0) >= kOverviewBlock) {
        row.rewind();
        TY_CHECK(growOverview(database, metricId, added + 2 * kOverviewBlock));
    }
    return {};
}

} // namespace

struct EventIngest::State {
    State(Catalog& owner, std::int64_t id, Result<RunRecord> known)
        : catalog(owner)
        , runId(id)
        , progress(known ? known.value() : RunRecord{})
    {
        if (!known) {
            openingError = known.error();
        }
    }

    Result<std::int64_t> metricId(Database& database, const std::string& name);
    Result<void> insertPoints(Database& database, std::uint64_t storedSeq);
    Result<void> insertMarks(Database& database, std::uint64_t storedSeq);
    Result<void> updateRun(Database& database);
    Result<void> insertSettings(Database& database);

    Catalog& catalog;
    std::int64_t runId;
    RunProgress progress;
    std::optional<Error> openingError;
    std::vector<MetricPoint> points;
    std::vector<RunMark> marks;
    std::map<std::string, std::int64_t> metricIds;
    bool areSettingsStored = false;
    std::uint64_t flushedSeq = 0;
    std::uint64_t readBytes = 0; ///< of the events file, up to the last complete line
    std::int64_t damagedLines = 0;
};

Result<std::int64_t> EventIngest::State::metricId(Database& database, const std::string& name)
{
    if (const auto known = metricIds.find(name); known != metricIds.end()) {
        return known->second;
    }
    TY_CHECK(database.change("INSERT OR IGNORE INTO metrics(run_id, name) VALUES(?1, ?2)", runId, name));
    TY_TRY(Statement row, database.query("SELECT id FROM metrics WHERE run_id=?1 AND name=?2", runId, name));
    TY_CHECK(row.next());
    const std::int64_t id = row.integer(0);
    metricIds.emplace(name, id);
    return id;
}

Result<void> EventIngest::State::insertPoints(Database& database, std::uint64_t storedSeq)
{
    struct Tally {
        std::int64_t points = 0;
        double minimum = kUnknown;
        double maximum = kUnknown;
        double last = kUnknown;
    };
    std::map<std::int64_t, Tally> tallies;
    TY_TRY(
        Statement insert,
        database.query("INSERT OR IGNORE INTO points(metric_id, seq, session, step, epoch, elapsed, wall, value)"
                       " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"));
    for (const MetricPoint& point : points) {
        if (point.seq <= storedSeq) {
            continue;
        }
        TY_TRY(const std::int64_t id, metricId(database, point.metric));
        insert.rewind();
        insert.bindValue(1, id);
        insert.bindValue(2, point.seq);
        insert.bindValue(3, point.session);
        insert.bindValue(4, point.step);
        insert.bindValue(5, point.epoch);
        insert.bindValue(6, point.elapsed);
        insert.bindValue(7, point.wall);
        insert.bindValue(8, point.value);
        TY_CHECK(insert.next());
        Tally& tally = tallies[id];
        ++tally.points;
        tally.minimum = std::fmin(tally.minimum, point.value); // of a NaN and a number, the number
        tally.maximum = std::fmax(tally.maximum, point.value);
        tally.last = point.value;
    }
    for (const auto& [id, tally] : tallies) {
        TY_CHECK(database.change(
            "UPDATE metrics SET points=points+?2, minimum=min(ifnull(minimum,?3),ifnull(?3,minimum)),"
            " maximum=max(ifnull(maximum,?4),ifnull(?4,maximum)), last=?5 WHERE id=?1",
            id, tally.points, tally.minimum, tally.maximum, tally.last));
        TY_CHECK(growOverviewIfDue(database, id, tally.points));
    }
    return {};
}

Result<void> EventIngest::State::insertMarks(Database& database, std::uint64_t storedSeq)
{
    for (const RunMark& mark : marks) {
        if (mark.seq > storedSeq) {
            TY_CHECK(database.change(
                "INSERT OR IGNORE INTO marks(run_id, seq, kind, step, epoch, elapsed, wall, fields)"
                " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                runId, mark.seq, mark.kind, mark.step, mark.epoch, mark.elapsed, mark.wall, toJsonLine(mark.fields)));
        }
    }
    return {};
}

Result<void> EventIngest::State::updateRun(Database& database)
{
    const RunRecord& run = progress.run();
    return database.changeOne(
        "run " + std::to_string(runId),
        "UPDATE runs SET state=?2, task=?3, device=?4, host=?5, metric=?6, best=?7, last=?8, gap=?9, best_epoch=?10,"
        " epochs_done=?11, epochs_planned=?12, parameters=?13, seconds=?14, eta_seconds=?15, queue_seconds=?16,"
        " checkpoints=?17, has_model=?18, started=?19, ended=?20, outcome=?21, error_kind=?22, error_message=?23,"
        " error_advice=?24, pid=?25, last_seq=?26 WHERE id=?1",
        runId, runStateName(run.state), run.task, run.device, run.host, run.metric, run.best, run.last, run.gap,
        run.bestEpoch, run.epochsDone, run.epochsPlanned, run.parameters, run.seconds, run.etaSeconds,
        run.queueSeconds, progress.checkpoints(), run.hasModel, run.started, run.ended, run.outcome, run.errorKind,
        run.errorMessage, run.errorAdvice, run.pid, progress.lastSeq());
}

Result<void> EventIngest::State::insertSettings(Database& database)
{
    if (areSettingsStored || !progress.settings().is_object()) {
        return {};
    }
    for (const auto& [name, value] : progress.settings().items()) {
        TY_CHECK(database.change(
            "INSERT OR REPLACE INTO run_settings(run_id, name, value) VALUES(?1, ?2, ?3)", runId, name,
            toJsonLine(value)));
    }
    areSettingsStored = true;
    return {};
}

EventIngest::EventIngest(Catalog& catalog, std::int64_t runId)
    : m_state(std::make_unique<State>(catalog, runId, catalog.run(runId)))
{
}

EventIngest::~EventIngest() = default;
EventIngest::EventIngest(EventIngest&&) noexcept = default;

void EventIngest::apply(const RunEvent& event)
{
    m_state->progress.apply(event, m_state->points, m_state->marks);
}

Result<void> EventIngest::flush()
{
    State& state = *m_state;
    if (state.openingError) {
        return *state.openingError;
    }
    const std::uint64_t lastSeq = state.progress.lastSeq();
    if (lastSeq == state.flushedSeq) {
        return {};
    }
    Database& database = *state.catalog.m_database;
    auto stored = database.transaction([&]() -> Result<void> {
        // Another process may have stored the same events meanwhile; inside the transaction nobody can.
        TY_TRY(Statement row, database.query("SELECT last_seq FROM runs WHERE id=?1", state.runId));
        TY_TRY(const bool isKnown, row.next());
        if (!isKnown) {
            return Error{ErrorKind::NotFound, "run " + std::to_string(state.runId) + " is not in the catalog", {}};
        }
        const auto storedSeq = static_cast<std::uint64_t>(row.integer(0));
        row.rewind();
        TY_CHECK(state.insertPoints(database, storedSeq));
        TY_CHECK(state.insertMarks(database, storedSeq));
        TY_CHECK(state.insertSettings(database));
        if (lastSeq > storedSeq) {
            TY_CHECK(state.updateRun(database));
        }
        return {};
    });
    TY_CHECK(std::move(stored));
    state.points.clear();
    state.marks.clear();
    state.flushedSeq = lastSeq;
    return {};
}

Result<void> EventIngest::replay(const std::string& eventsFile)
{
    State& state = *m_state;
    std::ifstream file(eventsFile, std::ios::binary);
    if (!file) {
        return pathExists(eventsFile) ? Result<void>(errnoError(errno, "cannot read", eventsFile)) : flush();
    }
    file.seekg(static_cast<std::streamoff>(state.readBytes));
    std::string line;
    // getline() sets eof with a last line that has no newline: torn, or still being written.
    while (std::getline(file, line) && !file.eof()) {
        state.readBytes += line.size() + 1;
        if (auto event = RunEvent::fromLine(line); event) {
            apply(event.value());
        } else {
            ++state.damagedLines;
        }
        constexpr std::size_t kPointsAtOnce = 200000;
        if (state.points.size() > kPointsAtOnce) {
            TY_CHECK(flush());
        }
    }
    return flush();
}

const RunRecord& EventIngest::run() const
{
    return m_state->progress.run();
}

std::uint64_t EventIngest::lastSeq() const
{
    return m_state->progress.lastSeq();
}

std::int64_t EventIngest::damagedLines() const
{
    return m_state->damagedLines;
}

} // namespace ty::catalog
