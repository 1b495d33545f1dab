#include "app/folder_adoption.h"

#include "app/catalog/catalog.h"

namespace ty::app {

Result<qint64> registerModel(catalog::Catalog& catalog, const std::string& folder)
{
    TY_TRY(const auto model, catalog.registerModelFolder(folder));
    return static_cast<qint64>(model.id);
}

Result<qint64> adoptRun(catalog::Catalog& catalog, const std::string& folder)
{
    TY_TRY(const auto run, catalog.adoptRun(folder));
    if (run.state == catalog::RunState::Finished) {
        TY_CHECK(catalog.registerModelOfRun(run.id));
    }
    return static_cast<qint64>(run.id);
}

} // namespace ty::app
