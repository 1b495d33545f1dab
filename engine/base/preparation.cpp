#include "engine/base/preparation.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ty {

namespace {

struct KindName {
    StepKind kind;
    const char* name;
    bool isTrainingOnly;
};

constexpr std::array<KindName, 13> kKinds{{
    {StepKind::Compute, "compute", false},
    {StepKind::Filter, "filter", true},
    {StepKind::DropMissing, "drop-missing", true},
    {StepKind::Fill, "fill", false},
    {StepKind::Clip, "clip", false},
    {StepKind::Bin, "bin", false},
    {StepKind::Scale, "scale", false},
    {StepKind::Encode, "encode", false},
    {StepKind::DropDuplicates, "drop-duplicates", true},
    {StepKind::Balance, "balance", true},
    {StepKind::Resize, "resize", false},
    {StepKind::Resample, "resample", false},
    {StepKind::Crop, "crop", false},
}};

const KindName& entryOf(StepKind kind)
{
    return *std::find_if(kKinds.begin(), kKinds.end(), [kind](const KindName& one) { return one.kind == kind; });
}

std::string limitText(const PrepareStep& step)
{
    const std::string unit = step.method == "percentiles" ? "percentiles " : "";
    if (step.low && step.high) {
        return fmt::format("to {}{:g} .. {:g}", unit, *step.low, *step.high);
    }
    return step.low ? fmt::format("from {}{:g} on", unit, *step.low) : step.high ? fmt::format("up to {}{:g}", unit, *step.high) : "";
}

} // namespace

const char* stepKindName(StepKind kind)
{
    return entryOf(kind).name;
}

std::optional<StepKind> stepKindFromName(const std::string& name)
{
    const auto found = std::find_if(kKinds.begin(), kKinds.end(), [&](const KindName& one) { return name == one.name; });
    return found == kKinds.end() ? std::nullopt : std::optional(found->kind);
}

const std::vector<StepKind>& allStepKinds()
{
    static const std::vector<StepKind> kinds = [] {
        std::vector<StepKind> all;
        for (const KindName& one : kKinds) {
            all.push_back(one.kind);
        }
        return all;
    }();
    return kinds;
}

std::vector<std::string> stepMethods(StepKind kind)
{
    switch (kind) {
    case StepKind::Fill:
        return {"median", "mean", "most-frequent", "value"};
    case StepKind::Clip:
        return {"values", "percentiles"};
    case StepKind::Bin:
        return {"width", "quantile", "edges"};
    case StepKind::Scale:
        return {"standard", "min-max", "robust", "max-abs", "none"};
    case StepKind::Encode:
        return {"one-hot", "ordinal"};
    case StepKind::Balance:
        return {"oversample", "undersample"};
    case StepKind::Crop:
        return {"middle", "beginning", "loudest", "stretch"};
    default:
        return {};
    }
}

bool isTrainingOnly(StepKind kind)
{
    return entryOf(kind).isTrainingOnly;
}

PrepareStep PrepareStep::of(StepKind kind)
{
    PrepareStep step;
    step.kind = kind;
    switch (kind) {
    case StepKind::Fill:
        step.method = "median";
        break;
    case StepKind::Clip:
        step.method = "percentiles";
        step.low = 1;
        step.high = 99;
        break;
    case StepKind::Bin:
        step.method = "quantile";
        step.bins = 4;
        break;
    case StepKind::Scale:
        step.method = "min-max";
        break;
    case StepKind::Encode:
        step.method = "ordinal";
        break;
    case StepKind::Balance:
        step.method = "oversample";
        break;
    case StepKind::Resize:
        step.width = 64;
        step.height = 64;
        break;
    case StepKind::Resample:
        step.rate = 16'000;
        break;
    case StepKind::Crop:
        step.method = "middle";
        break;
    case StepKind::DropMissing:
    case StepKind::Compute:
    case StepKind::Filter:
    case StepKind::DropDuplicates:
        break;
    }
    return step;
}

std::string PrepareStep::text() const
{
    const std::string names = fmt::format("{}", fmt::join(columns, ", "));
    switch (kind) {
    case StepKind::DropMissing:
        return columns.empty() ? "leave out rows with a missing value" : "leave out rows without " + names;
    case StepKind::Fill:
        return fmt::format("fill {} with {}", names, method == "value" ? "\"" + value + "\"" : "the " + method);
    case StepKind::Clip:
        return fmt::format("clip {} {}", names, limitText(*this));
    case StepKind::Bin:
        return method == "edges" ? fmt::format("bin {} at {}", names, fmt::join(edges, ", "))
                                 : fmt::format("bin {} into {} intervals of equal {}", names, bins,
                                               method == "width" ? "width" : "size");
    case StepKind::Compute:
        return names + " = " + expression;
    case StepKind::Filter:
        return "train on rows with " + expression;
    case StepKind::Scale:
        return method == "none" ? fmt::format("leave {} unscaled", names) : fmt::format("scale {} ({})", names, method);
    case StepKind::Encode:
        return fmt::format("encode {} ({})", names, method);
    case StepKind::DropDuplicates:
        return "leave out duplicates";
    case StepKind::Balance:
        return method == "oversample" ? "balance the classes: repeat rare samples" : "balance the classes: leave frequent samples out";
    case StepKind::Resize:
        return fmt::format("resize pictures to {} x {}{}", width, height, colours.empty() ? "" : ", " + colours);
    case StepKind::Resample:
        return fmt::format("resample recordings to {} Hz", rate);
    case StepKind::Crop: {
        const std::string length = seconds > 0 ? fmt::format("{:g} s", seconds) : "one length";
        return method == "stretch" ? "draw recordings out or squeeze them to one length"
                                   : fmt::format("bring recordings to {}: their {}, silence beside shorter ones", length, method == "loudest" ? "loudest part" : method);
    }
    }
    return {};
}

bool Preparation::doesAnything() const
{
    return std::any_of(steps.begin(), steps.end(), [](const PrepareStep& step) { return step.isEnabled; });
}

const PrepareStep* Preparation::last(StepKind kind) const
{
    const auto found = std::find_if(steps.rbegin(), steps.rend(), [kind](const PrepareStep& step) {
        return step.isEnabled && step.kind == kind;
    });
    return found == steps.rend() ? nullptr : &*found;
}

bool Preparation::findsInTable() const
{
    return std::any_of(steps.begin(), steps.end(), [](const PrepareStep& step) {
        const bool finds = (step.kind == StepKind::Fill && step.method != "value") || (step.kind == StepKind::Clip && step.method == "percentiles") ||
                           (step.kind == StepKind::Bin && step.method != "edges") ||
                           (step.kind == StepKind::Encode && step.method == "ordinal" && step.order.empty());
        return step.isEnabled && finds;
    });
}

bool Preparation::concernsTables() const
{
    return std::any_of(steps.begin(), steps.end(), [](const PrepareStep& step) {
        const bool isOfSamples = step.kind == StepKind::Balance || step.kind == StepKind::DropDuplicates;
        return step.isEnabled && !isOfSamples && step.kind != StepKind::Resize && step.kind != StepKind::Resample &&
               step.kind != StepKind::Crop;
    });
}

std::string stepPlace(std::size_t index, StepKind kind)
{
    return fmt::format("step {} ({}): ", index + 1, stepKindName(kind));
}

std::optional<std::size_t> stepInMessage(const std::string& message)
{
    for (std::size_t at = message.find("step "); at != std::string::npos; at = message.find("step ", at + 1)) {
        char* end = nullptr;
        const unsigned long number = std::strtoul(message.c_str() + at + 5, &end, 10);
        if (number > 0 && number <= Preparation::kMostSteps && std::string_view(end).starts_with(" (")) {
            return number - 1;
        }
    }
    return std::nullopt;
}

} // namespace ty
