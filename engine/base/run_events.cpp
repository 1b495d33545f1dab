#include "engine/base/run_events.h"

#include <chrono>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace ty {

std::string RunEvent::toLine() const
{
    Json line{{"seq", seq}, {"time", time}, {"event", type}};
    for (const auto& [key, value] : fields.items()) {
        line[key] = value;
    }
    return toJsonLine(line);
}

Result<RunEvent> RunEvent::fromLine(const std::string& line)
{
    const std::string what = "run event";
    TY_TRY(Json json, parseJson(line, what));
    RunEvent event;
    TY_TRY(event.type, jsonField<std::string>(json, "event", what));
    TY_TRY(event.seq, jsonFieldOr<std::uint64_t>(json, "seq", 0, what));
    TY_TRY(event.time, jsonFieldOr<std::string>(json, "time", {}, what));
    for (const char* key : {"seq", "time", "event"}) {
        json.erase(key);
    }
    event.fields = std::move(json);
    return event;
}

std::string RunCommand::toLine() const
{
    Json line{{"command", name}};
    for (const auto& [key, value] : fields.items()) {
        line[key] = value;
    }
    return toJsonLine(line);
}

Result<RunCommand> RunCommand::fromLine(const std::string& line)
{
    TY_TRY(Json json, parseJson(line, "command"));
    RunCommand command;
    TY_TRY(command.name, jsonField<std::string>(json, "command", "command"));
    json.erase("command");
    command.fields = std::move(json);
    return command;
}

std::string utcNow()
{
    using namespace std::chrono;
    const auto now = system_clock::now();
    const auto millis = duration_cast<milliseconds>(now.time_since_epoch()).count() % 1000;
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03d}Z", fmt::gmtime(system_clock::to_time_t(now)), millis);
}

} // namespace ty
