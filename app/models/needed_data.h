#pragma once

#include <cstdint>
#include <vector>

#include <QString>

#include "engine/base/result.h"

namespace ty::catalog {
class Catalog;
}

namespace ty::app {

/// A dataset that a machine may be for, and what is known of the newest run on it.
struct NeededData {
    QString name;
    QString address; ///< "az://research/images", or a path of this computer
    std::int64_t bytes = 0;
    QString run;     ///< empty: there was none
    std::int64_t memoryBytes = 0; ///< that the run's plan reckoned with; 0: not known
};

/// Of all datasets, as the catalog lists them. Reads a file for each that a run was on: no place for the GUI thread.
Result<std::vector<NeededData>> readNeededData(catalog::Catalog& catalog);

} // namespace ty::app
