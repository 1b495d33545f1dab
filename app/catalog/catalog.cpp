#include "app/catalog/catalog.h"

#include <utility>

#include "app/catalog/database.h"
#include "app/catalog/schema.h"
#include "engine/base/files.h"
#include "engine/base/run_events.h"

namespace ty::catalog {

namespace {
constexpr std::int64_t kDefaultProject = 1; ///< made by the schema
constexpr auto kCurrentProject = "currentProject";
} // namespace

Catalog::Catalog(Paths paths, std::unique_ptr<Database> database)
    : m_paths(std::move(paths))
    , m_database(std::move(database))
{
}

Catalog::~Catalog() = default;

Result<std::unique_ptr<Catalog>> Catalog::open(const Paths& paths, OpenReport* report)
{
    OpenReport ignored;
    TY_CHECK(paths.ensure());
    TY_TRY(
        auto database, Database::open(
                           paths.catalogFile(), catalogMigrations(), paths.backupFolder(),
                           report == nullptr ? ignored : *report));
    return std::unique_ptr<Catalog>(new Catalog(paths, std::move(database)));
}

Result<std::int64_t> Catalog::foreignVersion()
{
    TY_TRY(Statement row, m_database->query("PRAGMA data_version"));
    TY_CHECK(row.next());
    return row.integer(0);
}

Result<std::vector<ProjectRecord>> Catalog::projects()
{
    TY_TRY(
        Statement row,
        m_database->query("SELECT p.id, p.name, p.created,"
                          " (SELECT count(*) FROM runs r WHERE r.project_id=p.id AND r.deleted IS NULL)"
                          " FROM projects p ORDER BY p.id"));
    std::vector<ProjectRecord> list;
    for (;;) {
        TY_TRY(const bool hasRow, row.next());
        if (!hasRow) {
            return list;
        }
        list.push_back({row.integer(0), row.text(1), row.text(2), row.integer(3)});
    }
}

Result<ProjectRecord> Catalog::createProject(const std::string& name)
{
    if (name.empty()) {
        return Error{ErrorKind::InvalidInput, "a project needs a name", {}};
    }
    ProjectRecord project{0, name, utcNow(), 0};
    auto made = m_database->change("INSERT INTO projects(name, created) VALUES(?1, ?2)", name, project.created);
    if (!made) {
        if (made.error().kind == ErrorKind::AlreadyExists) {
            return Error{ErrorKind::AlreadyExists, "there is already a project \"" + name + "\"", {}};
        }
        return std::move(made).error();
    }
    project.id = m_database->lastId();
    return project;
}

Result<void> Catalog::renameProject(std::int64_t id, const std::string& name)
{
    if (name.empty()) {
        return Error{ErrorKind::InvalidInput, "a project needs a name", {}};
    }
    return m_database->changeOne(
        "project " + std::to_string(id), "UPDATE projects SET name=?2 WHERE id=?1", id, name);
}

Result<std::vector<std::int64_t>> Catalog::deleteProject(std::int64_t id)
{
    if (id == kDefaultProject) {
        return Error{ErrorKind::InvalidInput, "the first project stays: runs without a project of their own are in it", {}};
    }
    std::vector<std::int64_t> runs;
    auto done = m_database->transaction([&]() -> Result<void> {
        TY_TRY(Statement row, m_database->query("SELECT id FROM runs WHERE project_id=?1", id));
        for (;;) {
            TY_TRY(const bool hasRow, row.next());
            if (!hasRow) {
                break;
            }
            runs.push_back(row.integer(0));
        }
        TY_CHECK(m_database->change("UPDATE runs SET project_id=?2 WHERE project_id=?1", id, kDefaultProject));
        TY_TRY(const std::int64_t current, currentProject());
        if (current == id) {
            TY_CHECK(setCurrentProject(0));
        }
        return m_database->changeOne("project " + std::to_string(id), "DELETE FROM projects WHERE id=?1", id);
    });
    TY_CHECK(std::move(done));
    return runs;
}

Result<ProjectRecord> Catalog::restoreProject(const std::string& name, const std::vector<std::int64_t>& runs)
{
    TY_TRY(ProjectRecord project, createProject(name));
    for (const std::int64_t run : runs) {
        // A run that has been deleted for good meanwhile changes nothing.
        TY_CHECK(m_database->change("UPDATE runs SET project_id=?2 WHERE id=?1", run, project.id));
    }
    project.runs = static_cast<std::int64_t>(runs.size());
    return project;
}

Result<std::int64_t> Catalog::currentProject()
{
    TY_TRY(const Json value, setting(kCurrentProject, 0));
    return value.is_number_integer() ? value.get<std::int64_t>() : 0;
}

Result<void> Catalog::setCurrentProject(std::int64_t id)
{
    return setSetting(kCurrentProject, id);
}

Result<Json> Catalog::setting(const std::string& key, const Json& fallback)
{
    TY_TRY(Statement row, m_database->query("SELECT value FROM settings WHERE key=?1", key));
    TY_TRY(const bool hasRow, row.next());
    if (!hasRow) {
        return fallback;
    }
    return parseJson(row.text(0), "setting " + key);
}

Result<void> Catalog::setSetting(const std::string& key, const Json& value)
{
    TY_CHECK(m_database->change(
        "INSERT INTO settings(key, value) VALUES(?1, ?2) ON CONFLICT(key) DO UPDATE SET value=excluded.value", key,
        toJsonLine(value)));
    return {};
}

Result<SavedView> Catalog::saveView(const std::string& page, const std::string& name, const Json& view)
{
    TY_CHECK(m_database->change(
        "INSERT INTO views(page, name, view) VALUES(?1, ?2, ?3)"
        " ON CONFLICT(page, name) WHERE deleted IS NULL DO UPDATE SET view=excluded.view",
        page, name, toJsonLine(view)));
    TY_TRY(
        Statement row,
        m_database->query("SELECT id FROM views WHERE page=?1 AND name=?2 AND deleted IS NULL", page, name));
    TY_CHECK(row.next());
    return SavedView{row.integer(0), page, name, view};
}

Result<std::vector<SavedView>> Catalog::views(const std::string& page)
{
    TY_TRY(
        Statement row,
        m_database->query("SELECT id, page, name, view FROM views WHERE page=?1 AND deleted IS NULL ORDER BY id", page));
    std::vector<SavedView> list;
    for (;;) {
        TY_TRY(const bool hasRow, row.next());
        if (!hasRow) {
            return list;
        }
        TY_TRY(Json view, parseJson(row.text(3), "saved view"));
        list.push_back({row.integer(0), row.text(1), row.text(2), std::move(view)});
    }
}

Result<ArtifactRecord> Catalog::addArtifact(ArtifactRecord artifact)
{
    artifact.created = utcNow();
    const std::string sql = "INSERT INTO artifacts(run_id, model_id, kind, path, bytes, details, created)"
                            " VALUES(nullif(?1,0), nullif(?2,0), ?3, ?4, ?5, ?6, ?7)";
    TY_CHECK(m_database->change(
        sql, artifact.runId, artifact.modelId, artifact.kind, artifact.path, artifact.bytes,
        toJsonLine(artifact.details), artifact.created));
    artifact.id = m_database->lastId();
    return artifact;
}

Result<std::vector<ArtifactRecord>> Catalog::artifacts(std::int64_t runId, std::int64_t modelId)
{
    TY_TRY(
        Statement row,
        m_database->query(
            "SELECT id, ifnull(run_id,0), ifnull(model_id,0), kind, path, bytes, details, created FROM artifacts"
            " WHERE (?1<>0 AND run_id=?1) OR (?2<>0 AND model_id=?2) ORDER BY id DESC",
            runId, modelId));
    std::vector<ArtifactRecord> list;
    for (;;) {
        TY_TRY(const bool hasRow, row.next());
        if (!hasRow) {
            return list;
        }
        TY_TRY(Json details, parseJson(row.text(6), "artifact"));
        list.push_back(
            {row.integer(0), row.integer(1), row.integer(2), row.text(3), row.text(4), row.integer(5),
             std::move(details), row.text(7)});
    }
}

} // namespace ty::catalog
