#include "engine/learn/tree_words.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/data/text_values.h"
#include "engine/learn/feature_rows.h"

namespace ty::engine {

namespace {

const EncodedColumn* columnOf(const Encoder& encoder, const std::string& name)
{
    const auto& columns = encoder.columns();
    const auto found = std::find_if(columns.begin(), columns.end(), [&](const EncodedColumn& one) { return one.name == name; });
    return found == columns.end() ? nullptr : &*found;
}

/// Of a question about categories the side with fewer names is told, so that "is not red" does not list all other colours.
std::string categoryQuestion(const CategorySet& set, const Feature& feature, const EncodedColumn* column)
{
    std::vector<std::string> in;
    std::vector<std::string> out;
    for (int c = 0; c < feature.categories; ++c) {
        auto& side = set.contains(c) ? in : out;
        side.push_back(column == nullptr ? std::to_string(c) : column->categories[static_cast<std::size_t>(c)]);
    }
    if (in.empty()) {
        return feature.name + " is missing";
    }
    const bool isTurned = !out.empty() && out.size() < in.size();
    return fmt::format("{} is {}{}", feature.name, isTurned ? "not " : "", fmt::join(isTurned ? out : in, isTurned ? " nor " : " or "));
}

/// A border lies somewhere between two values: six digits tell where, unless the numbers are larger.
std::string borderText(float border)
{
    constexpr float kSixDigits = 1e6F;
    return std::abs(border) < kSixDigits ? fmt::format("{:.6g}", border) : formatNumber(border);
}

std::string questionOf(const SpokenTree& spoken, const TreeNode& node)
{
    const Feature& feature = spoken.features[static_cast<std::size_t>(node.feature)];
    const EncodedColumn* column = columnOf(spoken.encoder, feature.name);
    if (node.isCategory()) {
        return categoryQuestion(spoken.tree.sets[node.set()], feature, column);
    }
    const bool isDate = column != nullptr && column->sourceType == ColumnType::Date;
    return fmt::format("{} <= {}", feature.name, isDate ? formatDate(node.threshold) : borderText(node.threshold));
}

struct TreeReader {
    const SpokenTree& spoken;
    std::size_t outputs = spoken.answers == TreeAnswers::Shares ? spoken.encoder.classes().size() : 1;
    std::vector<std::vector<double>> answers = {}; ///< {nodes, outputs}, of a question those of its leaves by their samples

    void addAnswers()
    {
        const Tree& tree = spoken.tree;
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

    double valueOf(std::size_t at) const
    {
        const double value = answers[at].front();
        const bool isOfTarget = spoken.answers == TreeAnswers::Addition && spoken.addsTo.empty();
        return spoken.answers == TreeAnswers::Value ? spoken.encoder.decodeTarget(value)
            : isOfTarget                            ? value * spoken.encoder.targetDeviation()
                                                    : value;
    }

    /// What is asked at a node, without its branches.
    void addQuestion(const TreeNode& node, Json& json) const
    {
        json["feature"] = spoken.features[static_cast<std::size_t>(node.feature)].name;
        json["question"] = questionOf(spoken, node);
        json["missing"] = node.isMissingLeft() ? "yes" : "no";
    }

    Json read(std::size_t at, int level) const
    {
        const TreeNode& node = spoken.tree.nodes[at];
        Json json{{"samples", spoken.tree.samples[at]}};
        if (spoken.answers == TreeAnswers::Shares) {
            const auto& classes = spoken.encoder.classes();
            Json shares = Json::object();
            for (std::size_t c = 0; c < answers[at].size(); ++c) {
                shares[classes[c]] = answers[at][c];
            }
            const auto best = std::max_element(answers[at].begin(), answers[at].end()) - answers[at].begin();
            json["answer"] = classes[static_cast<std::size_t>(best)];
            json["shares"] = shares;
        } else {
            json["value"] = valueOf(at);
        }
        if (node.isLeaf()) {
            return json;
        }
        addQuestion(node, json);
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

Json treeJson(const SpokenTree& spoken)
{
    TreeReader reader{spoken};
    reader.addAnswers();
    return reader.read(0, 0);
}

Json treeList(const SpokenTree& spoken)
{
    TreeReader reader{spoken};
    reader.addAnswers();
    const bool areShares = spoken.answers == TreeAnswers::Shares;
    Json nodes = Json::array();
    for (std::size_t at = 0; at < spoken.tree.nodes.size(); ++at) {
        const TreeNode& node = spoken.tree.nodes[at];
        Json json{{"samples", spoken.tree.samples[at]}};
        if (areShares) {
            json["shares"] = reader.answers[at];
        } else {
            json["value"] = reader.valueOf(at);
        }
        if (!node.isLeaf()) {
            reader.addQuestion(node, json);
            json["yes"] = at + 1;
            json["no"] = node.right;
        }
        nodes.push_back(std::move(json));
    }
    return {
        {"answers", areShares ? "shares" : spoken.answers == TreeAnswers::Value ? "value" : "addition"},
        {"addsTo", spoken.addsTo},
        {"target", spoken.encoder.targetName()},
        {"classes", spoken.encoder.classes()},
        {"depth", spoken.tree.depth()},
        {"nodes", std::move(nodes)}};
}

Result<Json> describedTree(const SpokenTree& spoken, const Dataset* dataset, std::uint32_t sample)
{
    Json list = treeList(spoken);
    if (dataset == nullptr) {
        return list;
    }
    TY_TRY(const FeatureTable row, readFeatures(*dataset, spoken.encoder, std::span(&sample, 1), 1));
    std::size_t at = 0;
    list["way"] = {at};
    while (!spoken.tree.nodes[at].isLeaf()) {
        const TreeNode& node = spoken.tree.nodes[at];
        const bool isLeft = spoken.tree.goesLeft(node, row.column(static_cast<std::size_t>(node.feature))[0]);
        at = isLeft ? at + 1 : static_cast<std::size_t>(node.right);
        list["way"].push_back(at);
    }
    return list;
}

} // namespace ty::engine
