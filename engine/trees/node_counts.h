#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/trees/tree_settings.h"

namespace ty::engine {

// What a node knows of its rows, in the forms that TreeGrower<Counts> works with. Each has:
//   Item    what a row adds, with its weight
//   Total   the sum over rows; add(), subtract(), weight(), and worth(): the higher, the purer, and the worth of two parts
//           together is never below that of the whole
//   order() by which categories are sorted before they are cut in two
//   answer() what a leaf says

/// Two classes: both counts in one number.
class TwoClassCounts {
public:
    using Item = std::uint64_t;
    struct Total {
        std::uint64_t both = 0;
        void add(Item item) { both += item; }
        void add(const Total& other) { both += other.both; }
        void subtract(const Total& other) { both -= other.both; }
        double first() const { return static_cast<double>(both & 0xffffffffU); }
        double second() const { return static_cast<double>(both >> 32U); }
        double weight() const { return first() + second(); }
        bool isEmpty() const { return both == 0; }
    };

    TwoClassCounts(int /*classes*/, Impurity impurity) : m_impurity(impurity) {}
    static Item item(std::uint32_t /*row*/, float target, std::uint32_t weight)
    {
        return static_cast<std::uint64_t>(weight) << (target > 0.5F ? 32U : 0U);
    }
    static Total none() { return {}; }
    double worth(const Total& total) const
    {
        const double a = total.first();
        const double b = total.second();
        if (m_impurity == Impurity::Entropy) {
            return (a > 0 ? a * std::log(a) : 0) + (b > 0 ? b * std::log(b) : 0) - (a + b) * std::log(a + b);
        }
        return (a * a + b * b) / (a + b);
    }
    static bool isPure(const Total& total) { return total.first() == 0 || total.second() == 0; }
    static double order(const Total& total, const Total& /*node*/) { return total.second() / total.weight(); }
    static void answer(const Total& total, std::vector<float>& into)
    {
        into.push_back(static_cast<float>(total.first() / total.weight()));
        into.push_back(static_cast<float>(total.second() / total.weight()));
    }

private:
    Impurity m_impurity;
};

/// Up to `Most` classes; those that there are not count nothing.
template<std::size_t Most>
class ManyClassCounts {
public:
    struct Item {
        std::uint32_t label = 0;
        std::uint32_t weight = 0;
    };
    struct Total {
        std::array<std::uint32_t, Most> counts{};
        std::uint32_t sum = 0;
        void add(Item item)
        {
            counts[item.label] += item.weight;
            sum += item.weight;
        }
        void add(const Total& other)
        {
            for (std::size_t c = 0; c < Most; ++c) {
                counts[c] += other.counts[c];
            }
            sum += other.sum;
        }
        void subtract(const Total& other)
        {
            for (std::size_t c = 0; c < Most; ++c) {
                counts[c] -= other.counts[c];
            }
            sum -= other.sum;
        }
        double weight() const { return sum; }
        bool isEmpty() const { return sum == 0; }
    };

    ManyClassCounts(int classes, Impurity impurity) : m_classes(static_cast<std::size_t>(classes)), m_impurity(impurity) {}
    static Item item(std::uint32_t /*row*/, float target, std::uint32_t weight) { return {static_cast<std::uint32_t>(target), weight}; }
    static Total none() { return {}; }
    double worth(const Total& total) const
    {
        double sum = 0;
        if (m_impurity == Impurity::Entropy) {
            for (std::size_t c = 0; c < m_classes; ++c) {
                const double count = total.counts[c];
                sum += count > 0 ? count * std::log(count) : 0;
            }
            return sum - total.weight() * std::log(total.weight());
        }
        for (const std::uint32_t count : total.counts) {
            sum += static_cast<double>(count) * static_cast<double>(count);
        }
        return sum / total.weight();
    }
    static bool isPure(const Total& total)
    {
        return *std::max_element(total.counts.begin(), total.counts.end()) == total.sum;
    }
    /// By the share of the node's most common class.
    static double order(const Total& total, const Total& node)
    {
        const auto most = std::max_element(node.counts.begin(), node.counts.end()) - node.counts.begin();
        return total.counts[static_cast<std::size_t>(most)] / total.weight();
    }
    void answer(const Total& total, std::vector<float>& into) const
    {
        for (std::size_t c = 0; c < m_classes; ++c) {
            into.push_back(static_cast<float>(total.counts[c] / total.weight()));
        }
    }

private:
    std::size_t m_classes;
    Impurity m_impurity;
};

/// Two sums over rows, and the rows' weight.
struct WeightedSums {
    double first = 0;
    double second = 0;
    double rows = 0;

    void add(const WeightedSums& other)
    {
        first += other.first;
        second += other.second;
        rows += other.rows;
    }
    void subtract(const WeightedSums& other)
    {
        first -= other.first;
        second -= other.second;
        rows -= other.rows;
    }
    double weight() const { return rows; }
    bool isEmpty() const { return rows == 0; }
};

/// Values: first their sum, second that of their squares.
class ValueCounts {
public:
    using Item = WeightedSums;
    using Total = WeightedSums;

    ValueCounts(int /*outputs*/, Impurity /*impurity*/) {}
    static Item item(std::uint32_t /*row*/, float target, std::uint32_t weight)
    {
        const double value = static_cast<double>(target) * weight;
        return {value, value * static_cast<double>(target), static_cast<double>(weight)};
    }
    static Total none() { return {}; }
    static double worth(const Total& total) { return total.first * total.first / total.rows; }
    /// Equal values may differ in the last digits of their sums.
    static bool isPure(const Total& total)
    {
        return total.second - worth(total) <= 1e-12 * std::max(total.second, 1e-300);
    }
    static double order(const Total& total, const Total& /*node*/) { return total.first / total.rows; }
    static void answer(const Total& total, std::vector<float>& into)
    {
        into.push_back(static_cast<float>(total.first / total.rows));
    }
};

/// Derivatives of a loss by a score: the targets are the first, and the leaf answers with the step that lowers the loss most.
/// Source: Chen, Guestrin, XGBoost: A Scalable Tree Boosting System (KDD 2016), section 2.2.
class DerivativeCounts {
public:
    using Item = WeightedSums;
    using Total = WeightedSums;

    /// @param second   {rows}: second derivatives; outlive it
    /// @param penalty  on the squares of the steps, @param rate  by which steps are shortened
    DerivativeCounts(std::span<const float> second, double penalty, double rate)
        : m_second(second), m_penalty(penalty), m_rate(rate)
    {
    }
    Item item(std::uint32_t row, float target, std::uint32_t weight) const
    {
        return {static_cast<double>(target) * weight, static_cast<double>(m_second[row]) * weight, static_cast<double>(weight)};
    }
    static Total none() { return {}; }
    double worth(const Total& total) const { return total.first * total.first / (total.second + m_penalty + kTinyCurvature); }
    static bool isPure(const Total& /*total*/) { return false; }
    double order(const Total& total, const Total& /*node*/) const { return total.first / (total.second + m_penalty + kTinyCurvature); }
    void answer(const Total& total, std::vector<float>& into) const
    {
        into.push_back(static_cast<float>(-m_rate * total.first / (total.second + m_penalty + kTinyCurvature)));
    }

private:
    static constexpr double kTinyCurvature = 1e-12;
    std::span<const float> m_second;
    double m_penalty;
    double m_rate;
};

} // namespace ty::engine
