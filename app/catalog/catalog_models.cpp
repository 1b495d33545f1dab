#include <filesystem>
#include <utility>

#include "app/catalog/catalog.h"
#include "app/catalog/database.h"
#include "engine/base/files.h"
#include "engine/base/run_events.h"

namespace ty::catalog {

namespace {

// A run's model is in the trash when its run is.
constexpr const char* kColumns
    = "SELECT m.id, m.name, m.version, ifnull(m.run_id,0), ifnull(r.name,''), m.folder, m.format, m.learner, m.task,"
      " m.input, m.output, m.parameters, m.bytes, m.metric, m.best, m.latency_ms, m.checked, m.starred, m.created"
      " FROM models m LEFT JOIN runs r ON r.id=m.run_id ";

ModelRecord readRow(const Statement& row)
{
    ModelRecord model;
    model.id = row.integer(0);
    model.name = row.text(1);
    model.version = static_cast<int>(row.integer(2));
    model.runId = row.integer(3);
    model.runName = row.text(4);
    model.folder = row.text(5);
    model.format = row.text(6);
    model.learner = row.text(7);
    model.task = row.text(8);
    model.input = row.text(9);
    model.output = row.text(10);
    model.parameters = row.integer(11);
    model.bytes = row.integer(12);
    model.metric = row.text(13);
    model.best = row.real(14);
    model.latencyMs = row.real(15);
    model.isChecked = row.integer(16) != 0;
    model.isStarred = row.integer(17) != 0;
    model.created = row.text(18);
    return model;
}

std::string textOf(const Json& card, const char* key)
{
    const auto found = card.find(key);
    return found != card.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// "1 × 28 × 28", "4 columns", "words of a text"
std::string inputOf(const Json& card)
{
    const Json preprocessing = card.value("preprocessing", Json::object());
    if (const Json columns = preprocessing.value("columns", Json::array()); columns.is_array() && !columns.empty()) {
        if (columns[0].is_object() && textOf(columns[0], "kind") == "words") {
            return "words of a text";
        }
        return std::to_string(columns.size()) + (columns.size() == 1 ? " column" : " columns");
    }
    Json shape = card.value("input", Json::array());
    if (shape.is_object()) {
        shape = shape.value("shape", Json::array());
    }
    std::string text;
    for (const Json& extent : shape) {
        if (extent.is_number_integer()) {
            text += (text.empty() ? "" : " × ") + extent.dump();
        }
    }
    return text;
}

std::string outputOf(const Json& card)
{
    if (const std::string task = textOf(card, "task"); task == "next-word" || task == "reconstruction") {
        return task == "next-word" ? "the next word" : "the picture again";
    }
    const Json classes = card.value("classes", Json::array());
    if (textOf(card, "task") == "grouping") {
        const Json groups = card.value("groups", Json()); // without the noise, which is none
        return groups.is_object() ? groups.value("count", Json(0)).dump() + " groups" : "usual or unusual";
    }
    return classes.is_array() && !classes.empty() ? std::to_string(classes.size()) + " classes" : "1 number";
}

/// "onnx" for a model that was imported from such a file, else "trainyard".
std::string formatOf(const Json& card)
{
    const auto source = card.find("source");
    const std::string format = source != card.end() && source->is_object() ? textOf(*source, "format") : std::string();
    return format.empty() ? "trainyard" : format;
}

} // namespace

std::string Catalog::freeModelFolder(const std::string& name) const
{
    std::string stem = name;
    for (char& letter : stem) {
        const bool isPlain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
        letter = isPlain || letter == '_' ? letter : '-';
    }
    constexpr std::size_t kLongest = 80;
    stem = m_paths.modelsFolder() + "/" + (stem.empty() ? "model" : stem.substr(0, kLongest));
    std::string folder = stem;
    for (int number = 2; pathExists(folder); ++number) {
        folder = stem + "-" + std::to_string(number);
    }
    return folder;
}

bool Catalog::isImported(const std::string& modelFolder) const
{
    std::error_code ignored;
    return std::filesystem::path(modelFolder).parent_path() == std::filesystem::weakly_canonical(m_paths.modelsFolder(), ignored);
}

Result<ModelRecord> Catalog::registerModelOfRun(std::int64_t runId)
{
    TY_TRY(const RunRecord source, run(runId));
    return registerModel(RunFolder{source.folder}.modelFolder(), source.name, runId);
}

Result<ModelRecord> Catalog::registerModelFolder(const std::string& folder, const std::string& name)
{
    std::error_code code;
    const auto absolute = std::filesystem::weakly_canonical(folder, code);
    if (code) {
        return errnoError(code.value(), "cannot open", folder);
    }
    return registerModel(absolute.string(), name, 0);
}

Result<ModelRecord> Catalog::registerModel(const std::string& folder, const std::string& name, std::int64_t runId)
{
    const std::string cardFile = folder + "/model.json";
    if (!pathExists(cardFile)) {
        return Error{
            ErrorKind::NotFound, folder + " is not a model: it has no model.json",
            "Choose the \"model\" folder of a finished run."};
    }
    TY_TRY(const Json card, readJsonFile(cardFile));
    if (!card.is_object()) {
        return Error{ErrorKind::InvalidInput, cardFile + ": must be an object", {}};
    }
    std::string shown = name;
    if (shown.empty()) {
        shown = textOf(card, "run");
    }
    if (shown.empty()) {
        const std::filesystem::path path(folder);
        shown = (path.filename() == "model" ? path.parent_path() : path).filename().string();
    }
    ModelRecord origin;
    if (runId != 0) {
        TY_TRY(const RunRecord source, run(runId));
        origin.metric = source.metric;
        origin.best = source.best;
        origin.parameters = source.parameters;
    }
    if (const auto count = card.find("parameters"); count != card.end() && count->is_number_integer()) {
        origin.parameters = count->get<std::int64_t>();
    }

    std::int64_t id = 0;
    auto stored = m_database->transaction([&]() -> Result<void> {
        TY_TRY(Statement known, m_database->query("SELECT id FROM models WHERE folder=?1", folder));
        TY_TRY(const bool isKnown, known.next());
        if (isKnown) {
            id = known.integer(0);
            TY_CHECK(m_database->change("DELETE FROM trash WHERE kind='model' AND item_id=?1", id));
        } else {
            TY_CHECK(m_database->change(
                "INSERT INTO models(name, version, folder, run_id, created) VALUES(?1,"
                " (SELECT ifnull(max(version),0)+1 FROM models WHERE name=?1), ?2, nullif(?3,0), ?4)",
                shown, folder, runId, utcNow()));
            id = m_database->lastId();
        }
        TY_CHECK(m_database->change(
            "UPDATE models SET learner=?2, task=?3, input=?4, output=?5, parameters=?6, bytes=?7, metric=?8, best=?9,"
            " format=?10, deleted=NULL WHERE id=?1",
            id, textOf(card, "learner"), textOf(card, "task"), inputOf(card), outputOf(card), origin.parameters,
            treeBytes(folder), origin.metric, origin.best, formatOf(card)));
        return {};
    });
    TY_CHECK(std::move(stored));
    return model(id);
}

Result<std::vector<ModelRecord>> Catalog::models()
{
    TY_TRY(
        Statement row,
        m_database->query(
            std::string(kColumns) + "WHERE m.deleted IS NULL AND r.deleted IS NULL ORDER BY m.id DESC"));
    std::vector<ModelRecord> list;
    for (;;) {
        TY_TRY(const bool hasRow, row.next());
        if (!hasRow) {
            return list;
        }
        list.push_back(readRow(row));
    }
}

Result<ModelRecord> Catalog::model(std::int64_t id)
{
    TY_TRY(Statement row, m_database->query(std::string(kColumns) + "WHERE m.id=?1", id));
    TY_TRY(const bool hasRow, row.next());
    if (!hasRow) {
        return Error{ErrorKind::NotFound, "there is no model " + std::to_string(id) + " in the catalog", {}};
    }
    return readRow(row);
}

Result<void> Catalog::renameModel(std::int64_t id, const std::string& name)
{
    if (name.empty()) {
        return Error{ErrorKind::InvalidInput, "a model needs a name", {}};
    }
    return m_database->changeOne(
        "model " + std::to_string(id),
        "UPDATE models SET version=CASE WHEN name=?2 THEN version ELSE"
        " (SELECT ifnull(max(version),0)+1 FROM models WHERE name=?2) END, name=?2 WHERE id=?1",
        id, name);
}

Result<void> Catalog::setModelStarred(std::int64_t id, bool isStarred)
{
    return m_database->changeOne(
        "model " + std::to_string(id), "UPDATE models SET starred=?2 WHERE id=?1", id, isStarred);
}

Result<void> Catalog::setModelMeasured(std::int64_t id, double latencyMs)
{
    return m_database->changeOne(
        "model " + std::to_string(id), "UPDATE models SET latency_ms=?2 WHERE id=?1", id, latencyMs);
}

Result<void> Catalog::setModelChecked(std::int64_t id, bool isChecked)
{
    return m_database->changeOne(
        "model " + std::to_string(id), "UPDATE models SET checked=?2 WHERE id=?1", id, isChecked);
}

} // namespace ty::catalog
