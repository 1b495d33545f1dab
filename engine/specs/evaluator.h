#pragma once

#include <algorithm>
#include <bit>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/specs/program.h"

namespace ty::engine::specs {

/// Why an expression has no value: a division by zero, an argument outside of a function's domain.
struct IllDefined {
    Place place;
    std::string message;
};

/// Runs a program's expressions on one state. One thread an object; the program is only read.
class Evaluator {
public:
    Evaluator(const Program& program, BigNumbers& numbers);

    /// The state that State nodes read; must outlive the calls.
    void setState(const Number* state) { m_state = state; }

    /// How many values of bound names may be tried from now on, in all (10 million until set), and what ends the trying early.
    void setTries(std::uint64_t tries, std::stop_token stop)
    {
        m_tries = tries;
        m_stop = std::move(stop);
    }
    /// Whether the tries ran out or were stopped; the problem then says so.
    bool isExhausted() const { return m_tries == 0; }

    /// A word: number, truth value, element or mask. 0 where the expression is ill-defined; see problem().
    Number evaluate(NodeIndex node);
    bool holds(NodeIndex node) { return evaluate(node) != 0 && !m_problem; }
    /// Fills the words of a function.
    void evaluateFunction(NodeIndex node, Number* words);

    /// Binds the group's names in every way that its conditions allow and calls `found` each time; `found` returns whether to
    /// go on. Returns false if it said no. Ends early, with true, at an ill-defined condition.
    template<typename Found>
    bool forEachBinding(const BinderGroup& group, Found&& found, std::size_t depth = 0)
    {
        if (depth == group.size()) {
            return found();
        }
        const auto& binder = group[depth];
        return forEachValue(m_program.domains[binder.domain], binder, [&] {
            for (const auto condition : binder.conditions) {
                if (!holds(condition)) {
                    return !m_problem; // the next value, unless nothing can be said
                }
            }
            return forEachBinding(group, found, depth + 1);
        });
    }

    /// The first ill-defined expression met since the last clearProblem().
    const std::optional<IllDefined>& problem() const { return m_problem; }
    void clearProblem() { m_problem.reset(); }
    /// Notes that the expression at `node` has no value; returns 0, to be used as its value.
    Number fail(NodeIndex node, std::string message);

private:
    /// Sets the binder's words to each value of the domain; `found` returns whether to go on.
    template<typename Found>
    bool forEachValue(const Domain& domain, const Binder& binder, Found&& found)
    {
        Number* const words = m_locals.data() + binder.local;
        switch (domain.kind) {
        case DomainKind::Range: {
            const auto low = evaluate(domain.a);
            const auto high = evaluate(domain.b);
            if (m_problem || !isCountable(low, high, domain.a)) {
                return true;
            }
            for (auto value = low; value <= high; ++value) {
                *words = value;
                if (!mayTryAnother(domain.a)) {
                    return true;
                }
                if (!found()) {
                    return false;
                }
            }
            return true;
        }
        case DomainKind::Mask: {
            const auto mask = static_cast<std::uint64_t>(evaluate(domain.a));
            for (auto rest = mask; rest != 0; rest &= rest - 1) {
                *words = domain.base + std::countr_zero(rest);
                if (!mayTryAnother(domain.a)) {
                    return true;
                }
                if (!found()) {
                    return false;
                }
            }
            return true;
        }
        case DomainKind::List:
            return forEachListed(domain, [&](Number value) {
                *words = value;
                return !mayTryAnother(m_program.lists[domain.a]) || found();
            });
        case DomainKind::Subsets: {
            const auto whole = static_cast<std::uint64_t>(evaluate(domain.a));
            std::uint64_t part = 0;
            do { // counts through the bits of `whole` alone
                *words = static_cast<Number>(part);
                if (!mayTryAnother(domain.a)) {
                    return true;
                }
                if (!found()) {
                    return false;
                }
                part = (part - whole) & whole;
            } while (part != 0);
            return true;
        }
        case DomainKind::Functions:
            return forEachFunction(domain, binder, 0, [&] { return found(); });
        }
        return true;
    }

    /// Sets the words from `at` on in every way.
    bool forEachFunction(const Domain& domain, const Binder& binder, std::uint32_t at, const std::function<bool()>& found);

    template<typename Found>
    bool forEachListed(const Domain& domain, Found&& found)
    {
        std::vector<Number> seen;
        for (std::uint32_t index = 0; index < domain.b; ++index) {
            const auto value = evaluate(m_program.lists[domain.a + index]);
            if (std::find(seen.begin(), seen.end(), value) == seen.end()) {
                seen.push_back(value);
                if (!found(value)) {
                    return false;
                }
            }
        }
        return true;
    }

    bool mayTryAnother(NodeIndex node);
    bool isCountable(Number low, Number high, NodeIndex node);
    Number evaluateSet(const Node& node, NodeIndex index);
    Number evaluateBinder(const Node& node, NodeIndex index);
    Number apply(const Node& node, NodeIndex index);
    std::uint64_t bit(Number element, Number base, NodeIndex node);
    const Number* functionWords(NodeIndex node, std::vector<Number>& space);

    const Program& m_program;
    BigNumbers& m_numbers;
    const Number* m_state = nullptr;
    std::vector<Number> m_locals;
    std::optional<IllDefined> m_problem;
    std::uint64_t m_tries = 10'000'000;
    std::stop_token m_stop;
};

} // namespace ty::engine::specs
