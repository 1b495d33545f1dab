#include "engine/specs/value_words.h"

#include <bit>

#include <fmt/format.h>

namespace ty::engine::specs {

std::string elementWords(const Machine& machine, ElementType type, Number word)
{
    switch (type.kind) {
    case ElementKind::Integer:
        return machine.numbers->text(word);
    case ElementKind::Boolean:
        return word != 0 ? "TRUE" : "FALSE";
    case ElementKind::Enumerated:
        break;
    }
    return machine.sets[static_cast<std::size_t>(type.set)].elements[static_cast<std::size_t>(word)];
}

std::string valueWords(const Machine& machine, const Variable& variable, const Number* state)
{
    const auto& type = variable.type;
    const auto* words = state + variable.slot;
    if (type.form == Form::Scalar) {
        return elementWords(machine, type.element, *words);
    }
    std::string text = "{";
    if (type.form == Form::Set) {
        const auto base = type.element.kind == ElementKind::Integer ? machine.setBase : 0;
        for (auto rest = static_cast<std::uint64_t>(*words); rest != 0; rest &= rest - 1) {
            text += (text.size() > 1 ? ", " : "") + elementWords(machine, type.element, base + std::countr_zero(rest));
        }
    } else {
        for (std::int32_t cell = 0; cell < type.width(); ++cell) {
            text += fmt::format(
                "{}{} |-> {}", cell > 0 ? ", " : "", elementWords(machine, type.domain, type.domainBounds.low + cell),
                elementWords(machine, type.element, words[cell]));
        }
    }
    return text + "}";
}

std::string stateWords(const Machine& machine, const Number* state)
{
    std::string text;
    for (const auto& variable : machine.variables) {
        text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", variable.name, valueWords(machine, variable, state));
    }
    return text;
}

} // namespace ty::engine::specs
