#pragma once

#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <QTemporaryDir>

#include "app/catalog/catalog.h"
#include "app/catalog/event_ingest.h"
#include "engine/base/files.h"
#include "engine/base/run_events.h"

namespace ty::catalog {

/// A catalog in a folder of its own, and the events that a small run would write.
struct CatalogFixture {
    QTemporaryDir folder;
    Paths paths = Paths::below(folder.path().toStdString() + "/home");
    OpenReport report;
    std::unique_ptr<Catalog> catalog;

    CatalogFixture() { reopen(); }
    void reopen()
    {
        catalog.reset();
        report = {};
        auto opened = Catalog::open(paths, &report);
        catalog = opened ? std::move(opened).value() : nullptr;
    }

    static RunSpec spec(const std::string& data = "/data/digits.csv")
    {
        RunSpec spec;
        spec.data.training = data;
        spec.preset = "fast";
        spec.settings = Json{{"epochs", 3}};
        return spec;
    }

    static RunEvent event(std::uint64_t seq, const std::string& type, Json fields)
    {
        RunEvent event;
        event.seq = seq;
        event.type = type;
        event.time = fmt::format("2026-11-21T08:{:02d}:{:02d}.{:03d}Z", seq / 60, seq % 60, 0);
        event.fields = std::move(fields);
        return event;
    }

    /// One event a second: started, data, plan, then per epoch two steps, the epoch, its checkpoint.
    static std::vector<RunEvent> events(int epochs, bool isFinished)
    {
        std::vector<RunEvent> list;
        std::uint64_t seq = 0;
        const auto add = [&](const std::string& type, Json fields) {
            ++seq;
            list.push_back(event(seq, type, std::move(fields)));
        };
        add("started", {{"device", "cpu"}, {"host", "here"}, {"pid", 4242}});
        add("data", {{"task", "classification"}});
        add("plan", {{"epochs", 3}, {"parameters", 1234}, {"settings", {{"epochs", 3}, {"optimizer", "adamw"}}}});
        for (int epoch = 1; epoch <= epochs; ++epoch) {
            for (int half = 1; half <= 2; ++half) {
                const double position = epoch - 1 + half / 2.0;
                add("step",
                    {{"step", position * 10}, {"epoch", position}, {"loss", 1 / (position + 1)},
                     {"learningRate", 0.01}, {"metrics", {{"accuracy", 0.5 + position / 10}}}});
            }
            add("epoch",
                {{"epoch", epoch}, {"step", epoch * 10}, {"seconds", epoch * 4.0}, {"epochSeconds", 4.0},
                 {"training", {{"loss", 0.5 / epoch}, {"accuracy", 0.7 + epoch * 0.05}}},
                 {"validation", {{"loss", 0.6 / epoch}, {"accuracy", 0.6 + epoch * 0.05}}},
                 {"isBest", epoch != 3}, {"bestEpoch", epoch == 3 ? 2 : epoch}, {"etaSeconds", (3 - epoch) * 4.0}});
            add("checkpoint", {{"epoch", epoch}, {"step", epoch * 10}, {"file", "checkpoints/x"}, {"bytes", 10}});
        }
        if (isFinished) {
            add("finished",
                {{"outcome", "completed"}, {"epochs", epochs}, {"seconds", epochs * 4.5}, {"bestEpoch", 2},
                 {"metrics", {{"validation", {{"accuracy", 0.7}}}, {"test", {{"accuracy", 0.66}}}}},
                 {"model", "model"}});
        }
        return list;
    }

    static std::string lines(const std::vector<RunEvent>& events)
    {
        std::string text;
        for (const RunEvent& event : events) {
            text += event.toLine() + "\n";
        }
        return text;
    }

    /// What trainyard-run leaves in `root`.
    static bool writeRunFolder(const std::string& root, RunSpec spec, const std::vector<RunEvent>& events)
    {
        const RunFolder files{root};
        return makeFolders(files.checkpointFolder()) && spec.save(files.specFile())
            && writeFileAtomically(files.eventsFile(), lines(events))
            && writeFileAtomically(files.checkpointFolder() + "/epoch-1", std::string(100000, 'x'))
            && makeFolders(files.modelFolder())
            && writeFileAtomically(
                   files.modelFolder() + "/model.json",
                   R"({"format":1,"learner":"network","task":"classification","classes":["a","b"],"input":[1,8,8]})");
    }
};

} // namespace ty::catalog

/// Passes when a Result holds a value, else fails with its message.
#define TY_VERIFY(expression)                                                                      \
    do {                                                                                           \
        const auto& tyVerified = (expression);                                                     \
        QVERIFY2(tyVerified, tyVerified ? "" : tyVerified.error().message.c_str());                \
    } while (false)
