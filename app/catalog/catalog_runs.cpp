#include <algorithm>
#include <filesystem>
#include <sstream>
#include <utility>

#include "app/catalog/catalog.h"
#include "app/catalog/database.h"
#include "app/catalog/run_note.h"
#include "engine/base/files.h"
#include "engine/base/run_events.h"

namespace ty::catalog {

namespace {

constexpr const char* kColumns
    = "SELECT r.id, r.project_id, ifnull(r.dataset_id,0), r.name, r.state, r.folder, r.dataset, r.task, r.learner,"
      " r.preset, r.device, r.host, r.seed, r.metric, r.best, r.last, r.gap, r.best_epoch, r.epochs_done,"
      " r.epochs_planned, r.parameters, r.seconds, r.eta_seconds, r.queue_seconds, r.cost_usd, r.bytes, r.starred,"
      " r.checkpoints, r.has_model, r.tags, r.notes, r.created, r.started, r.ended, r.outcome, r.error_kind,"
      " r.error_message, r.error_advice, r.pid, ifnull(r.parent_id,0), ifnull(p.name,''), r.parent_epoch"
      " FROM runs r LEFT JOIN runs p ON p.id=r.parent_id ";

std::vector<std::string> splitTags(const std::string& text)
{
    std::istringstream words(text);
    std::vector<std::string> tags;
    for (std::string word; words >> word;) {
        tags.push_back(word);
    }
    return tags;
}

RunRecord readRow(const Statement& row)
{
    int column = 0;
    const auto integer = [&] { return row.integer(column++); };
    const auto small = [&] { return static_cast<int>(row.integer(column++)); };
    const auto real = [&] { return row.real(column++); };
    const auto text = [&] { return row.text(column++); };

    RunRecord run;
    run.id = integer();
    run.projectId = integer();
    run.datasetId = integer();
    run.name = text();
    run.state = runStateFromName(text());
    run.folder = text();
    run.dataset = text();
    run.task = text();
    run.learner = text();
    run.preset = text();
    run.device = text();
    run.host = text();
    run.seed = static_cast<std::uint64_t>(integer());
    run.metric = text();
    run.best = real();
    run.last = real();
    run.gap = real();
    run.bestEpoch = small();
    run.epochsDone = small();
    run.epochsPlanned = small();
    run.parameters = integer();
    run.seconds = real();
    run.etaSeconds = real();
    run.queueSeconds = real();
    run.costUsd = real();
    run.bytes = integer();
    run.isStarred = integer() != 0;
    run.isResumable = integer() > 0 && !isActive(run.state);
    run.hasModel = integer() != 0;
    run.tags = splitTags(text());
    run.notes = text();
    run.created = text();
    run.started = text();
    run.ended = text();
    run.outcome = text();
    run.errorKind = text();
    run.errorMessage = text();
    run.errorAdvice = text();
    run.pid = small();
    run.parentId = integer();
    run.parent = text();
    run.parentEpoch = small();
    return run;
}

/// A name that is a file name on every system and needs no quoting: "My data (2)" -> "my-data-2".
std::string plainName(const std::string& text)
{
    std::string plain;
    for (const char c : text) {
        const bool isKept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        const bool isUpper = c >= 'A' && c <= 'Z';
        if (isKept || isUpper) {
            plain += isUpper ? static_cast<char>(c - 'A' + 'a') : c;
        } else if (!plain.empty() && plain.back() != '-') {
            plain += '-';
        }
    }
    while (!plain.empty() && plain.back() == '-') {
        plain.pop_back();
    }
    constexpr std::size_t kLongest = 40;
    return plain.empty() ? "data" : plain.substr(0, kLongest);
}

/// What tables call data that is no entry of the catalog: the last part of its path without suffixes.
std::string dataName(const std::string& path)
{
    auto name = std::filesystem::path(path).lexically_normal();
    std::string last = name.has_filename() ? name.filename().string() : name.parent_path().filename().string();
    const auto dot = last.find('.');
    return dot == std::string::npos || dot == 0 ? last : last.substr(0, dot);
}

Result<void> checkName(const std::string& name)
{
    const bool isUsable = !name.empty() && name.size() <= 200 && name.find('/') == std::string::npos
        && name.front() != '.' && name.find('\0') == std::string::npos;
    if (!isUsable) {
        return Error{
            ErrorKind::InvalidInput, "\"" + name + "\" cannot name a run",
            "Use 1 to 200 characters without \"/\", not beginning with a dot."};
    }
    return {};
}

} // namespace

Result<std::string> Catalog::freeRunName(const std::string& stem)
{
    TY_TRY(Statement row, m_database->query("SELECT name FROM runs WHERE name GLOB ?1 || '-[0-9]*'", stem));
    std::int64_t highest = 0;
    for (;;) {
        TY_TRY(const bool hasRow, row.next());
        if (!hasRow) {
            break;
        }
        const std::string digits = row.text(0).substr(stem.size() + 1);
        const bool isNumber = digits.size() < 10 && std::all_of(digits.begin(), digits.end(), [](char c) {
            return c >= '0' && c <= '9';
        });
        if (isNumber) {
            highest = std::max<std::int64_t>(highest, std::stoll(digits));
        }
    }
    // A folder may be there without a row: a lost catalog that has not been repaired yet.
    for (++highest; pathExists(m_paths.runsFolder() + "/" + stem + "-" + std::to_string(highest)); ++highest) {
    }
    return stem + "-" + std::to_string(highest);
}

Result<RunRecord> Catalog::createRun(RunSpec spec, std::int64_t datasetId, std::int64_t projectId)
{
    TY_CHECK(spec.validate());
    RunRecord record;
    record.datasetId = datasetId;
    record.projectId = projectId == 0 ? 1 : projectId;
    record.created = utcNow();
    record.dataset = dataName(spec.data.training);
    if (datasetId != 0) {
        TY_TRY(const DatasetRecord known, dataset(datasetId));
        record.dataset = known.name;
    }
    std::int64_t id = 0;
    auto stored = m_database->transaction([&]() -> Result<void> {
        if (spec.name.empty()) {
            TY_TRY(spec.name, freeRunName(plainName(record.dataset) + "-" + spec.preset));
        }
        TY_CHECK(checkName(spec.name));
        const std::string stem = m_paths.runsFolder() + "/" + spec.name;
        record.folder = stem;
        for (int n = 2; pathExists(record.folder); ++n) {
            record.folder = stem + "." + std::to_string(n);
        }
        TY_TRY(const RunRecord made, insertRun(spec, record));
        id = made.id;
        TY_CHECK(makeFolders(record.folder));
        auto written = spec.save(RunFolder{record.folder}.specFile());
        if (written) {
            written = saveRunNote(id);
        }
        if (!written) {
            TY_CHECK(removeTree(record.folder));
        }
        return written;
    });
    TY_CHECK(std::move(stored));
    return run(id);
}

Result<RunRecord> Catalog::insertRun(const RunSpec& spec, RunRecord record)
{
    auto made = m_database->change(
        "INSERT INTO runs(project_id, dataset_id, name, state, folder, dataset, task, learner, preset, device, seed,"
        " starred, tags, notes, created, spec, parent_id, parent_epoch)"
        " VALUES(?1, nullif(?2,0), ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,"
        " (SELECT id FROM runs WHERE name=?17), ?18)",
        record.projectId, record.datasetId, spec.name, runStateName(record.state), record.folder, record.dataset,
        spec.data.task, spec.learner, spec.preset, spec.device, spec.seed, record.isStarred, std::string(),
        record.notes, record.created, toJsonLine(spec.toJson()), spec.start.run, spec.start.epoch);
    if (!made) {
        if (made.error().kind == ErrorKind::AlreadyExists) {
            return Error{
                ErrorKind::AlreadyExists, "there is already a run named \"" + spec.name + "\"",
                "Choose another name; one in the trash counts too."};
        }
        return std::move(made).error();
    }
    const std::int64_t id = m_database->lastId();
    for (const auto& [name, value] : spec.settings.items()) {
        TY_CHECK(m_database->change(
            "INSERT OR REPLACE INTO run_settings(run_id, name, value) VALUES(?1, ?2, ?3)", id, name,
            toJsonLine(value)));
    }
    return run(id);
}

Result<std::vector<RunRecord>> Catalog::runs()
{
    TY_TRY(Statement row, m_database->query(std::string(kColumns) + "WHERE r.deleted IS NULL ORDER BY r.id DESC"));
    std::vector<RunRecord> list;
    for (;;) {
        TY_TRY(const bool hasRow, row.next());
        if (!hasRow) {
            return list;
        }
        list.push_back(readRow(row));
    }
}

Result<RunRecord> Catalog::run(std::int64_t id)
{
    TY_TRY(Statement row, m_database->query(std::string(kColumns) + "WHERE r.id=?1", id));
    TY_TRY(const bool hasRow, row.next());
    if (!hasRow) {
        return Error{ErrorKind::NotFound, "there is no run " + std::to_string(id) + " in the catalog", {}};
    }
    return readRow(row);
}

Result<std::optional<RunRecord>> Catalog::findRun(const std::string& name)
{
    TY_TRY(Statement row, m_database->query(std::string(kColumns) + "WHERE r.name=?1 AND r.deleted IS NULL", name));
    TY_TRY(const bool hasRow, row.next());
    return hasRow ? std::optional<RunRecord>(readRow(row)) : std::nullopt;
}

Result<RunSpec> Catalog::runSpec(std::int64_t id)
{
    TY_TRY(Statement row, m_database->query("SELECT spec, name FROM runs WHERE id=?1", id));
    TY_TRY(const bool hasRow, row.next());
    if (!hasRow) {
        return Error{ErrorKind::NotFound, "there is no run " + std::to_string(id) + " in the catalog", {}};
    }
    const std::string what = "description of run " + row.text(1);
    TY_TRY(const Json json, parseJson(row.text(0), what));
    return RunSpec::fromJson(json, what);
}

Result<Json> Catalog::runSettings(std::int64_t id)
{
    TY_TRY(Statement row, m_database->query("SELECT name, value FROM run_settings WHERE run_id=?1", id));
    Json settings = Json::object();
    for (;;) {
        TY_TRY(const bool hasRow, row.next());
        if (!hasRow) {
            return settings;
        }
        TY_TRY(settings[row.text(0)], parseJson(row.text(1), "setting " + row.text(0)));
    }
}

Result<std::map<std::int64_t, std::string>> Catalog::settingOfRuns(const std::string& setting)
{
    TY_TRY(Statement row, m_database->query("SELECT run_id, value FROM run_settings WHERE name=?1", setting));
    std::map<std::int64_t, std::string> values;
    for (;;) {
        TY_TRY(const bool hasRow, row.next());
        if (!hasRow) {
            return values;
        }
        TY_TRY(const Json value, parseJson(row.text(1), "setting " + setting));
        values[row.integer(0)] = value.is_string() ? value.get<std::string>() : row.text(1);
    }
}

Result<std::vector<std::string>> Catalog::settingNames()
{
    TY_TRY(Statement row, m_database->query("SELECT DISTINCT name FROM run_settings ORDER BY name"));
    std::vector<std::string> names;
    for (;;) {
        TY_TRY(const bool hasRow, row.next());
        if (!hasRow) {
            return names;
        }
        names.push_back(row.text(0));
    }
}

Result<void> Catalog::setRunState(std::int64_t id, RunState state, const std::optional<Error>& error)
{
    const std::string ended = isActive(state) || state == RunState::Queued ? "" : utcNow();
    return m_database->changeOne(
        "run " + std::to_string(id),
        "UPDATE runs SET state=?2, ended=?3, pid=CASE WHEN ?3='' THEN pid ELSE 0 END, eta_seconds=NULL,"
        " error_kind=?4, error_message=?5, error_advice=?6 WHERE id=?1",
        id, runStateName(state), ended, error ? std::string(errorKindName(error->kind)) : std::string(),
        error ? error->message : std::string(), error ? error->advice : std::string());
}

Result<void> Catalog::saveRunNote(std::int64_t id)
{
    TY_TRY(const RunRecord record, run(id));
    TY_TRY(
        Statement row,
        m_database->query(
            "SELECT p.name, ifnull(r.deleted,'') FROM runs r JOIN projects p ON p.id=r.project_id WHERE r.id=?1", id));
    TY_CHECK(row.next());
    const RunNote note{
        record.name,  row.text(0), record.created, record.isStarred, record.tags,
        record.notes, row.text(1)};
    if (!isFolder(record.folder)) {
        return {}; // deleted by hand; the row alone remembers
    }
    return note.save(record.folder);
}

Result<void> Catalog::renameRun(std::int64_t id, const std::string& name)
{
    TY_CHECK(checkName(name));
    auto renamed = m_database->changeOne(
        "run " + std::to_string(id), "UPDATE runs SET name=?2 WHERE id=?1", id, name);
    if (!renamed) {
        if (renamed.error().kind == ErrorKind::AlreadyExists) {
            return Error{
                ErrorKind::AlreadyExists, "there is already a run named \"" + name + "\"",
                "Choose another name; one in the trash counts too."};
        }
        return renamed;
    }
    return saveRunNote(id);
}

Result<void> Catalog::setRunStarred(std::int64_t id, bool isStarred)
{
    TY_CHECK(m_database->changeOne(
        "run " + std::to_string(id), "UPDATE runs SET starred=?2 WHERE id=?1", id, isStarred));
    return saveRunNote(id);
}

Result<void> Catalog::setRunTags(std::int64_t id, const std::vector<std::string>& tags)
{
    std::string joined;
    for (const std::string& tag : tags) {
        if (tag.empty() || tag.find_first_of(" \t\r\n,") != std::string::npos) {
            return Error{ErrorKind::InvalidInput, "\"" + tag + "\" cannot be a tag", "Use one word without commas."};
        }
        joined += (joined.empty() ? "" : " ") + tag;
    }
    TY_CHECK(m_database->changeOne(
        "run " + std::to_string(id), "UPDATE runs SET tags=?2 WHERE id=?1", id, joined));
    return saveRunNote(id);
}

Result<void> Catalog::setRunNotes(std::int64_t id, const std::string& notes)
{
    TY_CHECK(m_database->changeOne(
        "run " + std::to_string(id), "UPDATE runs SET notes=?2 WHERE id=?1", id, notes));
    return saveRunNote(id);
}

Result<void> Catalog::measureRun(std::int64_t id)
{
    TY_TRY(const RunRecord record, run(id));
    return m_database->changeOne(
        "run " + std::to_string(id), "UPDATE runs SET bytes=?2 WHERE id=?1", id, treeBytes(record.folder));
}

} // namespace ty::catalog
