// Shows the widgets with real-looking values, or writes pictures of them with --out <folder>.
#include <cmath>
#include <random>
#include <vector>

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QGridLayout>
#include <QMouseEvent>
#include <QPainter>
#include <QPushButton>
#include <QSplitter>
#include <QStandardItemModel>
#include <QTabWidget>
#include <QVBoxLayout>

#include "widgets/bars.h"
#include "widgets/busy_bar.h"
#include "widgets/chart/chart_group.h"
#include "widgets/chart/line_chart.h"
#include "widgets/chart/spark_line.h"
#include "widgets/confusion_matrix.h"
#include "widgets/draw_pad.h"
#include "widgets/drop_well.h"
#include "widgets/empty_state.h"
#include "widgets/error_panel.h"
#include "widgets/filter_line.h"
#include "widgets/glyphs.h"
#include "widgets/icons.h"
#include "widgets/image_grid.h"
#include "widgets/parameter_form.h"
#include "widgets/probability_bars.h"
#include "widgets/rail.h"
#include "widgets/reliability_plot.h"
#include "widgets/roc_plot.h"
#include "widgets/run_strip.h"
#include "widgets/scatter_plot.h"
#include "widgets/splitters.h"
#include "widgets/theme/apply_theme.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/roles.h"
#include "widgets/tile_card.h"
#include "widgets/toast.h"

namespace {

using namespace ty::widgets;

std::vector<ChartPoint>
curve(int epochs, double start, double end, double noise, unsigned seed, int perEpoch = 1)
{
    std::mt19937 random(seed);
    std::normal_distribution<double> jitter(0, noise);
    std::vector<ChartPoint> points;
    for (int i = 1; i <= epochs * perEpoch; ++i) {
        const double epoch = static_cast<double>(i) / perEpoch;
        ChartPoint point;
        point.step = i * 45.0 / perEpoch;
        point.epoch = epoch;
        point.elapsedSeconds = epoch * 1.7;
        point.wallSeconds = 1.7952e9 + epoch * 1.7;
        point.value = end + (start - end) * std::exp(-epoch / 4.0) +
                      jitter(random) * (1 + 2 * std::exp(-epoch / 4));
        points.push_back(point);
    }
    return points;
}

QWidget* chartsPage()
{
    auto* page = new QWidget;
    auto* grid = new QGridLayout(page);
    auto* strip = new RunStrip(page);
    RunStripState state;
    state.phase = RunPhase::Running;
    state.runName = QStringLiteral("digits-balanced-3");
    state.epoch = 12;
    state.plannedEpochs = 20;
    state.fraction = 0.62;
    state.elapsedSeconds = 64;
    state.remainingSeconds = 38;
    state.endsAt = QDateTime(QDate(2026, 11, 21), QTime(14, 37));
    state.etaNote = QStringLiteral("May stop sooner: 3/5 epochs without gain");
    state.samplesPerSecond = 12300;
    state.stepMilliseconds = 8.1;
    state.floorMilliseconds = 7.57;
    state.dataWaitFraction = 0.38;
    state.cpuFraction = 0.71;
    state.memoryBytes = 412LL * 1024 * 1024;
    state.learningRate = 3e-4;
    state.hints = {QStringLiteral("Training waits for data 38 % of the time: raise workers")};
    strip->setState(state);
    grid->addWidget(strip, 0, 0, 1, 2);

    auto* loss = new LineChart(page);
    loss->setTitle(QStringLiteral("Loss"), QStringLiteral("nats"));
    loss->setXKind(XKind::Epoch);
    loss->addLine({.id = "t", .name = "training"});
    loss->addLine({.id = "v", .name = "validation", .better = Better::Lower});
    loss->append("t", curve(20, 2.3, 0.05, 0.01, 1));
    auto validation = curve(20, 2.3, 0.12, 0.02, 2);
    for (std::size_t i = 12; i < validation.size(); ++i) {
        validation[i].value += 0.02 * static_cast<double>(i - 11);
    }
    loss->append("v", validation);
    loss->addMark("v", {MarkKind::LearningRateDrop, validation[8], "learning rate 1e-3 → 1e-4"});
    loss->addMark("v", {MarkKind::Checkpoint, validation[4], "checkpoint at epoch 5"});
    loss->addMark(
        "v", {MarkKind::EarlyStop, validation.back(), "stopped early: 5 epochs without gain"});
    grid->addWidget(loss, 1, 0);

    auto* steps = new LineChart(page);
    steps->setTitle(QStringLiteral("Loss per step"), QStringLiteral("nats"));
    steps->addLine({.id = "s", .name = "training batch", .better = Better::Lower});
    steps->setSmoothing(0.9);
    auto noisy = curve(20, 2.3, 0.05, 0.12, 5, 45);
    noisy[400].value = 3.1;
    noisy[620].value = std::nan("");
    steps->append("s", noisy);
    grid->addWidget(steps, 1, 1);

    auto* many = new LineChart(page);
    many->setTitle(QStringLiteral("Validation accuracy"), QStringLiteral("%"));
    for (int i = 0; i < 24; ++i) {
        const QString id = QString::number(i);
        many->addLine(
            {.id = id,
             .name = QStringLiteral("digits-fast-%1").arg(i + 1),
             .isBaseline = i == 0,
             .better = Better::Higher});
        many->append(id, curve(30, 10, 99 - i * 1.5, 0.4, static_cast<unsigned>(20 + i), 40));
    }
    grid->addWidget(many, 2, 0);
    auto* empty = new LineChart(page);
    empty->setTitle(QStringLiteral("Learning rate"));
    empty->setEmptyText(QStringLiteral("The first point comes after one epoch"));
    grid->addWidget(empty, 2, 1);
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(1, 1);
    auto* group = new ChartGroup(page);
    group->add(loss);
    group->add(steps);
    loss->setObjectName("hoverMe");
    return page;
}

/// Two places compared, a pause cut out of the clock, means with bands, a broken-down run.
QWidget* toolsPage()
{
    auto* page = new QWidget;
    auto* grid = new QGridLayout(page);
    const auto add = [&](const QString& title, XKind kind, int row, int column) {
        auto* chart = new LineChart(page);
        chart->setTitle(title);
        chart->setXKind(kind);
        grid->addWidget(chart, row, column);
        return chart;
    };
    auto* range = add(QStringLiteral("Two places, a pin"), XKind::Epoch, 0, 0);
    range->addLine({.id = "t", .name = "training"});
    range->addLine({.id = "v", .name = "validation", .better = Better::Lower});
    range->append("t", curve(20, 2.3, 0.05, 0.01, 1));
    const auto validation = curve(20, 2.3, 0.12, 0.02, 2);
    range->append("v", validation);
    range->setRangeShown(true);
    range->setPinned("v", validation[9], true);

    auto* clock = add(QStringLiteral("A night between"), XKind::WallClock, 0, 1);
    clock->addLine({.id = "v", .name = "validation", .better = Better::Lower});
    auto paused = curve(20, 2.3, 0.12, 0.02, 2);
    constexpr double kNight = 9 * 3600;
    for (std::size_t i = 8; i < paused.size(); ++i) {
        paused[i].wallSeconds += kNight;
    }
    clock->append("v", paused);
    const double begin = paused[7].wallSeconds + 0.5;
    clock->setPauses("v", {{begin, begin + kNight}});
    clock->addMark("v", {MarkKind::Pause, {370, 8.2, 14, begin, std::nan("")}, "paused"});
    clock->addMark("v", {MarkKind::Resume, {370, 8.2, 14, begin + kNight, std::nan("")}, "resumed"});

    auto* means = add(QStringLiteral("Means of five seeds"), XKind::Epoch, 1, 0);
    for (int group = 0; group < 2; ++group) {
        const QString id = QString::number(group);
        means->addLine(
            {.id = id,
             .name = QStringLiteral("digits-%1 (5 runs)").arg(group == 0 ? "fast" : "best"),
             .isBaseline = group == 0,
             .better = Better::Lower});
        const auto mean = curve(30, 2.3, 0.5 - group * 0.3, 0.01, static_cast<unsigned>(60 + group));
        std::vector<BandPoint> band;
        for (const ChartPoint& point : mean) {
            const double reach = 0.05 + 0.12 * std::exp(-point.epoch / 6) + 0.02 * group;
            band.push_back({point.value - reach, point.value + reach});
        }
        means->append(id, mean);
        means->setBand(id, band);
    }

    auto* broken = add(QStringLiteral("Resumed twice, then broken"), XKind::Step, 1, 1);
    broken->addLine({.id = "s", .name = "loss", .badValueAction = "Restart from epoch %1 at lr/10"});
    const auto first = curve(12, 2.3, 0.3, 0.05, 7, 5);
    broken->append("s", first);
    auto second = curve(16, 2.3, 0.25, 0.05, 8, 5);
    second.erase(second.begin(), second.begin() + 48);
    second.push_back({760, 16.8, 30, 1.7952e9 + 30, std::nan("")});
    broken->append("s", second);
    broken->addMark("s", {MarkKind::Pause, {540, 12, 20, 1.7952e9, std::nan("")}, "paused"});
    broken->addMark("s", {MarkKind::Resume, {540, 12, 20, 1.7952e9, std::nan("")}, "resumed"});
    broken->addMark("s", {MarkKind::Edit, {640, 14, 25, 1.7952e9, std::nan("")}, "patience set to 9"});
    return page;
}

QList<FormField> fields()
{
    FormField epochs;
    epochs.name = "epochs";
    epochs.label = "Epochs";
    epochs.kind = FieldKind::Integer;
    epochs.defaultValue = 20;
    epochs.value = 40;
    epochs.minimum = 1;
    epochs.group = "Training";
    FormField batch = epochs;
    batch.name = "batchSize";
    batch.label = "Batch size";
    batch.defaultValue = batch.value = QVariant();
    batch.isAutomaticAllowed = true;
    batch.automaticText = "64";
    FormField rate = batch;
    rate.name = "learningRate";
    rate.label = "Learning rate";
    rate.kind = FieldKind::Real;
    rate.minimum = 0;
    rate.isMinimumExcluded = true;
    rate.value = 0.003;
    rate.help = "Size of one step down the gradient";
    FormField optimizer;
    optimizer.name = "optimizer";
    optimizer.label = "Optimizer";
    optimizer.kind = FieldKind::Choice;
    optimizer.choices = {{"adamw", "AdamW"}, {"sgd", "SGD with momentum"}};
    optimizer.defaultValue = optimizer.value = "adamw";
    optimizer.group = "Optimisation";
    optimizer.isAdvanced = true;
    FormField early;
    early.name = "earlyStop";
    early.label = "Stop when validation no longer improves";
    early.kind = FieldKind::Boolean;
    early.defaultValue = early.value = true;
    early.group = "Training";
    FormField decay = rate;
    decay.name = "weightDecay";
    decay.label = "Weight decay";
    decay.isAutomaticAllowed = false;
    decay.isMinimumExcluded = false;
    decay.defaultValue = decay.value = 0.01;
    decay.maximum = 1;
    decay.group = "Optimisation";
    decay.isAdvanced = true;
    FormField warm = decay;
    warm.name = "warmUp";
    warm.label = "Warm-up";
    warm.unit = "% of steps";
    warm.defaultValue = 5;
    warm.value = 5;
    warm.maximum = 100;
    return {epochs, batch, rate, early, optimizer, decay, warm};
}

QWidget* setupPage()
{
    auto* page = new QWidget;
    auto* row = new QHBoxLayout(page);
    auto* rail = new Rail(page);
    for (const auto& [glyph, name] :
         {std::pair(Glyph::Flag, "Home"),
          std::pair(Glyph::Dataset, "Data"),
          std::pair(Glyph::Play, "Train"),
          std::pair(Glyph::Table, "Runs"),
          std::pair(Glyph::Copy, "Models")}) {
        rail->addEntry(glyphIcon(glyph), QString::fromLatin1(name));
    }
    rail->addEntry(glyphIcon(Glyph::Menu), "Settings", {}, Rail::Place::Foot);
    rail->setCurrentIndex(2);
    rail->setBadge(3, 2);
    row->addWidget(rail);
    auto* left = new QWidget(page);
    auto* column = new QVBoxLayout(left);
    auto* training = new DropWell("Training", "Drop a folder, CSV or dataset here");
    training->setRequired(true);
    training->setContent(glyphIcon(Glyph::Dataset), "Digits", "1 797 images · 10 classes · 8 × 8");
    auto* validation = new DropWell("Validation", "Automatic: 20 %, stratified, seed 42");
    auto* testing = new DropWell("Testing", "Optional: never used for training");
    testing->setProblem("This dataset is for regression; the training data is for classification");
    column->addWidget(training);
    column->addWidget(validation);
    column->addWidget(testing);
    auto* form = new ParameterForm;
    form->setFields(fields());
    form->setAdvancedVisible(true);
    form->setProblem("weightDecay", "Must be from 0 to 1");
    column->addWidget(form);
    auto* train = new QPushButton("Train ▸");
    makePrimary(*train);
    column->addWidget(train);
    column->addStretch();
    auto* right = new QWidget(page);
    auto* rightColumn = new QVBoxLayout(right);
    auto* tiles = new QHBoxLayout;
    tiles->addWidget(new TileCard(
        glyphIcon(Glyph::Dataset),
        "Digits",
        "1 797 hand-written digits, 8 × 8 pixels. Learn to read them."));
    tiles->addWidget(new TileCard(
        glyphIcon(Glyph::Table), "Iris table", "150 flowers, four measurements, three species."));
    tiles->addWidget(
        new TileCard(glyphIcon(Glyph::Flag), "Spirals", "Two arms one cannot part with a line."));
    rightColumn->addLayout(tiles);
    auto* error = new ErrorPanel;
    error->setText(
        "Training needs about 9.8 GiB of memory; 7.9 GiB are free.",
        "The batch of 256 images at 224 × 224 is what takes most of it.",
        "Use a smaller batch, or train on another machine.");
    error->addButton("Use batch 48");
    error->addButton("Choose a machine");
    error->setDetails("code: OutOfMemory\nrequested: 10522669875");
    error->setClosable(true);
    rightColumn->addWidget(error);
    auto* warning = new ErrorPanel;
    warning->setSeverity(ErrorPanel::Severity::Warning);
    warning->setText("12 pictures could not be read.", "They are empty files.", {});
    rightColumn->addWidget(warning);
    auto* filter = new FilterLine("Filter runs: acc>0.97 tag:paper");
    rightColumn->addWidget(filter);
    auto* busy = new BusyBar;
    busy->setCancellable(true);
    busy->setBusy("Reading 12 408 of 20 000 images", 0.62);
    rightColumn->addWidget(busy);
    auto* spark = new SparkLine;
    spark->setLabel("Validation loss");
    QList<double> values;
    for (const auto& point : curve(20, 2.3, 0.1, 0.05, 4)) {
        values.append(point.value);
    }
    spark->setValues(values);
    rightColumn->addWidget(spark);
    auto* empty =
        new EmptyState(glyphIcon(Glyph::Table), "No runs yet: train a sample in 60 seconds");
    empty->addButton("Train Digits", EmptyState::Emphasis::Primary);
    empty->addButton("Open my data…");
    rightColumn->addWidget(empty, 1);
    row->addWidget(makeSplitter(Qt::Horizontal, {left, right}, {2, 3}, page), 1);
    auto* toasts = new ToastStack(page);
    toasts->show("Run digits-fast-1 moved to Trash", "Undo");
    return page;
}

QPixmap digit(int n)
{
    QPixmap pixmap(28, 28);
    pixmap.fill(Qt::black);
    QPainter painter(&pixmap);
    QFont font = painter.font();
    font.setPixelSize(24);
    painter.setFont(font);
    painter.setPen(Qt::white);
    painter.drawText(pixmap.rect(), Qt::AlignCenter, QString::number(n % 10));
    return pixmap;
}

QWidget* evaluationPage()
{
    auto* page = new QWidget;
    auto* grid = new QGridLayout(page);
    auto* matrix = new ConfusionMatrix;
    QStringList classes;
    QList<QList<qint64>> counts;
    std::mt19937 random(3);
    for (int t = 0; t < 10; ++t) {
        classes.append(QString::number(t));
        QList<qint64> row;
        for (int p = 0; p < 10; ++p) {
            row.append(
                t == p              ? 30 + static_cast<qint64>(random() % 8)
                : random() % 7 == 0 ? 1 + static_cast<qint64>(random() % 3)
                                    : 0);
        }
        counts.append(row);
    }
    matrix->setCounts(classes, counts);
    matrix->setMinimumHeight(360);
    grid->addWidget(matrix, 0, 0);
    auto* roc = new RocPlot;
    QList<RocPoint> points;
    for (int i = 0; i <= 100; ++i) {
        const double x = i / 100.0;
        points.append({1 - x, x * x * x, std::pow(x, 0.25)});
    }
    roc->setCurve("8", points, 0.953);
    grid->addWidget(roc, 0, 1);
    auto* reliability = new ReliabilityPlot;
    QList<ReliabilityBin> bins;
    for (int i = 0; i < 10; ++i) {
        bins.append(
            {i / 10.0,
             (i + 1) / 10.0,
             i / 10.0 + 0.05,
             std::min(1.0, i / 10.0 * 0.9 + 0.06),
             i < 2 ? 0 : 10 * i});
    }
    reliability->setBins(bins, 0.043);
    grid->addWidget(reliability, 1, 0);
    auto* scatter = new ScatterPlot;
    scatter->setAxisTitles("True", "Predicted");
    QList<QPointF> dots;
    std::normal_distribution<double> noise(0, 3);
    for (int i = 0; i < 300; ++i) {
        const double x = 20 + 0.2 * i;
        dots.append({x, x + noise(random)});
    }
    scatter->setDiagonalVisible(true);
    scatter->setPoints(dots);
    grid->addWidget(scatter, 1, 1);
    auto* side = new QVBoxLayout;
    auto* bars = new ClassBars;
    QList<ClassCount> classCounts;
    for (int i = 0; i < 10; ++i) {
        classCounts.append({QStringLiteral("digit %1").arg(i), 180 - i * 11});
    }
    bars->setCounts(classCounts);
    bars->setSelectedClass("digit 3");
    side->addWidget(bars, 2);
    auto* padRow = new QHBoxLayout;
    auto* pad = new DrawPad;
    pad->setObjectName("pad");
    padRow->addWidget(pad);
    auto* answers = new ProbabilityBars;
    answers->setAnswers({{"7", 0.913}, {"1", 0.052}, {"9", 0.021}, {"4", 0.009}, {"2", 0.003}});
    padRow->addWidget(answers, 1);
    side->addLayout(padRow, 1);
    auto* images = new ImageGrid;
    auto* model = new QStandardItemModel(images);
    for (int i = 0; i < 200; ++i) {
        auto* item =
            new QStandardItem(QStringLiteral("digit_%1.png").arg(i, 4, 10, QLatin1Char('0')));
        if (i % 11 != 10) {
            item->setData(digit(i * 7), Qt::DecorationRole);
        }
        if (i % 9 == 4) {
            item->setData(QStringLiteral("≠ %1").arg((i + 3) % 10), ImageGrid::kBadgeRole);
        }
        model->appendRow(item);
    }
    images->setModel(model);
    images->setCurrentIndex(model->index(1, 0));
    side->addWidget(images, 2);
    grid->addLayout(side, 0, 2, 2, 1);
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(1, 1);
    grid->setColumnStretch(2, 1);
    return page;
}

void send(QWidget* widget, QEvent::Type type, const QPointF& at, Qt::MouseButton button)
{
    QMouseEvent event(
        type,
        at,
        widget->mapToGlobal(at),
        button,
        type == QEvent::MouseButtonRelease ? Qt::NoButton : button,
        Qt::NoModifier);
    QApplication::sendEvent(widget, &event);
}

void settle()
{
    for (int i = 0; i < 20; ++i) {
        QApplication::processEvents(QEventLoop::AllEvents, 20);
    }
}

} // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    QCommandLineParser parser;
    parser.addOption({"out", "Write pictures there and leave", "folder"});
    parser.addOption({"points", "Font size", "points", "10"});
    parser.process(application);
    QFont font = QApplication::font();
    font.setPointSizeF(parser.value("points").toDouble());
    QApplication::setFont(font);
    applyTheme(application, Theme::Light);
    QTabWidget tabs;
    tabs.addTab(chartsPage(), "Charts");
    tabs.addTab(setupPage(), "Set-up");
    tabs.addTab(evaluationPage(), "Evaluation");
    tabs.addTab(toolsPage(), "Chart tools");
    tabs.resize(1280, 860);
    tabs.show();
    if (!parser.isSet("out")) {
        return QApplication::exec();
    }
    const QDir folder(parser.value("out"));
    folder.mkpath(".");
    auto* pad = tabs.findChild<DrawPad*>("pad");
    for (const auto& [theme, name] :
         {std::pair(Theme::Light, "light"),
          std::pair(Theme::Dark, "dark"),
          std::pair(Theme::HighContrastBlack, "hcb"),
          std::pair(Theme::HighContrastWhite, "hcw")}) {
        applyTheme(application, theme);
        for (int i = 0; i < tabs.count(); ++i) {
            tabs.setCurrentIndex(i);
            settle();
            if (i == 0) {
                QWidget* canvas = tabs.findChild<LineChart*>("hoverMe")->canvas();
                send(
                    canvas,
                    QEvent::MouseMove,
                    QPointF(canvas->width() * 0.55, canvas->height() * 0.6),
                    Qt::NoButton);
            }
            if (i == 2 && pad->isEmpty()) {
                const double side = pad->width();
                send(pad, QEvent::MouseButtonPress, {side * 0.3, side * 0.3}, Qt::LeftButton);
                send(pad, QEvent::MouseMove, {side * 0.7, side * 0.3}, Qt::LeftButton);
                send(pad, QEvent::MouseMove, {side * 0.45, side * 0.8}, Qt::LeftButton);
                send(pad, QEvent::MouseButtonRelease, {side * 0.45, side * 0.8}, Qt::LeftButton);
            }
            settle();
            tabs.grab().save(
                folder.filePath(QStringLiteral("%1-%2.png").arg(QLatin1String(name)).arg(i)));
        }
    }
    return 0;
}
