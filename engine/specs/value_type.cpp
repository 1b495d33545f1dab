#include "engine/specs/value_type.h"

namespace ty::engine::specs {

bool isSameType(const ValueType& a, const ValueType& b)
{
    if (a.form != b.form) {
        return false;
    }
    if (a.form == Form::Set && (a.isEmptySet || b.isEmptySet)) {
        return true;
    }
    return a.element == b.element
        && (a.form != Form::Function || (a.domain == b.domain && a.domainBounds == b.domainBounds));
}

} // namespace ty::engine::specs
