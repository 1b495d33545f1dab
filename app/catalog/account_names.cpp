#include "app/catalog/account_names.h"

#include "app/catalog/database.h"
#include "app/catalog/records.h"
#include "app/catalog/schema.h"

namespace ty::catalog {

Result<void> renameAccount(
    const Paths& paths, const std::string& from, const std::string& to, const std::map<std::string, Json>& settings)
{
    OpenReport report;
    TY_TRY(const auto database, Database::open(paths.catalogFile(), catalogMigrations(), paths.backupFolder(), report));
    return database->transaction([&]() -> Result<void> {
        TY_CHECK(database->change("DELETE FROM blocks WHERE account=?1", to));
        for (const char* change : {"charges SET account=?2 WHERE account=?1",
                                   "blocks SET account=?2 WHERE account=?1",
                                   "machines SET cloud=?2 WHERE cloud=?1",
                                   "machines SET details=json_replace(details,'$.request.account',?2)"
                                   " WHERE json_extract(details,'$.request.account')=?1",
                                   "operations SET request=json_replace(request,'$.account',?2)"
                                   " WHERE json_extract(request,'$.account')=?1",
                                   "operations SET request=json_replace(request,'$.request.account',?2)"
                                   " WHERE json_extract(request,'$.request.account')=?1"}) {
            TY_CHECK(database->change(std::string("UPDATE ") + change, from, to));
        }
        for (const auto& [key, value] : settings) {
            TY_CHECK(database->change("UPDATE settings SET value=?2 WHERE key=?1", key, toJsonLine(value)));
        }
        return {};
    });
}

} // namespace ty::catalog
