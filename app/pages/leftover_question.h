#pragma once

#include <functional>
#include <vector>

#include <QString>

#include "cloud/provision/leftover.h"

class QWidget;

namespace ty::app {

/// Lists what is going to be deleted, what that saves, and has the names of whatever may hold data typed. `then` only after
/// agreement; the call returns at once.
void askToDeleteLeftovers(
    const std::vector<cloud::Leftover>& leftovers, const QString& currency, QWidget* parent, std::function<void()> then);

} // namespace ty::app
