#include <algorithm>
#include <memory>

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include "tests/support/unnamed_controls.h"
#include "widgets/parameter_form.h"

using namespace ty::widgets;

class TestParameterForm : public QObject {
    Q_OBJECT

  private slots:
    void init();
    void cleanup() { m_form.reset(); }
    void showsTheGivenValues();
    void typingAValidNumberTells();
    void aWrongNumberSaysWhyAndTellsNothing_data();
    void aWrongNumberSaysWhyAndTellsNothing();
    void aChangeShowsADotAndResets();
    void automaticIsAnInvalidValue();
    void leavingAutomaticBeginsWithWhatItStoodFor();
    void changedValuesHoldOnlyChanges();
    void ownersProblemShowsUnderTheField();
    void advancedFoldsAndCounts();
    void hiddenFieldsDoNotSpoilValidity();
    void everyControlHasAName();

  private:
    QLineEdit* line(const QString& name) const
    {
        return m_form->findChild<QLineEdit*>("field_" + name);
    }
    QToolButton* resetButton(const QString& name) const
    {
        return m_form->findChild<QToolButton*>("reset_" + name);
    }
    bool isTextShown(const QString& part) const;
    static void type(QLineEdit* edit, const QString& text)
    {
        edit->selectAll();
        text.isEmpty() ? QTest::keyClick(edit, Qt::Key_Delete) : QTest::keyClicks(edit, text);
    }

    std::unique_ptr<ParameterForm> m_form;
};

void TestParameterForm::init()
{
    FormField epochs;
    epochs.name = "epochs";
    epochs.label = "Epochs";
    epochs.kind = FieldKind::Integer;
    epochs.defaultValue = epochs.value = 20;
    epochs.minimum = 1;
    epochs.maximum = 1000;
    FormField rate;
    rate.name = "learningRate";
    rate.label = "Learning rate";
    rate.kind = FieldKind::Real;
    rate.minimum = 0;
    rate.isMinimumExcluded = true;
    rate.isAutomaticAllowed = true;
    rate.automaticText = "0.001";
    FormField optimizer;
    optimizer.name = "optimizer";
    optimizer.label = "Optimizer";
    optimizer.kind = FieldKind::Choice;
    optimizer.choices = {{"adamw", "AdamW"}, {"sgd", "SGD"}};
    optimizer.defaultValue = optimizer.value = "adamw";
    optimizer.isAdvanced = true;
    FormField shuffle;
    shuffle.name = "shuffle";
    shuffle.label = "Shuffle";
    shuffle.kind = FieldKind::Boolean;
    shuffle.defaultValue = shuffle.value = true;
    m_form = std::make_unique<ParameterForm>();
    m_form->setFields({epochs, rate, optimizer, shuffle});
    m_form->resize(420, 400);
    m_form->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_form.get()));
}

bool TestParameterForm::isTextShown(const QString& part) const
{
    const auto labels = m_form->findChildren<QLabel*>();
    return std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) {
        return label->isVisible() && label->text().contains(part);
    });
}

void TestParameterForm::showsTheGivenValues()
{
    QCOMPARE(line("epochs")->text(), QStringLiteral("20"));
    QVERIFY(!line("learningRate")->isEnabled());
    QCOMPARE(line("learningRate")->placeholderText(), QStringLiteral("0.001"));
    QCOMPARE(m_form->values().value("optimizer").toString(), QStringLiteral("adamw"));
    QVERIFY(m_form->changedValues().isEmpty());
}

void TestParameterForm::typingAValidNumberTells()
{
    QSignalSpy spy(m_form.get(), &ParameterForm::valueChanged);
    type(line("epochs"), "35");
    QCOMPARE(spy.last()[0].toString(), QStringLiteral("epochs"));
    QCOMPARE(spy.last()[1].value<QVariant>().toInt(), 35);
    QCOMPARE(m_form->value("epochs").toInt(), 35);
}

void TestParameterForm::aWrongNumberSaysWhyAndTellsNothing_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("reason");
    QTest::newRow("words") << "many"
                           << "whole number";
    QTest::newRow("fraction") << "2.5"
                              << "whole number";
    QTest::newRow("too small") << "0"
                               << "from 1 to 1000";
    QTest::newRow("too large") << "100000"
                               << "from 1 to 1000";
    QTest::newRow("nothing") << ""
                             << "Enter a number";
}

void TestParameterForm::aWrongNumberSaysWhyAndTellsNothing()
{
    QFETCH(QString, text);
    QFETCH(QString, reason);
    QSignalSpy validity(m_form.get(), &ParameterForm::validityChanged);
    type(line("epochs"), text);
    QVERIFY(!m_form->isValid());
    QVERIFY(validity.count() >= 1);
    QVERIFY(isTextShown(reason));
    QVERIFY(m_form->problems().join(' ').contains("Epochs"));
    QTest::mouseClick(resetButton("epochs"), Qt::LeftButton);
    QVERIFY(m_form->isValid());
    QCOMPARE(line("epochs")->text(), QStringLiteral("20"));
    QVERIFY(!isTextShown(reason));
}

void TestParameterForm::aChangeShowsADotAndResets()
{
    QVERIFY(!resetButton("epochs")->isVisible());
    type(line("epochs"), "21");
    QVERIFY(resetButton("epochs")->isVisible());
    QVERIFY(isTextShown(QStringLiteral("●")));
    QSignalSpy spy(m_form.get(), &ParameterForm::valueChanged);
    QTest::mouseClick(resetButton("epochs"), Qt::LeftButton);
    QCOMPARE(spy.count(), 1);
    QCOMPARE(m_form->value("epochs").toInt(), 20);
    QVERIFY(!resetButton("epochs")->isVisible());
    QVERIFY(!isTextShown(QStringLiteral("●")));
}

void TestParameterForm::automaticIsAnInvalidValue()
{
    QVERIFY(!m_form->value("learningRate").isValid());
    m_form->setValue("learningRate", 0.01);
    QVERIFY(line("learningRate")->isEnabled());
    QCOMPARE(m_form->value("learningRate").toDouble(), 0.01);
    auto* automatic = m_form->findChild<QCheckBox*>("auto_learningRate");
    QSignalSpy spy(m_form.get(), &ParameterForm::valueChanged);
    automatic->click();
    QCOMPARE(spy.count(), 1);
    QVERIFY(!spy[0][1].value<QVariant>().isValid());
}

void TestParameterForm::leavingAutomaticBeginsWithWhatItStoodFor()
{
    m_form->findChild<QCheckBox*>("auto_learningRate")->click();
    QCOMPARE(line("learningRate")->text(), QStringLiteral("0.001"));
    QCOMPARE(m_form->value("learningRate").toDouble(), 0.001);
    QVERIFY(m_form->isValid());
    type(line("learningRate"), "3e-4");
    QCOMPARE(m_form->value("learningRate").toDouble(), 3e-4);
    type(line("learningRate"), "0");
    QVERIFY(!m_form->isValid()); // zero itself is excluded
}

void TestParameterForm::changedValuesHoldOnlyChanges()
{
    m_form->setValue("epochs", 5);
    m_form->setValue("shuffle", false);
    QCOMPARE(m_form->changedValues(), (QVariantMap{{"epochs", 5}, {"shuffle", false}}));
    m_form->resetAll();
    QVERIFY(m_form->changedValues().isEmpty());
}

void TestParameterForm::ownersProblemShowsUnderTheField()
{
    m_form->setProblem("epochs", "More than the budget allows");
    QVERIFY(isTextShown("budget"));
    type(line("epochs"), "3");
    QVERIFY(!isTextShown("budget")); // it spoke of the old value
}

void TestParameterForm::advancedFoldsAndCounts()
{
    auto* choice = m_form->findChild<QComboBox*>("field_optimizer");
    QVERIFY(!choice->isVisible());
    m_form->setAdvancedVisible(true);
    QVERIFY(choice->isVisible());
    QTest::keyClick(choice, Qt::Key_Down);
    QCOMPARE(m_form->value("optimizer").toString(), QStringLiteral("sgd"));
    const auto buttons = m_form->findChildren<QToolButton*>();
    QVERIFY(std::any_of(buttons.begin(), buttons.end(), [](const QToolButton* b) {
        return b->text().contains("1 changed");
    }));
}

void TestParameterForm::hiddenFieldsDoNotSpoilValidity()
{
    type(line("epochs"), "0");
    QVERIFY(!m_form->isValid());
    m_form->setFieldVisible("epochs", false);
    QVERIFY(m_form->isValid());
    QVERIFY(!line("epochs")->isVisible());
}

void TestParameterForm::everyControlHasAName()
{
    m_form->setAdvancedVisible(true);
    QCOMPARE(ty::tests::unnamedControls(m_form.get()).join(", "), QString());
}

QTEST_MAIN(TestParameterForm)
#include "tst_parameter_form.moc"
