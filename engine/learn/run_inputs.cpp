#include "engine/learn/run_inputs.h"

#include <fstream>
#include <string>

namespace ty::engine {

int inputsVersionOf(const RunFolder& folder)
{
    constexpr int kFirstLines = 100; // the event comes before the first step
    std::ifstream events(folder.eventsFile());
    std::string line;
    for (int i = 0; i < kFirstLines && std::getline(events, line); ++i) {
        const auto event = RunEvent::fromLine(line);
        if (event && event.value().type == "data") {
            const Json& version = event.value().fields.value("inputs", Json());
            return version.is_number_integer() ? version.get<int>() : 1;
        }
    }
    return kInputsVersion;
}

void asInVersion(int version, RunSpec& spec, DataNeeds& needs)
{
    if (version >= kInputsVersion) {
        return;
    }
    needs.form.areCategoriesOfAllRows = true;
    if (spec.learner == "network" && !spec.settings.contains("augmentPart")) {
        spec.settings["augmentPart"] = false;
    }
}

Result<void> checkInputsOf(int version, const RunSpec& spec, const DatasetInfo& info)
{
    if (version > kInputsVersion) {
        return Error{ErrorKind::Unsupported, "this run was begun by a newer version of Trainyard, which gives the data to the learner in another form", "Update Trainyard."};
    }
    if (version < kInputsVersion && info.format == "recordings" && spec.data.preparation.last(StepKind::Crop) == nullptr) {
        return Error{
            ErrorKind::Conflict,
            info.path + ": this run was begun by an older version of Trainyard, which brought recordings to one length in another way; going on would "
                        "change what the network hears in the middle of its training",
            "Begin a new run, from the weights of this one if you like."};
    }
    return {};
}

} // namespace ty::engine
