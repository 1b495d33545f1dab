#include "cloud/provision/journal.h"

namespace ty::cloud {

const char* outcomeName(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Done:
        return "done";
    case Outcome::Undone:
        return "undone";
    case Outcome::Failed:
        return "failed";
    }
    return "failed";
}

Outcome outcomeFromName(const std::string& name)
{
    if (name == "done") {
        return Outcome::Done;
    }
    return name == "undone" ? Outcome::Undone : Outcome::Failed;
}

Finding Finding::parse(const std::string& json)
{
    const auto parsed = parseJson(json, "a finding");
    return parsed ? fromJson<Finding>(*parsed, "a finding").valueOr({}) : Finding();
}

std::string Finding::text() const
{
    return toJsonLine(toJson(*this));
}

} // namespace ty::cloud
