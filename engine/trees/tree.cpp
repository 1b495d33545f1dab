#include "engine/trees/tree.h"

#include <algorithm>

namespace ty::engine {

std::size_t Tree::depth() const
{
    std::vector<std::size_t> depths(nodes.size());
    std::size_t deepest = 0;
    for (std::size_t at = 0; at < nodes.size(); ++at) { // children come after their parents
        deepest = std::max(deepest, depths[at]);
        if (!nodes[at].isLeaf()) {
            depths[at + 1] = depths[at] + 1;
            depths[static_cast<std::size_t>(nodes[at].right)] = depths[at] + 1;
        }
    }
    return deepest;
}

} // namespace ty::engine
