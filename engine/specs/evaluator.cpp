#include "engine/specs/evaluator.h"

#include <cassert>

#include <fmt/format.h>

namespace ty::engine::specs {

namespace {

constexpr Number kMaskBits = 64;

} // namespace

Evaluator::Evaluator(const Program& program, BigNumbers& numbers)
    : m_program(program)
    , m_numbers(numbers)
    , m_locals(program.localWords + 1)
{
}

Number Evaluator::fail(NodeIndex node, std::string message)
{
    if (!m_problem) {
        m_problem = IllDefined{m_program.places[node], std::move(message)};
    }
    return 0;
}

bool Evaluator::forEachFunction(
    const Domain& domain, const Binder& binder, std::uint32_t at, const std::function<bool()>& found)
{
    if (at == binder.width) {
        return found();
    }
    const Binder cell{binder.local + at, 1, 0, {}};
    const std::function<bool()> next = [&] { return forEachFunction(domain, binder, at + 1, found); };
    return forEachValue(m_program.domains[domain.a], cell, next);
}

bool Evaluator::mayTryAnother(NodeIndex node)
{
    constexpr std::uint64_t kTriesBetweenLooks = 65'536;
    if (m_tries == 0 || (m_tries % kTriesBetweenLooks == 0 && m_stop.stop_requested())) {
        m_tries = 0;
        fail(node, "too many values to try");
        return false;
    }
    --m_tries;
    return true;
}

bool Evaluator::isCountable(Number low, Number high, NodeIndex node)
{
    if (BigNumbers::isSmall(low) && BigNumbers::isSmall(high)) {
        return true;
    }
    fail(node, fmt::format("{}..{} is too large to go through", m_numbers.text(low), m_numbers.text(high)));
    return false;
}

std::uint64_t Evaluator::bit(Number element, Number base, NodeIndex node)
{
    const auto position = element - base;
    if (position < 0 || position >= kMaskBits) {
        fail(
            node, fmt::format(
                      "{} cannot be in a set of numbers here, which hold {}..{}", m_numbers.text(element), base,
                      base + kMaskBits - 1));
        return 0;
    }
    return std::uint64_t{1} << position;
}

Number Evaluator::evaluate(NodeIndex index)
{
    const auto& node = m_program.nodes[index];
    switch (node.kind) {
    case NodeKind::Constant:
        return node.value;
    case NodeKind::State:
        return m_state[node.value];
    case NodeKind::Local:
        return m_locals[static_cast<std::size_t>(node.value)];
    case NodeKind::Add:
        return m_numbers.add(evaluate(node.a), evaluate(node.b));
    case NodeKind::Subtract:
        return m_numbers.subtract(evaluate(node.a), evaluate(node.b));
    case NodeKind::Multiply: {
        const auto left = evaluate(node.a);
        const auto right = evaluate(node.b);
        return m_numbers.canMultiply(left, right) ? m_numbers.multiply(left, right)
                                                  : fail(index, "the product has more than 100,000 bits");
    }
    case NodeKind::Divide: {
        const auto divisor = evaluate(node.b);
        return divisor == 0 ? fail(index, "division by zero") : m_numbers.divide(evaluate(node.a), divisor);
    }
    case NodeKind::Modulo: {
        const auto divisor = evaluate(node.b);
        return m_numbers.isLess(0, divisor) ? m_numbers.modulo(evaluate(node.a), divisor)
                                            : fail(index, "mod needs a number above 0 on its right");
    }
    case NodeKind::Negate:
        return m_numbers.subtract(0, evaluate(node.a));
    case NodeKind::Equal:
        return evaluate(node.a) == evaluate(node.b);
    case NodeKind::NotEqual:
        return evaluate(node.a) != evaluate(node.b);
    case NodeKind::Less:
        return m_numbers.isLess(evaluate(node.a), evaluate(node.b));
    case NodeKind::LessEqual:
        return !m_numbers.isLess(evaluate(node.b), evaluate(node.a));
    case NodeKind::And:
        return evaluate(node.a) != 0 && evaluate(node.b) != 0;
    case NodeKind::Or:
        return evaluate(node.a) != 0 || evaluate(node.b) != 0;
    case NodeKind::Implies:
        return evaluate(node.a) == 0 || evaluate(node.b) != 0;
    case NodeKind::Iff:
        return evaluate(node.a) == evaluate(node.b);
    case NodeKind::Not:
        return evaluate(node.a) == 0;
    case NodeKind::IsInRange: {
        const auto value = evaluate(node.a);
        return !m_numbers.isLess(value, evaluate(node.b)) && !m_numbers.isLess(evaluate(node.c), value);
    }
    case NodeKind::If:
        return evaluate(node.a) != 0 ? evaluate(node.b) : evaluate(node.c);
    case NodeKind::Apply:
        return apply(node, index);
    case NodeKind::EqualFunctions: {
        std::vector<Number> left;
        std::vector<Number> right;
        const auto* a = functionWords(node.a, left);
        const auto* b = functionWords(node.b, right);
        return std::equal(a, a + node.c, b);
    }
    case NodeKind::Comprehension:
    case NodeKind::Exists:
    case NodeKind::ForAll:
    case NodeKind::InFunctionSpace:
        return evaluateBinder(node, index);
    default:
        return evaluateSet(node, index);
    }
}

Number Evaluator::evaluateSet(const Node& node, NodeIndex index)
{
    const auto mask = [this](NodeIndex part) { return static_cast<std::uint64_t>(evaluate(part)); };
    switch (node.kind) {
    case NodeKind::IsIn: {
        // An element that no set can hold is in none.
        const auto position = evaluate(node.a) - node.value;
        const auto set = mask(node.b);
        return position >= 0 && position < kMaskBits && ((set >> position) & 1U) != 0;
    }
    case NodeKind::IsSubset:
        return (mask(node.a) & ~mask(node.b)) == 0;
    case NodeKind::Union:
        return static_cast<Number>(mask(node.a) | mask(node.b));
    case NodeKind::Intersection:
        return static_cast<Number>(mask(node.a) & mask(node.b));
    case NodeKind::Difference:
        return static_cast<Number>(mask(node.a) & ~mask(node.b));
    case NodeKind::Singleton:
        return static_cast<Number>(bit(evaluate(node.a), node.value, index));
    case NodeKind::RangeMask: {
        const auto low = evaluate(node.a);
        const auto high = evaluate(node.b);
        std::uint64_t whole = 0;
        for (auto value = low; value <= high && !m_problem; ++value) {
            whole |= bit(value, node.value, index);
        }
        return static_cast<Number>(whole);
    }
    case NodeKind::Cardinality:
        return std::popcount(mask(node.a));
    case NodeKind::Smallest: {
        const auto set = mask(node.a);
        return set == 0 ? fail(index, "min of the empty set") : node.value + std::countr_zero(set);
    }
    case NodeKind::Largest: {
        const auto set = mask(node.a);
        return set == 0 ? fail(index, "max of the empty set") : node.value + kMaskBits - 1 - std::countl_zero(set);
    }
    default:
        assert(false && "a function is evaluated by evaluateFunction");
        return 0;
    }
}

Number Evaluator::evaluateBinder(const Node& node, NodeIndex index)
{
    if (node.kind == NodeKind::InFunctionSpace) {
        std::vector<Number> space;
        const auto* words = functionWords(node.a, space);
        const auto& binder = m_program.groups[node.b].front();
        // The binder's word takes each cell; its condition says whether it is in the range.
        return std::all_of(words, words + node.c, [&](Number word) {
            m_locals[binder.local] = word;
            return std::all_of(binder.conditions.begin(), binder.conditions.end(), [&](NodeIndex part) { return holds(part); });
        });
    }
    const auto& group = m_program.groups[node.a];
    if (node.kind == NodeKind::Exists) {
        return !forEachBinding(group, [] { return false; });
    }
    if (node.kind == NodeKind::ForAll) {
        return forEachBinding(group, [&] { return holds(node.b); });
    }
    std::uint64_t mask = 0;
    forEachBinding(group, [&] {
        mask |= bit(m_locals[group.back().local], node.value, index);
        return !m_problem;
    });
    return static_cast<Number>(mask);
}

Number Evaluator::apply(const Node& node, NodeIndex index)
{
    const auto argument = evaluate(node.b);
    const auto position = argument - node.value;
    if (m_problem) {
        return 0;
    }
    if (position < 0 || position >= static_cast<Number>(node.c)) {
        return fail(
            index, fmt::format(
                       "the function has no value for {}, its arguments are {}..{}", m_numbers.text(argument), node.value,
                       node.value + static_cast<Number>(node.c) - 1));
    }
    std::vector<Number> space;
    return functionWords(node.a, space)[position];
}

const Number* Evaluator::functionWords(NodeIndex index, std::vector<Number>& space)
{
    const auto& node = m_program.nodes[index];
    switch (node.kind) {
    case NodeKind::StateFunction:
        return m_state + node.value;
    case NodeKind::LocalFunction:
        return m_locals.data() + node.value;
    case NodeKind::ConstantFunction:
        return m_program.constantWords.data() + node.value;
    default:
        space.resize(node.c);
        evaluateFunction(index, space.data());
        return space.data();
    }
}

void Evaluator::evaluateFunction(NodeIndex index, Number* words)
{
    const auto& node = m_program.nodes[index];
    switch (node.kind) {
    case NodeKind::FunctionList:
        for (std::uint32_t cell = 0; cell < node.c; ++cell) {
            words[cell] = evaluate(m_program.lists[node.a + cell]);
        }
        break;
    case NodeKind::Override: {
        std::vector<Number> space;
        std::copy_n(functionWords(node.a, space), node.c, words);
        for (std::uint32_t pair = 0; pair < node.b; ++pair) {
            const auto* entry = &m_program.lists[node.d + std::size_t{2} * pair];
            const auto position = evaluate(entry[0]) - node.value;
            if (position < 0 || position >= static_cast<Number>(node.c)) {
                fail(entry[0], fmt::format("{} is no argument of the function", position + node.value));
                return;
            }
            words[position] = evaluate(entry[1]);
        }
        break;
    }
    case NodeKind::Lambda:
        for (std::uint32_t cell = 0; cell < node.c; ++cell) {
            m_locals[node.a] = node.value + static_cast<Number>(cell);
            words[cell] = evaluate(node.b);
        }
        break;
    case NodeKind::IfFunction:
        evaluateFunction(evaluate(node.a) != 0 ? node.b : node.d, words);
        break;
    default: {
        std::vector<Number> space;
        std::copy_n(functionWords(index, space), node.c, words);
        break;
    }
    }
}

} // namespace ty::engine::specs
