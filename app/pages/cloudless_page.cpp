#include "app/pages/cloudless_page.h"

#include <QPushButton>
#include <QVBoxLayout>

#include "app/services/all_services.h"
#include "widgets/empty_state.h"

namespace ty::app {

CloudlessPage::CloudlessPage(Kind kind, AppContext& context, QWidget* parent) : Page(parent)
{
    const bool isCompute = kind == Kind::Compute;
    const auto icon = isCompute ? QStringLiteral("compute") : QStringLiteral("queue");
    auto* empty = new widgets::EmptyState(
        context.theme.icon(icon),
        isCompute ? tr("You do not need a cloud to train: runs use this computer. "
                       "Machines of Azure and Google cannot be connected in this version.")
                  : tr("Runs on this computer train one after the other; the ones that wait are in Runs. "
                       "Queues of machines and clusters come with the clouds."),
        this);
    auto* first = empty->addButton(
        isCompute ? tr("Train on this computer") : tr("Show runs"), widgets::EmptyState::Emphasis::Primary);
    const auto target = isCompute ? PageId::Train : PageId::Runs;
    connect(first, &QPushButton::clicked, &context.navigation, [&context, target] {
        emit context.navigation.pageRequested(target);
    });
    connect(&context.theme, &ThemeService::themeChanged, empty, [empty, &context, icon] {
        empty->setIcon(context.theme.icon(icon));
    });
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(empty);
}

} // namespace ty::app
