#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ty::engine {

/// Points of a plane in squares within squares, so that far ones can be taken together.
/// Source: Barnes, Hut, A Hierarchical O(N log N) Force-Calculation Algorithm (1986).
class PlaneTree {
public:
    /// @param places  {points, 2}
    void build(std::span<const float> places);

    struct Push {
        std::array<double, 2> force{}; ///< sum of (1 + distance^2)^-2 times the way from each other point
        double sum = 0;                ///< of (1 + distance^2)^-1 over the other points
    };
    /// What all other points do to one. Any thread.
    /// @param angle  width of a square against its distance up to which it counts as one point; 0: never
    Push pushOn(std::size_t point, double angle) const;

private:
    struct Square {
        std::array<float, 2> centre{}; ///< of gravity
        float width = 0;
        std::uint32_t points = 0;
        std::int32_t next = 0; ///< the square after it and all within it
        std::uint32_t first = 0; ///< of its points, in m_order; of a leaf
        bool isLeaf = false;
    };
    void addSquare(std::size_t first, std::size_t last, std::array<float, 2> corner, float width, int depth);

    std::vector<Square> m_squares; ///< each before those within it
    std::vector<std::uint32_t> m_order;
    std::vector<float> m_places;   ///< in m_order: {points, 2}
    std::vector<std::uint32_t> m_rank; ///< where in m_order a point is
};

} // namespace ty::engine
