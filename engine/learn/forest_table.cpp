#include "engine/learn/forest_table.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

#include "engine/learn/parameter_rows.h"

namespace ty::engine {

namespace {

constexpr const char* kForest = "Forest";
constexpr const char* kTrees = "Trees";
constexpr const char* kSampling = "Rows of a tree";

Parameter featureRow(const char* defaultValue)
{
    return makeRow(
        "featureProportion",
        "Feature proportion",
        ParameterType::Text,
        defaultValue,
        kTrees,
        "Columns that a question is chosen from, drawn anew for each: a share such as 0.25, or sqrt, log, log2, golden, all; "
        "auto: sqrt for classes, all for values.");
}

std::vector<Parameter> growthRows(bool isTree, bool isSilas)
{
    std::vector<Parameter> rows;
    Parameter depth = ranged(
        makeRow("maxDepth", "Deepest level", ParameterType::Integer, isTree ? Json(6) : isSilas ? Json(32) : Json(), kTrees,
                "Questions from the root to an answer at most; automatic: no limit."),
        1, 1000);
    rows.push_back(searched(depth, 3, 32, true));
    rows.push_back(searched(
        ranged(
            makeRow("leafSize", "Smallest leaf", ParameterType::Integer, 1, kTrees, "Fewest training rows that an answer rests on."),
            1, 1'000'000),
        1, 50, true));
    rows.push_back(ranged(
        makeRow("splitSize", "Smallest split", ParameterType::Integer, isSilas ? 32 : 2, kTrees,
                "Fewest training rows that are divided further."),
        2, 1'000'000));
    rows.push_back(advanced(choice(
        "impurity", "Impurity", {"gini", "entropy"}, "gini", kTrees,
        "What a question is to lower when classes are learned; of values it is always their variance.")));
    rows.push_back(advanced(choice(
        "categories", "Categories", {"subsets", "ordered"}, isSilas ? "ordered" : "subsets", kTrees,
        "What a question divides categories into: any set of them and the others (subsets), or those up to one of them and the later "
        "ones, as their names are sorted (ordered): I9 before I10.")));
    rows.push_back(advanced(ranged(
        makeRow("bins", "Bins", ParameterType::Integer, 255, kTrees, "Steps that a number is divided into before trees grow."), 2, 255)));
    return rows;
}

/// Columns looked at in a node.
Result<int> featuresFor(const std::string& text, Task task, std::size_t features)
{
    const auto all = static_cast<double>(features);
    double wanted = 0;
    if (text == "auto") {
        wanted = task == Task::Classification ? std::sqrt(all) : all;
    } else if (text == "all") {
        wanted = all;
    } else if (text == "sqrt") {
        wanted = std::sqrt(all);
    } else if (text == "log") {
        wanted = std::log(all);
    } else if (text == "log2") {
        wanted = std::log2(all);
    } else if (text == "golden") {
        wanted = all * 0.381966; // the smaller part of the golden section
    } else {
        double share = 0;
        const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), share);
        if (failure != std::errc{} || end != text.data() + text.size() || !(share > 0) || share > 1) {
            return Error{
                ErrorKind::InvalidInput,
                "featureProportion: \"" + text + "\" is neither a share above 0 and up to 1 nor sqrt, log, log2, golden, all or auto",
                "Write for example 0.25 or sqrt."};
        }
        wanted = all * share;
    }
    return std::clamp(static_cast<int>(wanted), 1, static_cast<int>(std::max<std::size_t>(1, features)));
}

RowSampling samplingOf(const std::string& name)
{
    return name == "bootstrap" ? RowSampling::Bootstrap
        : name == "uniform"    ? RowSampling::Uniform
        : name == "balancing"  ? RowSampling::Balancing
                               : RowSampling::All;
}

} // namespace

ParameterTable makeForestTable(ForestKind kind)
{
    std::vector<Parameter> rows;
    const bool isTree = kind == ForestKind::Tree;
    const bool isSilas = kind == ForestKind::SilasLike;
    if (!isTree) {
        Parameter trees = searched(
            ranged(
                makeRow("trees", "Trees", ParameterType::Integer, 100, kForest, "How many trees vote; more are slower and never worse."), 1,
                100'000),
            10, 500, true);
        trees.unit = "trees";
        rows.push_back(trees);
    }
    rows.push_back(featureRow(isTree ? "all" : isSilas ? "0.25" : "auto"));
    for (Parameter& row : growthRows(isTree, isSilas)) {
        rows.push_back(std::move(row));
    }
    if (!isTree) {
        rows.push_back(choice(
            "sampling", "Sampling", {"bootstrap", "uniform", "balancing", "all"},
            kind == ForestKind::ExtraTrees ? "all" : isSilas ? "uniform" : "bootstrap", kSampling,
            "Rows that a tree grows on: bootstrap (as many as there are, with repeats), uniform (a part without repeats), balancing "
            "(of each class as many), or all. The rest tells the out-of-bag score."));
        rows.push_back(advanced(ranged(
            makeRow("outOfBagProportion", "Out of bag", ParameterType::Real, 0.2, kSampling,
                    "Share of the rows that uniform and balancing keep from a tree."),
            0, 0.9)));
        rows.push_back(checkpointRow(kForest));
    }
    return ParameterTable(std::move(rows));
}

Json forestPreset(ForestKind kind, const std::string& preset)
{
    if (kind == ForestKind::Tree) {
        return preset == "fast" ? Json{{"maxDepth", 4}} : preset == "best" ? Json{{"maxDepth", 12}} : Json::object();
    }
    return {{"trees", preset == "fast" ? 30 : preset == "best" ? 300 : 100}};
}

Result<ForestSettings> forestSettings(
    ForestKind kind, const Json& settings, Task task, std::size_t features, std::uint64_t seed)
{
    ForestSettings made;
    made.seed = seed;
    TY_TRY(const auto proportion, jsonField<std::string>(settings, "featureProportion", "settings"));
    TY_TRY(made.tree.features, featuresFor(proportion, task, features));
    TY_TRY(made.tree.leafSamples, jsonField<int>(settings, "leafSize", "settings"));
    TY_TRY(made.tree.splitSamples, jsonField<int>(settings, "splitSize", "settings"));
    TY_TRY(made.bins, jsonField<int>(settings, "bins", "settings"));
    TY_TRY(const auto impurity, jsonField<std::string>(settings, "impurity", "settings"));
    made.tree.impurity = impurity == "entropy" ? Impurity::Entropy : Impurity::Gini;
    TY_TRY(const auto categories, jsonField<std::string>(settings, "categories", "settings"));
    made.tree.categories = categories == "ordered" ? CategorySplits::Ordered : CategorySplits::Subsets;
    if (const Json depth = settings.value("maxDepth", Json()); depth.is_number_integer()) {
        made.tree.maxDepth = depth.get<int>();
    }
    if (kind == ForestKind::Tree) {
        made.trees = 1;
        made.sampling = RowSampling::All;
        return made;
    }
    made.tree.search = kind == ForestKind::ExtraTrees ? SplitSearch::Random : SplitSearch::Best;
    TY_TRY(made.trees, jsonField<int>(settings, "trees", "settings"));
    TY_TRY(const auto sampling, jsonField<std::string>(settings, "sampling", "settings"));
    made.sampling = samplingOf(sampling);
    TY_TRY(made.outOfBag, jsonField<double>(settings, "outOfBagProportion", "settings"));
    return made;
}

} // namespace ty::engine
