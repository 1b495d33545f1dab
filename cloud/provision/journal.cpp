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

} // namespace ty::cloud
