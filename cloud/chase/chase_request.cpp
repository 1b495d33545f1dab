#include "cloud/chase/chase_request.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "cloud/chase/gpu_choice.h"
#include "cloud/chase/region_places.h"

namespace ty::cloud {

namespace {

constexpr std::int64_t kMostGpus = 16;

Error wrong(const std::string& what, const std::string& advice)
{
    return Error{ErrorKind::InvalidInput, what, advice};
}

/// '*' stands for anything; without case.
bool fits(std::string_view pattern, std::string_view text)
{
    if (pattern.empty()) {
        return text.empty();
    }
    if (pattern.front() == '*') {
        return fits(pattern.substr(1), text) || (!text.empty() && fits(pattern, text.substr(1)));
    }
    const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
    return !text.empty() && lower(pattern.front()) == lower(text.front()) && fits(pattern.substr(1), text.substr(1));
}

} // namespace

Result<void> checkChase(const ChaseRequest& request)
{
    if (foldedGpu(request.gpu).empty()) {
        return wrong("no GPU is named", "Name one, for example T4, L4, A100 or H100.");
    }
    const auto gpus = request.gpus.value_or(1);
    if (gpus < 1 || gpus > kMostGpus) {
        return wrong("a machine has 1 to 16 GPUs, not " + std::to_string(gpus), {});
    }
    const auto parallel = request.parallel.value_or(ChaseRequest::kUsualParallel);
    if (parallel < 1 || parallel > ChaseRequest::kMostParallel) {
        return wrong("1 to 32 attempts at a time, not " + std::to_string(parallel), {});
    }
    if (request.maxCost && !(*request.maxCost > 0)) {
        return wrong("the most that may be spent has to be above 0", "Leave it out for no limit.");
    }
    if (request.order != "price" && request.order != "distance") {
        return wrong("\"" + request.order + "\" is no order", "Order by price or by distance.");
    }
    if (request.order == "distance" && !pointOf(request.near)) {
        return wrong(
            request.near.empty() ? "it is not said from where distances count" : "\"" + request.near + "\" is no known place",
            "Name a region, or latitude and longitude: 52.4,4.9.");
    }
    return {};
}

Result<void> checkReach(const ChaseRequest& request)
{
    if (request.testsAll.value_or(false)) {
        return {}; // nobody comes in: each machine goes at once
    }
    for (const FieldProblem& problem : problemsOf(request.machine, false)) {
        if (problem.field == "allowedFrom") {
            return wrong(problem.message, {});
        }
    }
    return {};
}

bool wantsRegion(const ChaseRequest& request, const std::string& region)
{
    return request.regions.empty()
        || std::any_of(request.regions.begin(), request.regions.end(), [&](const std::string& pattern) {
               return fits(pattern, region);
           });
}

} // namespace ty::cloud
