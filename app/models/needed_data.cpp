#include "app/models/needed_data.h"

#include <map>

#include "app/catalog/catalog.h"
#include "app/models/run_paper.h"

namespace ty::app {

Result<std::vector<NeededData>> readNeededData(catalog::Catalog& catalog)
{
    TY_TRY(const auto datasets, catalog.datasets());
    TY_TRY(const auto runs, catalog.runs());
    std::map<std::int64_t, const catalog::RunRecord*> newest;
    for (const catalog::RunRecord& run : runs) {
        newest.emplace(run.datasetId, &run); // they come newest first
    }
    std::vector<NeededData> all;
    for (const catalog::DatasetRecord& dataset : datasets) {
        NeededData data{
            QString::fromStdString(dataset.name), QString::fromStdString(dataset.path), dataset.bytes, {}, 0};
        if (const auto run = newest.find(dataset.id); run != newest.end()) {
            data.run = QString::fromStdString(run->second->name);
            const Json plan = RunPaper::planOf(run->second->folder);
            data.memoryBytes = jsonFieldOr<std::int64_t>(plan, "memoryBytes", 0, "the run's plan").valueOr(0);
        }
        all.push_back(std::move(data));
    }
    return all;
}

} // namespace ty::app
