#include "cloud/chase/chase_script.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "cloud/chase/chase_plan.h"

namespace ty::cloud {

namespace {

constexpr std::string_view kHead = R"sh(#!/usr/bin/env bash
# A hunt for a GPU, written by Trainyard. Each place is really asked for a machine, which costs money while it stands;
# whatever a try made is deleted again. Needs az and gcloud, signed in. Ends at the first machine unless TEST_ALL=1.
# shellcheck disable=SC2016 # names are meant as they stand
set -u
prefix=%PREFIX%
test_all=${TEST_ALL:-%TESTALL%}
table=${TABLE:-chase.csv}
key_file=${SSH_KEY_FILE:-$HOME/.ssh/id_ed25519.pub}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
printf 'zone,gpu,allocated,reason,time,seconds\n' >"$table"

reason_of() {
    if grep -qE 'LowPriorityCores|Family Cores quota|Total Regional Cores|QUOTA_EXCEEDED|[Qq]uota .*exceeded' "$log"; then
        echo quota
    elif grep -qE 'NotAvailableForSubscription|was not found|does not exist in zone' "$log"; then
        echo not-offered
    elif grep -qE 'SkuNotAvailable|AllocationFailed|OverconstrainedAllocationRequest|RESOURCE_POOL_EXHAUSTED|does not have enough resources' "$log"; then
        echo no-capacity
    elif grep -qE 'AuthorizationFailed|PERMISSION_DENIED|403' "$log"; then
        echo permission
    else
        echo unknown
    fi
}

# note PLACE GPU ALLOCATED REASON BEGAN
note() {
    printf '%s,%s,%s,%s,%s,%s\n' "$1" "$2" "$3" "$4" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$(($(date +%s) - $5))" >>"$table"
    echo "$1: ${4:-a machine stood}"
}

)sh";

constexpr std::string_view kAzure = R"sh(# try_azure SUBSCRIPTION REGION ZONE SIZE GPU IMAGE USER SPOT; a resource group of its own is all that has to be deleted.
try_azure() {
    local place=$2${3:+/$3} group=$prefix-$2${3:+-$3} began
    local options=()
    [ -n "$3" ] && options+=(--zone "$3")
    [ "$8" = yes ] && options+=(--priority Spot --max-price -1 --eviction-policy Deallocate)
    began=$(date +%s)
    if ! az group create --subscription "$1" --name "$group" --location "$2" --tags trainyard-chase="$prefix" --output none 2>"$log"; then
        note "$place" "$5" no "$(reason_of)" "$began"
        return 1
    fi
    if az vm create --subscription "$1" --resource-group "$group" --name "$group" --location "$2" --size "$4" \
        --image "$6" --admin-username "$7" --ssh-key-values "$key_file" --nsg-rule NONE \
        --tags trainyard-chase="$prefix" --output none "${options[@]}" 2>"$log"; then
        note "$place" "$5" yes "" "$began"
        [ "$test_all" = 1 ] || return 0
    else
        note "$place" "$5" no "$(reason_of)" "$began"
    fi
    az group delete --subscription "$1" --name "$group" --yes --no-wait ||
        echo "LEFT BEHIND: resource group $group" >&2
    return 1
}

)sh";

constexpr std::string_view kGoogle = R"sh(# try_google PROJECT ZONE MACHINE_TYPE GPU ACCELERATOR IMAGE_PROJECT IMAGE_FAMILY SPOT
try_google() {
    local name=$prefix-$2 began
    local options=()
    [ -n "$5" ] && options+=(--accelerator "$5")
    [ "$8" = yes ] && options+=(--provisioning-model SPOT --instance-termination-action STOP)
    began=$(date +%s)
    if gcloud compute instances create "$name" --project "$1" --zone "$2" --machine-type "$3" \
        --image-project "$6" --image-family "$7" --maintenance-policy TERMINATE \
        --labels trainyard-chase="$prefix" --quiet "${options[@]}" >/dev/null 2>"$log"; then
        note "$2" "$4" yes "" "$began"
        [ "$test_all" = 1 ] || return 0
        gcloud compute instances delete "$name" --project "$1" --zone "$2" --quiet ||
            echo "LEFT BEHIND: $name in $2" >&2
        return 1
    fi
    note "$2" "$4" no "$(reason_of)" "$began"
    # A failed try leaves nothing as a rule; if it did, it goes now.
    gcloud compute instances delete "$name" --project "$1" --zone "$2" --quiet >/dev/null 2>&1
    return 1
}

)sh";

std::string replaced(std::string text, std::string_view what, const std::string& with)
{
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
    return text;
}

/// "P/F" and "projects/P/global/images/family/F" -> {P, F}.
std::pair<std::string, std::string> imageFamilyOf(const std::string& image)
{
    constexpr std::string_view kProjects = "projects/";
    const auto project = image.find(kProjects);
    const auto begin = project == std::string::npos ? 0 : project + kProjects.size();
    const auto end = image.find('/', begin);
    const auto family = image.rfind('/');
    return end == std::string::npos ? std::pair(std::string(), image)
                                    : std::pair(image.substr(begin, end - begin), image.substr(family + 1));
}

std::string line(const ChasePlace& place, const ChaseRequest& request)
{
    const MachineRequest machine = machineAt(place, request);
    const char* spot = request.isSpot.value_or(false) ? "yes" : "no";
    std::vector<std::string> words;
    if (place.provider == "google") {
        const auto [project, family] = imageFamilyOf(machine.image);
        const std::string attached = machine.gpu.empty()
            ? std::string()
            : fmt::format("type={},count={}", machine.gpu, machine.gpus.value_or(1));
        words = {"try_google", place.scope, place.zone, place.size, place.gpu, attached, project, family, spot};
    } else {
        words = {"try_azure", place.scope, place.region, place.zone, place.size, place.gpu, machine.image, machine.user, spot};
    }
    std::string text = words.front();
    for (std::size_t i = 1; i < words.size(); ++i) {
        text += " " + shellQuoted(words[i]);
    }
    return text + " && exit 0\n";
}

} // namespace

std::string shellQuoted(const std::string& text)
{
    std::string quoted = "'";
    for (const char c : text) {
        quoted += c == '\'' ? "'\\''" : std::string(1, c);
    }
    return quoted + "'";
}

std::string chaseScript(const std::vector<ChasePlace>& places, const ChaseRequest& request)
{
    std::string script = replaced(std::string(kHead), "%PREFIX%", shellQuoted(request.machine.name));
    script = replaced(std::move(script), "%TESTALL%", request.testsAll.value_or(false) ? "1" : "0");
    const auto isTried = [](const ChasePlace& place) {
        return place.result() == ChaseOutcome::Waiting || !place.tried.empty();
    };
    const auto has = [&](const char* provider) {
        return std::any_of(places.begin(), places.end(), [&](const ChasePlace& place) {
            return isTried(place) && place.provider == provider;
        });
    };
    script += has("azure") ? kAzure : std::string_view();
    script += has("google") ? kGoogle : std::string_view();
    for (const ChasePlace& place : places) {
        if (isTried(place)) {
            script += line(place, request);
        }
    }
    script += "[ \"$test_all\" = 1 ] && exit 0\necho 'No place gave a machine.' >&2\nexit 1\n";
    return script;
}

} // namespace ty::cloud
