#include "app/models/problem_fixes.h"

#include <algorithm>
#include <array>
#include <utility>

#include <QCoreApplication>

namespace ty::app {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("ProblemFixes", text);
}

ProblemFix setSwitch(const QString& label, const QString& done, bool DataRepairs::*value)
{
    return {label, done, [value](DataSpec& data) { data.repairs.*value = true; }};
}

ProblemFix setMissing(const QString& label, const QString& done, const std::string& column, MissingValues choice)
{
    return {label, done, [column, choice](DataSpec& data) { data.repairs.missing[column] = choice; }};
}

ProblemFix setRole(const QString& label, const QString& done, const std::string& column, const char* role)
{
    return {label, done, [column, role](DataSpec& data) {
                data.columns[column].role = role;
                data.repairs.missing.erase(column);
            }};
}

const ColumnSummary* columnOf(const DatasetSummary& summary, const QString& name)
{
    const auto found = std::find_if(summary.columns.begin(), summary.columns.end(), [&](const ColumnSummary& column) {
        return column.name == name;
    });
    return found == summary.columns.end() ? nullptr : &*found;
}

std::vector<ProblemFix> columnFixes(const ProblemSummary& problem, const DatasetSummary& summary)
{
    const auto name = problem.names.value(0);
    const auto* column = columnOf(summary, name);
    if (column == nullptr) {
        return {};
    }
    const auto key = name.toStdString();
    const auto leaveOut = setRole(
        tr("Leave out the column"), tr("The column %1 is left out.").arg(name), key, "ignored");
    const auto dropRows = setMissing(
        tr("Leave out the rows"), tr("Rows without %1 are left out.").arg(name), key, MissingValues::DropRows);
    if (problem.kind == QLatin1String("constant-column")) {
        return {leaveOut};
    }
    if (problem.kind == QLatin1String("ignored-column")) {
        return {setRole(tr("Use the column"), tr("The column %1 is used.").arg(name), key, "feature")};
    }
    const bool isTarget = column->role == QLatin1String("target");
    if (problem.kind == QLatin1String("bad-values")) {
        const ProblemFix categories{
            tr("Read as categories"), tr("%1 is read as categories.").arg(name), [key](DataSpec& data) {
                data.columns[key].type = "category";
            }};
        return isTarget ? std::vector{dropRows} : std::vector{categories, dropRows, leaveOut};
    }
    if (problem.kind != QLatin1String("missing-values")) {
        return {};
    }
    if (isTarget) {
        return {dropRows};
    }
    if (column->missing >= summary.samples) {
        return {leaveOut};
    }
    const auto fill = setMissing(
        tr("Fill in"), tr("Missing values of %1 are filled in.").arg(name), key, MissingValues::Fill);
    return {fill, dropRows, leaveOut};
}

} // namespace

namespace {

/// Leaves samples out one by one, as corrections are: they are seen in the grid and can be taken back there.
std::vector<ProblemFix> removalFixes(const ProblemSummary& problem)
{
    const std::array<std::pair<const char*, QString>, 4> ways{{
        {"training", tr("Leave out of test")},
        {"test", tr("Leave out of training")},
        {"one", tr("Keep one of each")},
        {"other", tr("Leave them out here")},
    }};
    std::vector<ProblemFix> fixes;
    for (const auto& [kept, label] : ways) {
        const auto found = problem.removals.find(QLatin1String(kept));
        if (found == problem.removals.end() || found->second.isEmpty()) {
            continue;
        }
        fixes.push_back(
            {label, QCoreApplication::translate("ProblemFixes", "%Ln sample(s) (is/are) left out.", nullptr, static_cast<int>(found->second.size())),
             [ids = found->second](DataSpec& data) {
                 for (const auto& id : ids) {
                     data.fixes["training"].labels.erase(id.toStdString());
                     data.fixes["training"].excluded.insert(id.toStdString());
                 }
             }});
    }
    return fixes;
}

} // namespace

std::vector<ProblemFix> fixesFor(const ProblemSummary& problem, const DatasetSummary& summary)
{
    const auto& kind = problem.kind;
    if (kind == QLatin1String("unreadable")) {
        return {setSwitch(
            tr("Leave them out"), tr("Files that cannot be read are left out."), &DataRepairs::areUnreadableLeftOut)};
    }
    if (kind == QLatin1String("empty-class")) {
        return {setSwitch(
            tr("Leave out empty classes"), tr("Empty classes are left out."), &DataRepairs::areEmptyClassesLeftOut)};
    }
    if (kind == QLatin1String("duplicates")) {
        return {setSwitch(tr("Keep one of each"), tr("Copies are left out."), &DataRepairs::areDuplicatesLeftOut)};
    }
    if (kind == QLatin1String("split-duplicates")) {
        return {setSwitch(
            tr("Leave out of training"), tr("Training leaves out what is tested."), &DataRepairs::areSharedLeftOut)};
    }
    if (kind == QLatin1String("imbalance")) {
        return {setSwitch(tr("Weigh the classes"), tr("Rare classes count more."), &DataRepairs::areClassesWeighed)};
    }
    if (kind == QLatin1String("label-typo") && problem.names.size() == 2) {
        const auto rare = problem.names[0];
        const auto usual = problem.names[1];
        return {
            {tr("Merge into “%1”").arg(usual), tr("“%1” counts as “%2”.").arg(rare, usual),
             [rare = rare.toStdString(), usual = usual.toStdString()](DataSpec& data) {
                 data.repairs.mergedClasses[rare] = usual;
             }}};
    }
    if (kind == QLatin1String("near-duplicates")) {
        return removalFixes(problem);
    }
    if (kind == QLatin1String("vanished-corrections")) {
        return {{tr("Forget them"), tr("These corrections are forgotten."), [names = problem.names](DataSpec& data) {
                     auto& fixes = data.fixes["training"];
                     for (const auto& name : names) {
                         fixes.labels.erase(name.toStdString());
                         fixes.excluded.erase(name.toStdString());
                     }
                 }}};
    }
    return columnFixes(problem, summary);
}

ProblemFix takeBack(const ProblemSummary& problem)
{
    return {tr("Take back"), tr("Taken back."), [kind = problem.kind, names = problem.names](DataSpec& data) {
                auto& repairs = data.repairs;
                if (kind == QLatin1String("unreadable")) {
                    repairs.areUnreadableLeftOut = false;
                } else if (kind == QLatin1String("empty-class")) {
                    repairs.areEmptyClassesLeftOut = false;
                } else if (kind == QLatin1String("duplicates")) {
                    repairs.areDuplicatesLeftOut = false;
                } else if (kind == QLatin1String("split-duplicates")) {
                    repairs.areSharedLeftOut = false;
                } else if (kind == QLatin1String("imbalance")) {
                    repairs.areClassesWeighed = false;
                } else {
                    for (const auto& name : names) {
                        repairs.mergedClasses.erase(name.toStdString());
                        repairs.missing.erase(name.toStdString());
                    }
                }
            }};
}

QString repairText(const ProblemSummary& problem, const DataRepairs& repairs)
{
    const auto& kind = problem.kind;
    if (kind == QLatin1String("unreadable") || kind == QLatin1String("empty-class")) {
        return tr("They are left out.");
    }
    if (kind == QLatin1String("duplicates")) {
        return tr("One of each is kept.");
    }
    if (kind == QLatin1String("split-duplicates")) {
        return tr("They are left out of training.");
    }
    if (kind == QLatin1String("imbalance")) {
        return tr("Rare classes count more in training.");
    }
    const auto name = problem.names.value(0);
    if (kind == QLatin1String("label-typo")) {
        return tr("It counts as “%1”.").arg(QString::fromStdString(repairs.classNameFor(name.toStdString())));
    }
    const auto found = repairs.missing.find(name.toStdString());
    const bool isDropped = found != repairs.missing.end() && found->second == MissingValues::DropRows;
    return isDropped ? tr("These rows are left out of training.") : tr("They are filled in.");
}

} // namespace ty::app
