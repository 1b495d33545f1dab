#include "engine/specs/machine.h"

#include "engine/specs/checker.h"
#include "engine/specs/parser.h"

namespace ty::engine::specs {

Result<Machine> readMachine(std::string_view text, const std::string& name)
{
    TY_TRY(auto syntax, Parser(text, name).read());
    return Checker(std::move(syntax)).check();
}

} // namespace ty::engine::specs
