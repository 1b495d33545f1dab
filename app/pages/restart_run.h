#pragma once

#include <QString>

namespace ty::app {

struct AppContext;

/// A new run with the weights that run `runId` had after `epoch` epochs, at a tenth of its learning rate; with no
/// epoch done, or none kept, from the start. The Train page shows it. For runs that broke down (NaN).
void restartAtTenth(AppContext& context, qint64 runId, int epoch);
/// "Restart from epoch 3 at lr/10"; "Restart at lr/10" when no epoch was done.
QString restartAtTenthText(int epoch);

/// A new run that goes on from the checkpoint nearest before `epoch` epochs. The Train page shows it.
void branchFromEpoch(AppContext& context, qint64 runId, int epoch);

} // namespace ty::app
