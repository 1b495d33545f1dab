// Times the machines table with 5,000 machines, in processor time: first fill, the list read anew, sorting, filtering, and
// scrolling a frame at a time. Prints one JSON object. bench_machines [MACHINES [PICTURE]]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include <QApplication>
#include <QImage>
#include <QScrollBar>
#include <QTemporaryDir>

#include "app/catalog/paths.h"
#include "app/models/machine_table_model.h"
#include "app/pages/machines_table.h"
#include "app/services/settings_service.h"
#include "cloud/provision/azure_plan.h"

namespace {

using namespace ty;
using namespace ty::app;

std::vector<MachineRow> manyMachines(int count)
{
    std::vector<MachineRow> rows(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        MachineRow& row = rows[static_cast<std::size_t>(i)];
        cloud::MachineInfo& info = row.info;
        info.provider = "azure";
        info.name = "node-" + std::to_string(100'000 + i);
        info.id = "/subscriptions/s/resourceGroups/lab/providers/Microsoft.Compute/virtualMachines/" + info.name;
        info.group = "lab";
        info.state = i % 3 == 0 ? cloud::MachineState::Off : cloud::MachineState::Running;
        info.size = i % 2 == 0 ? "Standard_D2s_v5" : "Standard_NC4as_T4_v3";
        info.region = i % 5 == 0 ? "westeurope" : "eastus";
        info.zone = std::to_string(i % 3 + 1);
        info.publicAddress = "203.0." + std::to_string(i / 250) + "." + std::to_string(i % 250);
        info.osDisk = info.id + "-os";
        info.created = "2026-11-21T10:00:00Z";
        info.tags = {{cloud::kOperationTag, std::to_string(i)}, {cloud::kMachineTag, info.name}, {"owner", "ada"}};
        row.request = cloud::MachineRequest();
        row.request->idleMinutes = 15;
        row.usdPerHour = 0.096;
    }
    return rows;
}

/// Processor time of this program's one busy thread: steady on a busy machine too.
double milliseconds()
{
    return static_cast<double>(std::clock()) * 1e3 / CLOCKS_PER_SEC;
}

template<class Work>
double timed(const Work& work)
{
    const double begin = milliseconds();
    work();
    QCoreApplication::processEvents();
    return milliseconds() - begin;
}

} // namespace

int main(int argc, char** argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    const int count = argc > 1 ? std::atoi(argv[1]) : 5000;
    QTemporaryDir folder;
    SettingsService settings(catalog::Paths::below(folder.path().toStdString()));
    MachinesTable table(settings);
    table.resize(1600, 900);
    table.show();
    const auto rows = manyMachines(count);
    QImage target(table.size(), QImage::Format_RGB32);

    const double fill = timed([&] { table.setRows(rows); });
    MachineVitals vitals;
    for (int minute = 0; minute < 60; ++minute) {
        vitals.cpuPercent.append(minute * 7 % 100);
    }
    vitals.cpuNow = 12;
    const double measured = timed([&] {
        for (const MachineRow& row : rows) {
            table.machines().setVitals(row.key(), vitals);
        }
    });
    table.render(&target);
    const double same = timed([&] { table.setRows(rows); });
    auto changed = rows;
    for (std::size_t i = 0; i < changed.size(); i += 100) {
        changed[i].info.state = cloud::MachineState::Stopping;
    }
    const double news = timed([&] { table.setRows(changed); });
    const double sorted = timed([&] { table.sortByColumn(MachineTableModel::State, Qt::DescendingOrder); });
    const double filtered = timed([&] { table.setFilter(QStringLiteral("node-1000")); });
    const double unfiltered = timed([&] { table.setFilter({}); });
    const double all = timed([&] { table.selectAll(); });
    table.clearSelection();

    std::vector<double> frames;
    auto* bar = table.verticalScrollBar();
    constexpr int kFrames = 600;
    for (int frame = 0; frame < kFrames; ++frame) {
        frames.push_back(timed([&] {
            bar->setValue(bar->maximum() * frame / kFrames);
            table.viewport()->render(&target); // the whole of it, where a screen would keep most
        }));
    }
    std::sort(frames.begin(), frames.end());
    const double median = frames[frames.size() / 2];
    const double slow = frames[frames.size() * 99 / 100];
    std::printf(
        "{\"machines\": %d, \"fillMs\": %.1f, \"vitalsMs\": %.1f, \"sameListMs\": %.1f, \"changedListMs\": %.1f, "
        "\"sortMs\": %.1f, \"filterMs\": %.1f, \"unfilterMs\": %.1f, \"selectAllMs\": %.1f, \"frameMedianMs\": %.2f, "
        "\"frame99Ms\": %.2f, \"framesPerSecond\": %.0f}\n",
        count, fill, measured, same, news, sorted, filtered, unfiltered, all, median, slow, 1000.0 / median);
    if (argc > 2) {
        table.grab().save(QString::fromLocal8Bit(argv[2]));
    }
    return 0;
}
