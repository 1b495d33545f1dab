#include "app/models/comparison_table_model.h"

#include <algorithm>
#include <cmath>

#include <QApplication>
#include <QFont>
#include <QHash>
#include <QLocale>
#include <QPalette>

#include "app/models/metric_words.h"

namespace ty::app {

namespace {

double valueOf(const Json& metrics, const QString& metric)
{
    const auto found = metrics.is_object() ? metrics.find(metric.toStdString()) : metrics.end();
    return metrics.is_object() && found != metrics.end() && found->is_number() ? found->get<double>() : std::nan("");
}

QString shown(double value, const QString& metric)
{
    if (metric == QLatin1String("groups") && std::isfinite(value)) {
        return QString::number(value, 'f', 0);
    }
    return std::isfinite(value) ? QString::number(value, 'f', 3) : QStringLiteral("–");
}

QString inCsv(const QString& cell)
{
    if (!cell.contains(QLatin1Char(',')) && !cell.contains(QLatin1Char('"')) && !cell.contains(QLatin1Char('\n'))) {
        return cell;
    }
    QString doubled = cell;
    doubled.replace(QLatin1Char('"'), QStringLiteral("\"\""));
    return QLatin1Char('"') + doubled + QLatin1Char('"');
}

} // namespace

void ComparisonTableModel::clear()
{
    m_runs.clear();
    layOut();
}

void ComparisonTableModel::addRun(const Json& run)
{
    const auto text = [&run](const char* key) {
        const auto found = run.find(key);
        return found != run.end() && found->is_string() ? QString::fromStdString(found->get<std::string>()) : QString();
    };
    m_runs.push_back(
        {text("subject"), text("learner"), text("label"), text("problem"), run.value("metrics", Json()), run.value("examples", 0.0),
         run.value("seconds", 0.0)});
    layOut();
}

void ComparisonTableModel::layOut()
{
    beginResetModel();
    m_headings.clear();
    m_cells.clear();
    const auto has = [this](const QString& metric) {
        return std::any_of(m_runs.begin(), m_runs.end(), [&](const Run& run) { return std::isfinite(valueOf(run.metrics, metric)); });
    };
    QStringList metrics;
    for (const char* metric : {"roc_auc", "accuracy", "r2", "rmse", "silhouette", "groups"}) {
        if (has(QLatin1String(metric))) {
            metrics << QLatin1String(metric);
        }
    }
    if (!m_runs.empty() && !metrics.isEmpty()) {
        const bool isOne = std::all_of(m_runs.begin(), m_runs.end(), [this](const Run& run) { return run.subject == m_runs.front().subject; });
        const bool areOfSeed = m_runs.front().learner == QLatin1String("bernoulli-bayes"); // the first learner of the experiment
        isOne && !areOfSeed ? layOutLearners(metrics) : layOutSubjects(metrics);
    }
    endResetModel();
}

void ComparisonTableModel::layOutLearners(const QStringList& metrics)
{
    m_headings << tr("Learner");
    for (const QString& metric : metrics) {
        m_headings << metricWords(metric);
    }
    m_headings << tr("Time");
    std::vector<Run> runs = m_runs;
    std::stable_sort(runs.begin(), runs.end(), [&](const Run& a, const Run& b) {
        for (const QString& metric : metrics) { // equal by the first: the next one decides
            const double x = valueOf(a.metrics, metric);
            const double y = valueOf(b.metrics, metric);
            if (std::isfinite(x) != std::isfinite(y)) {
                return std::isfinite(x);
            }
            if (std::isfinite(x) && x != y) {
                return metric == QLatin1String("rmse") ? x < y : x > y;
            }
        }
        return false;
    });
    for (const Run& run : runs) {
        const bool isBaseline = run.learner == QLatin1String("baseline");
        const bool isQuiet = isBaseline || !run.problem.isEmpty();
        std::vector<Cell> row{{run.label.isEmpty() ? run.learner : run.label, run.problem, false, m_cells.empty(), isQuiet}};
        if (isBaseline) {
            row.front().help = tr("Always answers the most common class or the mean: what the others have to beat.");
        }
        for (const QString& metric : metrics) {
            row.push_back({shown(valueOf(run.metrics, metric), metric), run.problem, true, m_cells.empty(), isQuiet});
        }
        row.push_back({run.problem.isEmpty() ? tr("%1 s").arg(QLocale().toString(run.seconds, 'f', 2)) : tr("does not fit"), run.problem, true, false, isQuiet});
        m_cells.push_back(std::move(row));
    }
}

void ComparisonTableModel::layOutSubjects(const QStringList& metrics)
{
    QStringList subjects;
    QStringList learners;
    QHash<QString, QString> labels;
    for (const Run& run : m_runs) {
        subjects << (subjects.contains(run.subject) ? QStringList() : QStringList{run.subject});
        learners << (learners.contains(run.learner) ? QStringList() : QStringList{run.learner});
        labels[run.learner] = run.label.isEmpty() ? run.learner : run.label;
    }
    m_headings << tr("Machine") << tr("Examples");
    for (const QString& metric : metrics) {
        for (const QString& learner : learners) {
            m_headings << (metric == QLatin1String("roc_auc") ? tr("AUC\n%1") : tr("Accuracy\n%1")).arg(labels[learner]);
        }
    }
    std::vector<double> sums(static_cast<std::size_t>(metrics.size() * learners.size()));
    double all = 0;
    for (const QString& subject : subjects) {
        const auto of = [&](const QString& learner) {
            const auto found = std::find_if(m_runs.begin(), m_runs.end(), [&](const Run& run) { return run.subject == subject && run.learner == learner; });
            return found == m_runs.end() ? nullptr : &*found;
        };
        double examples = 0;
        for (const QString& learner : learners) {
            examples = std::max(examples, of(learner) != nullptr ? of(learner)->examples : 0);
        }
        all += examples;
        std::vector<Cell> row{{subject, {}, false, false, false}, {QLocale().toString(examples, 'f', 0), {}, true, false, false}};
        std::size_t place = 0;
        for (const QString& metric : metrics) {
            double best = -1;
            for (const QString& learner : learners) {
                const double value = of(learner) != nullptr ? valueOf(of(learner)->metrics, metric) : std::nan("");
                best = std::isfinite(value) ? std::max(best, value) : best;
            }
            for (const QString& learner : learners) {
                const Run* run = of(learner);
                const double value = run != nullptr ? valueOf(run->metrics, metric) : std::nan("");
                sums[place++] += value * examples; // a missing one makes the mean unknown
                row.push_back({run == nullptr ? tr("…") : shown(value, metric), run != nullptr ? run->problem : QString(), true, value == best, false});
            }
        }
        m_cells.push_back(std::move(row));
    }
    std::vector<Cell> means{{tr("Average, weighted by examples"), {}, false, true, false}, {QLocale().toString(all, 'f', 0), {}, true, true, false}};
    for (const double sum : sums) {
        means.push_back({std::isfinite(sum) ? shown(sum / all, {}) : tr("…"), {}, true, true, false});
    }
    m_cells.push_back(std::move(means));
}

int ComparisonTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_cells.size());
}

int ComparisonTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_headings.size());
}

QVariant ComparisonTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    const Cell& cell = m_cells[static_cast<std::size_t>(index.row())][static_cast<std::size_t>(index.column())];
    switch (role) {
    case Qt::DisplayRole:
        return cell.text;
    case Qt::ToolTipRole:
        return cell.help.isEmpty() ? QVariant() : QVariant(cell.help);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter | (cell.isNumber ? Qt::AlignRight : Qt::AlignLeft));
    case Qt::FontRole: {
        QFont font;
        font.setBold(cell.isBest);
        return font;
    }
    case Qt::ForegroundRole:
        return cell.isQuiet ? QVariant(QApplication::palette().brush(QPalette::PlaceholderText)) : QVariant();
    default:
        return {};
    }
}

QVariant ComparisonTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical || section < 0 || section >= m_headings.size()) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::AlignVCenter | (section == 0 ? Qt::AlignLeft : Qt::AlignRight));
    }
    return role == Qt::DisplayRole ? QVariant(m_headings.at(section)) : QVariant();
}

QString ComparisonTableModel::toMarkdown() const
{
    QString text;
    const auto add = [&text](const QStringList& cells) { text += QStringLiteral("| ") + cells.join(QStringLiteral(" | ")) + QStringLiteral(" |\n"); };
    QStringList headings = m_headings;
    headings.replaceInStrings(QStringLiteral("\n"), QStringLiteral(" "));
    add(headings);
    text += QLatin1Char('|') + QStringLiteral(" --- |") + QStringLiteral(" ---: |").repeated(std::max<qsizetype>(0, m_headings.size() - 1)) + QLatin1Char('\n');
    for (const auto& row : m_cells) {
        QStringList cells;
        for (const Cell& cell : row) {
            cells << cell.text;
        }
        add(cells);
    }
    return text;
}

QString ComparisonTableModel::toCsv() const
{
    QString text;
    QStringList headings = m_headings;
    headings.replaceInStrings(QStringLiteral("\n"), QStringLiteral(" "));
    std::transform(headings.begin(), headings.end(), headings.begin(), inCsv);
    text += headings.join(QLatin1Char(',')) + QLatin1Char('\n');
    for (const auto& row : m_cells) {
        QStringList cells;
        for (const Cell& cell : row) {
            cells << inCsv(cell.text);
        }
        text += cells.join(QLatin1Char(',')) + QLatin1Char('\n');
    }
    return text;
}

} // namespace ty::app
