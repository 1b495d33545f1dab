#include "engine/learn/learner_family.h"

#include <string_view>
#include <utility>

namespace ty::engine {

namespace {

using Family = std::pair<std::string_view, std::string_view>;

constexpr Family kFamilies[] = {
    {"network", "Neural networks"},
    {"forest", "Trees"},
    {"boost", "Trees"},
    {"tree", "Trees"},
    {"extra-trees", "Trees"},
    {"silas-like", "Trees"},
    {"svm", "Borders and neighbours"},
    {"neighbours", "Borders and neighbours"},
    {"logistic", "Linear models"},
    {"least-squares", "Linear models"},
    {"ridge", "Linear models"},
    {"lasso", "Linear models"},
    {"pca", "Linear models"},
    {"linear", "Linear models"},
    {"bernoulli-bayes", "Naive Bayes"},
    {"gaussian-bayes", "Naive Bayes"},
    {"multinomial-bayes", "Naive Bayes"},
    {"k-means", "Groups, found without the target"},
    {"mixture", "Groups, found without the target"},
    {"dbscan", "Groups, found without the target"},
    {"hierarchical", "Groups, found without the target"},
    {"isolation-forest", "Unusual rows"},
    {"baseline", "To compare with"}};

} // namespace

std::string learnerFamily(const std::string& learner)
{
    for (const auto& [name, family] : kFamilies) {
        if (name == learner) {
            return std::string(family);
        }
    }
    return {};
}

} // namespace ty::engine
