#pragma once

#include "app/catalog/records.h"
#include "app/services/run_branch.h"

class QWidget;

namespace ty::app {

struct AppContext;

/// Asks how many epochs an ended run is to have in all, and goes on with it.
void askToExtend(AppContext& context, const catalog::RunRecord& run, QWidget* parent);

/// Asks what is to differ, and starts a new run with the weights of a checkpoint. The Train page shows it.
void askToBranch(AppContext& context, const catalog::RunRecord& run, const CheckpointRow& from, QWidget* parent);

} // namespace ty::app
