#include "engine/learn/tree_words.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

const EncodedColumn* columnOf(const Encoder& encoder, const std::string& name)
{
    const auto& columns = encoder.columns();
    const auto found = std::find_if(columns.begin(), columns.end(), [&](const EncodedColumn& one) { return one.name == name; });
    return found == columns.end() ? nullptr : &*found;
}

std::string questionOf(const Tree& tree, const TreeNode& node, const Feature& feature, const Encoder& encoder)
{
    const EncodedColumn* column = columnOf(encoder, feature.name);
    if (!node.isCategory()) {
        const bool isDate = column != nullptr && column->sourceType == ColumnType::Date;
        return fmt::format("{} <= {}", feature.name, isDate ? formatDate(node.threshold) : formatNumber(node.threshold));
    }
    std::string names;
    for (int c = 0; c < feature.categories; ++c) {
        if (tree.sets[node.set()].contains(c)) {
            names += (names.empty() ? "" : " or ") + (column == nullptr ? std::to_string(c) : column->categories[static_cast<std::size_t>(c)]);
        }
    }
    return feature.name + " is " + (names.empty() ? "missing" : names);
}

struct TreeReader {
    const Forest& forest;
    const Tree& tree;
    const Encoder& encoder;
    std::vector<std::vector<double>> answers; ///< {nodes, outputs}, of a question those of its leaves by their samples

    void addAnswers()
    {
        const auto outputs = static_cast<std::size_t>(forest.outputs);
        answers.resize(tree.nodes.size());
        for (std::size_t at = tree.nodes.size(); at-- > 0;) { // children come after their parents
            const TreeNode& node = tree.nodes[at];
            answers[at].resize(outputs);
            for (std::size_t o = 0; o < outputs; ++o) {
                if (node.isLeaf()) {
                    answers[at][o] = static_cast<double>(tree.values[static_cast<std::size_t>(node.right) * outputs + o]);
                    continue;
                }
                const auto right = static_cast<std::size_t>(node.right);
                const double all = static_cast<double>(tree.samples[at + 1]) + static_cast<double>(tree.samples[right]);
                answers[at][o] = all > 0 ? (answers[at + 1][o] * static_cast<double>(tree.samples[at + 1])
                                            + answers[right][o] * static_cast<double>(tree.samples[right])) / all
                                         : 0;
            }
        }
    }

    Json read(std::size_t at, int level) const
    {
        const TreeNode& node = tree.nodes[at];
        Json json{{"samples", tree.samples[at]}};
        if (encoder.task() == Task::Classification) {
            Json shares = Json::object();
            for (std::size_t c = 0; c < answers[at].size(); ++c) {
                shares[encoder.classes()[c]] = answers[at][c];
            }
            const auto best = std::max_element(answers[at].begin(), answers[at].end()) - answers[at].begin();
            json["answer"] = encoder.classes()[static_cast<std::size_t>(best)];
            json["shares"] = shares;
        } else {
            json["value"] = encoder.decodeTarget(answers[at].front());
        }
        if (node.isLeaf()) {
            return json;
        }
        const Feature& feature = forest.features[static_cast<std::size_t>(node.feature)];
        json["feature"] = feature.name;
        json["question"] = questionOf(tree, node, feature, encoder);
        json["missing"] = node.isMissingLeft() ? "yes" : "no";
        if (level >= kMostTreeLevels) {
            json["cut"] = true;
            return json;
        }
        json["yes"] = read(at + 1, level + 1);
        json["no"] = read(static_cast<std::size_t>(node.right), level + 1);
        return json;
    }
};

} // namespace

Json treeJson(const Forest& forest, const Encoder& encoder)
{
    TreeReader reader{forest, forest.trees.front(), encoder, {}};
    reader.addAnswers();
    return reader.read(0, 0);
}

} // namespace ty::engine
