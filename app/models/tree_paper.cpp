#include "app/models/tree_paper.h"

#include <algorithm>
#include <limits>

#include <QCoreApplication>
#include <QLocale>

namespace ty::app {

namespace {

struct PaperText {
    Q_DECLARE_TR_FUNCTIONS(ty::app::TreePaper)
};

Error notATree()
{
    return {ErrorKind::InvalidInput, "what trainyard-run told is not a tree", {}};
}

double numberAt(const Json& object, const char* key, double otherwise)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? found->get<double>() : otherwise;
}

QString textAt(const Json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? QString::fromStdString(found->get<std::string>()) : QString();
}

QString valueText(double value, bool isAdded)
{
    const QString text = QLocale().toString(value, 'g', 4);
    return isAdded && value > 0 ? QLatin1Char('+') + text : text;
}

} // namespace

Result<TreePaper> TreePaper::read(const Json& told)
{
    const auto list = told.is_object() ? told.find("nodes") : told.end();
    if (list == told.end() || !list->is_array() || list->empty()) {
        return notATree();
    }
    TreePaper paper;
    for (const Json& name : told.value("classes", Json::array())) {
        paper.classes << (name.is_string() ? QString::fromStdString(name.get<std::string>()) : QString());
    }
    const QString answers = textAt(told, "answers");
    const QString target = textAt(told, "target");
    const QString addsTo = textAt(told, "addsTo");
    const bool areShares = answers == QLatin1String("shares");
    const bool isAdded = answers == QLatin1String("addition");
    paper.meaning = areShares    ? PaperText::tr("Answers: the classes' shares of the training rows that come there.")
        : !isAdded               ? PaperText::tr("Answers: the mean of “%1”.").arg(target)
        : addsTo.isEmpty()       ? PaperText::tr("Answers: what this tree adds to “%1”; all trees together answer.").arg(target)
                                 : PaperText::tr("Answers: what this tree adds to the score of “%1”; all trees together answer.").arg(addsTo);
    if (!areShares) {
        paper.classes.clear();
    }
    paper.tree = static_cast<int>(numberAt(told, "tree", 1));
    paper.trees = static_cast<int>(numberAt(told, "trees", 1));
    paper.levels = static_cast<int>(numberAt(told, "depth", 0));
    paper.sample = textAt(told, "sample");

    double lowest = std::numeric_limits<double>::infinity();
    double highest = -lowest;
    for (const Json& node : *list) {
        if (node.is_object() && node.contains("value")) {
            lowest = std::min(lowest, numberAt(node, "value", lowest));
            highest = std::max(highest, numberAt(node, "value", highest));
        }
    }
    const auto count = static_cast<int>(list->size());
    for (int at = 0; at < count; ++at) {
        const Json& node = list->at(static_cast<std::size_t>(at));
        if (!node.is_object()) {
            return notATree();
        }
        widgets::TreePictureNode made;
        made.samples = numberAt(node, "samples", 0);
        if (areShares) {
            for (const Json& share : node.value("shares", Json::array())) {
                made.shares.push_back(share.is_number() ? share.get<double>() : 0);
            }
            if (made.shares.size() != static_cast<std::size_t>(paper.classes.size())) {
                return notATree();
            }
            const auto best = std::max_element(made.shares.begin(), made.shares.end());
            made.answer = best == made.shares.end() ? QString()
                                                    : PaperText::tr("%1 %2 %").arg(paper.classes[best - made.shares.begin()]).arg(qRound(100 * *best));
        } else {
            const double value = numberAt(node, "value", 0);
            made.answer = valueText(value, isAdded);
            made.level = highest > lowest ? (value - lowest) / (highest - lowest) : 1;
        }
        if (node.contains("question")) {
            made.question = textAt(node, "question");
            made.question.replace(QLatin1String(" <= "), QStringLiteral(" ≤ "));
            made.isMissingYes = textAt(node, "missing") == QLatin1String("yes");
            made.yes = static_cast<int>(numberAt(node, "yes", -1));
            made.no = static_cast<int>(numberAt(node, "no", -1));
            // Branches come later in the list, so that no way goes round.
            if (made.yes <= at || made.no <= at || made.yes >= count || made.no >= count || made.yes == made.no) {
                return notATree();
            }
        }
        paper.nodes.push_back(std::move(made));
    }
    std::vector<int> parents(paper.nodes.size());
    for (const auto& node : paper.nodes) {
        for (const int next : {node.yes, node.no}) {
            if (next >= 0 && ++parents[static_cast<std::size_t>(next)] > 1) {
                return notATree(); // two ways to a node
            }
        }
    }
    for (std::size_t at = 1; at < parents.size(); ++at) {
        if (parents[at] == 0) {
            return notATree();
        }
    }
    for (const Json& node : told.value("way", Json::array())) {
        const int at = node.is_number_integer() ? node.get<int>() : -1;
        if (at < 0 || at >= count) {
            return notATree();
        }
        paper.way.push_back(at);
    }
    return paper;
}

} // namespace ty::app
