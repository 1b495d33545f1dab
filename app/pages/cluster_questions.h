#pragma once

#include <cstdint>
#include <functional>

#include "cloud/provision/cluster.h"

class QWidget;

namespace ty::app {

/// Lists what goes with it; its name must be typed.
void askToDeleteCluster(const cloud::ClusterInfo& cluster, QWidget* parent, std::function<void()> then);
/// `then` gets the new number of nodes.
void askToScaleCluster(const cloud::ClusterInfo& cluster, QWidget* parent, std::function<void(std::int64_t)> then);

} // namespace ty::app
