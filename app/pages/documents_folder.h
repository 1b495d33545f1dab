#pragma once

#include <QString>

namespace ty::app {

/// The person's documents, or the home folder where there is no such one.
QString documentsFolder();

} // namespace ty::app
