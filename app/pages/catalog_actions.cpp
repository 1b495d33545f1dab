#include "app/pages/catalog_actions.h"

#include <memory>
#include <utility>

#include <QCoreApplication>
#include <QDesktopServices>
#include <QUrl>

#include "app/catalog/catalog.h"
#include "app/services/all_services.h"

namespace ty::app {

using catalog::Catalog;

namespace {

QString say(const char* text)
{
    return QCoreApplication::translate("CatalogActions", text);
}

constexpr auto kAfterTrash = CatalogService::Runs | CatalogService::Models | CatalogService::Trash;

using Deletion = std::function<Result<std::vector<catalog::TrashItem>>(Catalog&)>;

/// Moves things into the trash, and back when it is undone.
void deleteUndoably(AppContext& context, const QString& text, const QString& failure, Deletion deletion)
{
    auto trashIds = std::make_shared<std::vector<std::int64_t>>();
    const auto redo = [&context, trashIds, failure, deletion = std::move(deletion)] {
        context.catalog.change(
            kAfterTrash, &context.notices, deletion,
            [&context, trashIds, failure](Result<std::vector<catalog::TrashItem>> items) {
                trashIds->clear();
                if (!items) {
                    context.notices.error(failure, items.error());
                    return;
                }
                for (const auto& item : items.value()) {
                    trashIds->push_back(item.id);
                }
            });
    };
    const auto undo = [&context, trashIds] {
        // The ids are filled in on this thread after the deletion; a call of no work comes back behind it.
        context.catalog.call(
            &context.notices, [](Catalog&) { return Result<void>(); },
            [&context, trashIds](Result<void>) {
                context.catalog.change(
                    kAfterTrash, &context.notices,
                    [ids = *trashIds](Catalog& catalog) -> Result<void> {
                        for (const std::int64_t id : ids) {
                            TY_CHECK(catalog.restore(id));
                        }
                        return {};
                    },
                    [&context](Result<void> restored) {
                        if (!restored) {
                            context.notices.error(say("Not everything could be restored."), restored.error());
                        }
                    });
            });
    };
    context.notices.doUndoable(text, redo, undo);
}

/// One change whose failure is told.
template<typename Work>
void changeRuns(AppContext& context, const QString& failure, Work work)
{
    context.catalog.change(
        CatalogService::Runs, &context.notices, std::move(work), [&context, failure](Result<void> changed) {
            if (!changed) {
                context.notices.error(failure, changed.error());
            }
        });
}

} // namespace

void deleteRuns(AppContext& context, const std::vector<qint64>& ids, const QString& what)
{
    deleteUndoably(
        context, say("%1 moved to the trash.").arg(what), say("Not every run could be deleted."),
        [ids](Catalog& catalog) -> Result<std::vector<catalog::TrashItem>> {
            std::vector<catalog::TrashItem> items;
            for (const qint64 id : ids) {
                auto item = catalog.deleteRun(id);
                if (!item) {
                    for (const auto& done : items) {
                        TY_CHECK(catalog.restore(done.id)); // all or nothing
                    }
                    return item.error();
                }
                items.push_back(std::move(item).value());
            }
            return items;
        });
}

void deleteModel(AppContext& context, qint64 id, const QString& name)
{
    deleteUndoably(
        context, say("%1 moved to the trash.").arg(name), say("The model could not be deleted."),
        [id](Catalog& catalog) -> Result<std::vector<catalog::TrashItem>> {
            TY_TRY(const auto item, catalog.deleteModel(id));
            return std::vector{item};
        });
}

void deleteView(AppContext& context, qint64 id, const QString& name)
{
    deleteUndoably(
        context, say("The view %1 moved to the trash.").arg(name), say("The view could not be deleted."),
        [id](Catalog& catalog) -> Result<std::vector<catalog::TrashItem>> {
            TY_TRY(const auto item, catalog.deleteView(id));
            return std::vector{item};
        });
}

void renameRun(AppContext& context, qint64 id, const QString& before, const QString& name)
{
    const auto rename = [&context, id](const QString& wanted) {
        changeRuns(context, say("The run could not be renamed."), [id, wanted = wanted.toStdString()](Catalog& catalog) {
            return catalog.renameRun(id, wanted);
        });
    };
    context.notices.doUndoable(
        say("%1 is now %2.").arg(before, name), [rename, name] { rename(name); }, [rename, before] { rename(before); });
}

void setRunTags(AppContext& context, qint64 id, const QStringList& tags)
{
    std::vector<std::string> texts;
    for (const QString& tag : tags) {
        texts.push_back(tag.toStdString());
    }
    changeRuns(context, say("The tags could not be changed."), [id, texts](Catalog& catalog) {
        return catalog.setRunTags(id, texts);
    });
}

void setRunStarred(AppContext& context, qint64 id, bool isStarred)
{
    changeRuns(context, say("The star could not be changed."), [id, isStarred](Catalog& catalog) {
        return catalog.setRunStarred(id, isStarred);
    });
}

void setModelStarred(AppContext& context, qint64 id, bool isStarred)
{
    context.catalog.change(
        CatalogService::Models, &context.notices,
        [id, isStarred](Catalog& catalog) { return catalog.setModelStarred(id, isStarred); },
        [&context](Result<void> changed) {
            if (!changed) {
                context.notices.error(say("The star could not be changed."), changed.error());
            }
        });
}

void openFolder(const QString& folder)
{
    QDesktopServices::openUrl(QUrl::fromLocalFile(folder));
}

} // namespace ty::app
