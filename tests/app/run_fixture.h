#pragma once

#include <string>
#include <vector>

#include <QString>

#include "app/catalog/records.h"
#include "engine/base/run_spec.h"
#include "tests/app/window_fixture.h"

/// Real runs of the real runner on a small table that a line parts.
class RunFixture : public WindowFixture {
public:
    RunFixture() = default;

    /// A run of that many epochs over 60 rows (or `rows`); a few hundredths of a second each.
    ty::RunSpec spec(int epochs, int rows = 60);
    /// 0: it could not be created. Does not wait for its end.
    qint64 startRun(const ty::RunSpec& spec);
    /// Starts and waits for the end; 0 if that does not come.
    qint64 train(const ty::RunSpec& spec);
    bool waitForEnd(qint64 runId, int milliseconds = 120000);
    /// Until the run has done that many epochs.
    bool waitForEpoch(qint64 runId, int epochs, int milliseconds = 120000);
    ty::catalog::RunRecord record(qint64 runId);
    std::vector<ty::catalog::RunRecord> records();
    std::vector<ty::catalog::ModelRecord> models();
    /// Number of points of a metric in the catalog.
    qint64 points(qint64 runId, const std::string& metric);
    ty::catalog::MetricSeries series(qint64 runId, const std::string& metric);
    /// A setting that the run used; null if it has none of that name.
    ty::Json setting(qint64 runId, const std::string& name);
};
