#pragma once

#include <deque>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/random.h"
#include "engine/train/fit_control.h"
#include "engine/train/sample_source.h"

namespace ty::engine {

/// Two overlapping clouds of points with a constant third input.
class TwoClouds final : public SampleSource {
public:
    TwoClouds(std::size_t samples, std::uint64_t seed)
    {
        Random random(seed);
        for (std::size_t i = 0; i < samples; ++i) {
            const bool isSecond = i % 2 == 1;
            m_rows.push_back(static_cast<float>(random.normal() + (isSecond ? 1.5 : -1.5)));
            m_rows.push_back(static_cast<float>(random.normal()));
            m_rows.push_back(1.0F);
        }
    }
    std::size_t unreadable = static_cast<std::size_t>(-1); ///< position whose read fails
    std::size_t tooLarge = static_cast<std::size_t>(-1);   ///< position for which there is no memory

    std::size_t size() const override { return m_rows.size() / 3; }
    std::size_t inputSize() const override { return 3; }
    Result<void> readInput(std::size_t position, std::span<float> into) const override
    {
        if (position == unreadable) {
            return Error{ErrorKind::Io, "train/3/0012.png: cannot be decoded", {}};
        }
        if (position == tooLarge) {
            throw std::bad_alloc();
        }
        std::copy_n(m_rows.begin() + static_cast<std::ptrdiff_t>(position * 3), 3, into.begin());
        return {};
    }
    float target(std::size_t position) const override { return position % 2 == 1 ? 1.0F : 0.0F; }

private:
    std::vector<float> m_rows;
};

class RecordingSink final : public FitSink {
public:
    Result<void> emitEvent(const std::string& type, Json fields) override
    {
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
    std::vector<std::pair<std::string, Json>> events;
};

/// Commands that were laid out before; while paused the next is taken at once.
class ScriptedControl final : public FitControl {
public:
    std::optional<RunCommand> nextCommand(bool) override
    {
        if (commands.empty()) {
            return std::nullopt;
        }
        RunCommand command = commands.front();
        commands.pop_front();
        return command;
    }
    bool isStopRequested() const override { return isStopped; }

    std::deque<RunCommand> commands;
    bool isStopped = false;
};

} // namespace ty::engine
