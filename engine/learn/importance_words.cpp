#include "engine/learn/importance_words.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ty::engine {

Json importanceJson(const std::vector<Feature>& features, const std::vector<double>& importance, const char* measure)
{
    std::vector<std::size_t> order(importance.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return std::abs(importance[a]) > std::abs(importance[b]); });
    Json list = Json::array();
    for (const std::size_t f : order) {
        list.push_back({{"feature", features[f].name}, {measure, importance[f]}});
    }
    return list;
}

} // namespace ty::engine
