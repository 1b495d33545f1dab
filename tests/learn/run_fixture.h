#pragma once

#include <QTemporaryDir>

#include <cmath>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/base/random.h"
#include "engine/learn/learner.h"

namespace ty::engine {

/// Three clouds with a category and missing values; the classes overlap a little.
inline std::string writeClouds(const std::string& file, int rows, std::uint64_t seed)
{
    Random random(seed);
    std::ofstream out(file);
    out << "width,height,colour,kind\n";
    const char* names[] = {"apple", "pear", "plum"};
    const char* colours[] = {"green", "yellow", "blue"};
    for (int i = 0; i < rows; ++i) {
        const int kind = i % 3;
        const int colour = random.uniform() < 0.8 ? kind : static_cast<int>(random.below(3));
        out << (i % 17 == 5 ? std::string() : fmt::format("{:.4f}", random.normal() + 2.0 * kind)) << ','
            << fmt::format("{:.4f}", 10 * (random.normal() - 1.5 * kind)) << ',' << colours[colour] << ',' << names[kind]
            << '\n';
    }
    return file;
}

/// Two clouds that overlap a little.
inline std::string writeTwoClouds(const std::string& file, int rows, std::uint64_t seed)
{
    Random random(seed);
    std::ofstream out(file);
    out << "x,y,side\n";
    for (int i = 0; i < rows; ++i) {
        const double centre = i % 2 == 0 ? -1 : 1;
        out << fmt::format("{:.4f},{:.4f},", centre + 0.6 * random.normal(), centre + 0.6 * random.normal())
            << (i % 2 == 0 ? "left" : "right") << '\n';
    }
    return file;
}

/// y = 100 + 30 a - 20 b + noise.
inline std::string writeLine(const std::string& file, int rows, std::uint64_t seed)
{
    Random random(seed);
    std::ofstream out(file);
    out << "a,b,y\n";
    for (int i = 0; i < rows; ++i) {
        const double a = random.normal();
        const double b = random.normal();
        out << fmt::format("{:.5f},{:.5f},{:.5f}\n", a, b, 100 + 30 * a - 20 * b + 5 * random.normal());
    }
    return file;
}

class CollectingSink final : public FitSink {
public:
    Result<void> emitEvent(const std::string& type, Json fields) override
    {
        if (onEvent) {
            onEvent(type, fields);
        }
        events.emplace_back(type, std::move(fields));
        return {};
    }
    std::vector<Json> of(const std::string& type) const
    {
        std::vector<Json> found;
        for (const auto& [name, fields] : events) {
            if (name == type) {
                found.push_back(fields);
            }
        }
        return found;
    }
    std::map<std::int64_t, double> losses() const
    {
        std::map<std::int64_t, double> found;
        for (const Json& event : of("step")) {
            found[event.at("step").get<std::int64_t>()] = event.at("loss").get<double>();
        }
        return found;
    }
    std::function<void(const std::string&, const Json&)> onEvent;
    std::vector<std::pair<std::string, Json>> events;
};

/// Gives one command when it is asked for the next: what a test has put into `pending`.
class CommandedControl final : public FitControl {
public:
    std::optional<RunCommand> nextCommand(bool) override
    {
        if (pending.empty()) {
            return std::nullopt;
        }
        RunCommand command{pending, Json::object()};
        pending.clear();
        return command;
    }
    bool isStopRequested() const override { return false; }
    std::string pending;
};

class StoppableControl final : public FitControl {
public:
    std::optional<RunCommand> nextCommand(bool) override { return std::nullopt; }
    bool isStopRequested() const override { return isStopped; }
    bool isStopped = false;
};

} // namespace ty::engine
