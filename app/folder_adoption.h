#pragma once

#include <string>

#include <QtGlobal>

#include "engine/base/result.h"

namespace ty::catalog {
class Catalog;
}

namespace ty::app {

/// The id of the model in `folder`, registered if it was not. On the catalog's thread.
Result<qint64> registerModel(catalog::Catalog& catalog, const std::string& folder);
/// The id of the run in `folder`, taken in if it was not known; with its model. On the catalog's thread.
Result<qint64> adoptRun(catalog::Catalog& catalog, const std::string& folder);

} // namespace ty::app
