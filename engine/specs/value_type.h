#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/specs/big_numbers.h"

namespace ty::engine::specs {

enum class ElementKind : std::uint8_t { Integer, Boolean, Enumerated };

/// What a single value is. In a state it is one word: the number, 0 or 1, or the element's index.
struct ElementType {
    ElementKind kind = ElementKind::Integer;
    std::int32_t set = -1; ///< which enumerated set

    friend bool operator==(const ElementType&, const ElementType&) = default;
};

/// Both ends belong to it; low <= high.
struct Bounds {
    Number low = 0;
    Number high = 0;

    std::int64_t size() const { return high - low + 1; }
    friend bool operator==(const Bounds&, const Bounds&) = default;
};

enum class Form : std::uint8_t {
    Scalar,
    Set,      ///< one word: a bit for each element
    Function, ///< total, from `domain`: a word for each argument
};

/// The type of a variable, a constant or an expression.
struct ValueType {
    Form form = Form::Scalar;
    ElementType element;          ///< of the value, of the set's elements, or of the function's values
    std::optional<Bounds> bounds; ///< declared for `element`, if it is an integer
    ElementType domain;           ///< of a function's arguments
    Bounds domainBounds;          ///< the arguments: numbers, or indexes from 0
    bool isEmptySet = false;      ///< {}: fits any set

    /// Words in a state.
    std::int32_t width() const { return form == Form::Function ? static_cast<std::int32_t>(domainBounds.size()) : 1; }
};

inline ValueType scalarType(ElementType element)
{
    ValueType type;
    type.element = element;
    return type;
}
inline ValueType integerType() { return scalarType({ElementKind::Integer, -1}); }
inline ValueType booleanType() { return scalarType({ElementKind::Boolean, -1}); }
inline ValueType setType(ElementType element)
{
    auto type = scalarType(element);
    type.form = Form::Set;
    return type;
}

/// Whether a value of one may stand where the other is expected; ranges are the invariant's matter, not the type's.
bool isSameType(const ValueType& a, const ValueType& b);

/// An enumerated set of a machine.
struct EnumeratedSet {
    std::string name;
    std::vector<std::string> elements;
};

} // namespace ty::engine::specs
