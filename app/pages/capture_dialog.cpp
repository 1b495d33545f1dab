#include "app/pages/capture_dialog.h"

#include <algorithm>
#include <utility>

#include <QCheckBox>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QRegularExpression>

#include "app/pages/machine_questions.h"
#include "app/provisioning/cloud_session.h"
#include "app/services/machine_service.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

constexpr int kSoonMs = 400; // after the last key

QString nameOf(const MachineRow& machine)
{
    return QString::fromStdString(machine.info.name);
}

} // namespace

CaptureDialog::CaptureDialog(MachineService& machines, const MachineRow& machine, QWidget* parent)
    : QuestionDialog(tr("Capture %1 as an image?").arg(nameOf(machine)), tr("Capture %1").arg(nameOf(machine)), parent)
    , m_machines(machines)
    , m_machine(machine)
    , m_isWhole(new QRadioButton(this))
    , m_image(new QLineEdit(nameOf(machine) + QStringLiteral("-image"), this))
    , m_place(new QWidget(this))
    , m_gallery(new QLineEdit(QLatin1String(kStandardGallery), m_place))
    , m_version(new QLineEdit(m_place))
    , m_told(new QLabel(m_place))
    , m_isDeleted(new QCheckBox(tr("&Delete %1 once the image is there").arg(nameOf(machine)), this))
{
    addText(tr("The machine stops during capture. Its disks stay and are billed until you delete it, and so is the image."));
    addChoices();
    addField(tr("&Image name"), m_image);
    addPlace();
    addWidget(m_isDeleted);
    auto* lost = addText(
        tr("Then this goes, too:") + QStringLiteral("\n  •  ")
        + destructionOf(machine).destroyed.join(QStringLiteral("\n  •  ")));
    lost->setVisible(false);
    connect(m_isDeleted, &QCheckBox::toggled, lost, &QLabel::setVisible);
    m_soon.setSingleShot(true);
    m_soon.setInterval(kSoonMs);
    connect(&m_soon, &QTimer::timeout, this, &CaptureDialog::readShelf);
    for (QLineEdit* field : {m_image, m_gallery}) {
        connect(field, &QLineEdit::textChanged, this, [this] {
            m_soon.start();
            check();
        });
    }
    connect(m_version, &QLineEdit::textEdited, this, [this](const QString& text) { m_isVersionTyped = !text.isEmpty(); });
    connect(m_version, &QLineEdit::textChanged, this, &CaptureDialog::check);
    connect(this, &QDialog::accepted, this, [this] {
        m_machines.capture(
            m_machine, order(), m_isDeleted->isChecked() ? MachineService::Source::Delete : MachineService::Source::Keep);
    });
}

void CaptureDialog::addChoices()
{
    m_isWhole->setText(
        isGoogle() ? tr("The machine &as it is, with all its disks") : tr("The machine &as it is (specialized)"));
    auto* isImage = new QRadioButton(
        isGoogle() ? tr("The &system disk, for new machines") : tr("A &template for new machines (generalized)"), this);
    m_isWhole->setChecked(true); // nothing is lost by it
    addWidget(m_isWhole);
    addWidget(isImage);
    m_meaning = addText({});
    connect(m_isWhole, &QRadioButton::toggled, this, &CaptureDialog::explain);
}

void CaptureDialog::addPlace()
{
    auto* grid = new QGridLayout(m_place);
    grid->setContentsMargins(0, 0, 0, 0);
    const auto add = [&](int column, const QString& text, QLineEdit* field) {
        auto* label = new QLabel(text, m_place);
        label->setBuddy(field);
        field->setAccessibleName(QString(text).remove(QLatin1Char('&')));
        grid->addWidget(label, 0, column);
        grid->addWidget(field, 1, column);
    };
    add(0, tr("&Gallery"), m_gallery);
    add(1, tr("&Version"), m_version);
    grid->setColumnStretch(0, 2);
    grid->setColumnStretch(1, 1);
    m_told->setWordWrap(true);
    grid->addWidget(m_told, 2, 0, 1, 2);
    addWidget(m_place);
}

void CaptureDialog::ask()
{
    explain();
    readShelf();
    QuestionDialog::ask(m_image);
}

CaptureOrder CaptureDialog::order() const
{
    CaptureOrder order;
    order.image = m_image->text().trimmed().toStdString();
    order.form = m_isWhole->isChecked() ? CaptureForm::Machine : CaptureForm::Image;
    if (!isGoogle() && order.form == CaptureForm::Machine) {
        order.gallery = m_gallery->text().trimmed().toStdString();
        order.version = m_version->text().trimmed().toStdString();
    }
    return order;
}

void CaptureDialog::explain()
{
    const bool isWhole = m_isWhole->isChecked();
    m_place->setVisible(isWhole && !isGoogle());
    m_meaning->setText(
        isWhole ? (isGoogle() ? tr("A machine image with users, keys and programs. The machine starts again if it ran.")
                              : tr("Users, keys and programs stay in the image, a version in a gallery of its group. The machine "
                                   "starts again if it ran."))
                : (isGoogle() ? tr("The machine starts again if it ran.")
                              : tr("A plain image. The machine can never start again: what makes it this machine is taken out. "
                                   "New machines get users and keys of their own.")));
    check();
}

void CaptureDialog::check()
{
    // The provider's rule for names of images.
    const QRegularExpression allowed(
        isGoogle() ? QStringLiteral("^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$")
                   : QStringLiteral("^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,78}[A-Za-z0-9_])?$"));
    bool isFine = allowed.match(m_image->text().trimmed()).hasMatch();
    if (!m_place->isHidden()) {
        const CaptureOrder wanted = order();
        const auto checked = checkGallery(wanted.gallery, wanted.version);
        const bool isTaken = m_shelf
            && std::find(m_shelf->versions.begin(), m_shelf->versions.end(), wanted.version) != m_shelf->versions.end();
        const bool isTemplate = m_shelf && m_shelf->isThere && !m_shelf->isSpecialized;
        isFine = isFine && checked && !isTaken && !isTemplate;
        const auto text = [&]() -> QString {
            if (!checked) {
                return QString::fromStdString(checked.error().message + ". " + checked.error().advice);
            }
            if (!m_shelf) {
                return tr("What the gallery holds is not known: %1. Without a version the next one is taken.")
                    .arg(QString::fromStdString(m_shelf.error().message));
            }
            return isTaken    ? tr("This version is there already; the next one is %1.").arg(QString::fromStdString(nextVersion(m_shelf->versions)))
                : isTemplate  ? tr("The gallery has a template of this name. Choose another one.")
                : m_shelf->isThere ? tr("The image is there; this becomes another version of it.")
                                   : QString();
        };
        m_told->setText(text());
        widgets::setTextRole(*m_told, isFine ? widgets::TextRole::Muted : widgets::TextRole::Bad);
        m_told->setVisible(!m_told->text().isEmpty());
    }
    go().setEnabled(isFine);
}

void CaptureDialog::readShelf()
{
    if (isGoogle()) {
        return;
    }
    const CaptureOrder asked = order();
    const int question = ++m_question;
    m_machines.askIn<ImageShelf>(
        m_machine.account, this,
        [asked, group = m_machine.info.group](CloudSession& session, std::stop_token stop) {
            return readImageShelf(session.connection(), group, asked.gallery, asked.image, std::move(stop));
        },
        [this, question](const Result<ImageShelf>& shelf) {
            if (question == m_question) {
                onShelf(shelf);
            }
        });
}

void CaptureDialog::onShelf(const Result<ImageShelf>& shelf)
{
    m_shelf = shelf;
    if (!m_isVersionTyped) {
        m_version->setText(shelf ? QString::fromStdString(nextVersion(shelf->versions)) : QString());
    }
    check();
}

} // namespace ty::app
