#include <filesystem>
#include <utility>

#include "app/catalog/catalog.h"
#include "app/catalog/database.h"
#include "engine/base/files.h"
#include "engine/base/run_events.h"
#include "engine/base/run_spec.h"

namespace ty::catalog {

namespace {

constexpr const char* kColumns
    = "SELECT d.id, d.name, d.version, d.path, d.kind, d.format, d.task, d.target, d.samples, d.classes, d.shape,"
      " d.bytes, d.problems, d.fingerprint, d.starred, d.created,"
      " (SELECT count(*) FROM runs r WHERE r.dataset_id=d.id AND r.deleted IS NULL), d.info, d.choices"
      " FROM datasets d ";

DatasetRecord readRow(const Statement& row)
{
    DatasetRecord dataset;
    dataset.id = row.integer(0);
    dataset.name = row.text(1);
    dataset.version = static_cast<int>(row.integer(2));
    dataset.path = row.text(3);
    dataset.kind = row.text(4);
    dataset.format = row.text(5);
    dataset.task = row.text(6);
    dataset.target = row.text(7);
    dataset.samples = row.integer(8);
    dataset.classes = row.integer(9);
    dataset.shape = row.text(10);
    dataset.bytes = row.integer(11);
    dataset.problems = row.integer(12);
    dataset.fingerprint = row.text(13);
    dataset.isStarred = row.integer(14) != 0;
    dataset.created = row.text(15);
    dataset.usedBy = row.integer(16);
    return dataset;
}

std::int64_t sizeOf(const Json& info, const char* key)
{
    const auto found = info.find(key);
    return found != info.end() && found->is_array() ? static_cast<std::int64_t>(found->size()) : 0;
}

std::string shapeOf(const Json& info, const std::string& kind)
{
    if (kind == "image") {
        std::string shape;
        const Json extents = info.value("imageShape", Json::array());
        for (const Json& extent : extents) {
            shape += (shape.empty() ? "" : " × ") + extent.dump();
        }
        return shape;
    }
    const std::int64_t columns = sizeOf(info, "columns");
    return columns == 0 ? "" : std::to_string(columns) + (columns == 1 ? " column" : " columns");
}

} // namespace

Result<DatasetRecord> Catalog::registerDataset(const std::string& path, const Json& info, const Json& choices)
{
    std::error_code code;
    const auto absolute = std::filesystem::absolute(path, code).lexically_normal();
    DatasetRecord dataset;
    dataset.path = code || isStoreAddress(path) ? path : absolute.string();
    while (dataset.path.size() > 1 && dataset.path.back() == '/') {
        dataset.path.pop_back();
    }
    const std::string what = "description of " + path;
    TY_TRY(dataset.name, jsonFieldOr<std::string>(info, "name", absolute.stem().string(), what));
    TY_TRY(dataset.kind, jsonFieldOr<std::string>(info, "kind", {}, what));
    TY_TRY(dataset.format, jsonFieldOr<std::string>(info, "format", {}, what));
    TY_TRY(dataset.task, jsonFieldOr<std::string>(info, "task", {}, what));
    TY_TRY(dataset.target, jsonFieldOr<std::string>(info, "target", {}, what));
    TY_TRY(dataset.samples, jsonFieldOr<std::int64_t>(info, "samples", 0, what));
    TY_TRY(dataset.bytes, jsonFieldOr<std::int64_t>(info, "bytes", 0, what));
    TY_TRY(dataset.fingerprint, jsonFieldOr<std::string>(info, "fingerprint", {}, what));
    dataset.classes = sizeOf(info, "classes");
    dataset.problems = sizeOf(info, "problems");
    dataset.shape = shapeOf(info, dataset.kind);

    std::int64_t id = 0;
    Json kept = choices;
    auto stored = m_database->transaction([&]() -> Result<void> {
        TY_TRY(
            Statement known,
            m_database->query(
                "SELECT id, fingerprint, version, choices FROM datasets WHERE path=?1 AND deleted IS NULL"
                " ORDER BY version DESC LIMIT 1",
                dataset.path));
        TY_TRY(const bool isKnown, known.next());
        if (isKnown && kept.is_object()) {
            TY_TRY(const Json before, parseJson(known.text(3), "choices for " + dataset.name));
            for (const char* key : {"split", "fixes"}) {
                if (before.is_object() && before.contains(key) && !kept.contains(key)) {
                    kept[key] = before[key];
                }
            }
        }
        const bool isSame = isKnown && known.text(1) == dataset.fingerprint;
        id = isSame ? known.integer(0) : 0;
        dataset.version = isKnown ? static_cast<int>(known.integer(2)) + 1 : 1;
        known.rewind();
        if (!isSame) {
            TY_CHECK(m_database->change(
                "INSERT INTO datasets(name, version, path, created) VALUES(?1, ?2, ?3, ?4)", dataset.name,
                dataset.version, dataset.path, utcNow()));
            id = m_database->lastId();
        }
        TY_CHECK(m_database->change(
            "UPDATE datasets SET kind=?2, format=?3, task=?4, target=?5, samples=?6, classes=?7, shape=?8, bytes=?9,"
            " problems=?10, fingerprint=?11, info=?12 WHERE id=?1",
            id, dataset.kind, dataset.format, dataset.task, dataset.target, dataset.samples, dataset.classes,
            dataset.shape, dataset.bytes, dataset.problems, dataset.fingerprint, toJsonLine(info)));
        return kept.is_null() ? Result<void>() : setDatasetChoices(id, kept);
    });
    TY_CHECK(std::move(stored));
    return this->dataset(id);
}

Result<std::vector<DatasetRecord>> Catalog::datasets()
{
    TY_TRY(Statement row, m_database->query(std::string(kColumns) + "WHERE d.deleted IS NULL ORDER BY d.id DESC"));
    std::vector<DatasetRecord> list;
    for (;;) {
        TY_TRY(const bool hasRow, row.next());
        if (!hasRow) {
            return list;
        }
        list.push_back(readRow(row));
    }
}

Result<DatasetRecord> Catalog::dataset(std::int64_t id)
{
    TY_TRY(Statement row, m_database->query(std::string(kColumns) + "WHERE d.id=?1", id));
    TY_TRY(const bool hasRow, row.next());
    if (!hasRow) {
        return Error{ErrorKind::NotFound, "there is no dataset " + std::to_string(id) + " in the catalog", {}};
    }
    DatasetRecord dataset = readRow(row);
    TY_TRY(dataset.info, parseJson(row.text(17), "description of " + dataset.name));
    TY_TRY(dataset.choices, parseJson(row.text(18), "choices for " + dataset.name));
    return dataset;
}

Result<void> Catalog::renameDataset(std::int64_t id, const std::string& name)
{
    if (name.empty()) {
        return Error{ErrorKind::InvalidInput, "a dataset needs a name", {}};
    }
    return m_database->changeOne(
        "dataset " + std::to_string(id), "UPDATE datasets SET name=?2 WHERE id=?1", id, name);
}

Result<void> Catalog::setDatasetStarred(std::int64_t id, bool isStarred)
{
    return m_database->changeOne(
        "dataset " + std::to_string(id), "UPDATE datasets SET starred=?2 WHERE id=?1", id, isStarred);
}

Result<void> Catalog::setDatasetChoices(std::int64_t id, const Json& choices)
{
    return m_database->changeOne(
        "dataset " + std::to_string(id), "UPDATE datasets SET choices=?2 WHERE id=?1", id, toJsonLine(choices));
}

Result<std::int64_t> Catalog::datasetOfPath(const std::string& path, const std::string& fingerprint)
{
    TY_TRY(
        Statement row,
        m_database->query(
            "SELECT id FROM datasets WHERE path=?1 AND deleted IS NULL AND (?2='' OR fingerprint=?2)"
            " ORDER BY version DESC LIMIT 1",
            path, fingerprint));
    TY_TRY(const bool hasRow, row.next());
    return hasRow ? row.integer(0) : 0;
}

} // namespace ty::catalog
