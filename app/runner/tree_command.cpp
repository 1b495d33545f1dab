#include <set>
#include <string>

#include <fmt/format.h>

#include "app/runner/commands.h"
#include "app/runner/opened_model.h"
#include "app/runner/run_stores.h"

namespace ty::runner {

namespace {

using namespace ty::engine;

constexpr double kShareWorthTelling = 0.005;

/// A tree as lines with branches.
class TreeText {
public:
    explicit TreeText(const Json& tree) : m_tree(tree)
    {
        for (const Json& node : tree.value("way", Json::array())) {
            m_way.insert(node.get<std::size_t>());
        }
    }

    std::string write() const
    {
        std::string text = answerText(m_tree["nodes"].front()) + "\n";
        write(0, "", text);
        return text;
    }

private:
    std::string answerText(const Json& node) const
    {
        std::string text;
        if (node.contains("value")) {
            text = fmt::format("{:+.5g}", node["value"].get<double>());
            text = m_tree["answers"] == "value" ? fmt::format("{:.5g}", node["value"].get<double>()) : text;
        } else {
            for (std::size_t c = 0; c < node["shares"].size(); ++c) {
                const double share = node["shares"][c].get<double>();
                if (share >= kShareWorthTelling) {
                    text += fmt::format("{}{} {:.0f} %", text.empty() ? "" : ", ", m_tree["classes"][c].get<std::string>(), 100 * share);
                }
            }
        }
        const double rows = node["samples"].get<double>();
        return fmt::format("{} ({} row{})", text, rows, rows == 1 ? "" : "s");
    }

    void write(std::size_t at, const std::string& indent, std::string& text) const // NOLINT(misc-no-recursion): as deep as the tree
    {
        const Json& node = m_tree["nodes"][at];
        if (!node.contains("question")) {
            return;
        }
        for (const bool isYes : {true, false}) {
            const std::size_t next = node[isYes ? "yes" : "no"].get<std::size_t>();
            const Json& branch = m_tree["nodes"][next];
            const std::string question = isYes ? node["question"].get<std::string>() : "else";
            const bool isMissingHere = node["missing"] == (isYes ? "yes" : "no");
            text += fmt::format(
                "{}{} {}{}: {}{}\n", indent, isYes ? "├─" : "└─", question, isMissingHere ? " (or missing)" : "", answerText(branch),
                m_way.contains(next) ? "  <-" : "");
            write(next, indent + (isYes ? "│  " : "   "), text);
        }
    }

    const Json& m_tree;
    std::set<std::size_t> m_way;
};

std::string headText(const Json& tree)
{
    const std::string kind = tree["answers"] == "shares" ? "shares of the classes"
        : tree["answers"] == "value"                     ? "values of " + tree["target"].get<std::string>()
        : tree["addsTo"].get<std::string>().empty()      ? "what is added to " + tree["target"].get<std::string>()
                                                         : "what is added to the score of " + tree["addsTo"].get<std::string>();
    return fmt::format(
        "Tree {} of {}: {} nodes, {} levels; {}\n", tree["tree"].get<std::size_t>(), tree["trees"].get<std::size_t>(),
        tree["nodes"].size(), tree["depth"].get<std::size_t>(), kind);
}

Result<Json> read(const InspectOptions& options)
{
    OpenedModel opened;
    if (options.data.empty()) {
        TY_TRY(opened.model, openModel(options.path, "cpu"));
    } else {
        TY_TRY(const auto stores, readStores(options.storesDescriptor, tellingStores()));
        TY_TRY(opened, OpenedModel::open(options.path, options.data, "cpu", {}, stores.get()));
        if (options.row > opened.data->size()) {
            return Error{
                ErrorKind::Usage, fmt::format("--row {}: the data has {} rows", options.row, opened.data->size()), {}};
        }
    }
    const std::size_t count = opened.model->treeCount();
    const auto number = static_cast<std::size_t>(options.tree);
    if (count > 0 && number > count) {
        return Error{ErrorKind::Usage, fmt::format("--tree {}: the model has {} trees", number, count), {}};
    }
    TY_TRY(Json tree, opened.model->describeTree(number - 1, opened.data.get(), static_cast<std::uint32_t>(options.row - 1)));
    tree["trees"] = count;
    tree["tree"] = number;
    if (opened.data) {
        tree["row"] = options.row;
        tree["sample"] = opened.data->sampleId(options.row - 1);
    }
    return tree;
}

Result<void> run(const InspectOptions& options)
{
    TY_TRY(const Json tree, read(options));
    if (options.form == OutputForm::Json) {
        return printJson(tree);
    }
    return printText(headText(tree) + TreeText(tree).write());
}

} // namespace

int inspectTree(const InspectOptions& options)
{
    const auto done = run(options);
    return done ? 0 : reportError(done.error(), options.form);
}

} // namespace ty::runner
