#pragma once

#include <memory>
#include <string>

#include <QProcess>
#include <QStringList>

#include "app/catalog/event_ingest.h"
#include "app/catalog/records.h"
#include "app/models/live_run.h"
#include "app/services/run_service.h"

namespace ty::app {

/// The run's event ingest; made, used and dropped on the catalog's thread.
struct IngestSlot {
    std::unique_ptr<catalog::EventIngest> ingest;
};

/// One run of this session, while RunService follows it.
struct RunService::Entry {
    explicit Entry(const catalog::RunRecord& record)
        : run(record)
        , folder(record.folder)
    {
    }

    LiveRun run;
    std::string folder;
    QProcess* process = nullptr; ///< null: started by an earlier window
    std::shared_ptr<IngestSlot> ingest = std::make_shared<IngestSlot>();
    QProcess::ExitStatus exitStatus = QProcess::NormalExit;
    int exitCode = 0;
    std::string launchedAt;  ///< UTC; empty: by an earlier window
    bool isBusy = false;     ///< from its launch until its process has ended
    QStringList moreArguments; ///< of the next launch: "--resume"
    bool isDirty = false;    ///< events have come that the catalog may not have
};

} // namespace ty::app
